/**
 * All of a text as one number, most significant byte first, written in base 36, 58 (as Bitcoin does, without letters
 * that look alike) or 62. Each zero byte in front is written as the digit 0.
 */
import type { Disguise, Disguised } from './disguise.js';
import { behindLetters, lettersOf } from './runs.js';
import { isText, isTyped } from './text-bytes.js';

type BigBase = 'base36' | 'base58' | 'base62';

interface Base {
  readonly name: BigBase;
  readonly digits: string;
}

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();

export const BIG_BASES: readonly Disguise<BigBase>[] = [
  disguise({ name: 'base36', digits: DIGITS + LOWER }),
  disguise({ name: 'base58', digits: (DIGITS + UPPER + LOWER).replace(/[0OIl]/g, '') }),
  // Programs do not agree whether capitals come first.
  disguise({ name: 'base62', digits: DIGITS + UPPER + LOWER }, { name: 'base62', digits: DIGITS + LOWER + UPPER }),
];

/** Longer texts are not written so: the time to read them grows with the square of their length. */
const MOST_DIGITS = 1024;
/** Fewer decoded bytes can be text by accident. */
const LEAST_TEXT = 8;

function disguise(...bases: readonly Base[]): Disguise<BigBase> {
  const [first] = bases;
  if (first === undefined) throw new Error('no base');
  const tables = bases.map(({ digits }) => ({ ...tableOf(digits), base: digits.length }));
  const { name, digits } = first;
  const madeOf = { only: bases.flatMap((base) => setsOf(base.digits)).map((set) => Buffer.from(set)) };
  return {
    name,
    recognised: {
      within: 'token',
      letters: digits.length,
      madeOf,
      of(bytes, start, end) {
        for (const table of tables) {
          const text = textIn(table, bytes, start, end);
          if (text !== null && text.length >= LEAST_TEXT && isTyped(text))
            return { as: name, decoded: () => text, otherwise: 'words' } satisfies Disguised<BigBase>;
        }
        return null;
      },
    },
    patterns: () => [],
    madeOf,
    ofMessage: (message) => {
      for (const table of tables) {
        const text = textIn(table, message, 0, message.length);
        if (text !== null) return text;
      }
      return null;
    },
  };
}

interface Table {
  readonly base: number;
  /** Where there is one case only: in small letters, and in capitals. */
  readonly digitSets: readonly Uint8Array[];
  readonly values: Uint8Array;
}

/** Where there is one case only, both are read. */
function tableOf(digits: string): Omit<Table, 'base'> {
  const values = new Uint8Array(256);
  for (const [value, byte] of Buffer.from(digits).entries()) values[byte] = value;
  if (isOfOneCase(digits)) for (const byte of Buffer.from(UPPER)) values[byte] = values[byte | 0x20] ?? 0;
  return { digitSets: setsOf(digits).map((each) => lettersOf(Buffer.from(each))), values };
}

function setsOf(digits: string): readonly string[] {
  return isOfOneCase(digits) ? [digits, digits.toUpperCase()] : [digits];
}

function isOfOneCase(digits: string): boolean {
  return digits.toLowerCase() === digits;
}

/** null if it is not of these digits, or no text comes out. */
function textIn(table: Table, bytes: Buffer, start: number, end: number): Buffer | null {
  if (end - start > MOST_DIGITS) return null;
  if (!table.digitSets.some((digits) => behindLetters(digits, bytes, start, end) === end)) return null;
  if (!beginsAsText(table, bytes, start, end)) return null;
  const text = bytesOf(table, bytes, start, end);
  return isText(text, text.length) ? text : null;
}

/** Digits that settle the first bytes. */
const FIRST_DIGITS = 9;

/**
 * A quick look at the first bytes, which the number of digits and the first of them settle: ASCII, or a character of
 * UTF-8. Of noise, one in twelve passes.
 */
function beginsAsText({ base, values }: Table, bytes: Buffer, start: number, end: number): boolean {
  const taken = Math.min(FIRST_DIGITS, end - start);
  let head = 0;
  for (let at = start; at < start + taken; at += 1) head = base * head + (values[bytes[at] ?? 0] ?? 0);
  if (head === 0) return false;
  const bits = Math.log2(head) + (end - start - taken) * Math.log2(base);
  const count = Math.floor(bits / 8) + 1;
  let rest = 2 ** (bits - 8 * (count - 1)) + ROUNDING;
  for (let index = 0; index < Math.min(FIRST_BYTES, count); index += 1) {
    const byte = Math.floor(rest);
    if (byte >= LEAST_LEAD) return true;
    if (byte < 0x20 || byte > 0x7e) return false;
    rest = 256 * (rest - byte);
  }
  return true;
}
const FIRST_BYTES = 3;
const ROUNDING = 1e-7;
/** The least byte that begins a character of letters in UTF-8. */
const LEAST_LEAD = 0xc3;

function bytesOf({ base, values }: Table, bytes: Buffer, start: number, end: number): Buffer {
  let number = 0n;
  for (let at = start; at < end; at += 1) number = BigInt(base) * number + BigInt(values[bytes[at] ?? 0] ?? 0);
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length & 1), '0'), 'hex');
}
