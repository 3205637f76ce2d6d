/** Do several messages that arrive at once all come out, each on its own? */
import { cannotTell, doesNotApply, type Answer } from '../finding.js';
import type { Question } from '../question.js';
import { listed, quoted, WHO } from '../quoting.js';
import type { Road } from '../seat.js';
import { howShown } from '../shown.js';
import { withoutStackTraces } from '../stack-trace.js';
import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';
import { gathered } from '../wire/treatment.js';
import { READ_UNTIL_WHOLE } from './framing-remedy.js';
import { otherSide } from '../../protocol/side.js';

const MESSAGES = 3;
/** Between two lines that are typed, so that the sender sends each of them alone. In milliseconds. */
const TYPING_MS = 150;
/** The relay waits so long for the next one before it sends all of them on at once. */
const GATHER_MS = 700;
const PATIENCE_MS = 4_000;

export const TOGETHER: Question = {
  title: 'several messages that arrive at once are all shown',
  does: 'holds three messages back, and sends them on at once',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const { manner } = stage.facts;
  const [road] = manner?.roads ?? [];
  if (manner?.kind === 'turns' || road === undefined)
    return doesNotApply('The two sides take turns, so there are never two messages of one side on the way');
  const talk = await stage.open();
  try {
    const control = await talk.sayOn(road);
    if (control.shown[road.to] !== 'whole')
      return cannotTell('The chat did not work in this start', 'A conversation that works each time');
    return await saidAtOnce(stage, talk, road);
  } finally {
    await talk.close();
  }
}

async function saidAtOnce(stage: Stage, talk: Talk, road: Road): Promise<Answer> {
  let pieces: readonly number[] = [];
  talk.wire.treat(
    gathered(GATHER_MS, ({ link, from, bytes, chunks }, control) => {
      if (chunks.length > pieces.length) pieces = chunks.map((chunk) => chunk.bytes.length);
      control.send(link, otherSide(from), bytes);
    }),
  );
  const texts = Array.from({ length: MESSAGES }, () => stage.newSentence());
  const mark = talk.program(road.to).screen.mark();
  for (const text of texts) {
    talk.type(road.from, road.to, text);
    await stage.budget.pause(TYPING_MS);
  }
  const screen = (): string => talk.program(road.to).screen.since(mark);
  const missing = (): readonly string[] => {
    const shown = withoutStackTraces(screen());
    return texts.filter((text) => howShown(text, shown) !== 'whole');
  };
  await talk.waitFor(() => missing().length === 0, PATIENCE_MS);
  if (pieces.length < MESSAGES)
    return cannotTell(
      'The three messages did not reach the relay one by one',
      'A program that sends each line at once',
    );
  return judged({ talk, road, texts, pieces, screen: screen(), missing: missing().length });
}

interface Seen {
  readonly talk: Talk;
  readonly road: Road;
  readonly texts: readonly string[];
  /** The sizes of what was sent on at once. */
  readonly pieces: readonly number[];
  /** What the receiver showed then. */
  readonly screen: string;
  readonly missing: number;
}

function judged({ talk, road: { to }, texts, pieces, screen, missing }: Seen): Answer {
  const evidence = [
    {
      seen: `${pieces.length} pieces of ${listed(pieces)} bytes were sent on at once; ${WHO[to]} showed ${quoted(screen)}.`,
      run: talk.run,
    },
  ];
  const runsOn = texts.slice(1).some((text, at) => screen.includes(`${texts[at] ?? ''}${text}`));
  if (missing === 0 && !runsOn)
    return {
      verdict: 'good',
      said: 'All three were shown, each on its own',
      control: 'one message alone was shown before',
      evidence,
    };
  return {
    verdict: 'fault',
    said: runsOn
      ? 'Messages that arrive at once are shown as one'
      : `Of three messages that arrive at once, ${WHO[to]} shows ${MESSAGES - missing}`,
    evidence,
    control: 'One message alone was shown in the same run before',
    meaning:
      'One read can return several messages: who types quickly, or waits for a slow network, loses what they said',
    remedy: READ_UNTIL_WHOLE,
  };
}
