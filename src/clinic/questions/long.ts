/** Does a message come out whole that is longer than a buffer? */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { capital, quoted, WHO } from '../quoting.js';
import { sideOf, type Road, type Seat } from '../seat.js';
import { lettersIn, shownExactly, shownFrom } from '../shown.js';
import { hasStackTrace, withoutStackTraces } from '../stack-trace.js';
import type { Stage } from '../stage.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { READ_UNTIL_WHOLE } from './framing-remedy.js';

export const LONG: Question = longQuestion(5_000);
/** Longer than what fits into one packet of the loopback interface, and than any usual buffer. */
export const LONGER: Question = longQuestion(70_000);

const CONTROL = 'A short sentence was shown whole in the same run before';

function longQuestion(bytes: number): Question {
  const size = bytes.toLocaleString('en');
  return {
    title: `${size} bytes are shown whole, or refused`,
    does: `says something that has ${size} bytes`,
    starts: 1,
    chapter: '01-two-programs-talk',
    ask: (stage) => ask(stage, bytes),
  };
}

async function ask(stage: Stage, bytes: number): Promise<Answer> {
  const talk = await stage.open();
  try {
    if ((await talk.firstLost()) !== null)
      return cannotTell('The chat did not work in this start', 'A conversation that works each time');
    for (const road of stage.facts.manner?.roads ?? []) {
      const before = talk.program(road.from).screen.since(0);
      const said = { ...(await talk.sayOn(road, longText(stage.newSentence(), bytes))), road };
      if (said.shown[road.to] === 'whole') continue;
      const refusal = refusalOf(said, talk, before);
      if (refusal !== null && (await goesOn(talk, road))) return refused(refusal, said, talk, bytes);
      return notWhole(said, talk, bytes);
    }
    return {
      verdict: 'good',
      said: `${bytes.toLocaleString('en')} bytes were shown whole`,
      control: 'every letter of it was looked for on the other screen',
      evidence: [],
    };
  } finally {
    await talk.close();
  }
}

/** A sender that sends nothing more has not refused it. In strict turns, it is still its turn. */
async function goesOn(talk: Talk, { from, to }: Road): Promise<boolean> {
  const { shown } = await talk.say(from, undefined, [to]);
  return shown[to] !== 'not';
}

/** Numbered words, so that a part cannot be taken for the whole. */
function longText(beginning: string, bytes: number): string {
  let text = beginning;
  for (let number = 1; text.length < bytes; number += 1) text += ` word${number}`;
  return text.slice(0, bytes);
}

/** What the sender says, if it sends nothing of the message and says something that it did not say before. */
function refusalOf({ road: { from }, screens, chunks }: SaidOnRoad, talk: Talk, before: string): string | null {
  if (!talk.isAlive(from) || chunks.some((chunk) => chunk.from === sideOf(from))) return null;
  const known = new Set(linesOf(before));
  const said = linesOf(screens[from]).filter((line) => /\p{L}{3}/u.test(line) && !/word\d/.test(line));
  return said.find((line) => !known.has(line)) ?? null;
}

function linesOf(screen: string): readonly string[] {
  return screen.split('\n').map((line) => line.trim());
}

function refused(refusal: string, { road: { from } }: SaidOnRoad, talk: Talk, bytes: number): Answer {
  return {
    verdict: 'good',
    said: `${capital(WHO[from])} does not send a message of ${bytes.toLocaleString('en')} bytes, and says so`,
    control: 'a short sentence was shown whole in the same run, before and after it',
    evidence: [
      { seen: `A line of ${bytes} bytes was typed at ${WHO[from]}. It showed: ${quoted(refusal)}.`, run: talk.run },
    ],
  };
}

const NOTHING = 'nothing of it';

/** Where the program breaks lines or adds signs, the number is not exact. */
function shareOf(text: string, screen: string): string {
  const letters = shownFrom(text, screen);
  if (letters === 0) return NOTHING;
  const about = Math.round((letters / lettersIn(text)) * text.length);
  const exact = shownExactly(text, screen);
  return exact < 0.9 * about ? `about the first ${about} bytes of it` : `the first ${exact} bytes of it`;
}

function notWhole({ road, text, screens, chunks }: SaidOnRoad, talk: Talk, bytes: number): Answer {
  const { to, from } = road;
  const crossed = chunks
    .filter((chunk) => chunk.from === sideOf(from))
    .reduce((sum, chunk) => sum + chunk.bytes.length, 0);
  const share = shareOf(text, withoutStackTraces(screens[to]));
  const evidence = [
    {
      seen: `A line of ${bytes} bytes was typed at ${WHO[from]}. ${crossed} bytes of it crossed the wire, and ${WHO[to]} showed ${share}. ${capital(WHO[from])} ${talk.stateOf(from)}. ${capital(WHO[to])} ${talk.stateOf(to)}.`,
      run: talk.run,
    },
  ];
  const size = bytes.toLocaleString('en');
  if (!talk.isAlive(from) && crossed < bytes / 2) return endsSender(from, size, hasStackTrace(screens[from]), evidence);
  return {
    verdict: 'fault',
    said: `Of a message of ${size} bytes, ${WHO[to]} shows ${share}`,
    evidence,
    control: CONTROL,
    meaning:
      crossed < bytes / 2
        ? 'Long messages do not even leave the sender, and nobody is told'
        : share !== NOTHING
          ? 'One read returns at most what its buffer holds, and what is left over is taken for the next message'
          : 'A long message comes in several pieces: a program that takes one piece for the whole, or has a limit, loses all of it',
    remedy:
      crossed < bytes / 2
        ? {
            java: `writeUTF takes at most 65,535 bytes: look at how ${WHO[from]} sends a text; with writeInt for the length and write for the bytes, it may be longer`,
            go: `A bufio.Scanner ends at a line of more than 65,536 bytes, and only its Err says so: look at how ${WHO[from]} reads its input, and use a larger Buffer, or a bufio.Reader`,
            other: `Look at how ${WHO[from]} reads its input and encrypts it: cut a long text into parts, or say that it is too long`,
          }
        : READ_UNTIL_WHOLE,
  };
}

function endsSender(from: Seat, size: string, isTrace: boolean, evidence: readonly Evidence[]): Answer {
  return {
    verdict: 'fault',
    said: `A message of ${size} bytes ends ${WHO[from]}${isTrace ? ' with an error that nobody catches' : ''}`,
    evidence,
    control: CONTROL,
    meaning: 'Who pastes a long text loses the whole chat, and not only this message',
    remedy: {
      other: `Look at what ${WHO[from]} showed last: count the bytes of a text before you send it, and cut it into parts, or say that it is too long`,
    },
  };
}
