/**
 * Messages that control characters mark, as in old protocols, or with one number in front of each:
 *
 *     02 h e l l o 03 02 b y e 03          STX and ETX around each
 *     h e l l o 04 b y e 04                EOT behind each
 *     04 a n n h i 04 a n n b y e          the length of a name, which is always the same
 */
import { isControl, isText, isTyped } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

const LOOKED_AT = 2048;
/** Lengths have more values. */
const MOST_VALUES = 2;
/** NUL, which `zero-framing.ts` reads; and what terminals and their keys send: bell, backspace, shifts, ESC, DEL. */
const OTHERS: ReadonlySet<number> = new Set([0x00, 0x07, 0x08, 0x0e, 0x0f, 0x1b, 0x7f]);
const LF = 0x0a;
const LEAST_MARKS = 3;
/** Of all texts together, and for each mark. */
const LEAST_TEXT = 10;
const LEAST_PER_MARK = 1.5;
/** A longer message is given up. */
const MOST_LENGTH = 16_000;

/** null unless the stream, which is mixed, is nothing but text and one or two control characters. */
export function controlFraming(
  bytes: Buffer,
  start: number,
  end: number,
  last: boolean,
): ControlFraming | 'more' | null {
  const looked = bytes.subarray(start, Math.min(end, start + LOOKED_AT));
  const values = new Set<number>();
  let marks = 0;
  const texts: Buffer[] = [];
  for (let at = 0; at < looked.length;) {
    const to = endOfText(looked, at, looked.length);
    if (to > at) {
      const text = looked.subarray(at, to);
      // Where line ends mark messages, these do not.
      if (!isText(text, to - at) || text.includes(LF)) return null;
      texts.push(looked.subarray(at, to));
    }
    if (to === looked.length) break;
    values.add(looked[to] ?? 0);
    marks += 1;
    if (values.size > MOST_VALUES || OTHERS.has(looked[to] ?? 0)) return null;
    at = to + 1;
  }
  if (!last && looked.length < LOOKED_AT) return 'more';
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  const isEnough = marks >= LEAST_MARKS && length >= Math.max(LEAST_TEXT, LEAST_PER_MARK * marks);
  return isEnough && isTyped(Buffer.concat(texts.flatMap((text) => [text, BLANK]))) ? new ControlFraming(values) : null;
}
const BLANK = Buffer.from(' ');

/** Where the next control character stands; `end` if none does. */
function endOfText(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && !isControl(bytes[at] ?? 0)) at += 1;
  return at;
}

export class ControlFraming implements Framing {
  readonly name: string;
  isOver = false;

  constructor(values: ReadonlySet<number>) {
    const named = [...values].map((value) => `0x${value.toString(16).padStart(2, '0')}`).join(' and ');
    this.name = `${values.size === 1 ? 'a control character stands' : 'control characters stand'} between them, ${named}`;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (at < end) {
      if (isControl(bytes[at] ?? 0)) {
        sink.framing(at, at + 1);
        at += 1;
        continue;
      }
      const to = endOfText(bytes, at, end);
      if (to === end && !last) {
        this.isOver = end - at > MOST_LENGTH;
        break;
      }
      sink.message(bytes, at, to, false);
      sink.border(at, to);
      at = to;
    }
    return at;
  }
}
