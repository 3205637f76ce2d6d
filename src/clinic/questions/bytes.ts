/** Is there framing? Every byte arrives alone, as on a slow network: from the start, or only after the handshake. */
import { otherSide } from '../../protocol/side.js';
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { capital, quoted, WHO } from '../quoting.js';
import { sideOf } from '../seat.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { bytewise } from '../wire/treatment.js';
import { READ_UNTIL_WHOLE } from './framing-remedy.js';

/** Between two bytes. Long enough for a program that waits for them to read each alone. In milliseconds. */
const GAP_MS = 2;
/** A program may give up a handshake that takes longer, with good reason: in milliseconds, and so many bytes. */
const HANDSHAKE_MS = 3_000;
const LONG_HANDSHAKE = 600;
/** A handshake of some thousand bytes takes many times its usual time. In milliseconds. */
const ALL_SENT_MS = 30_000;

/** How sentences are shown when nothing is cut: some programs always show only the beginning. null: not at all. */
type Undisturbed = Words['least'] | null;
/** Found out once in a check. */
const UNDISTURBED = new WeakMap<Stage, Undisturbed>();

/** @throws OutOfTime */
async function lookedAt(stage: Stage, talk: Talk): Promise<Undisturbed> {
  const isWhole = (await talk.firstLost('whole')) === null;
  const least = isWhole ? 'whole' : (await talk.firstLost()) === null ? 'beginning' : null;
  UNDISTURBED.set(stage, least);
  return least;
}

function noChat(): Answer {
  return cannotTell('The chat did not work in this start', 'A conversation that works each time');
}

export const BYTES_LATER: Question = {
  title: 'messages arrive whole, also if every byte comes alone',
  does: 'sends on every byte of the messages alone, after the handshake',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask: async (stage) => {
    const talk = await stage.open();
    try {
      const least = await lookedAt(stage, talk);
      if (least === null) return noChat();
      talk.wire.treat(bytewise(GAP_MS));
      return await answer(talk, {
        when: 'If every byte of a message arrives alone',
        control: 'Before that, the same kind of sentence was shown in the same run',
        least,
      });
    } finally {
      await talk.close();
    }
  },
};

export const BYTES: Question = {
  title: 'the handshake works, also if every byte comes alone',
  does: 'sends on every byte alone, from the first one on',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask: async (stage) => {
    const least = UNDISTURBED.get(stage) ?? (await lookedAt(stage, await stage.open()));
    if (least === null) return noChat();
    const talk = await stage.open({ treatment: bytewise(GAP_MS) });
    try {
      return await answer(talk, {
        when: 'If every byte arrives alone, from the first one on',
        control: 'Without it, the same conversation works',
        least,
      });
    } finally {
      await talk.close();
    }
  },
};

interface Words {
  /** The beginning of a sentence. */
  readonly when: string;
  readonly control: string;
  /** As sentences are shown when nothing is cut. */
  readonly least: 'beginning' | 'whole';
}

/** Whether somebody hung up only when a long handshake had taken long. */
function isGivenUp(talk: Talk): boolean {
  const [end] = talk.wire.ends.filter(({ by }) => by !== 'relay');
  const before = talk.wire.sent.filter(({ bytes, at }) => bytes.length === 1 && at < (end?.at ?? 0));
  return end !== undefined && before.length > LONG_HANDSHAKE && end.at - (before[0]?.at ?? 0) > HANDSHAKE_MS;
}

/** What was not shown, though all that was sent has arrived. `late`: not all has. @throws OutOfTime */
async function lostForGood(talk: Talk, least: Words['least']): Promise<SaidOnRoad | 'late' | null> {
  const hasArrived = async (): Promise<boolean> => {
    if (!(await talk.waitFor(() => talk.wire.waiting === 0, ALL_SENT_MS))) return false;
    await talk.settle();
    return talk.wire.waiting === 0;
  };
  if (!(await hasArrived())) return 'late';
  const lost = await talk.firstLost(least);
  if (lost === null) return null;
  if (!(await hasArrived())) return 'late';
  const shown = talk.hasShown(lost.road.to, lost.text);
  // It was only slow. What else is said must be shown too.
  const isLate = shown === 'whole' || shown === least;
  if (!isLate && isGivenUp(talk)) return 'late';
  return isLate ? talk.firstLost(least) : lost;
}

async function answer(talk: Talk, { when, control, least }: Words): Promise<Answer> {
  const lost = await lostForGood(talk, least);
  const { run } = talk;
  if (lost === 'late')
    return cannotTell(
      'So many bytes cross that they could not all be sent alone in time',
      'A chat in which fewer bytes cross before the first message, or a faster machine',
    );
  if (lost === null)
    return {
      verdict: 'good',
      said: 'Each sentence was shown whole, though each of its bytes arrived alone',
      control: 'they were looked for as in the undisturbed conversation',
      evidence: [
        { seen: `${talk.wire.sent.filter(({ bytes }) => bytes.length === 1).length} bytes were sent on alone.`, run },
      ],
    };
  return {
    verdict: 'fault',
    said: `${when}, ${WHO[lost.road.to]} does not show what was said`,
    evidence: [seen(lost, talk)],
    control,
    meaning:
      'TCP promises all bytes in order, and not how many come at once: on a slow network your program takes a part for the whole',
    remedy: READ_UNTIL_WHOLE,
  };
}

function seen({ road, text, screens }: SaidOnRoad, talk: Talk): Evidence {
  const { to, from } = road;
  const half = otherSide(sideOf(from));
  const frames = talk.wire.sent.flatMap(({ to: side, bytes, frame }) =>
    side === half && bytes.length === 1 && frame !== null ? [frame] : [],
  );
  const shown = screens[to].trim() === '' ? 'nothing' : quoted(screens[to]);
  // What it showed last stands there already.
  const state = talk.isAlive(to) ? 'goes on' : talk.stateOf(to);
  return {
    seen: `“${text}” was typed at ${WHO[from]}; ${WHO[to]} showed ${shown}. ${capital(WHO[to])} ${state}.`,
    run: talk.run,
    frames,
    half,
  };
}
