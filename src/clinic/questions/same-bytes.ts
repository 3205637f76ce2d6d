/**
 * Does the same sentence give other bytes each time? Where it does not, nobody needs a key to see what is said again.
 * We know what was typed, so it is enough to compare two messages of the same text, and one of another text that has
 * the same length.
 */
import { cannotTell, type Answer, type Evidence, type Fault } from '../finding.js';
import type { Question } from '../question.js';
import { capital, listed, WHO } from '../quoting.js';
import { sideOf } from '../seat.js';
import type { Stage } from '../stage.js';
import { formsOf, nothingSealed, recordingOf, sealedIn, type Message, type Recording } from '../keys/recording.js';

/** So many equal bytes in one piece are no accident, even where they are digits. */
const LEAST_EQUAL = 16;
/** So many of them are others in the other sentence. What begins every message says nothing about the text. */
const LEAST_OF_THE_TEXT = 10;
const BLOCKS: readonly number[] = [16, 8];
/** A block of a cipher has many different bytes. */
const LEAST_DIFFERENT = 6;

export const SAME_BYTES: Question = {
  title: 'the same sentence gives other bytes each time',
  does: 'says a sentence twice, and another between, and compares the bytes',
  starts: 1,
  chapter: '05-what-encryption-did-not-hide',
  ask,
};

async function ask(stage: Stage): Promise<Answer> {
  const whole = await recordingOf(stage);
  const plain = nothingSealed(whole, 'so the same words are the same bytes');
  if (plain !== null) return plain;
  const recording: Recording = { ...whole, messages: sealedIn(whole) };
  const twice = saidTwice(recording);
  if (twice.length === 0)
    return cannotTell(
      'The same sentence was not shown twice in one conversation',
      'A conversation that works each time, also if a sentence is said again',
    );
  const found = twice.flatMap((each) => {
    const equal = equalBytes(each);
    return equal === null ? [] : [{ ...each, equal }];
  });
  const blocks = blocksOfLetters(recording);
  if (found.length === 0 && blocks.length === 0) return good(twice, recording.run);
  const evidence = [
    ...found.map(({ first, again, equal }) => seenTwice(first, again, equal, recording.run)),
    ...blocks.map(({ message, size, times }) => ({
      seen: `${message.text.length} times the letter “${message.text.charAt(0)}” was typed at ${WHO[message.road.from]}; in what crossed, the same ${size} bytes stand ${times} times one after the other.`,
      ...placeOf([message], recording.run),
    })),
  ];
  return fault(found.length > 0, blocks.length > 0, evidence);
}

interface Blocks {
  readonly message: Message;
  readonly size: number;
  readonly times: number;
}

/** Of the rows of one letter. None if the sentences have such blocks too: then they are something else. */
function blocksOfLetters({ messages }: Recording): readonly Blocks[] {
  const all = messages.flatMap((message) => {
    const blocks = equalBlocks(message.bytes);
    return blocks === null ? [] : [{ message, ...blocks }];
  });
  return all.every(({ message }) => message.kind === 'letter') ? all : [];
}

interface Twice {
  readonly first: Message;
  readonly other: Message;
  readonly again: Message;
}

function saidTwice({ roads, messages }: Recording): readonly Twice[] {
  return roads.flatMap((road) => {
    const own = messages.filter((message) => message.road === road);
    const [first, other, again] = (['first', 'other', 'again'] as const).map((wanted) =>
      own.find(({ kind }) => kind === wanted),
    );
    return first === undefined || other === undefined || again === undefined ? [] : [{ first, other, again }];
  });
}

