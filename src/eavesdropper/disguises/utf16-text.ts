/**
 * Text with two bytes per character, found among bytes that are not UTF-8.
 *
 * Three guesses are made from the upper byte of a unit: it belongs to an alphabet or a syllabary (1 random unit in 15
 * looks like that), to Chinese (1 in 3) or to Korean (1 in 5). Each unit of a run is evidence, and the more unlikely it
 * is by accident, the more it counts. The run is text if its units together count for more than accident could produce
 * in that many bytes.
 */
import type { DisguisedRun } from './disguise.js';

/** A guess: the upper bytes that it allows, and how much one such unit counts, as a natural logarithm. */
interface Guess {
  readonly isUpper: Uint8Array;
  readonly nats: number;
}

function guess(
  nats: number,
  blocks: readonly number[],
  ...ranges: readonly (readonly [from: number, to: number])[]
): Guess {
  const isUpper = new Uint8Array(256);
  for (const block of blocks) isUpper[block] = 1;
  for (const [from, to] of ranges) isUpper.fill(1, from, to + 1);
  return { isUpper, nats };
}

const GUESSES: readonly Guess[] = [
  guess(2.6, [0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x10, 0x1e, 0x20, 0x30]),
  guess(1, [0x00, 0x20, 0x30, 0xff], [0x4e, 0x9f]),
  guess(1.6, [0x00, 0x20, 0x30], [0xac, 0xd7]),
];
/** Either byte order, beginning at an even or an odd byte. */
const VARIANTS = 4;
/** For each upper byte, the guesses that it fits: one bit each. */
const FITS = new Uint8Array(256).map((_, high) =>
  GUESSES.reduce((bits, { isUpper }, index) => bits | ((isUpper[high] ?? 0) << index), 0),
);
/**
 * With an upper byte of zero, the lower byte is a Latin-1 character and not a control, except tab, LF and CR. With
 * another upper byte it can be any byte.
 */
const IS_LATIN = new Uint8Array(256).fill(1, 0x20, 0x7f).fill(1, 0xa0);
for (const byte of [0x09, 0x0a, 0x0d]) IS_LATIN[byte] = 1;

/**
 * The guesses are one bit each. The low bits are for units with the upper byte first, the next bits for the upper byte
 * last. Where both parities are asked for, those bits are for even bytes, and the same bits again above them for odd
 * bytes.
 */
const ORDER_BITS = GUESSES.length;
const PARITY_BITS = 2 * ORDER_BITS;

let units: Uint8Array | null = null;

/**
 * For each pair of bytes, `first << 8 | second`: the guesses that it fits as a unit. The low bits are for the upper
 * byte first, the bits above them for the upper byte last. Made on first use, because most captures do not need it.
 */
function unitsFitting(): Uint8Array {
  units ??= new Uint8Array(256 * 256).map((_, unit) => {
    const [first, second] = [unit >> 8, unit & 0xff];
    return fitting(first, second) | (fitting(second, first) << ORDER_BITS);
  });
  return units;
}

function fitting(high: number, low: number): number {
  return high !== 0 || IS_LATIN[low] === 1 ? (FITS[high] ?? 0) : 0;
}

/** Two readings count as equally good if they differ by no more than this share. */
const AS_GOOD = 0.05;
/** How many bytes are looked at to see what the characters are. */
const LOOKED_AT = 512;

const NATS_OF_DOUBT = 9.2;
/** The distance in bytes between the places that are looked at: small for few bytes, large (a sample) for many. */
const STEP = { close: 8, far: 256 } as const;
const CLOSE_UP_TO = 4096;
/** How many units at a place must all be text before more is looked at. */
const PROBED_UNITS = 4;

type Utf16Run = DisguisedRun<'UTF-16LE' | 'UTF-16BE'>;

/** For each guess in each variant: the end of the last run that was rejected, so that it is not walked again. */
const refused = new Float64Array(2 * PARITY_BITS);

/**
 * Returns the first run of text from `start` to `end`, or null. `others`: how many bytes before these were not text.
 */
