/** What quick looks tell for certain, without counting: text, noise, or letters in a toy cipher. */
import { isUtf8 } from 'node:buffer';
import { behindPadding, disguiseOf, mayHoldDisguise, nextInPiece, toyIn, TOKEN } from '../disguises/recognised.js';
import { behindLetters } from '../disguises/runs.js';
import { isUtf8Inside } from '../disguises/text-bytes.js';
import { isToyCipher } from '../disguises/disguises.js';
import { IS_SURE } from './text-runs.js';

/** A token of these lengths, in bytes, can be noise for certain: a shorter one is perhaps a word. */
const SURE_NOISE = { least: 24, most: 4096 } as const;

/** Whether the bytes are certainly text without noise in disguise. Other text may not pass. */
export function isSurelyReadable(bytes: Buffer, start: number, end: number): boolean {
  return isUtf8(bytes.subarray(start, end)) && isPlain(bytes, start, end);
}

/** The same of a whole stream, whose first and last characters may be cut. */
export function isWhollyReadable(bytes: Buffer): boolean {
  return isUtf8Inside(bytes, bytes.length) && isPlain(bytes, 0, bytes.length);
}

function isPlain(bytes: Buffer, start: number, end: number): boolean {
  return behindLetters(IS_SURE, bytes, start, end) === end && !mayHoldDisguise(bytes, start, end);
}

/** Whether a line is certainly one token that is noise. Other noise may not pass. */
export function isSurelyNoise(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < SURE_NOISE.least || end - start > SURE_NOISE.most) return false;
  const stop = behindPadding(bytes, behindLetters(TOKEN.letters, bytes, start, end), end);
  return stop === end && disguiseOf(bytes, start, end) === 'noise';
}

/** Whether bytes, two thousand at most, are in a toy cipher, or letters that are perhaps no language. */
export function isInToyCipher(bytes: Buffer, start: number, end: number): boolean {
  const toy = toyIn(bytes, start, end);
  if (toy !== null) return toy === 'letters' || isToyCipher(toy.as);
  if (behindLetters(IS_SURE, bytes, start, end) === end) return false;
  return isToyCipher(nextInPiece(bytes, start, end, 0, null)?.as ?? '');
}
