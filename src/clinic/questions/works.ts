/**
 * Does the chat work at all, and each time? The pair is started several times, and nothing is disturbed. Where a start
 * fails, it is tried with a pause after each write: if that cures it, the reason is that writes which came together are
 * read as one.
 *
 * It also finds out how the two people can speak, on which all other questions rely.
 */
import { cannotTell, type Answer, type Evidence } from '../finding.js';
import { firstLook, isComplete, roadsIn, type Look } from '../first-look.js';
import type { Question } from '../question.js';
import { capital, listed, quoted, WHO } from '../quoting.js';
import { sideOf, type Manner, type Seat } from '../seat.js';
import { StartFailed, type Stage } from '../stage.js';
import { deathAnswer, startAnswer } from '../start-failure.js';
import type { SaidOnRoad, Talk } from '../talk.js';
import { firstTogether } from '../writes.js';

/** Long enough for a program on a busy machine to read a write before the next one comes. In milliseconds. */
const PAUSE_MS = 60;
/** Two rounds in each start: the second one meets what the first has left behind. */
const ROUNDS = 2;
const MOST_STARTS = 5;
/** A pair that needs so long is started less often. In milliseconds. */
const SLOW_START_MS = 6_000;

/** One start, and what came of it. */
interface Trial {
  readonly run: number;
  readonly works: boolean;
  /** Why it did not. Empty where it worked. */
  readonly evidence: readonly Evidence[];
  /** What the sender had asked for when the sentence was typed that was not shown. null if it had asked for nothing. */
  readonly question?: string | null;
  /** A sentence, and the pieces in which it came to the relay. null where none did, or nobody looked. */
  readonly pieces: Pieces | null;
  /** A program showed so much that a sentence in it may have been passed over. */
  readonly floods?: boolean;
}

/** No person can read so much of one run. In bytes. */
const FLOOD_BYTES = 2 ** 20;

interface Pieces {
  readonly text: string;
  readonly from: Seat;
  readonly sizes: readonly number[];
}

export const WORKS: Question = {
  title: 'the chat works, each time',
  does: 'starts the pair several times, and says something on each side',
  starts: 2,
  chapter: '01-two-programs-talk',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  let plain: Look;
  try {
    plain = await firstLook(stage, 0);
  } catch (error) {
    if (error instanceof StartFailed) return startAnswer(stage, error);
    throw error;
  }
  if (isComplete(plain.manner) || (stage.pair.manner === 'one way' && roadsIn(plain.manner) === 1)) {
    stage.facts.manner = plain.manner;
    return severalStarts(stage, plain);
  }
  const paused = await firstLook(stage, PAUSE_MS);
  const best = roadsIn(paused.manner) > roadsIn(plain.manner) ? paused.manner : plain.manner;
  stage.facts.manner = best;
  if (best === null) return deathAnswer(plain.ended, { run: plain.run }) ?? nothingShown(plain);
  return severalStarts(stage, plain);
}

function nothingShown({ said, ends, run }: Look): Answer {
  const tried = said.map(({ from, text }) => `“${text}” was typed at ${WHO[from]}`);
  return cannotTell(
    'Nothing that was typed at one program was shown by another',
    'Describe in chat.json how your programs are used: what they ask for, and what a person types',
    [{ seen: `${capital(listed(tried))}.`, run }, ...ends.map((seen) => ({ seen: `${seen}.`, run }))],
  );
}

/** The same conversation in several starts. Those that fail are tried again with pauses. */
async function severalStarts(stage: Stage, look: Look): Promise<Answer> {
  const { facts } = stage;
  const most = facts.startMs > SLOW_START_MS ? 2 : MOST_STARTS;
  // The first look was a start too, and it worked if it showed all that can be shown.
  const trials: Trial[] =
    roadsIn(look.manner) === roadsIn(facts.manner) ? [{ run: look.run, works: true, evidence: [], pieces: null }] : [];
  while (trials.length < most) {
    if (!stage.asksEachTime && trials.some(({ works }) => works)) break;
    trials.push(await tried(stage, 0));
    // Where all starts are alike, three are enough.
    if (trials.length >= 3 && new Set(trials.map(({ works }) => works)).size === 1) break;
  }
  const failed = trials.filter(({ works }) => !works);
  const starts = trials.length === 1 ? 'one start' : `${trials.length} of ${trials.length} starts`;
  if (failed.length === 0)
    return {
      verdict: 'good',
      said: `The chat worked in ${starts}: ${mannerWords(facts.manner)}`,
      control: 'each sentence was looked for on the other screen, and found there',
      evidence: [{ seen: `“${look.said[0]?.text ?? ''}” was typed and shown on the other side.`, run: look.run }],
    };
  if (failed.some(({ floods }) => floods === true)) return tooMuchShown(failed);
  const cured = [await tried(stage, PAUSE_MS), await tried(stage, PAUSE_MS)];
  const isCured = cured.every(({ works }) => works);
  if (isCured) facts.pauseMs = PAUSE_MS;
  const [question] = failed.map((trial) => trial.question ?? null);
  if (!isCured && typeof question === 'string' && failed.every((trial) => typeof trial.question === 'string'))
    return cannotTell(
      `A program asks ${quoted(question)} before a message, and took the sentence for the answer`,
      'What to answer before each message: servchat check --init watches how you do it, and writes a chat.json',
      failed[0]?.evidence ?? [],
    );
  return hangs(failed, trials.length, isCured ? cured : []);
}

