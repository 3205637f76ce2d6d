/**
 * All printed characters of ASCII shifted, not only its letters: rot47, which leaves the blank as it is, and the same
 * with another number or with the blank among them. What comes out has digits and signs where a text has small letters.
 */
import type { Disguise, DisguisedRun } from './disguise.js';
import { LEAST_SHARE, likelihoodIn } from './letters.js';
import { readsAsWords } from './readable-words.js';
import { wordsIn } from './words.js';

export type PrintedShiftName = 'rot47' | `printed characters plus ${number}`;

/** The first of those that are shifted, and how many there are: without the blank, and with it. */
const RINGS = [
  { first: 0x21, size: 94 },
  { first: 0x20, size: 95 },
] as const;
type Ring = (typeof RINGS)[number];
const HALF = 47;

/** Bytes that are looked at first, and at all. */
const SAMPLED = 96;
const LOOKED_AT = 512;
const LEAST_BYTES = 12;
/** The share of small letters and blanks that most texts have. */
const USUAL = 0.6;
/** Evidence of words, as a natural logarithm. */
const LEAST_NATS = 11;
/** Known words in what is no text as it stands: short ones come by accident. */
const MOST_DIFFERENT = 3;
const MOST_TRIED = 2;

export const PRINTED_SHIFT: Disguise<'rot47', PrintedShiftName> = {
  name: 'rot47',
  recognised: { within: 'plain', of: shiftedIn },
  toyNames: ['rot47', 'printed characters'],
  patterns: () => [],
};

/** What a byte counts for a text; a control or what is not ASCII stays as it is, and counts nothing. */
const NATS = Float64Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte > 0x7e) return 0;
  return Math.log(95 * (likelihoodIn('western').get(String.fromCharCode(byte)) ?? LEAST_SHARE));
});

function shiftedIn(bytes: Buffer, start: number, end: number): DisguisedRun<PrintedShiftName> | null {
  if (end - start < LEAST_BYTES || looksUsual(bytes, start, Math.min(end, start + SAMPLED))) return null;
  const head = bytes.subarray(start, Math.min(end, start + LOOKED_AT));
  const shifts = likeliest(head);
  if (shifts.length === 0) return null;
  const asItStands = wordsIn(head.toString('latin1'));
  // Words in capitals are words too, which a shift makes small.
  if (asItStands.different > MOST_DIFFERENT) return null;
  for (const { ring, number } of shifts) {
    const text = undone(head, ring, number).toString('latin1');
    const { nats } = wordsIn(text);
    const isRot47 = number === HALF && ring.size === 94;
    // Other shifts are many, so known words are asked for.
    if (!mostlyLetters(text) || (nats < asItStands.nats + LEAST_NATS && !isRot47)) continue;
    if (!readsAsWords(text, LEAST_NATS)) continue;
    const as: PrintedShiftName = isRot47 ? 'rot47' : `printed characters plus ${number}`;
    return {
      as,
      start,
      end,
      decoded: (most) => undone(bytes.subarray(start, Math.min(end, start + most)), ring, number),
    };
  }
  return null;
}

function looksUsual(bytes: Buffer, start: number, end: number): boolean {
  let usual = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if ((byte >= 0x61 && byte <= 0x7a) || byte === 0x20 || byte >= 0x80) usual += 1;
  }
  return usual >= USUAL * (end - start);
}

function mostlyLetters(text: string): boolean {
  return (text.match(/[a-z ]/g)?.length ?? 0) >= USUAL * text.length;
}

function likeliest(head: Buffer): readonly { readonly ring: Ring; readonly number: number }[] {
  const counts = new Uint32Array(256);
  for (const byte of head) counts[byte] = (counts[byte] ?? 0) + 1;
  const same = counts.reduce((sum, count) => sum + count * (count - 1), 0);
  if (same < LEAST_SAME * head.length * (head.length - 1)) return [];
  const asItStands = natsOf(counts, RINGS[0], 0);
  return likelyNumbers(counts)
    .map((each) => ({ ...each, nats: natsOf(counts, each.ring, each.number) }))
    .filter(({ nats }) => nats > asItStands + LEAST_NATS)
    .sort((one, other) => other.nats - one.nats)
    .slice(0, MOST_TRIED);
}

/** The most frequent byte stands for the blank, or for a frequent letter. */
function likelyNumbers(counts: Uint32Array): readonly { readonly ring: Ring; readonly number: number }[] {
  const [without, withBlank] = RINGS;
  const numberFor = ({ size }: Ring, byte: number, stands: number): number => (byte - stands + size) % size;
  const letters = Array.from(FREQUENT, (letter) => letter.charCodeAt(0));
  return [
    ...mostFrequent(counts, without).flatMap((byte) =>
      letters.map((letter) => ({ ring: without, number: numberFor(without, byte, letter) })),
    ),
    ...mostFrequent(counts, withBlank).map((byte) => ({ ring: withBlank, number: numberFor(withBlank, byte, SPACE) })),
  ].filter(({ number }) => number > 0);
}
const FREQUENT = 'etaoinsr';
const SPACE = 0x20;

function mostFrequent(counts: Uint32Array, { first }: Ring): readonly number[] {
  let [most, second]: [number, number] = [first, first + 1];
  for (let byte = first + 1; byte < 0x7f; byte += 1) {
    const count = counts[byte] ?? 0;
    if (count > (counts[most] ?? 0)) [most, second] = [byte, most];
    else if (count > (counts[second] ?? 0)) second = byte;
  }
  return [most, second];
}

/** The share of all pairs of bytes that are the same: in a text 60 of 1,000, whatever its letters stand for. */
const LEAST_SAME = 0.035;

function natsOf(counts: Uint32Array, { first, size }: Ring, number: number): number {
  let nats = first === 0x20 ? 0 : (counts[0x20] ?? 0) * (NATS[0x20] ?? 0);
  for (let place = 0; place < size; place += 1) {
    const count = counts[first + ((place + number) % size)] ?? 0;
    if (count > 0) nats += count * (NATS[first + place] ?? 0);
  }
  return nats;
}

function undone(bytes: Buffer, { first, size }: Ring, number: number): Buffer {
  return Buffer.from(
    bytes.map((byte) => (byte < first || byte > 0x7e ? byte : first + ((byte - first - number + size) % size))),
  );
}
