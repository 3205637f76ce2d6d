/**
 * Bytes with their fields: rows of hex, and below them the explanation of each field. A field, its bytes and its
 * explanation have the same number, and the page highlights them together.
 */
import type { ElementContent } from 'hast';
import { h } from 'hastscript';

import { phrasingToHast } from '../report/phrasing-html.js';
import { counted } from '../../faces/phrases.js';
import { figure, lines, phrasing, table, type Inline, type Part } from './tree.js';

export interface ByteField {
  readonly name: string;
  readonly bytes: Buffer;
  readonly meaning: readonly Inline[];
}

const ROW_BYTES = 16;
/** How many bytes are drawn. The fields are listed even if there are more bytes. */
const MOST_DRAWN = 2048;
/** The style sheet has this many numbers. */
const MOST_FIELDS = 16;

/**
 * `fields` are in the order of the bytes, without gaps. `text`: whether the bytes are text, which is then shown next to
 * the hex.
 */
export function byteView(label: string, fields: readonly ByteField[], { text }: { readonly text: boolean }): Part {
  const placed = withOffsets(fields.slice(0, MOST_FIELDS));
  return {
    markdown: [
      lines(...hexRows(placed, text), ...(totalOf(placed) > MOST_DRAWN ? [`… (${howMuch(placed)})`] : [])),
      table(
        label,
        ['field', 'offset', 'what it is'],
        placed.map(({ name, offset, bytes, meaning }) => {
          return [name, span(offset, bytes.length), meaning];
        }),
      ),
    ],
    html: [figure(drawn(label, placed, text))],
  };
}

interface Placed extends ByteField {
  readonly number: number;
  /** Distance from the first byte. */
  readonly offset: number;
}

function withOffsets(fields: readonly ByteField[]): readonly Placed[] {
  let offset = 0;
  return fields.map((field, index) => {
    const placed = { ...field, number: index + 1, offset };
    offset += field.bytes.length;
    return placed;
  });
}

/** The part of a field that is in one row. */
interface Stretch {
  readonly field: Placed;
  readonly bytes: Buffer;
  readonly begins: boolean;
}

interface Run {
  readonly offset: number;
  readonly stretches: readonly Stretch[];
}

function runsOf(fields: readonly Placed[], size: number): readonly Run[] {
  const total = Math.min(MOST_DRAWN, totalOf(fields));
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => {
    const from = index * size;
    const stretches = fields.flatMap((field) => {
      const start = Math.max(from, field.offset);
      const end = Math.min(from + size, field.offset + field.bytes.length);
      const bytes = field.bytes.subarray(start - field.offset, end - field.offset);
      return start >= end ? [] : [{ field, bytes, begins: start === field.offset }];
    });
    return { offset: from, stretches };
  });
}

function totalOf(fields: readonly ByteField[]): number {
  return fields.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/** For example `33 bytes`. If not all are drawn, it says how many are. */
function howMuch(fields: readonly ByteField[]): string {
  const total = totalOf(fields);
  return total > MOST_DRAWN ? `the first ${MOST_DRAWN} of ${counted(total, 'byte')}` : counted(total, 'byte');
}

function drawn(label: string, fields: readonly Placed[], text: boolean): ElementContent {
  const halves = runsOf(fields, ROW_BYTES / 2);
  const rows = Array.from({ length: Math.ceil(halves.length / 2) }, (_, row) => halves.slice(2 * row, 2 * row + 2));
  return h('figure', { className: ['bytes'] }, [
    h('figcaption', `${label} (${howMuch(fields)})`),
    h(
      'div',
      {
        className: text ? ['hex', 'with-text'] : ['hex'],
        role: 'group',
        ariaLabel: `${label}: the bytes in hexadecimal`,
      },
      rows.map((row) =>
        h(
          'div',
          { className: ['row'] },
          row.flatMap((half, at) => halfRow(half, at, text)),
        ),
      ),
    ),
    h('ol', { className: ['fields'] }, fields.map(explained)),
  ]);
}

/** A wide window shows two halves in a line, and a phone one. There, the second half needs its offset too. */
function halfRow({ offset, stretches }: Run, at: number, text: boolean): ElementContent[] {
  const side = at === 0 ? 'first' : 'second';
  return [
    h('span', { className: ['offset', side] }, hexOffset(offset)),
    h(
      'span',
      { className: ['digits', side] },
      stretches.flatMap((stretch) => [hexStretch(stretch), ' ']),
    ),
    ...(text ? [h('span', { className: ['letters', side], ariaHidden: 'true' }, stretches.map(letterStretch))] : []),
  ];
}

function explained({ number, name, offset, bytes, meaning }: Placed): ElementContent {
  return h('li', { dataField: String(number) }, [
    h('button', { type: 'button', dataField: String(number), ariaPressed: 'false' }, [
      h('b', name),
      ' ',
      h('span', span(offset, bytes.length)),
    ]),
    ' ',
    h('span', { className: ['meaning'] }, phrasingToHast(phrasing(meaning))),
  ]);
}

function hexStretch({ field, bytes, begins }: Stretch): ElementContent {
  const className = begins ? ['stretch', 'begins'] : ['stretch'];
  return h('span', { className, dataField: String(field.number) }, hex(bytes));
}

function letterStretch({ field, bytes }: Stretch): ElementContent {
  return h('span', { dataField: String(field.number) }, letters(bytes));
}

function hexRows(fields: readonly Placed[], text: boolean): readonly string[] {
  return runsOf(fields, ROW_BYTES).map(({ offset, stretches }) => {
    const all = Buffer.concat(stretches.map(({ bytes }) => bytes));
    const names = stretches.filter(({ begins }) => begins).map(({ field }) => field.name);
    const shown = text ? `  ${letters(all).padEnd(ROW_BYTES)}` : '';
    return `${hexOffset(offset)}  ${hex(all).padEnd(ROW_BYTES * 3 - 1)}${shown}  ${names.join(', ')}`.trimEnd();
  });
}

/** Four digits, as in Wireshark. */
function hexOffset(offset: number): string {
  return offset.toString(16).padStart(4, '0');
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ');
}

/** As in a hex dump: printable ASCII as it is, everything else as a dot. */
function letters(bytes: Buffer): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

/** `0010, 1 byte`; `0000–000f, 16 bytes`. */
function span(offset: number, length: number): string {
  const places = length === 1 ? hexOffset(offset) : `${hexOffset(offset)}–${hexOffset(offset + length - 1)}`;
  return `${places}, ${counted(length, 'byte')}`;
}
