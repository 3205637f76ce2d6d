/** Both halves of a key agreement are replaced by ours; what is sealed then is opened, and sealed for the other one. */
import { bitsOf } from '../../bytes/modular.js';
import { sideOf, type Road } from '../seat.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Agreement, Half } from '../keys/agreements.js';
import { HalfSwap, type OpenedText } from '../keys/half-swap.js';
import { noteAgreement } from '../keys/seen-between.js';
import { capital, listed, WHO } from '../quoting.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { NOBODY_NOTICES, SIGN_THE_HALF, WHO_IS_BETWEEN } from './replaced-words.js';

/** @throws StartFailed, OutOfTime */
export async function halvesReplaced(stage: Stage, agreement: Agreement): Promise<Answer> {
  const swap = new HalfSwap(agreement, stage.facts.pauseMs);
  const talk = await stage.open({ treatment: swap });
  try {
    const said: SaidOnRoad[] = [];
    for (const road of inTurn(stage, talk)) said.push(await saidThrough(stage, talk, swap, road));
    const answer = judged({ talk, agreement, swap, said });
    if (answer.verdict === 'fault') noteAgreement(stage, agreement);
    return answer;
  } finally {
    await talk.close();
  }
}

function inTurn({ facts }: Stage, { turn }: Talk): readonly Road[] {
  const roads = facts.manner?.roads ?? [];
  return [...roads].sort((one) => (one.from === turn ? -1 : 1));
}

async function saidThrough(stage: Stage, talk: Talk, swap: HalfSwap, road: Road): Promise<SaidOnRoad> {
  const text = stage.newSentence();
  swap.expected = text;
  const said = await talk.say(road.from, text, [road.to]);
  swap.openLate(text, sideOf(road.from), said.chunks);
  return { ...said, road };
}

interface Tried {
  readonly talk: Talk;
  readonly agreement: Agreement;
  readonly swap: HalfSwap;
  readonly said: readonly SaidOnRoad[];
}

function judged(tried: Tried): Answer {
  const { talk, agreement, swap, said } = tried;
  const { run } = talk;
  const { replaced, opened } = swap;
  if (replaced.length === 0)
    return cannotTell(
      'What may be a public key did not cross again in this start',
      'A handshake that is alike each time',
    );
  const evidence = replaced.map((half) => seenReplaced(half, agreement, run));
  if (opened.length > 0) return accepted(tried, evidence);
  const isShown = said.length > 0 && said.every(({ road, shown }) => shown[road.to] === 'whole');
  if (isShown && agreement.kind === 'numbers' && agreement.isCertain && agreement.group === null)
    return accepted(tried, evidence);
  const states = talk.seats.map((seat) => ({ seen: `${capital(WHO[seat])} ${talk.stateOf(seat)}.`, run }));
  if (isRefused(tried)) return refused(tried, [...evidence, ...states]);
  return cannotTell(
    isShown
      ? 'What may be the public keys was replaced, and the chat went on; but what was said did not open with any key that is usually made of the secret'
      : 'What may be the public keys was replaced, and then nothing that was typed was shown; why, cannot be seen: the programs may have noticed it, or have got different keys without noticing',
    'A program that says why it ends, or a key that is the secret itself, its SHA-256, or made of it by HKDF in a usual way',
    [...evidence, ...states],
  );
}

/** Certain keys were replaced, and a program left before it or the other one sent anything more. */
function isRefused({ talk, agreement, swap, said }: Tried): boolean {
  if (!agreement.isCertain || said.some(({ road, shown }) => shown[road.to] !== 'not')) return false;
  const isQuiet = talk.wire.came.every(({ number }) => number <= swap.lastReplaced);
  const hasLeft = talk.seats.some((seat) => !talk.isAlive(seat)) || talk.wire.ends.some(({ by }) => by !== 'relay');
  return isQuiet && hasLeft;
}

function refused({ talk }: Tried, evidence: readonly Evidence[]): Answer {
  const gone = talk.seats.filter((seat) => !talk.isAlive(seat));
  return {
    verdict: 'good',
    said: `A replaced public key is not taken: ${gone.length === 0 ? 'the connection is ended' : `${listed(gone.map((seat) => WHO[seat]))} left`} before anything more is sent`,
    control: 'with the true keys, the same conversation worked in another start',
    evidence,
  };
}

function seenReplaced({ side, value, frame }: Half, agreement: Agreement, run: number): Evidence {
  const what =
    value.kind === 'point'
      ? `a public key of ${agreement.kind === 'points' ? agreement.curve : ''}, ${value.written === 'bytes' ? `${value.point.length} bytes` : `in ${value.written}`}`
      : `a number of ${bitsOf(value.number)} bits for Diffie–Hellman, ${value.written === 'digits' ? 'in digits' : `in ${value.written}`}`;
  const own =
    agreement.kind === 'numbers' && agreement.group === null
      ? 'by the number 1: whoever raises 1 to a secret power gets 1, so the secret is 1 for everybody'
      : 'by one of ours';
  return {
    seen: `What ${WHO[side]} sent (${what}) was replaced ${own}.`,
    run,
    half: side,
    ...(frame !== null && { frames: [frame] }),
  };
}

function seenOpened({ side, text, how, cipher, frame }: OpenedText, run: number): Evidence {
  return {
    seen: `“${text}” was typed at ${WHO[side]}; with a key that we made (${how}), it came out of what crossed, as ${cipher}.`,
    run,
    half: side,
    ...(frame !== null && { frames: [frame] }),
  };
}

function accepted({ talk, swap, said }: Tried, evidence: readonly Evidence[]): Answer {
  const { run } = talk;
  const shown = said.filter(({ road, shown: how }) => how[road.to] === 'whole');
  const went = shown.map(({ text, road }) => ({
    seen: `“${text}” was shown at ${WHO[road.to]} as always${swap.resealed > 0 ? ', after we had sealed it again for it' : ''}.`,
    run,
  }));
  return {
    verdict: 'fault',
    said: NOBODY_NOTICES,
    evidence: [...evidence, ...swap.opened.map((each) => seenOpened(each, run)), ...went],
    control:
      swap.opened.length > 0
        ? 'It was opened with a secret that only we and the program had, which opens nothing that was sealed for another one'
        : 'The same chat worked with the true numbers in another start; with 1 in their place, no other secret than 1 is possible',
    meaning: WHO_IS_BETWEEN,
    remedy: SIGN_THE_HALF,
  };
}
