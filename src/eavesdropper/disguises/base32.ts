/** base32: each letter, A to Z and 2 to 7, stands for 5 bits (RFC 4648, section 6). */
import type { Disguise, Disguised } from './disguise.js';
import { isTyped } from './text-bytes.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const MADE_OF = { only: [Buffer.from(`${LETTERS}=`)] };

export const BASE32: Disguise<'base32'> = {
  name: 'base32',
  recognised: { within: 'token', letters: 32, madeOf: MADE_OF, of: base32Of },
  madeOf: MADE_OF,
  patterns: () => [],
  ofMessage: ofBase32Message,
};

/** A shorter run is a name in capitals. */
const LEAST_NOISE = 32;
/** In base32 of random bytes, 6 of 32 letters are digits. A name or an identifier has fewer, or more. */
const DIGITS = { least: 0.08, most: 0.4 } as const;
const EQUALS = 0x3d;

const VALUE = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from(LETTERS).entries()) VALUE[byte] = value;

function base32Of(bytes: Buffer, start: number, end: number): Disguised<'base32'> | null {
  // Most tokens have other letters. They are refused before anything is made for them.
  const stop = behindLetters32(bytes, start, end);
  return isPadding(bytes, stop, end) ? ofLetters(bytes, start, stop) : null;
}

function ofLetters(bytes: Buffer, start: number, stop: number): Disguised<'base32'> | null {
  let digits = 0;
  for (let at = start; at < stop; at += 1) if ((bytes[at] ?? 0) < 0x40) digits += 1;
  const length = stop - start;
  const decoded = (most: number): Buffer => decode(bytes, start, Math.min(stop, start + 8 * Math.ceil(most / 8)));
  const isNoise = length >= LEAST_NOISE && digits >= DIGITS.least * length && digits <= DIGITS.most * length;
  if (!isNoise && !isTyped(decoded(length))) return null;
  return { as: 'base32', decoded, otherwise: isNoise ? 'noise' : 'words' };
}

/** With padding or without. */
function ofBase32Message(message: Buffer): Buffer | null {
  const stop = behindLetters32(message, 0, message.length);
  const padding = message.length - stop;
  return stop >= 2 && padding <= 6 && isPadding(message, stop, message.length) ? decode(message, 0, stop) : null;
}

function behindLetters32(bytes: Buffer, start: number, end: number): number {
  let stop = start;
  while (stop < end && (VALUE[bytes[stop] ?? 0] ?? -1) >= 0) stop += 1;
  return stop;
}

function isPadding(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at] === EQUALS) at += 1;
  return at === end;
}

function decode(bytes: Buffer, start: number, end: number): Buffer {
  const target = Buffer.alloc(Math.floor((5 * (end - start)) / 8));
  let bits = 0;
  let held = 0;
  let count = 0;
  for (let at = start; at < end; at += 1) {
    bits = ((bits << 5) | (VALUE[bytes[at] ?? 0] ?? 0)) & 0xfff;
    held += 5;
    if (held < 8) continue;
    held -= 8;
    target[count] = (bits >> held) & 0xff;
    count += 1;
  }
  return target;
}
