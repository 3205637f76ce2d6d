/**
 * Messages with their length in front, written in digits, as many tutorials do it:
 *
 *     26        hello, is this the server?18        yes it is, welcome        of a fixed width
 *     26:hello, is this the server?,                                          a netstring (D. J. Bernstein, 1997)
 *     26␊hello, is this the server?                                           with a sign or a line end behind it
 */
import { isText, isTyped } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

/** How a length is written: in so many characters, or up to this sign. */
type Digits = { readonly width: number } | { readonly sign: string; readonly behind: string };

interface Head {
  /** How many bytes the head has. */
  readonly bytes: number;
  readonly length: number;
}

const LOOKED_AT = 4096;
const MOST_WIDTH = 64;
const MOST_DIGITS = 7;
/** A longer message is given up. */
const MOST_LENGTH = 16_000;
/** A number and a sentence of that length may be an accident. */
const LEAST_MESSAGES = 2;
const FIXED = /^ *(\d{1,10}) *$/;
const UP_TO_SIGN = /^(\d{1,7})(\r\n|[^\d\s]|[\n ])/;

/** Whether all that was seen is such lengths and messages. */
export function decimalFraming(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): DecimalFraming | 'more' | null {
  const first = bytes[start] ?? 0;
  if (first !== SPACE && !isDigit(first)) return null;
  const stop = Math.min(end, start + LOOKED_AT);
  let isOpen = false;
  for (const digits of waysAt(bytes, start, stop)) {
    const found = fits(digits, bytes, start, stop, last && stop === end);
    if (found === true) return new DecimalFraming(digits);
    isOpen ||= found === 'more';
  }
  return isOpen && !last && stop - start < LOOKED_AT ? 'more' : null;
}

const SPACE = 0x20;

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** The ways in which the first length can be written. */
function waysAt(bytes: Buffer, start: number, stop: number): readonly Digits[] {
  const head = bytes.toString('latin1', start, Math.min(stop, start + MOST_WIDTH + 1));
  const padded = /^ *\d{1,10} */.exec(head)?.[0].length ?? 0;
  const sign = UP_TO_SIGN.exec(head)?.[2];
  const digits = /^\d+/.exec(head)?.[0].length ?? 0;
  const widths = padded > digits ? [padded] : Array.from({ length: digits - 1 }, (_, index) => digits - index);
  return [
    ...widths.filter((width) => width >= 2 && width <= MOST_WIDTH).map((width) => ({ width })),
    ...(sign === undefined
      ? []
      : [
          { sign, behind: sign === ':' ? ',' : '' },
          { sign, behind: '' },
        ]),
  ];
}

function headAt(digits: Digits, bytes: Buffer, at: number, end: number): Head | 'more' | null {
  if ('width' in digits) {
    if (at + digits.width > end) return 'more';
    const number = FIXED.exec(bytes.toString('latin1', at, at + digits.width))?.[1];
    return number === undefined ? null : { bytes: digits.width, length: Number(number) };
  }
  const text = bytes.toString('latin1', at, Math.min(end, at + MOST_DIGITS + digits.sign.length));
  const [all, number, sign] = UP_TO_SIGN.exec(text) ?? [];
  if (all === undefined) return /^\d*\r?$/.test(text) && text.length <= MOST_DIGITS ? 'more' : null;
  return sign === digits.sign ? { bytes: all.length, length: Number(number) } : null;
}

/** Where the whole message ends that begins at `at`; null if none does. */
function endOf(digits: Digits, { bytes: head, length }: Head, bytes: Buffer, at: number, end: number): number | null {
  const text = at + head + length;
  if ('width' in digits || digits.behind === '') return text;
  return text < end && bytes[text] !== digits.behind.charCodeAt(0) ? null : text + 1;
}

const NUMBERS = /^[\d\s,;]*$/;

function fits(digits: Digits, bytes: Buffer, start: number, stop: number, isEnd: boolean): boolean | 'more' {
  // A list of numbers now and then ends where its own numbers say.
  if (NUMBERS.test(bytes.toString('latin1', start, stop))) return isEnd ? false : 'more';
  let messages = 0;
  const texts: Buffer[] = [];
  for (let at = start; at < stop;) {
    const head = headAt(digits, bytes, at, stop);
    if (head === null || (head !== 'more' && (head.length > MOST_LENGTH || head.length === 0))) return false;
    if (head === 'more') return isEnd ? false : 'more';
    const next = endOf(digits, head, bytes, at, stop);
    if (next === null) return false;
    const [from, to] = [at + head.bytes, Math.min(stop, at + head.bytes + head.length)];
    if (!isText(bytes.subarray(from, to), to - from)) return false;
    texts.push(bytes.subarray(from, to), BETWEEN);
    if (next > stop) return !isEnd && (messages > LEAST_MESSAGES ? isTyped(Buffer.concat(texts)) : 'more');
    messages += 1;
    at = next;
  }
  if (messages < LEAST_MESSAGES && !isEnd) return 'more';
  const isEnough = messages >= LEAST_MESSAGES || (messages > 0 && isPadded(digits, bytes, start));
  // In a list of numbers, some are as far apart as another one says.
  return isEnough && isTyped(Buffer.concat(texts));
}

const BETWEEN = Buffer.from(' ');

/** A number that is filled up with blanks marks a message even alone. */
function isPadded(digits: Digits, bytes: Buffer, start: number): boolean {
  return 'width' in digits && digits.width >= 8 && bytes.toString('latin1', start, start + digits.width).includes('  ');
}

export class DecimalFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #digits: Digits;

  constructor(digits: Digits) {
    this.#digits = digits;
    const how =
      'width' in digits
        ? `in digits, in ${digits.width} characters`
        : digits.behind === ''
          ? `in digits, up to ${JSON.stringify(digits.sign)}`
          : 'in digits, as a netstring';
    this.name = `each has its length in front, ${how}`;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (at < end && !this.isOver) {
      const head = headAt(this.#digits, bytes, at, end);
      const next = head === null || head === 'more' ? null : endOf(this.#digits, head, bytes, at, end);
      if (head === 'more' ? last : next === null || (next > end && (last || next - at > MOST_LENGTH))) {
        this.isOver = true;
        break;
      }
      if (head === 'more' || head === null || next === null || next > end) break;
      const from = at + head.bytes;
      sink.framing(at, from);
      sink.message(bytes, from, from + head.length, false);
      if (from + head.length < next) sink.framing(from + head.length, next);
      sink.border(from, from + head.length);
      at = next;
    }
    return at;
  }
}
