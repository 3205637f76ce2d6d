/** Finds out which disguise a stretch of bytes is in. */
import type { Disguised, DisguisedRun, SearchedRun, WeighedRun } from './disguise.js';
import { DISGUISES, type FoundName } from './disguises.js';
import { ByteKinds, refuses } from './byte-kinds.js';
import { isPerhapsNoLanguage } from './letter-pairs.js';
import { isHopeless, shapeOf } from './piece-shape.js';
import { AnyOf, lettersOf, startOfRun, type Run } from './runs.js';

export type Recognised = Disguised<FoundName>;
type Found = (disguised: Recognised, from: number, to: number) => void;

/** The two UTF-16 disguises share one recognition, which must run only once. */
const ALL = [...new Set(DISGUISES.map(({ recognised }) => recognised))];
const OF_TOKENS = ALL.flatMap((each) => (each.within === 'token' ? [each] : [])).sort(
  (one, other) => one.letters - other.letters,
);
const KINDS_OF_TOKENS = new ByteKinds(OF_TOKENS.map(({ madeOf }) => madeOf));
const TOKENS = OF_TOKENS.map((recognition) => ({
  recognition,
  refusal: KINDS_OF_TOKENS.refusalOf(recognition.madeOf),
}));
const OF_LINES = ALL.flatMap((each) => (each.within === 'line' ? [each] : []));
const OF_WORDS = ALL.flatMap((each) => (each.within === 'word' ? [each] : []));
const OF_STRETCHES = ALL.flatMap((each) => (each.within === 'stretch' ? [each] : []));
const OF_CONTENTS = ALL.flatMap((each) => (each.within === 'content' ? [each] : []));
const OF_PIECES = ALL.flatMap((each) => (each.within === 'piece' ? [each] : []));
const OF_PLAIN = ALL.flatMap((each) => (each.within === 'plain' ? [each] : []));
const SEARCHED = ALL.flatMap((each) => (each.within === 'searched' ? [each] : []));
const OF_OTHERS = ALL.flatMap((each) => (each.within === 'others' ? [each] : []));

/** Every word or line in a disguise contains at least one of these bytes. */
export const SIGNS: readonly number[] = [...new Set([...OF_LINES, ...OF_WORDS].map(({ sign }) => sign))];

