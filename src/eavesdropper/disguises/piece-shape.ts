/**
 * What can be seen at once of some bytes, from how often each value occurs. It spares bytes that are none a closer look
 * for text in another code page, which takes far longer.
 */

export interface PieceShape {
  /** How often each value occurs. It is valid until the next piece is counted. */
  readonly counts: Uint32Array;
  /** The values that occur. */
  readonly values: readonly number[];
  /** The share of controls, but for blanks and line ends. */
  readonly controls: number;
  /** The number of bytes from 0x80 on. */
  readonly beyondAscii: number;
  /** Whether small letters can be among them, whatever bytes they are. */
  readonly mayHoldLetters: boolean;
}

/** Reused for each piece. */
const counts = new Uint32Array(256);
const blocks = new Uint32Array(8);
const BLOCK_BITS = 5;

const IS_CONTROL = new Uint8Array(256).fill(1, 0, 0x20);
for (const byte of [0x09, 0x0a, 0x0c, 0x0d]) IS_CONTROL[byte] = 0;
IS_CONTROL[0x7f] = 1;

/** Most bytes are of two blocks of 32: there a code page has its small letters, and XOR leaves them together. */
const LEAST_IN_TWO = 0.55;
/** Chinese, Japanese and Korean have bytes of all blocks. Bytes with more controls are not text in those. */
export const MOST_CONTROLS = 0.02;
/** Bytes that are looked at first, of many more. */
const SAMPLED = 96;
/** No text has so many zeros; tables of numbers have more. Of random bytes, an eighth are controls, in all blocks. */
const MOST_ZEROS = 0.25;
const SAMPLED_IN_TWO = 0.42;
const SAMPLED_CONTROLS = 0.06;

/** Whether it shows at once that no text is in it: neither of small letters, nor one without controls. */
export function isHopeless(bytes: Buffer, start: number, end: number): boolean {
  return end - start < 2 * SAMPLED ? isHopelessShort(bytes, start, end) : isSampleHopeless(bytes, start, end);
}

/** Exactly what {@link shapeOf} would say, so nothing is missed. */
function isHopelessShort(bytes: Buffer, start: number, end: number): boolean {
  blocks.fill(0);
  let controls = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    blocks[byte >> BLOCK_BITS] = (blocks[byte >> BLOCK_BITS] ?? 0) + 1;
    controls += IS_CONTROL[byte] ?? 0;
  }
  const [most, second] = mostOfBlocks();
  return controls > MOST_CONTROLS * (end - start) && most + second < LEAST_IN_TWO * (end - start);
}

function isSampleHopeless(bytes: Buffer, start: number, end: number): boolean {
  const step = Math.floor((end - start) / SAMPLED);
  blocks.fill(0);
  let [zeros, controls, sampled] = [0, 0, 0];
  for (let at = start; at < end; at += step) {
    const byte = bytes[at] ?? 0;
    sampled += 1;
    blocks[byte >> BLOCK_BITS] = (blocks[byte >> BLOCK_BITS] ?? 0) + 1;
    if (byte === 0) zeros += 1;
    if (IS_CONTROL[byte] === 1) controls += 1;
  }
  if (zeros > MOST_ZEROS * sampled) return true;
  const [most, second] = mostOfBlocks();
  return controls > SAMPLED_CONTROLS * sampled && most + second < SAMPLED_IN_TWO * sampled;
}

function mostOfBlocks(): [most: number, second: number, first: number] {
  let [most, second, first] = [0, 0, 0];
  for (let block = 0; block < blocks.length; block += 1) {
    const count = blocks[block] ?? 0;
    if (count > most) [most, second, first] = [count, most, block];
    else if (count > second) second = count;
  }
  return [most, second, first];
}

export function shapeOf(bytes: Buffer, start: number, end: number): PieceShape {
  counts.fill(0);
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  blocks.fill(0);
  const values: number[] = [];
  let [controls, beyondAscii] = [0, 0];
  for (let value = 0; value < 256; value += 1) {
    const count = counts[value] ?? 0;
    if (count === 0) continue;
    values.push(value);
    const block = value >> BLOCK_BITS;
    blocks[block] = (blocks[block] ?? 0) + count;
    if (IS_CONTROL[value] === 1) controls += count;
    if (value >= 0x80) beyondAscii += count;
  }
  const length = end - start;
  return { counts, values, controls: controls / length, beyondAscii, mayHoldLetters: mayHoldLetters(values, length) };
}

/** No letter is so large a part of the letters; in tables of numbers zero is. */
const MOST_OF_BLOCK = 0.45;
/** Two bytes are the same in so many of all pairs at least: in text in 6 of 100, among random ones in 0.4. */
const LEAST_SAME = 0.025;
/** Of fewer bytes neither says much. */
const MANY = 32;

function mayHoldLetters(values: readonly number[], length: number): boolean {
  const [most, second, first] = mostOfBlocks();
  if (most + second < LEAST_IN_TWO * length) return false;
  if (length < MANY) return true;
  let same = 0;
  let mostOfBlock = 0;
  for (const value of values) {
    const count = counts[value] ?? 0;
    same += count * (count - 1);
    if (value >> BLOCK_BITS === first && count > mostOfBlock) mostOfBlock = count;
  }
  return mostOfBlock <= MOST_OF_BLOCK * most && same >= LEAST_SAME * length * (length - 1);
}
