/** Sequences as xterm documents them (ctlseqs: "PC-Style Function Keys", "Bracketed Paste Mode", CPR). */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { KeyReader, type Key } from '../../../src/endpoints/terminal/keys.js';

/** Joins neighbouring texts, because the reads can end anywhere. */
function keysOf(...chunks: readonly Uint8Array[]): Key[] {
  const reader = new KeyReader();
  const all: Key[] = [];
  for (const key of chunks.flatMap((chunk) => [...reader.keys(Buffer.from(chunk))])) {
    const last = all.at(-1);
    if (key.type === 'text' && last?.type === 'text')
      all[all.length - 1] = { type: 'text', text: last.text + key.text };
    else all.push(key);
  }
  return all;
}

const text = (typed: string): Key => ({ type: 'text', text: typed });
const edit = (name: Extract<Key, { type: 'edit' }>['edit']): Key => ({ type: 'edit', edit: name });

test.each<[string, string, Key[]]>([
  ['text in several scripts', 'aé日👋', [text('aé日👋')]],
  ['an arrow key, and the same key in application mode', '\x1b[D\x1bOD', [edit('left'), edit('left')]],
  [
    'Ctrl-Right, Alt-Left, Delete, Home, End',
    '\x1b[1;5C\x1b[1;3D\x1b[3~\x1b[1~\x1b[F',
    [edit('word-right'), edit('word-left'), edit('delete-right'), edit('start'), edit('end')],
  ],
  ['Alt-b', '\x1bb', [edit('word-left')]],
  [
    'keys that mean nothing here: F1 (also of the Linux console), F5, Page up',
    'a\x1bOP\x1b[[A\x1b[15~\x1b[5~b',
    [text('ab')],
  ],
  [
    'Enter, Ctrl-J, Ctrl-C, Ctrl-D',
    '\r\n\x03\x04',
    [{ type: 'enter' }, { type: 'enter' }, { type: 'interrupt' }, { type: 'end-of-input' }],
  ],
  ['the position of the cursor', '\x1b[12;345R', [{ type: 'position', row: 12, column: 345 }]],
  [
    'a paste is text, whatever it contains',
    '\x1b[200~a\x03\x1b[Db\rc\x1b[201~\x03',
    [text('a\x03\x1b[Db'), { type: 'line-break' }, text('c'), { type: 'interrupt' }],
  ],
])('%s, in one read and byte by byte', (_, sent, keys) => {
  const bytes = Buffer.from(sent);
  expect(keysOf(bytes)).toEqual(keys);
  expect(keysOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(keys);
});

test('the text stays the same, wherever the reads end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (typed, step) => {
      const bytes = Buffer.from(typed);
      const chunks = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
        bytes.subarray(at * step, (at + 1) * step),
      );
      fc.pre(!/\p{Cc}/u.test(typed));
      expect(keysOf(...chunks)).toEqual(typed === '' ? [] : [text(typed)]);
    }),
  );
});

test('a lone Escape is given up after a while, and the next key counts as usual', () => {
  const reader = new KeyReader();
  expect([...reader.keys(Buffer.from('\x1b'))]).toEqual([]);
  expect(reader.isWaiting).toBe(true);
  reader.giveUp();
  expect([...reader.keys(Buffer.from('b'))]).toEqual([text('b')]);
});

test('for any input, only a limited part of a sequence is kept', () => {
  const reader = new KeyReader();
  for (let count = 0; count < 1000; count += 1)
    for (const key of reader.keys(Buffer.from(`\x1b[${'1;'.repeat(500)}`))) expect(key.type).toBe('text');
  expect(reader.isWaiting).toBe(false);
});
