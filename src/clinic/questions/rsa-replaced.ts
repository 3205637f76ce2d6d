/** An RSA public key in PEM or DER is replaced: what is sealed for ours is opened, and sealed again for its owner. */
import type { Opened } from '../../attacker/stand-in.js';
import { otherSide, type Side } from '../../protocol/side.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import { notePadding } from '../keys/seen-between.js';
import { RsaSwap } from '../keys/rsa-swap.js';
import { capital, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { KNOW_THE_KEY, NOBODY_NOTICES, WHO_IS_BETWEEN } from './replaced-words.js';

/** @throws StartFailed, OutOfTime */
export async function rsaReplaced(stage: Stage): Promise<Answer> {
  const swap = new RsaSwap(stage.facts.pauseMs);
  const talk = await stage.open({ treatment: swap });
  try {
    const said = await talk.round();
    for (const { opened } of swap.replacements) for (const { padding } of opened) notePadding(stage, padding);
    return judged(talk, swap, said);
  } finally {
    await talk.close();
  }
}

function judged(talk: Talk, { replacements }: RsaSwap, said: readonly SaidOnRoad[]): Answer {
  const { run } = talk;
  const [first] = replacements;
  if (first === undefined)
    return cannotTell('The public key could not be replaced in this start', 'A key that crosses in one piece');
  const evidence: Evidence[] = replacements.map(({ owner, frame }) => ({
    seen: `The public key of ${WHO[owner]} was replaced by another one of the same size.`,
    run,
    half: owner,
    ...(frame !== null && { frames: [frame] }),
  }));
  const isShown = said.length > 0 && said.every(({ road, shown }) => shown[road.to] === 'whole');
  const opened = replacements.flatMap((each) => each.opened.map((secret) => ({ ...secret, owner: each.owner })));
  if (isShown && opened.length > 0) return accepted(talk, opened, said, evidence);
  const receiver = otherSide(first.owner);
  const hasEnded =
    !talk.isAlive(receiver) || talk.wire.ends.some(({ by, how }) => by === receiver && how !== 'unreachable');
  const isSilent = !talk.wire.came.some(({ from, frame }) => from === receiver && (frame ?? 0) > 0);
  const states = talk.seats.map((seat) => ({ seen: `${capital(WHO[seat])} ${talk.stateOf(seat)}.`, run }));
  if (!isShown && opened.length === 0 && hasEnded && isSilent)
    return {
      verdict: 'good',
      said: `${capital(WHO[receiver])} does not take a replaced key`,
      control: 'with the true key, the same conversation worked in another start',
      evidence: [...evidence, ...states],
    };
  return cannotTell(
    opened.length === 0
      ? 'The public key was replaced, but nothing that we could open was sealed with it'
      : 'The public key was replaced, and the chat did not go on; why, cannot be seen',
    'A program that says why it ends, or a key that is sealed with OAEP or PKCS #1 v1.5',
    [...evidence, ...states],
  );
}

function accepted(
  talk: Talk,
  opened: readonly (Opened & { readonly frame: number | null; readonly owner: Side })[],
  said: readonly SaidOnRoad[],
  evidence: readonly Evidence[],
): Answer {
  const { run } = talk;
  const [secret] = opened;
  const read = said.find(({ text }) => opened.some((each) => each.secret.includes(text)));
  const [sentence] = said;
  const what = read === undefined ? `${secret?.secret.length ?? 0} bytes of a secret` : `“${read.text}”`;
  return {
    verdict: 'fault',
    said: NOBODY_NOTICES,
    evidence: [
      ...evidence,
      {
        seen: `What was sealed for the replaced key (${secret?.padding ?? ''}) was opened: ${what}. It was sealed again for the true key.`,
        run,
        half: secret === undefined ? 'client' : otherSide(secret.owner),
        frames: secret === undefined || secret.frame === null ? [] : [secret.frame],
      },
      { seen: `After that, “${sentence?.text ?? ''}” was typed, and shown on the other side as always.`, run },
    ],
    control: 'It was opened with our own private key, which opens nothing that was sealed for another key',
    meaning: WHO_IS_BETWEEN,
    remedy: KNOW_THE_KEY,
  };
}