/** What is equal in both, because they say the same. */
export interface Equal {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/** null where nothing is. The messages are laid side by side from their beginnings, and then from their ends. */
export function equalBytes({
  first,
  other,
  again,
}: Readonly<Record<keyof Twice, Pick<Message, 'bytes'>>>): Equal | null {
  const [one, two, between] = [first.bytes, again.bytes, other.bytes];
  const isWhole = one.equals(two);
  const shift = two.length - one.length;
  const runs = [0, ...(shift === 0 ? [] : [shift])].flatMap((by) => runsOf(one, two, by));
  const [longest = null] = runs
    .filter(({ start, end }) => {
      const fromEnd = between.length - one.length;
      return [0, fromEnd].every((by) => differing(one, between, start, end, by) >= LEAST_OF_THE_TEXT);
    })
    .sort((a, b) => b.end - b.start - (a.end - a.start));
  return longest === null ? null : { bytes: one.subarray(longest.start, longest.end), isWhole };
}

function runsOf(one: Buffer, two: Buffer, by: number): readonly { readonly start: number; readonly end: number }[] {
  const runs: { readonly start: number; readonly end: number }[] = [];
  let start = 0;
  for (let at = 0; at <= one.length; at += 1) {
    if (at < one.length && one[at] === two[at + by]) continue;
    if (at - start >= LEAST_EQUAL) runs.push({ start, end: at });
    start = at + 1;
  }
  return runs;
}

function differing(one: Buffer, between: Buffer, start: number, end: number, by: number): number {
  let count = 0;
  for (let at = start; at < end; at += 1) if (one[at] !== between[at + by]) count += 1;
  return count;
}

/** The same block again and again, directly behind each other: ECB mode shows a long row of one letter so. */
export function equalBlocks(bytes: Buffer): { readonly size: number; readonly times: number } | null {
  for (const size of BLOCKS) {
    for (const form of formsOf(bytes)) {
      for (let at = 0; at + 2 * size <= form.length; at += 1) {
        const block = form.subarray(at, at + size);
        if (new Set(block).size < LEAST_DIFFERENT) continue;
        let times = 1;
        while (form.subarray(at + times * size, at + (times + 1) * size).equals(block)) times += 1;
        if (times > 1) return { size, times };
      }
    }
  }
  return null;
}

function placeOf(messages: readonly Message[], run: number): Pick<Evidence, 'run' | 'frames' | 'half'> {
  const [message] = messages;
  return {
    run,
    frames: messages.flatMap(({ frames }) => frames),
    half: message === undefined ? 'client' : sideOf(message.road.from),
  };
}

const MOST_SHOWN = 8;

function seenTwice(first: Message, again: Message, { bytes, isWhole }: Equal, run: number): Evidence {
  const digits = bytes.subarray(0, MOST_SHOWN).toString('hex').match(/../g)?.join(' ') ?? '';
  const what = isWhole ? `exactly the same ${first.bytes.length} bytes` : `the same ${bytes.length} bytes within them`;
  return {
    seen: `“${first.text}” was typed twice at ${WHO[first.road.from]}, and both times ${what} crossed; they begin with ${digits}.`,
    ...placeOf([first, again], run),
  };
}

function fault(isTwice: boolean, isEcb: boolean, evidence: readonly Evidence[]): Answer {
  const said = isTwice
    ? `The same sentence, said twice, gives the same bytes${isEcb ? ', and so do equal parts of one message' : ''}`
    : 'Equal parts of a message give equal bytes';
  const control = isTwice
    ? 'Another sentence of the same length, said between the two, gave other bytes, so it is the text that shows'
    : 'The sentences, which have no equal parts, have no equal blocks one after the other';
  return isRepeated({ said, control, evidence }, isEcb);
}

/** The fault, with what it means and how to mend it. */
export function isRepeated(found: Pick<Fault, 'said' | 'control' | 'evidence'>, isEcb: boolean): Fault {
  return {
    verdict: 'fault',
    ...found,
    meaning:
      'Nobody needs the key to see when something is said again, and whoever once learns what it means knows it each time',
    remedy: {
      python: isEcb
        ? 'Do not use ECB mode: use AESGCM or Fernet of the package cryptography, which seal each message with something new'
        : 'Make a new IV for each message with os.urandom(16), and send it in front; AESGCM and Fernet of the package cryptography want or make one',
      node: isEcb
        ? 'Do not use ECB mode: use aes-256-gcm with randomBytes(12) for each message, and send these in front'
        : 'Make a new IV for each message with randomBytes(12) and send it in front, with aes-256-gcm',
      java: isEcb
        ? 'Cipher.getInstance("AES") means ECB mode: use AES/GCM/NoPadding with 12 new bytes of SecureRandom for each message'
        : 'Fill a new IV for each message from SecureRandom, and send it in front, with AES/GCM/NoPadding',
      other: 'Seal each message with AES-GCM and a new random nonce that is sent in front of it; never use ECB mode',
    },
  };
}

function good(twice: readonly Twice[], run: number): Answer {
  const ways = twice.map(({ first: { road } }) => WHO[road.from]);
  return {
    verdict: 'good',
    said: 'A sentence that was said twice gave other bytes the second time',
    control: 'both times it was shown on the other side, so the same text did cross twice',
    evidence: [{ seen: `${capital(listed(ways))} said a sentence twice, and another one between.`, run }],
  };
}