export function nextUtf16(bytes: Buffer, start: number, end: number, others: number): Utf16Run | null {
  const fits = unitsFitting();
  const step = end - start <= CLOSE_UP_TO ? STEP.close : STEP.far;
  const doubt = NATS_OF_DOUBT + Math.log(VARIANTS * GUESSES.length * (others + end - start + 1));
  const due = step === STEP.close ? dueAtClosePlaces(doubt) : ALL_DUE;
  refused.fill(0);
  let place = 0;
  for (let at = start; at + 2 * PROBED_UNITS <= end; at += step, place += 1) {
    const now = due[place & (due.length - 1)] ?? 0;
    // Check two units in the middle first: that is enough to reject most places.
    let even = fitsTwo(fits, bytes, at + 2) & now;
    let odd = fitsTwo(fits, bytes, at + 3) & now;
    if ((even | odd) === 0) continue;
    even &= fitsOne(fits, bytes, at) & fitsOne(fits, bytes, at + 6);
    odd &= at + 2 * PROBED_UNITS < end ? fitsOne(fits, bytes, at + 1) & fitsOne(fits, bytes, at + 7) : 0;
    for (let fitting = even | (odd << PARITY_BITS); fitting !== 0; fitting &= fitting - 1) {
      const known = 31 - Math.clz32(fitting & -fitting);
      const from = known < PARITY_BITS ? at : at + 1;
      const made = GUESSES[known % ORDER_BITS];
      if (made === undefined || from < (refused[known] ?? 0)) continue;
      const upper = known % PARITY_BITS < ORDER_BITS ? 0 : 1;
      const run = extended(bytes, from, start, end, upper, made.isUpper, doubt / made.nats);
      if ('decoded' in run) return likeliest(bytes, run, start, end, doubt);
      refused[known] = run.refusedUpTo;
    }
  }
  return null;
}

/**
 * The guesses that a unit fits, as in {@link unitsFitting}. `fitsTwo`: the guesses that this unit and the next both
 * fit.
 */
function fitsOne(fits: Uint8Array, bytes: Buffer, at: number): number {
  return fits[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] ?? 0;
}

function fitsTwo(fits: Uint8Array, bytes: Buffer, at: number): number {
  return fitsOne(fits, bytes, at) & fitsOne(fits, bytes, at + 2);
}

/**
 * The guesses to try at each place, in either byte order as in {@link unitsFitting}. After the last entry the schedule
 * starts again.
 */
function dueAtClosePlaces(doubt: number): Uint8Array {
  // This is called again and again with nearly the same doubt, so the schedules are kept.
  const least = Math.floor(doubt);
  return (schedules[least] ??= scheduleOf(GUESSES.map(({ nats }) => placesBetween((2 * least) / nats))));
}

function scheduleOf(every: readonly number[]): Uint8Array {
  return new Uint8Array(Math.max(...every)).map((_, place) => {
    const due = every.reduce((bits, places, index) => bits | (place % places === 0 ? 1 << index : 0), 0);
    return due | (due << ORDER_BITS);
  });
}

/** Indexed by the doubt, rounded down. */
const schedules: Uint8Array[] = [];
const ALL_DUE = scheduleOf(GUESSES.map(() => 1));

/**
 * How many places apart a guess needs to be tried, a power of two. A guess whose units count for less needs longer
 * runs; a run of `bytes` is long enough to cover one of these places.
 */
function placesBetween(bytes: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2((bytes - 2 * PROBED_UNITS) / STEP.close)));
}

/**
 * The same bytes can often be read in other ways too: in the other byte order one byte earlier or later, or by another
 * guess. This takes the reading with the most evidence. If all upper bytes come from one block, both byte orders have
 * the same evidence; then the wrong one, which pairs bytes of two characters, has more different units. If that does
 * not decide either, it takes the byte order that most systems use.
 */
function likeliest(bytes: Buffer, found: Utf16Run, start: number, end: number, doubt: number): Utf16Run {
  const middle = found.start + 2 * Math.floor((found.end - found.start) / 4);
  let best = found;
  let bestWitness = 0;
  for (const { isUpper, nats } of GUESSES) {
    for (let variant = 0; variant < VARIANTS; variant += 1) {
      const run = extended(bytes, middle + (variant >> 1), start, end, variant & 1, isUpper, doubt / nats);
      if (!('decoded' in run)) continue;
      const witness = ((run.end - run.start) / 2) * nats;
      const isAsGood = Math.abs(witness - bestWitness) <= AS_GOOD * bestWitness;
      if (isAsGood ? isLikelier(bytes, run, best, end - start) : witness > bestWitness) {
        best = run;
        bestWitness = witness;
      }
    }
  }
  return best;
}

