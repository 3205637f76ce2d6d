/**
 * UTF-32: four bytes a character, of which the highest is always zero, and the next one mostly. Tables of numbers look
 * like it. So what comes out has to be what a person could have typed.
 */
import { uint32, uint32LittleEndian } from '../../bytes/integers.js';
import { asItStands, type Disguise, type DisguisedRun, type Recognition } from './disguise.js';
import { lettersOfOtherScripts } from './scripts.js';
import { isTyped } from './text-bytes.js';

type Utf32 = 'UTF-32LE' | 'UTF-32BE';

const RECOGNISED: Recognition<Utf32> = { within: 'others', next: nextUtf32 };

export const UTF_32: readonly Disguise<Utf32, Utf32>[] = (['UTF-32LE', 'UTF-32BE'] as const).map((name) => {
  return {
    name,
    recognised: RECOGNISED,
    patterns: (text) => [asItStands(encoded(text, name))],
    ofMessage: (message) => ofMessage(message, name),
  };
});

function encoded(text: string, name: Utf32): Buffer {
  const units = Buffer.allocUnsafe(4 * text.length);
  let length = 0;
  for (const character of text) length = units.writeUInt32LE(character.codePointAt(0) ?? 0, length);
  const bytes = units.subarray(0, length);
  return name === 'UTF-32LE' ? bytes : bytes.swap32();
}

/** With a byte-order mark, fewer are enough. */
const LEAST_CHARACTERS = 6;
const LEAST_BEHIND_MARK = 2;
const MARK = 0xfeff;
const MOST_READ = 65_536;

/** Rows that are read in vain; tables of numbers have more, and are not looked at further. */
const MOST_REFUSED = 32;

function nextUtf32(bytes: Buffer, start: number, end: number): DisguisedRun<Utf32> | null {
  const least = 4 * (LEAST_BEHIND_MARK + 1);
  if (end - start < least || !mayHoldZeros(bytes, start, end)) return null;
  const refused = { 'UTF-32LE': [0, 0, 0, 0], 'UTF-32BE': [0, 0, 0, 0] };
  let tries = 0;
  for (let at = start; at + least <= end && tries < MOST_REFUSED; at += 1) {
    // The highest byte is zero, of two characters in a row.
    const isLittle = bytes[at + 3] === 0 && bytes[at + 7] === 0 && bytes[at] !== 0;
    if (!isLittle && (bytes[at] !== 0 || bytes[at + 4] !== 0 || bytes[at + 3] === 0)) continue;
    const as = isLittle ? 'UTF-32LE' : 'UTF-32BE';
    // What was refused once is not read again from a later place.
    if (at < (refused[as][at & 3] ?? 0)) continue;
    const run = runFrom(bytes, at, end, as);
    if ('decoded' in run) return run;
    refused[as][at & 3] = run.refusedUpTo;
    tries += 1;
  }
  return null;
}

/** Bytes that are looked at first. In UTF-32 half of them are zero, or more. */
const SAMPLED = 64;
const LEAST_ZEROS = 1 / 8;

function mayHoldZeros(bytes: Buffer, start: number, end: number): boolean {
  // An odd step, so that it does not meet the same byte of each character.
  const step = Math.max(1, Math.floor((end - start) / SAMPLED) | 1);
  let [zeros, sampled] = [0, 0];
  for (let at = start; at < end; at += step) {
    sampled += 1;
    if (bytes[at] === 0) zeros += 1;
  }
  return zeros >= LEAST_ZEROS * sampled;
}

function unitAt(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? uint32LittleEndian(bytes, at) : uint32(bytes, at);
}

/** But for controls and for halves of a pair of UTF-16. */
function isCharacter(unit: number): boolean {
  if (unit < 0x20) return unit === 0x09 || unit === 0x0a || unit === 0x0d;
  return unit < 0x7f || (unit > 0x9f && unit < 0xd800) || (unit > 0xdfff && unit < 0x11_0000);
}

function runFrom(
  bytes: Buffer,
  start: number,
  end: number,
  as: Utf32,
): DisguisedRun<Utf32> | { readonly refusedUpTo: number } {
  const isLittle = as === 'UTF-32LE';
  let [count, marks] = [0, 0];
  let at = start;
  for (; at + 4 <= end && at - start < MOST_READ; at += 4) {
    const unit = unitAt(bytes, at, isLittle);
    if (unit === MARK) marks += 1;
    else if (isCharacter(unit)) count += 1;
    else break;
  }
  return count < (marks > 0 ? LEAST_BEHIND_MARK : LEAST_CHARACTERS)
    ? { refusedUpTo: at }
    : typedRun(bytes, start, at, as);
}

/** What the units say, if a person could have typed it. */
function typedRun(bytes: Buffer, start: number, end: number, as: Utf32): ReturnType<typeof runFrom> {
  let text = '';
  for (let at = start; at < end; at += 4) {
    const unit = unitAt(bytes, at, as === 'UTF-32LE');
    if (unit !== MARK) text += String.fromCodePoint(unit);
    // Each message begins with one.
    else if (text !== '') text += '\n';
  }
  const content = Buffer.from(text);
  return isTyped(content) && isWritten(text) ? { as, start, end, decoded: () => content } : { refusedUpTo: end };
}

/** A line end that is one byte shifts the rest, and brings a letter of any script. */
const MOST_OF_OTHER_SCRIPTS = 0.15;
/** In a table of letters each comes behind the one before. */
const MOST_ASCENDING = 0.8;

function isWritten(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  if (lettersOfOtherScripts(text) > MOST_OF_OTHER_SCRIPTS * codes.length) return false;
  const ascending = codes.filter((code, index) => index > 0 && code > (codes[index - 1] ?? 0)).length;
  return codes.length < LEAST_CHARACTERS || ascending <= MOST_ASCENDING * (codes.length - 1);
}

/** Characters alone, with a byte-order mark or without. */
function ofMessage(message: Buffer, as: Utf32): Buffer | null {
  if (message.length % 4 !== 0) return null;
  let text = '';
  for (let at = 0; at < message.length; at += 4) {
    const unit = unitAt(message, at, as === 'UTF-32LE');
    if (at === 0 && unit === MARK) continue;
    if (!isCharacter(unit)) return null;
    text += String.fromCodePoint(unit);
  }
  return Buffer.from(text);
}
