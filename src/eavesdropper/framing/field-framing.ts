/**
 * Messages of always the same size, with texts at always the same places, as a struct of C has them. Zeros fill each
 * text up.
 *
 *     01 09  a n n a 00 00 00 00 00 00 00 00  h i 00 00 00 00 …     struct { char kind, room, name[12], text[20]; }
 */
import { isUtf8 } from 'node:buffer';

import { isText } from '../disguises/text-bytes.js';
import type { Framing, Sink } from './sink.js';

/** A text in each message: offsets in the message. */
interface Field {
  readonly start: number;
  readonly end: number;
}

const LOOKED_AT = 4096;
const SIZE = { least: 8, most: 2048 } as const;
const LEAST_FIELD = 4;
const MOST_SIZES = 24;
const LEAST_RECORDS = 2;
const LEAST_TEXT = 2;
/** How unlikely it must be that other bytes look like this, as in `prefix-framing.ts`, for each size. */
const NATS_OF_DOUBT = 9.2 + Math.log(MOST_SIZES);
const NATS_PER_BYTE = 0.8;
/** And for each of its texts. */
const NATS_OF_FIELD = 9.2;
/** Zeros are met often. */
const NATS_PER_ZERO = 0.3;
const MOST_ZEROS = 4;

/** Of mixed bytes. null unless the first messages have their texts at the same places, each with a zero behind it. */
export function fieldFraming(bytes: Buffer, start: number, end: number, last: boolean): FieldFraming | 'more' | null {
  const looked = bytes.subarray(start, Math.min(end, start + LOOKED_AT));
  if (!looked.includes(0)) return null;
  const isEnd = last && looked.length === end - start;
  const isEnough = last || looked.length === LOOKED_AT;
  for (const size of sizesIn(looked)) {
    const count = Math.floor(looked.length / size);
    if (count < LEAST_RECORDS || (isEnd && looked.length % size !== 0)) continue;
    const records = Array.from({ length: count }, (_, index) => looked.subarray(index * size, (index + 1) * size));
    const fields = fieldsOf(records, size);
    if (isEnough && natsOf(records, fields) >= NATS_OF_DOUBT) return new FieldFraming(size, fields);
  }
  return isEnough ? null : 'more';
}

/** The distances between the first text and those behind it. */
function sizesIn(looked: Buffer): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at < looked.length && starts.length <= MOST_SIZES;) {
    let to = at;
    while (to < looked.length && isPrinted(looked[to] ?? 0)) to += 1;
    if (to - at >= LEAST_TEXT && looked[to] === 0) starts.push(at);
    at = to + 1;
  }
  const [first = 0] = starts;
  return starts.map((start) => start - first).filter((size) => size >= SIZE.least && size <= SIZE.most);
}

function isPrinted(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** Where text stands in the records: each begins where in some record a text begins behind a zero or another byte. */
function fieldsOf(records: readonly Buffer[], size: number): readonly Field[] {
  const hasText = Array.from({ length: size }, (_, at) => records.some((record) => isPrinted(record[at] ?? 0)));
  const mayBeText = Array.from({ length: size }, (_, at) =>
    records.every((record) => record[at] === 0 || isPrinted(record[at] ?? 0)),
  );
  const begins = (at: number): boolean =>
    at === 0 ||
    mayBeText[at - 1] === false ||
    hasText[at - 1] === false ||
    records.some((record) => record[at - 1] === 0 && record[at] !== 0);
  const fields: Field[] = [];
  for (let at = 0; at < size;) {
    if (mayBeText[at] !== true || hasText[at] !== true || !begins(at)) {
      at += 1;
      continue;
    }
    let to = at + 1;
    while (to < size && mayBeText[to] === true && !(hasText[to] === true && begins(to))) to += 1;
    const field = { start: at, end: to };
    const isText = to - at >= LEAST_FIELD && records.every((record) => isField(record.subarray(at, to)));
    if (isText && natsOf(records, [field]) >= NATS_OF_FIELD) fields.push(field);
    at = to;
  }
  return fields;
}

/** Text, and then at least one zero and nothing but zeros. */
function isField(bytes: Buffer): boolean {
  const length = lengthOf(bytes);
  return (
    length < bytes.length &&
    isText(bytes.subarray(0, length), length) &&
    isUtf8(bytes.subarray(0, length)) &&
    bytes.subarray(length).every((byte) => byte === 0)
  );
}

function lengthOf(bytes: Buffer): number {
  const zero = bytes.indexOf(0);
  return zero === -1 ? bytes.length : zero;
}

function natsOf(records: readonly Buffer[], fields: readonly Field[]): number {
  let nats = 0;
  for (const record of records) {
    for (const { start, end } of fields) {
      const length = lengthOf(record.subarray(start, end));
      nats += NATS_PER_BYTE * length + (length > 0 ? NATS_PER_ZERO * Math.min(MOST_ZEROS, end - start - length) : 0);
    }
  }
  return nats;
}

export class FieldFraming implements Framing {
  readonly name: string;
  isOver = false;
  readonly #size: number;
  readonly #fields: readonly Field[];

  constructor(size: number, fields: readonly Field[]) {
    this.#size = size;
    this.#fields = fields;
    this.name = `each has ${size} bytes, with ${fields.length === 1 ? 'a text' : `${fields.length} texts`} at fixed places`;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (at + this.#size <= end) {
      this.#tell(bytes, at, sink);
      at += this.#size;
    }
    this.isOver = last;
    return at;
  }

  #tell(bytes: Buffer, start: number, sink: Sink): void {
    let at = start;
    for (const field of this.#fields) {
      const from = start + field.start;
      const to = from + lengthOf(bytes.subarray(from, start + field.end));
      sink.framing(at, from);
      sink.message(bytes, from, to, false);
      at = to;
    }
    sink.framing(at, start + this.#size);
    sink.border(start, start + this.#size);
  }
}
