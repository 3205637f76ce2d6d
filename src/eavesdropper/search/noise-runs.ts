/** Long runs of base64 or hex that contain no text, in any protocol. */
import { isUtf8 } from 'node:buffer';
import type { NoiseKind, Zone } from './zone.js';

/** Shorter runs are more often words, names and paths than noise. */
const LEAST_RUN = 64;
/**
 * How many characters are judged together: whole base64 groups. Text somewhere in a long run then makes only its own
 * block text.
 */
const BLOCK = 4096;
/** The least entropy, in bits per character, of noise in a run this long. The maximum is 4 for hex and 6 for base64. */
const LEAST_BITS = { hex: 3, base64: 4.5 } as const;

const PARTS: Readonly<Record<Exclude<NoiseKind, 'bytes'>, string>> = {
  base64: 'a run of base64',
  base64url: 'a run of base64',
  hex: 'a run of hex',
};

const RUN_CHARACTERS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_');
const IN_RUN = new Uint8Array(256);
for (const byte of RUN_CHARACTERS) IN_RUN[byte] = 1;

/** Returns the runs of noise in order. `from` is the offset of the line's first byte. */
export function noiseRuns(line: Buffer, from: number): readonly Zone[] {
  const found: Zone[] = [];
  let start = 0;
  for (let at = 0; at <= line.length; at += 1) {
    if (at < line.length && IN_RUN[line[at] ?? 0] === 1) continue;
    if (at - start >= LEAST_RUN) addNoise(found, line, start, at, from);
    start = at + 1;
  }
  return found;
}

/**
 * Adds the noise in the run from `runStart` to `runEnd`, block by block. A short rest at the end of the run may be left
 * out.
 */
function addNoise(found: Zone[], line: Buffer, runStart: number, runEnd: number, from: number): void {
  for (let start = runStart; start < runEnd; start += BLOCK) {
    const end = Math.min(start + BLOCK, runEnd);
    const kind = noiseKind(line, start, end);
    if (kind === null) continue;
    found.push({ start: from + start, end: from + end, kind, part: PARTS[kind], holdsMessages: true });
  }
}

function noiseKind(line: Buffer, start: number, end: number): Exclude<NoiseKind, 'bytes'> | null {
  const length = end - start;
  if (length < LEAST_RUN) return null;
  const counts = countsOf(line, start, end);
  const bits = bitsPerCharacter(counts, length);
  const text = line.toString('latin1', start, end);
  if (countOf(counts, HEX_DIGITS) === length) {
    return bits >= LEAST_BITS.hex && !isUtf8(Buffer.from(text, 'hex')) ? 'hex' : null;
  }
  // Node decodes both alphabets under either name.
  if (bits < LEAST_BITS.base64 || isUtf8(Buffer.from(text, 'base64'))) return null;
  return countOf(counts, URL_SIGNS) > 0 ? 'base64url' : 'base64';
}

const HEX_DIGITS = Buffer.from('0123456789abcdefABCDEF');
const URL_SIGNS = Buffer.from('-_');

/** Reused for every run. */
const characterCounts = new Uint32Array(256);

function countsOf(line: Buffer, start: number, end: number): Uint32Array {
  const counts = characterCounts.fill(0);
  for (let at = start; at < end; at += 1) {
    const byte = line[at] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  return counts;
}

function countOf(counts: Uint32Array, characters: Buffer): number {
  let sum = 0;
  for (const character of characters) sum += counts[character] ?? 0;
  return sum;
}

/** Shannon's entropy, from how often each character occurs. */
function bitsPerCharacter(counts: Uint32Array, length: number): number {
  let bits = 0;
  for (const character of RUN_CHARACTERS) {
    const count = counts[character] ?? 0;
    if (count > 0) bits -= (count / length) * Math.log2(count / length);
  }
  return bits;
}
