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

export const BYTES_LATER: Question = {
  title: 'messages arrive whole, also if every byte comes alone',
  does: 'sends on every byte of the messages alone, after the handshake',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask: async (stage) => {
    const talk = await stage.open();
    try {
      if ((await talk.firstLost()) !== null)
        return cannotTell('The chat did not work in this start', 'A conversation that works each time');
      talk.wire.treat(bytewise(GAP_MS));
      return answer(await talk.firstLost(), talk, 'Before that, the same kind of sentence was shown in the same run');
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
  ask: async (stage: Stage) => {
    const talk = await stage.open({ treatment: bytewise(GAP_MS) });
    try {
      return answer(await talk.firstLost(), talk, 'Without it, the same conversation works');
    } finally {
      await talk.close();
    }
  },
};

function answer(lost: SaidOnRoad | null, talk: Talk, control: string): Answer {
  const { run } = talk;
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
    said: `If every byte arrives alone, ${WHO[lost.road.to]} does not show what was said`,
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
  return {
    seen: `“${text}” was typed at ${WHO[from]}; ${WHO[to]} showed ${shown}. ${capital(WHO[to])} ${talk.stateOf(to)}.`,
    run: talk.run,
    frames,
    half,
  };
}
