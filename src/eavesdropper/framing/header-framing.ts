/**
 * Messages with a header of always the same size, in which their length stands somewhere, among other numbers:
 *
 *     ca fe 01 02 00 05  H e l l o         what is sent, a version, a kind, the length
 *     00 00 00 0b 00 03  H e l l o         a length that counts the header too
 *     00 05  H e l l o  9b 2c 41 7f        a check behind it
 *
 * Any bytes can be taken for such headers. So a stream counts as this only if all that is outside of them is text.
 */
import { isText, isTyped } from '../disguises/text-bytes.js';
import { LENGTH_PREFIXES } from '../../bytes/length-prefixes.js';
import type { Framing, Sink } from './sink.js';

interface LengthField {
  readonly bytes: number;
  /** So many lengths in a row lead to headers by accident in a few of 1,000 streams. */
  readonly leastRecords: number;
  readonly read: (data: Buffer, at: number) => number;
  /** For people. */
  readonly order: string;
}

const FIELDS: readonly LengthField[] = [
  ...LENGTH_PREFIXES.filter(({ bytes }) => bytes < 8).map(({ bytes, order, read }) => ({
    bytes,
    leastRecords: bytes === 4 ? 2 : 3,
    read,
    order: `, ${order}`,
  })),
  { bytes: 1, leastRecords: 4, read: (data, at) => data[at] ?? 0, order: '' },
];

/** Where the length stands, and what has to be added to it to come to the next header. */
interface Chain {
  readonly field: LengthField;
  readonly skip: number;
  readonly added: number;
}

/** And what of each message is not text: so many bytes in front, and so many behind. */
interface Layout extends Chain {
  readonly header: number;
  readonly tail: number;
  readonly nats: number;
}

const LOOKED_AT = 2048;
const MOST_SKIP = 12;
const MOST_ADDED = 28;
const MOST_BEHIND_LENGTH = 12;
const SPACE = 0x20;
const TAILS: readonly number[] = [0, 4, 2, 1, 8];
/** A longer message is given up. */
const MOST_LENGTH = 16_000;
const NATS_PER_BYTE = 0.8;
/** A byte that is the same in each header; zeros are met often. */
const NATS_PER_SAME = 1;
/** Of all texts together. */
const LEAST_TEXT = 8;
/** As in `prefix-framing.ts`, for each of the layouts that are tried. */
const NATS_OF_DOUBT = 9.2 + Math.log(FIELDS.length * (MOST_SKIP + 1) * (MOST_ADDED + 1) * TAILS.length);

