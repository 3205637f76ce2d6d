/** Does a word such as EXIT end the chat, and both programs? Someone who leaves must not keep the other one waiting. */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import type { Question } from '../question.js';
import { capital, quoted, WHO } from '../quoting.js';
import type { Seat } from '../seat.js';
import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';

/** Words that other programs use. They are tried after those of the pair. */
const OTHER_WORDS = ['exit', 'quit', 'bye', '/quit', 'q'];
/** How long a program may take to end. In milliseconds. */
const ENDING_MS = 1_500;
/** What an unhandled error looks like in Python, Node, Java and Go. */
const STACK_TRACE = /Traceback \(most recent call last\)|^\s+at .+:\d+|Exception in thread|^panic: /m;

export const ENDS: Question = {
  title: 'a word ends the chat, for both',
  does: 'types EXIT, END and their like, and looks which programs end',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const talk = await stage.open();
  try {
    // The control: the chat works in this run.
    if ((await talk.firstLost()) !== null)
      return cannotTell('The chat did not work in this start', 'A conversation that works each time');
    const speaker = stage.facts.manner?.first ?? 'client';
    const words = [...new Set([...stage.pair.goodbye, ...OTHER_WORDS])];
    for (const word of words) {
      await sayGoodbye(talk, speaker, word);
      const ended = talk.seats.filter((seat) => !talk.isAlive(seat));
      if (ended.length > 0) return judged(stage, talk, word, speaker);
    }
    return noWord(talk, words);
  } finally {
    await talk.close();
  }
}

async function sayGoodbye(talk: Talk, speaker: Seat, word: string): Promise<void> {
  await talk.say(speaker, word, []);
  const ended = (): boolean => talk.seats.some((seat) => !talk.isAlive(seat));
  await talk.waitFor(ended, ENDING_MS);
  // The other one may need a moment to notice.
  if (ended()) await talk.waitFor(() => talk.seats.every((seat) => !talk.isAlive(seat)), ENDING_MS);
}

function judged(stage: Stage, talk: Talk, word: string, speaker: Seat): Answer {
  const { run } = talk;
  const evidence: Evidence[] = talk.seats.map((seat) => ({ seen: `After ${word}, ${fate(talk, seat)}.`, run }));
  const broken = talk.seats.find((seat) => STACK_TRACE.test(talk.lastLines(seat, 30)));
  const waiting = talk.seats.filter((seat) => talk.isAlive(seat) && !isMeantToGoOn(stage, talk, seat));
  if (broken === undefined && waiting.length === 0)
    return {
      verdict: 'good',
      said: `${word} at ${WHO[speaker]} ends the chat for both`,
      control: 'a sentence before it was shown, so the chat was still alive',
      evidence,
    };
  const [left] = waiting;
  return {
    verdict: 'fault',
    said:
      left === undefined
        ? `After ${word}, ${WHO[broken ?? 'server']} ends with an error`
        : `After ${word}, ${WHO[left]} does not end`,
    evidence,
    control: 'a sentence before it was shown, so the chat was still alive',
    meaning:
      left === undefined
        ? 'Whoever is left sees an error that they did not make, and what comes after the chat in the program never runs'
        : 'The other person waits for an answer that never comes',
    remedy: {
      python: 'recv returns b"" when the other side has left: test for it after each recv, and leave the loop',
      node: 'Listen to “end” and “close” of the socket, and close the input (rl.close()) or leave there',
      java: 'readLine returns null, and read returns -1, when the other side has left: test for it, and leave the loop',
      other:
        'A read that returns nothing means that the other side has left: test for it after each read, and leave the loop',
    },
  };
}

/** A server that listens again, or that serves others, need not end. */
function isMeantToGoOn({ facts }: Stage, talk: Talk, seat: Seat): boolean {
  if (seat === 'second') return true;
  if (seat !== 'server') return false;
  return facts.manner?.kind === 'hub' || talk.program(seat).listening.length > 0;
}

function fate(talk: Talk, seat: Seat): string {
  const { ended } = talk.program(seat);
  const shown = `; it showed last: ${quoted(talk.lastLines(seat))}`;
  if (ended === null) return `${WHO[seat]} goes on${shown}`;
  return `${WHO[seat]} ended with ${ended.signal ?? `exit status ${ended.code ?? '?'}`}${shown}`;
}

function noWord(talk: Talk, words: readonly string[]): Answer {
  return {
    verdict: 'fault',
    said: `No word ends the chat: ${words.join(', ')} were tried`,
    evidence: talk.seats.map((seat) => ({ seen: `${capital(fate(talk, seat))}.`, run: talk.run })),
    control: 'a sentence before them was shown, so the chat was alive',
    meaning: 'Both people can only break the chat off, and neither program can tell that from a fault of the network',
    remedy: {
      other:
        'Choose a word, such as EXIT: the side that types it sends it and closes, and the side that reads it closes too',
    },
  };
}
