/**
 * Bytes with their fields: rows of hex, and beneath them what each field is. A field, its bytes and its explanation carry
 * the same number, and the page lights them up together.
 */
import type { ElementContent } from 'hast';
import { h } from 'hastscript';

import { phrasingToHast } from '../report/phrasing-html.js';
import { counted } from '../phrases.js';
import { figure, lines, phrasing, table, type Inline, type Part } from './tree.js';

export interface ByteField {
  readonly name: string;
  readonly bytes: Buffer;
  readonly meaning: readonly Inline[];
}

const ROW_BYTES = 16;
/** The style has as many numbers. */
const MOST_FIELDS = 16;

/** `fields` in the order of the bytes, without a gap. `text`: whether the bytes are text, shown beside the hex. */
export function byteView(label: string, fields: readonly ByteField[], { text }: { readonly text: boolean }): Part {
  const placed = withOffsets(fields.slice(0, MOST_FIELDS));
  return {
    markdown: [
      lines(...hexRows(placed, text)),
      table(label, ['field', 'bytes', 'what it is'], placed.map(({ name, offset, bytes, meaning }) => [name, span(offset, bytes.length), meaning])),
    ],
    html: [figure(drawn(label, placed, text))],
  };
}

interface Placed extends ByteField {
  readonly number: number;
  /** Bytes from the first one. */
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

/** A stretch of one field within one row. */
interface Stretch {
  readonly field: Placed;
  readonly bytes: Buffer;
  readonly begins: boolean;
}

function rowsOf(fields: readonly Placed[]): readonly { readonly offset: number; readonly stretches: readonly Stretch[] }[] {
  const total = fields.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return Array.from({ length: Math.ceil(total / ROW_BYTES) }, (_, row) => {
    const from = row * ROW_BYTES;
    const stretches = fields.flatMap((field) => {
      const start = Math.max(from, field.offset);
      const end = Math.min(from + ROW_BYTES, field.offset + field.bytes.length);
      return start >= end ? [] : [{ field, bytes: field.bytes.subarray(start - field.offset, end - field.offset), begins: start === field.offset }];
    });
    return { offset: from, stretches };
  });
}

function drawn(label: string, fields: readonly Placed[], text: boolean): ElementContent {
  const total = fields.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return h('figure', { className: ['bytes'] }, [
    h('figcaption', [label, ` (${counted(total, 'byte')})`]),
    h(
      'div',
      { className: ['hex'], tabIndex: 0, role: 'group', ariaLabel: `${label}: the bytes in hexadecimal` },
      rowsOf(fields).map(({ offset, stretches }) =>
        h('div', { className: ['row'] }, [
          h('span', { className: ['offset'] }, String(offset).padStart(4, '0')),
          h('span', { className: ['digits'] }, stretches.flatMap((stretch) => [hexStretch(stretch), ' '])),
          ...(text ? [h('span', { className: ['letters'], ariaHidden: 'true' }, stretches.map(letterStretch))] : []),
        ]),
      ),
    ),
    h(
      'ol',
      { className: ['fields'] },
      fields.map(({ number, name, offset, bytes, meaning }) =>
        h('li', { dataField: String(number) }, [
          h('button', { type: 'button', dataField: String(number), ariaPressed: 'false' }, [h('b', name), ' ', h('span', span(offset, bytes.length))]),
          ' ',
          h('span', { className: ['meaning'] }, phrasingToHast(phrasing(meaning))),
        ]),
      ),
    ),
  ]);
}

function hexStretch({ field, bytes, begins }: Stretch): ElementContent {
  return h('span', { className: begins ? ['stretch', 'begins'] : ['stretch'], dataField: String(field.number) }, hex(bytes));
}

function letterStretch({ field, bytes }: Stretch): ElementContent {
  return h('span', { dataField: String(field.number) }, letters(bytes));
}

function hexRows(fields: readonly Placed[], text: boolean): readonly string[] {
  return rowsOf(fields).map(({ offset, stretches }) => {
    const all = Buffer.concat(stretches.map(({ bytes }) => bytes));
    const names = stretches.filter(({ begins }) => begins).map(({ field }) => field.name);
    const shown = text ? `  ${letters(all).padEnd(ROW_BYTES)}` : '';
    return `${String(offset).padStart(4, '0')}  ${hex(all).padEnd(ROW_BYTES * 3 - 1)}${shown}  ${names.join(', ')}`.trimEnd();
  });
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ');
}

/** As a hex dump shows them: printable ASCII as it is, all else as a dot. */
function letters(bytes: Buffer): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
}

function span(offset: number, length: number): string {
  return length === 1 ? `byte ${offset}` : `bytes ${offset}–${offset + length - 1}`;
}