/** The layout that leaves the most text, if there is enough; `more` if that cannot be told yet. Of mixed bytes. */
export function headerFraming(bytes: Buffer, start: number, end: number, last: boolean): HeaderFraming | 'more' | null {
  const stop = Math.min(end, start + LOOKED_AT);
  let best: Layout | null = null;
  let isOpen = false;
  for (const field of FIELDS) {
    for (let skip = 0; skip <= MOST_SKIP; skip += 1) {
      const isWhole = start + skip + field.bytes <= stop;
      // Most bytes are no length. This saves trying them with each number that can be added.
      if (isWhole && field.read(bytes, start + skip) > (last ? stop - start : MOST_LENGTH)) continue;
      for (let added = 0; added <= MOST_ADDED; added += 1) {
        const chain = { field, skip, added };
        const records = recordsOf(chain, bytes, start, stop, last && stop === end);
        isOpen ||= records === 'more';
        if (records === null || records === 'more') continue;
        const layout = layoutOf(chain, bytes, records);
        if (layout !== null && layout.nats > (best?.nats ?? NATS_OF_DOUBT)) best = layout;
      }
    }
  }
  if (best !== null) return new HeaderFraming(best);
  return isOpen && !last && stop - start < LOOKED_AT ? 'more' : null;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The whole messages that the lengths lead to; null if they lead to none. */
function recordsOf(
  { field, skip, added }: Chain,
  bytes: Buffer,
  start: number,
  stop: number,
  isEnd: boolean,
): readonly Span[] | 'more' | null {
  const records: Span[] = [];
  const head = skip + field.bytes;
  for (let at = start; at < stop;) {
    const length = at + head > stop ? null : field.read(bytes, at + skip);
    const next = length === null ? stop + 1 : at + length + added;
    if (next <= at + head || next - at > MOST_LENGTH) return null;
    if (next > stop) {
      if (isEnd) return null;
      break;
    }
    records.push({ start: at, end: next });
    at = next;
  }
  if (records.length >= field.leastRecords) return records;
  return isEnd ? null : 'more';
}

/** Which bytes of each message are its text: from the same place, to the same place before the end. */
function layoutOf(chain: Chain, bytes: Buffer, records: readonly Span[]): Layout | null {
  const least = chain.skip + chain.field.bytes;
  const most = least + MOST_BEHIND_LENGTH;
  let best: Layout | null = null;
  for (const tail of TAILS) {
    let header = least;
    for (const { start, end } of records) {
      header = Math.max(header, textFrom(bytes, start, end - tail, start + most) - start);
      if (header > most) break;
    }
    if (header > most) continue;
    // A number can be a tab or a line end, but no text begins with the same one again and again.
    while (records.every(({ start, end }) => start + header < end - tail && (bytes[start + header] ?? 0) < SPACE))
      header += 1;
    if (header > most || (tail > 0 && isTextual(bytes, records, tail))) continue;
    const texts = records.reduce((sum, { start, end }) => sum + Math.max(0, end - start - header - tail), 0);
    const nats = NATS_PER_BYTE * texts + NATS_PER_SAME * sameIn(bytes, records, header);
    if (nats > (best?.nats ?? 0) && areTyped(bytes, records, header, tail)) best = { ...chain, header, tail, nats };
  }
  return best;
}

/** Whether what stands behind the texts is text too: then it is no check. */
function isTextual(bytes: Buffer, records: readonly Span[], tail: number): boolean {
  const others = records.filter(({ end }) => !isText(bytes.subarray(end - tail, end), tail));
  return 2 * others.length < records.length;
}

/** How many bytes of the headers are those of the first one. */
function sameIn(bytes: Buffer, records: readonly Span[], header: number): number {
  const [first, ...others] = records;
  let same = 0;
  for (let at = 0; first !== undefined && at < header; at += 1)
    for (const { start } of others) if (bytes[start + at] === bytes[first.start + at]) same += 1;
  return same;
}

/** Whether the texts are what people type: in tables of numbers, some bytes are letters too. */
function areTyped(bytes: Buffer, records: readonly Span[], header: number, tail: number): boolean {
  const texts = records.map(({ start, end }) => bytes.toString('latin1', start + header, end - tail));
  const all = texts.join(' ');
  return all.length - texts.length + 1 >= LEAST_TEXT && isTyped(Buffer.from(all, 'latin1'));
}

/** Where the text begins that reaches to `end`; any place behind `most` if it does not begin before that. */
function textFrom(bytes: Buffer, start: number, end: number, most: number): number {
  let from = Math.max(start, end);
  while (from > start && mayBeText(bytes[from - 1] ?? 0)) from -= 1;
  // A character of UTF-8 may stand at the border.
  while (from <= most && from < end && !isText(bytes.subarray(from, end), end - from)) from += 1;
  while (from < end && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return from;
}

function mayBeText(byte: number): boolean {
  return byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

export class HeaderFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
    const { field, header, tail } = layout;
    const where = `each has a header of ${header} bytes, with its length in ${field.bytes} of them${field.order}`;
    this.name = tail === 0 ? where : `${where}, and ${tail} ${tail === 1 ? 'byte' : 'bytes'} behind it`;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    const { field, skip, added, header, tail } = this.#layout;
    let at = start;
    while (at < end && !this.isOver) {
      const isWhole = at + skip + field.bytes <= end;
      const next = isWhole ? at + field.read(bytes, at + skip) + added : end + 1;
      if (next < at + header + tail || next - at > MOST_LENGTH) this.isOver = true;
      if (this.isOver || next > end) break;
      const [from, to] = [at + header, next - tail];
      sink.framing(at, from);
      sink.message(bytes, from, to, false);
      if (tail > 0) sink.framing(to, next);
      sink.border(from, to);
      at = next;
    }
    if (at < end && last) this.isOver = true;
    return at;
  }
}
