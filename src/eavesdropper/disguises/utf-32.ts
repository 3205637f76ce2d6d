/**
 * UTF-32: four bytes a character, of which the highest is always zero, and the next one mostly. Tables of numbers look
 * like it. So what comes out has to be what a person could have typed.
 */
import { asItStands, type Disguise, type DisguisedRun, type Recognition } from './disguise.js';
import { isTyped } from './text-bytes.js';

type Utf32 = 'UTF-32LE' | 'UTF-32BE';

const RECOGNISED: Recognition<Utf32> = { within: 'others', next: nextUtf32 };

export const UTF_32: readonly Disguise<Utf32, Utf32>[] = (['UTF-32LE', 'UTF-32BE'] as const).map((name) => {
  return { name, recognised: RECOGNISED, patterns: (text) => [asItStands(encoded(text, name))] };
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

function unitAt(bytes: Buffer, at: number, as: Utf32): number {
  return as === 'UTF-32LE' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

function isCharacter(unit: number): boolean {
  return (
    (unit >= 0x20 && unit < 0x11_0000 && (unit < 0x7f || unit > 0x9f)) || unit === 0x0a || unit === 0x0d || unit === 9
  );
}

function runFrom(
  bytes: Buffer,
  start: number,
  end: number,
  as: Utf32,
): DisguisedRun<Utf32> | { readonly refusedUpTo: number } {
  let text = '';
  let [count, marks] = [0, 0];
  let at = start;
  for (; at + 4 <= end && at - start < MOST_READ; at += 4) {
    const unit = unitAt(bytes, at, as);
    if (unit === MARK) {
      marks += 1;
      // Each message begins with one.
      if (text !== '') text += '\n';
    } else if (isCharacter(unit) && (unit < 0xd800 || unit > 0xdfff)) {
      text += String.fromCodePoint(unit);
      count += 1;
    } else break;
  }
  const content = Buffer.from(text);
  const isEnough = count >= (marks > 0 ? LEAST_BEHIND_MARK : LEAST_CHARACTERS);
  return isEnough && isTyped(content) ? { as, start, end: at, decoded: () => content } : { refusedUpTo: at };
}