/** Shorter runs of the letters of base64 and hex are words. */
export const TOKEN: Run = {
  letters: lettersOf(Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')),
  least: 16,
};

/** Behind the padding of a token that ends at `at`: base64 ends in up to two `=`, base32 in up to six. */
export function behindPadding(bytes: Buffer, at: number, end: number): number {
  let stop = at;
  while (stop < end && stop < at + 6 && bytes[stop] === EQUALS) stop += 1;
  return stop;
}
const EQUALS = 0x3d;

/** A quick look: whether a part of the text from `start` to `end` may be in a disguise, or noise. */
export function mayHoldDisguise(bytes: Buffer, start: number, end: number): boolean {
  return MARKED.isIn(bytes, start, end);
}

const MARKED = new AnyOf([TOKEN, ...new Set(OF_STRETCHES.map(({ run }) => run))], SIGNS);

/**
 * Returns what the token from `start` to `end` is, which has at most 4096 bytes: text in a disguise, bytes that do not
 * decode to text, or words that only happen to use these letters.
 */
export function disguiseOf(bytes: Buffer, start: number, end: number): Recognised | 'noise' | 'words' {
  const kinds = KINDS_OF_TOKENS.in(bytes, start, end);
  for (const { recognition, refusal } of TOKENS) {
    if (refuses(refusal, kinds)) continue;
    const found = recognition.of(bytes, start, end);
    if (found !== null) return found;
  }
  return 'words';
}

/**
 * Calls `found` for each line that is in a disguise. In the other lines, it calls `found` for each word that is in a
 * disguise.
 */
export function eachEscaped(held: Buffer, start: number, end: number, found: Found): void {
  // Without this, `indexOf` would search past the end.
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

/**
 * Returns the first run in a disguise at or after `start`, among bytes that are not UTF-8. `others`: see {@link
 * Recognition}.
 */
export function nextAmongOthers(
  bytes: Buffer,
  start: number,
  end: number,
  others: number,
): DisguisedRun<FoundName> | null {
  let first: DisguisedRun<FoundName> | null = null;
  for (const recognition of OF_OTHERS) {
    const found = recognition.next(bytes, start, end, others);
    if (found !== null && (first === null || found.start < first.start)) first = found;
  }
  return first;
}

/**
 * Calls `found` for each stretch of text that consists only of numbers or of another such spelling; of several that
 * begin before the others end, for the first. `found` returns where the next may begin.
 */
export function eachStretch(
  bytes: Buffer,
  start: number,
  end: number,
  found: (stretch: DisguisedRun<FoundName>) => number,
): void {
  // Most text has none.
  if (OF_STRETCHES.every(({ run }) => startOfRun(run, bytes, start, end) === -1)) return;
  // The next of each kind: it is looked for again only when another kind has taken its place.
  const next = OF_STRETCHES.map((recognition) => firstOfKind(recognition, bytes, start, end));
  for (;;) {
    let first: DisguisedRun<FoundName> | null = null;
    for (const stretch of next)
      if (stretch !== null && (first === null || stretch.start < first.start)) first = stretch;
    if (first === null) return;
    const from = found(first);
    for (const [index, recognition] of OF_STRETCHES.entries()) {
      const stretch = next[index] ?? null;
      if (stretch !== null && stretch.start < from) next[index] = firstOfKind(recognition, bytes, from, end);
    }
  }
}

function firstOfKind(
  recognition: (typeof OF_STRETCHES)[number],
  bytes: Buffer,
  start: number,
  end: number,
): DisguisedRun<FoundName> | null {
  const from = startOfRun(recognition.run, bytes, start, end);
  return from === -1 ? null : recognition.next(bytes, from, end);
}

/** Returns the disguise of all of what came out of another disguise. */
export function disguiseOfContent(content: Buffer): Recognised | null {
  for (const recognition of OF_CONTENTS) {
    const found = recognition.of(content);
    if (found !== null) return found;
  }
  return null;
}

/** In bytes that are not all UTF-8: the likeliest text in another code page or the like. */
export function nextInPiece(
  bytes: Buffer,
  start: number,
  end: number,
  before: number,
  last: string | null,
): WeighedRun<FoundName> | null {
  if (last === null && isHopeless(bytes, start, end)) return null;
  const piece = { bytes, start, end, shape: shapeOf(bytes, start, end), before, last };
  let best: WeighedRun<FoundName> | null = null;
  for (const recognition of OF_PIECES) {
    const found = recognition.next(piece);
    if (found !== null && (best === null || found.nats > best.nats)) best = found;
  }
  return best;
}

/** Letters that are perhaps no words, or bytes that are no text: the cipher whose key was found. */
export function searchedIn(
  among: 'letters' | 'others',
  bytes: Buffer,
  start: number,
  end: number,
): SearchedRun<FoundName> | null {
  for (const recognition of SEARCHED) {
    const found = recognition.among === among ? recognition.of(bytes, start, end) : null;
    if (found !== null) return found;
  }
  return null;
}

/**
 * Text that is in no other disguise, two thousand bytes at most: the toy cipher that all of it is in. `letters`: it is
 * in none that is known, but its letters are perhaps no words of any language.
 */
export function toyIn(bytes: Buffer, start: number, end: number): DisguisedRun<FoundName> | 'letters' | null {
  let isOdd = false;
  for (const recognition of OF_PLAIN) {
    const found = recognition.of(bytes, start, end);
    if (found === 'odd') isOdd = true;
    else if (found !== null) return found;
  }
  return isOdd && isPerhapsNoLanguage(bytes, start, end) ? 'letters' : null;
}
