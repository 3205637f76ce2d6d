/** Asks the disguises of the table what a stretch of bytes is. */
import type { Disguised, DisguisedRun } from './disguise.js';
import { DISGUISES, type DisguiseName } from './disguises.js';

export type Recognised = Disguised<DisguiseName>;
type Found = (disguised: Recognised, from: number, to: number) => void;

/** Each once, also where two disguises share one. */
const ALL = [...new Set(DISGUISES.map(({ recognised }) => recognised))];
const OF_TOKENS = ALL.flatMap((each) => (each.within === 'token' ? [each] : [])).sort(
  (one, other) => one.letters - other.letters,
);
const OF_LINES = ALL.flatMap((each) => (each.within === 'line' ? [each] : []));
const OF_WORDS = ALL.flatMap((each) => (each.within === 'word' ? [each] : []));
const OF_OTHERS = ALL.flatMap((each) => (each.within === 'others' ? [each] : []));

/** The bytes of which one stands in each word or line that is in a disguise. */
export const SIGNS: readonly number[] = [...new Set([...OF_LINES, ...OF_WORDS].map(({ sign }) => sign))];

/**
 * What the token from `start` to `end`, at most 4096 bytes, is: text in disguise, bytes that decode to no text, or
 * words that only happen to be spelled in these letters.
 */
export function disguiseOf(bytes: Buffer, start: number, end: number): Recognised | 'noise' | 'words' {
  for (const recognition of OF_TOKENS) {
    const found = recognition.of(bytes, start, end);
    if (found !== null) return found;
  }
  return 'words';
}

/** Calls `found` for each line of `bytes` that is in a disguise, and of the other lines for each such word. */
export function eachEscaped(held: Buffer, start: number, end: number, found: Found): void {
  // What is looked for natively is not to be looked for past the end.
  const bytes = held.subarray(0, end);
  for (let lineStart = start; lineStart < end;) {
    const lf = bytes.indexOf(LF, lineStart);
    const lineEnd = lf === -1 ? end : lf + 1;
    const line = firstOf(OF_LINES, bytes, lineStart, lineEnd);
    if (line === null) eachWord(bytes, lineStart, lineEnd, found);
    else found(line, lineStart, lineEnd);
    lineStart = lineEnd;
  }
}

const LF = 0x0a;
const SPACE = 0x20;

function eachWord(bytes: Buffer, start: number, end: number, found: Found): void {
  for (let wordStart = start; wordStart < end;) {
    let wordEnd = wordStart;
    while (wordEnd < end && (bytes[wordEnd] ?? 0) > SPACE) wordEnd += 1;
    const word = wordEnd > wordStart ? firstOf(OF_WORDS, bytes, wordStart, wordEnd) : null;
    if (word !== null) found(word, wordStart, wordEnd);
    wordStart = wordEnd + 1;
  }
}

function firstOf(recognitions: typeof OF_LINES, bytes: Buffer, start: number, end: number): Recognised | null {
  for (const recognition of recognitions) {
    const found = recognition.of(bytes, start, end);
    if (found !== null) return found;
  }
  return null;
}

/** Among bytes that are no UTF-8, the first run from `start` on; `others` as in {@link Recognition}. */
export function nextAmongOthers(
  bytes: Buffer,
  start: number,
  end: number,
  others: number,
): DisguisedRun<DisguiseName> | null {
  let first: DisguisedRun<DisguiseName> | null = null;
  for (const recognition of OF_OTHERS) {
    const found = recognition.next(bytes, start, end, others);
    if (found !== null && (first === null || found.start < first.start)) first = found;
  }
  return first;
}