/** `length`: of all bytes that could be in it. A reading of all of them needs no byte to be left over. */
function isLikelier(bytes: Buffer, one: Utf16Run, other: Utf16Run, length: number): boolean {
  const isWhole = (run: Utf16Run): boolean => run.end - run.start === length;
  if (isWhole(one) !== isWhole(other)) return isWhole(one);
  const [different, differentInOther] = [differentUnits(bytes, one), differentUnits(bytes, other)];
  if (Math.abs(different - differentInOther) > AS_GOOD * differentInOther) return different < differentInOther;
  return one.as === 'UTF-16LE' && other.as === 'UTF-16BE' && one.end - one.start >= other.end - other.start;
}

function differentUnits(bytes: Buffer, { as, start, end }: Utf16Run): number {
  return new Set(textOf(bytes, start, Math.min(end, start + LOOKED_AT), as === 'UTF-16LE' ? 1 : 0)).size;
}

/** `upper`: the position of the upper byte in a unit: 1 for little-endian, 0 for big-endian. */
function isText(bytes: Buffer, at: number, upper: number, isUpper: Uint8Array): boolean {
  const high = bytes[at + upper] ?? 0;
  return isUpper[high] === 1 && (high !== 0 || IS_LATIN[bytes[at + 1 - upper] ?? 0] === 1);
}

function extended(
  bytes: Buffer,
  from: number,
  least: number,
  end: number,
  upper: number,
  isUpper: Uint8Array,
  leastUnits: number,
): Utf16Run | { readonly refusedUpTo: number } {
  const known = from < least ? from + 2 : from;
  let first = known;
  while (first - 2 >= least && isText(bytes, first - 2, upper, isUpper)) first -= 2;
  let stop = known;
  while (stop + 2 <= end && isText(bytes, stop, upper, isUpper)) stop += 2;
  if (stop - first < 2 * leastUnits) return { refusedUpTo: stop };
  const decoded = (most: number): Buffer =>
    Buffer.from(textOf(bytes, first, Math.min(stop, first + 2 * Math.ceil(most / 2)), upper), 'utf8');
  const lookedAt = Math.min(stop, first + LOOKED_AT);
  if (
    !hasUsualBlocks(bytes, first, lookedAt, upper, isUpper) ||
    !isMostlyLetters(textOf(bytes, first, lookedAt, upper))
  )
    return { refusedUpTo: stop };
  return { as: upper === 1 ? 'UTF-16LE' : 'UTF-16BE', start: first, end: stop, decoded };
}

function textOf(bytes: Buffer, start: number, end: number, upper: number): string {
  const units = Buffer.from(bytes.subarray(start, end));
  return (upper === 1 ? units : units.swap16()).toString('utf16le');
}

/**
 * Two-byte numbers in a file format are not random, so the test for accident does not exclude them. A language with an
 * alphabet has nearly all its characters in two blocks of 256 or, in a longer text, in three. A language with thousands
 * of characters takes them from many blocks.
 */
function hasUsualBlocks(bytes: Buffer, start: number, end: number, upper: number, isUpper: Uint8Array): boolean {
  const counts = new Map<number, number>();
  for (let at = start; at < end; at += 2) {
    const block = bytes[at + upper] ?? 0;
    counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  const units = (end - start) / 2;
  if (isUpper !== GUESSES[0]?.isUpper) return counts.size >= Math.min(12, units / 3);
  const most = [...counts.values()].sort((one, other) => other - one).slice(0, units < 24 ? 2 : 3);
  return most.reduce((sum, count) => sum + count, 0) >= 0.9 * units;
}

/** Two-byte numbers also fall into the blocks of alphabets, but they are seldom all letters, spaces and punctuation. */
function isMostlyLetters(text: string): boolean {
  const characters = Array.from(text);
  const fine = characters.filter((character) => /[\p{L}\p{M}\p{N}\p{P}\p{Zs}\n\r\t]/u.test(character)).length;
  return fine >= 0.95 * characters.length && !areSteps(text);
}

/** Whether it counts up or down, as a list of numbers does: the ciphers of a ClientHello, 6b 6a 69 68 39 38 37 36. */
function areSteps(text: string): boolean {
  let steps = 0;
  for (let at = 1; at < text.length; at += 1) {
    if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) steps += 1;
  }
  return steps >= MOST_STEPS * (text.length - 1);
}
const MOST_STEPS = 0.5;
