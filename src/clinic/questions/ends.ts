/** Does a word such as EXIT end the chat, and both programs? Someone who leaves must not keep the other one waiting. */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import { USUAL_GOODBYE } from '../pair.js';
import type { Question } from '../question.js';
import { capital, listed, quoted, WHO } from '../quoting.js';
import type { Road, Seat } from '../seat.js';
import { hasStackTrace } from '../stack-trace.js';
import { StartFailed, type Stage } from '../stage.js';
import type { Said, Talk } from '../talk.js';

/** Words that other programs use. They are tried after those of the pair. */
const OTHER_WORDS = ['exit', 'quit', 'bye', '/quit', '/exit', 'q', 'over', 'Over', 'goodbye', 'stop'];
/** A program may say itself what to type: “.quit to leave”, “type over to end the chat”. */
const SAYS_A_WORD =
  /(?:^|[\s([“‘"'`<])([^\s“”‘’"'`<>()[\]]{1,20})[”’"'`>]?\s+(?:to|for)\s+(?:leave|quit|exit|end|stop|close|disconnect|leaving|ending)\b/gi;
/** They stand before “to leave” and are no word that one types. */
const NO_WORDS =
  /^(?:type|enter|write|say|send|it|this|that|how|want|wants|press|use|chat|message|ctrl-?[cd]|\^[cd])$/i;
/** What a program says of somebody who leaves. */
const FAREWELL =
  /\b(?:good ?bye|bye|see you|leaving|left|disconnect\w*|clos(?:ing|ed)|exit(?:ing|ed)|quitting|ended)\b/i;
/** How long a program may take to end. In milliseconds. */
const ENDING_MS = 1_500;

const CONTROL = 'a sentence before it was shown, so the chat was still alive';

export const ENDS: Question = {
  title: 'a word ends the chat, for both',
  does: 'types EXIT, END and their like, and looks which programs end',
  starts: 1,
  chapter: '01-two-programs-talk',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const [road] = stage.facts.manner?.roads ?? [];
  const talk = await stage.open();
  try {
    if (road === undefined || (await talk.firstLost()) !== null)
      return cannotTell('The chat did not work in this start', 'A conversation that works each time');
    const words = [...new Set([...stage.pair.goodbye, ...wordsOnScreen(talk), ...OTHER_WORDS])];
    let farewell: Evidence | null = null;
    for (const word of words) {
      const said = await sayGoodbye(talk, road, word);
      if (talk.seats.some((seat) => !talk.isAlive(seat))) return await judged(stage, talk, word, road.from);
      farewell ??= farewellIn(said, talk);
    }
    return noWord(talk, words, farewell, isTold(stage));
  } finally {
    await talk.close();
  }
}

/** What the programs say that one types to leave. */
function wordsOnScreen(talk: Talk): readonly string[] {
  return talk.seats.flatMap((seat) =>
    [...talk.program(seat).screen.since(0).matchAll(SAYS_A_WORD)].flatMap(([, word = '']) =>
      word === '' || NO_WORDS.test(word) ? [] : [word],
    ),
  );
}

/** Whether somebody has said which word it is. */
function isTold({ pair: { goodbye } }: Stage): boolean {
  return goodbye.join(' ') !== USUAL_GOODBYE.join(' ');
}

async function sayGoodbye(talk: Talk, road: Road, word: string): Promise<Said> {
  const ended = (): boolean => talk.seats.some((seat) => !talk.isAlive(seat));
  const said = await talk.sayOn(road, word, 'alone');
  // A program may end a moment after the word is shown; the other one may need another moment to notice.
  await talk.waitFor(ended, ENDING_MS / 2);
  if (ended()) await talk.waitFor(() => talk.seats.every((seat) => !talk.isAlive(seat)), ENDING_MS);
  return said;
}

/** What a program says of a word that it takes for the end, though it goes on. null if it says nothing of the kind. */
function farewellIn({ text, screens }: Said, talk: Talk): Evidence | null {
  for (const seat of talk.seats) {
    const line = screens[seat].split('\n').find((each) => FAREWELL.test(each.replaceAll(text, '')));
    if (line !== undefined)
      return { seen: `After ${text}, ${WHO[seat]} showed ${quoted(line)}, and both programs went on.`, run: talk.run };
  }
  return null;
}

async function judged(stage: Stage, talk: Talk, word: string, speaker: Seat): Promise<Answer> {
  const { run } = talk;
  const evidence: Evidence[] = talk.seats.map((seat) => ({
    seen: `After ${word}, ${WHO[seat]} ${talk.stateOf(seat)}.`,
    run,
  }));
  const broken = talk.seats.find((seat) => hasStackTrace(talk.lastLines(seat, 30))) ?? null;
  const waiting = talk.seats.filter((seat) => talk.isAlive(seat) && seat !== 'second');
  const servesNext = waiting.includes('server') && (await isNextServed(stage, talk));
  const left = waiting.find((seat) => seat !== 'server' || !servesNext) ?? null;
  if (servesNext) evidence.push({ seen: `After ${word}, a new client was served by the same server.`, run });
  if (broken === null && left === null)
    return {
      verdict: 'good',
      said: `${word} at ${WHO[speaker]} ends the chat${servesNext ? ', and the server serves the next client' : ' for both'}`,
      control: CONTROL,
      evidence,
    };
  return stays(word, left, broken, evidence);
}

/** A server that goes on is right if it serves the next client, and wrong if it only waits. */
async function isNextServed(stage: Stage, talk: Talk): Promise<boolean> {
  if (stage.facts.manner?.kind === 'hub') return true;
  try {
    await stage.nextClient(talk);
    return (await talk.firstLost()) === null;
  } catch (error) {
    if (error instanceof StartFailed) return false;
    throw error;
  }
}

function stays(word: string, left: Seat | null, broken: Seat | null, evidence: readonly Evidence[]): Answer {
  return {
    verdict: 'fault',
    said:
      left === null
        ? `After ${word}, ${WHO[broken ?? 'server']} ends with an error`
        : `After ${word}, ${WHO[left]} does not end${left === 'server' ? ', and serves nobody' : ''}`,
    evidence,
    control: CONTROL,
    meaning:
      left === null
        ? 'Whoever is left sees an error that they did not make, and what comes after the chat in the program never runs'
        : 'The other person waits for an answer that never comes',
    remedy: {
      python: 'recv returns b"" when the other side has left: test for it after each recv, and leave the loop',
      node: 'Listen to “end” and “close” of the socket, and close the input (rl.close()) or leave there',
      java: 'readLine returns null, and read returns -1, when the other side has left: test for it, and leave the loop',
      c: 'recv returns 0 when the other side has left: test for it after each recv, and leave the loop',
      go: 'Read returns io.EOF when the other side has left: test for err after each read, and leave with os.Exit, also where Scan still waits for a line',
      other:
        'A read that returns nothing means that the other side has left: test for it after each read, and leave the loop',
    },
  };
}

function noWord(talk: Talk, words: readonly string[], farewell: Evidence | null, told: boolean): Answer {
  const said = `None of these words ends the chat: ${listed(words)}`;
  const evidence = talk.seats.map((seat) => ({ seen: `${capital(WHO[seat])} ${talk.stateOf(seat)}.`, run: talk.run }));
  if (!told && farewell === null)
    return cannotTell(
      said,
      'A chat.json that names the word, such as "goodbye": ["over"]; if there is none, choose one: the side that types it sends it and closes, and the side that reads it closes too',
      evidence,
    );
  return {
    verdict: 'fault',
    said,
    evidence: [...(farewell === null ? [] : [farewell]), ...evidence],
    control: CONTROL,
    meaning: 'Both people can only break the chat off, and neither program can tell that from a fault of the network',
    remedy: {
      other:
        'Choose a word, such as EXIT: the side that types it sends it and closes, and the side that reads it closes too',
    },
  };
}
