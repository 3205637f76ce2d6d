/** RSA public keys that cross as two numbers are replaced: what is sealed for ours is opened, and sealed again. */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import { NumberSwap, type Lifted } from '../keys/number-swap.js';
import { notePadding } from '../keys/seen-between.js';
import type { PublicKey } from '../keys/public-keys.js';
import { capital, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { KNOW_THE_KEY, NOBODY_NOTICES, WHO_IS_BETWEEN } from './replaced-words.js';

/** @throws StartFailed, OutOfTime */
export async function numbersReplaced(stage: Stage, keys: readonly PublicKey[]): Promise<Answer> {
  const swap = new NumberSwap(keys, stage.facts.pauseMs);
  const talk = await stage.open({ treatment: swap });
  try {
    const said = await talk.round();
    for (const { padding } of swap.lifted) if (padding !== 'none') notePadding(stage, padding);
    return judged(talk, swap, said);
  } finally {
    await talk.close();
  }
}

function judged(talk: Talk, { swapped, lifted }: NumberSwap, said: readonly SaidOnRoad[]): Answer {
  const { run } = talk;
  if (swapped.length === 0)
    return cannotTell('The public key could not be replaced in this start', 'A key that crosses alike each time');
  const evidence: Evidence[] = swapped.map(({ owner, frame }) => ({
    seen: `The number n of ${WHO[owner]} was replaced by one of ours.`,
    run,
    half: owner,
    ...(frame !== null && { frames: [frame] }),
  }));
  const isShown = said.length > 0 && said.every(({ road, shown }) => shown[road.to] === 'whole');
  const read = said.flatMap(({ text }) => {
    const found = lifted.find((each) => each.text.includes(text));
    return found === undefined ? [] : [{ ...found, text }];
  });
  const secrets = lifted.filter(({ padding }) => padding !== 'none');
  if (read.length > 0 || (isShown && secrets.length > 0)) return accepted(run, evidence, read, secrets, said);
  const states = talk.seats.map((seat) => ({ seen: `${capital(WHO[seat])} ${talk.stateOf(seat)}.`, run }));
  return cannotTell(
    'The public key was replaced, but what was typed did not come out of what was sealed with it',
    'Messages or a key that are sealed with RSA letter by letter, as one number, with OAEP or with PKCS #1 v1.5',
    [...evidence, ...states],
  );
}

function accepted(
  run: number,
  evidence: readonly Evidence[],
  read: readonly (Omit<Lifted, 'text'> & { readonly text: string })[],
  secrets: readonly Lifted[],
  said: readonly SaidOnRoad[],
): Answer {
  const opened = read.length > 0 ? read : secrets.slice(0, 1);
  const shown = said.filter(({ road, shown: how }) => how[road.to] === 'whole');
  return {
    verdict: 'fault',
    said: NOBODY_NOTICES,
    evidence: [
      ...evidence,
      ...opened.map(({ text, from, frame }) => ({
        seen:
          typeof text === 'string'
            ? `“${text}”, which was typed at ${WHO[from]}, came out of what was sealed for the replaced key, and was sealed again for the true one.`
            : `${text.length} bytes of a secret came out of what ${WHO[from]} had sealed for the replaced key, and were sealed again for the true one.`,
        run,
        half: from,
        ...(frame !== null && { frames: [frame] }),
      })),
      ...shown.map(({ text, road }) => ({ seen: `“${text}” was shown at ${WHO[road.to]} as always.`, run })),
    ],
    control: 'It was opened with our own private key, which opens nothing that was sealed for another key',
    meaning: WHO_IS_BETWEEN,
    remedy: KNOW_THE_KEY,
  };
}