/** @param cured the starts with pauses, if all of them worked. */
function hangs(failed: readonly Trial[], starts: number, cured: readonly Trial[]): Answer {
  const [worst] = failed;
  const isCured = cured.length > 0;
  const evidence = [...(worst?.evidence ?? []), ...inPieces(worst, cured[0])];
  return {
    verdict: 'fault',
    said: `The chat fails in ${failed.length} of ${starts} starts${isCured ? ', and in none where each write arrives alone' : ''}`,
    evidence,
    control: isCured
      ? 'With a pause after each write, the same conversation worked in 2 of 2 starts; all that follows was tried with these pauses'
      : 'With a pause after each write, it failed too',
    meaning: isCured
      ? 'TCP is one stream of bytes: two writes can arrive as one, and your program then takes the second for a part of the first'
      : 'Nobody can rely on a chat that sometimes does not arrive',
    remedy: isCured
      ? {
          python:
            'Send the length before each part, and call recv in a loop until so many bytes have come; one recv call is not one send call',
          node: 'Send the length before each part, and collect what “data” brings until so many bytes have come; one “data” event is not one write',
          java: 'Send the length before each part with writeInt, and read it with readInt and readFully; one read is not one write',
          c: 'Send the length before each part (4 bytes, htonl), and call recv in a loop until so many bytes have come; one recv is not one send',
          go: 'Send the length before each part (binary.BigEndian.PutUint32), and read with io.ReadFull; one Read is not one Write',
          other: 'Send the length before each part, and read until so many bytes have come; one read is not one write',
        }
      : { other: 'Look at what each program waits for when it fails; the lines above show how far it came' },
    ...(isCured && { explains: ['bytes', 'bytes-later', 'together', 'long', 'longer'] as const }),
  };
}

function tooMuchShown(failed: readonly Trial[]): Answer {
  return cannotTell(
    'A program shows so much that a message in it may be passed over',
    'A program that shows only what a person wants to read',
    failed.flatMap(({ evidence }) => evidence),
  );
}

async function tried(stage: Stage, pauseMs: number): Promise<Trial> {
  let talk: Talk;
  try {
    talk = await stage.open({ pauseMs });
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    return { run: 0, works: false, evidence: [startEvidence(error)], pieces: null };
  }
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const lost = await talk.firstLost();
      if (lost !== null)
        return {
          run: talk.run,
          works: false,
          evidence: lostEvidence(talk, lost),
          question: talk.questionAt(lost.from),
          pieces: piecesOf(lost),
          floods: talk.program(lost.road.to).screen.bytes > FLOOD_BYTES,
        };
    }
    const [said] = pauseMs > 0 ? await talk.round() : [];
    return { run: talk.run, works: true, evidence: [], pieces: said === undefined ? null : piecesOf(said) };
  } finally {
    await talk.close();
  }
}

function piecesOf({ text, from, chunks }: SaidOnRoad): Pieces {
  const sizes = chunks.filter((chunk) => chunk.from === sideOf(from)).map(({ bytes }) => bytes.length);
  return { text, from, sizes };
}

/** What the pauses have parted. Empty where they have parted nothing. */
function inPieces(failed: Trial | undefined, cured: Trial | undefined): readonly Evidence[] {
  const [together, apart] = [failed?.pieces ?? null, cured?.pieces ?? null];
  if (cured === undefined || together === null || apart === null) return [];
  if (together.sizes.length === 0 || together.sizes.length >= apart.sizes.length) return [];
  const seen = `With the pauses, “${apart.text}” came from ${WHO[apart.from]} ${piecesInWords(apart)}; without them, “${together.text}” came from ${WHO[together.from]} ${piecesInWords(together)}.`;
  return [{ seen, run: cured.run }];
}

function piecesInWords({ sizes }: Pieces): string {
  return sizes.length === 1
    ? `in one piece of ${sizes[0]} bytes`
    : `in ${sizes.length} pieces of ${listed(sizes)} bytes`;
}

function startEvidence({ message, screen }: StartFailed): Evidence {
  return { seen: `${capital(message)}${screen.trim() === '' ? '' : `; it showed last: ${quoted(screen)}`}.` };
}

function lostEvidence(talk: Talk, { text, from, road, chunks }: SaidOnRoad): Evidence[] {
  const { to } = road;
  const { run } = talk;
  const frames = chunks
    .filter((chunk) => chunk.from === sideOf(from))
    .flatMap(({ frame }) => (frame === null ? [] : [frame]));
  const found: Evidence[] = [
    {
      seen: `“${text}” was typed at ${WHO[from]}, and ${WHO[to]} did not show it. ${capital(WHO[to])} ${talk.stateOf(to)}.`,
      run,
      frames,
    },
  ];
  const together = firstTogether(talk.noted(from), talk.noted(to)) ?? firstTogether(talk.noted(to), talk.noted(from));
  if (together !== null)
    found.push({
      seen: `${together.writes.length} writes of ${listed(together.writes)} bytes were returned by one read, as ${together.read} bytes.`,
      run,
    });
  return found;
}

/** For a person. */
function mannerWords(manner: Manner | null): string {
  switch (manner?.kind) {
    case 'free':
      return 'both sides can speak at any time';
    case 'turns':
      return `the two sides speak in turns, and ${WHO[manner.first]} begins`;
    case 'one way':
      return `only what is typed at ${WHO[manner.first]} is shown at the other side`;
    case 'hub':
      return 'the server passes on what one client says to the other';
    case undefined:
      return 'nothing was shown';
  }
}
