/** The explanation of pieces, field by field. */
import { execFileSync } from 'node:child_process';

import { describe, expect, test } from '@jest/globals';

import { wirePiece } from '../../src/lab/wire-piece.js';
import type { Field, WirePiece } from '../../src/lab/events.js';
import { describeWithTool } from '../tools.js';

/** A token of the Fernet specification (generate.json): its time is 1985-10-26T01:20:00-07:00, its IV 00 to 0f. */
const TOKEN = 'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
const MESSAGE = `MESSAGE ${TOKEN} ${'ab'.repeat(32)}\n`;

function explained(kind: WirePiece['kind'], bytes: Buffer | string): WirePiece {
  const from = 'client' as const;
  return wirePiece({
    id: 1,
    from,
    half: 'client',
    frame: 4,
    message: null,
    kind,
    bytes: Buffer.from(bytes as string, 'utf8'),
  });
}

function ofRecord(bytes: Buffer): WirePiece {
  return wirePiece({ id: 1, from: 'client', half: 'client', frame: 4, message: null, kind: 'record', bytes });
}

/** Fields follow each other and cover all bytes. */
function expectWhole(fields: readonly Field[], length: number): void {
  let at = 0;
  for (const field of fields) {
    expect(field.offset).toBe(at);
    expect(field.length).toBeGreaterThan(0);
    at += field.length;
  }
  expect(at).toBe(length);
}

const named = (fields: readonly Field[], hex: string): Record<string, string> =>
  Object.fromEntries(fields.map(({ name, offset, length }) => [name, hex.slice(2 * offset, 2 * (offset + length))]));

test('a line of plaintext: its text can be edited, its LF not', () => {
  const piece = explained('text', 'Grüß dich\n');
  expect(piece).toMatchObject({ label: 'Grüß dich', legible: 'readable', length: 12, inside: null });
  expect(piece.fields.map(({ name, offset, length, edit }) => [name, offset, length, edit])).toEqual([
    ['the message', 0, 11, 'text'],
    ['LF', 11, 1, null],
  ]);
});

test('an empty line', () => {
  expectWhole(explained('text', '\n').fields, 1);
  expect(explained('text', '\n').label).toBe('');
});

test.each([
  ['two lines in one piece', 'Hi\nYo\n', ['the message', 'LF', 'the message', 'LF']],
  ['a line whose end the attacker took', 'Meet me*', ['the message']],
  ['a line and the beginning of another one', 'Hi\nYo', ['the message', 'LF', 'the message']],
  ['nothing but ends', '\n\n', ['LF', 'LF']],
])('plaintext, %s: the fields are the bytes, and only one whole line is edited as text', (_, text, names) => {
  const { fields, hex } = explained('text', text);
  expectWhole(fields, text.length);
  expect(fields.map(({ name }) => name)).toEqual(names);
  expect(fields.filter(({ edit }) => edit !== null)).toEqual([]);
  const isEnd = fields.map(({ offset, length }) => hex.slice(2 * offset, 2 * (offset + length)) === '0a');
  expect(isEnd).toEqual(names.map((name) => name === 'LF'));
});

test('bytes that are not text are not called UTF-8, and nothing is said to have been typed', () => {
  const piece = wirePiece({
    id: 1,
    from: 'client',
    half: 'client',
    frame: 4,
    message: null,
    kind: 'text',
    bytes: Buffer.from([0x48, 0xff, 0x0a]),
  });
  expect(piece.fields[0]!.meaning).toMatch(/, 2 bytes, which are not all text$/);
  expect(explained('text', 'Hi\n').fields[0]!.meaning).toBe('Hi, 2 bytes of UTF-8');
});

test('a frame without its end is not taken for a frame', () => {
  const { fields, inside, legible } = explained('frame', MESSAGE.slice(0, -1));
  expectWhole(fields, MESSAGE.length - 1);
  expect({ inside, legible, meaning: fields[0]!.meaning }).toEqual({
    inside: null,
    legible: 'readable',
    meaning: 'a line without its end: whoever gets it waits for more',
  });
});

test('a MESSAGE: the line by field, and the token inside as the Fernet spec divides it', () => {
  const piece = explained('frame', MESSAGE);
  expect(piece).toMatchObject({ label: 'MESSAGE', legible: 'outside' });
  expectWhole(piece.fields, MESSAGE.length);
  expect(named(piece.fields, piece.hex)).toMatchObject({ token: Buffer.from(TOKEN).toString('hex') });
  const { inside } = piece;
  expect(piece.fields[inside!.field]!.name).toBe('token');
  expectWhole(inside!.fields, inside!.length);
  expect(named(inside!.fields, inside!.hex)).toEqual({
    version: '80',
    time: '000000001dc09eb0',
    IV: '000102030405060708090a0b0c0d0e0f',
    ciphertext: '2d36d5ca46556299fde1300863380 4b2'.replace(' ', ''),
    HMAC: 'c5ff9095f5d38f9ab86e5543e02686f03b3ec971b9ab47ae23566a54e08c2a0c',
  });
  expect(inside!.fields.find(({ name }) => name === 'time')!.meaning).toContain('1985-10-26 08:20:00 UTC');
});

test('lines that are no frame any more say so, and can be mended', () => {
  for (const line of ['MESSAGE x\n', 'HELLO servchat/2 sha256\n', '\n', 'ERROR \ufffd\n', 'MESSAGE']) {
    const piece = explained('frame', line);
    expectWhole(piece.fields, Buffer.byteLength(line));
  }
  expect(explained('frame', 'HELLO there\n').fields[0]).toMatchObject({ name: 'line', edit: 'text' });
});

test('a token that was made shorter is still shown', () => {
  const piece = explained('frame', `MESSAGE gAAA ${'ab'.repeat(32)}\n`);
  expectWhole(piece.inside!.fields, 3);
  expect(piece.inside!.fields[0]!.meaning).toMatch(/no Fernet token/);
});

test('control characters and marks are made safe in labels and meanings', () => {
  const piece = explained('text', '\u001b[2J\u202eevil\n');
  expect(piece.label).toBe('\\x1b[2J\\u{202e}evil');
  expect(JSON.stringify(piece.fields)).not.toMatch(/\\u001b|\u202e/);
});

test('of a long piece, the beginning goes to the page', () => {
  const piece = explained('text', `${'x'.repeat(60_000)}\n`);
  expect(piece.hex).toHaveLength(2 * 2048);
  expectWhole(piece.fields, 60_001);
  expect(JSON.stringify(piece).length).toBeLessThan(10_000);
});

describe('a TLS record', () => {
  test('that is sealed shows only its length', () => {
    const piece = ofRecord(Buffer.from(`1703030014${'5a'.repeat(20)}`, 'hex'));
    expect(piece).toMatchObject({ label: 'TLS application data', legible: 'sealed' });
    expect(piece.fields.map(({ name, length, edit }) => [name, length, edit])).toEqual([
      ['type', 1, null],
      ['version', 2, null],
      ['length', 2, null],
      ['sealed', 20, null],
    ]);
  });

  test('that is anything is divided without a gap', () => {
    for (const hex of [
      '16',
      '160301',
      '1603010000',
      '16030100020100',
      `16030100060100ffff0303`,
      '15030300020230',
      '140303000101',
      'ff00000001ff',
      '1603030004deadbeef',
    ]) {
      const bytes = Buffer.from(hex, 'hex');
      expectWhole(ofRecord(bytes).fields, bytes.length);
    }
  });
});

describeWithTool('tshark', 'the hellos of the sample capture, field by field as tshark reads them', () => {
  const of = (frame: number, ...fields: readonly string[]): readonly string[] =>
    execFileSync(
      'tshark',
      [
        '-r',
        'captures/samples/tls.pcap',
        '-Y',
        `frame.number == ${frame}`,
        '-T',
        'fields',
        ...fields.flatMap((each) => ['-e', each]),
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
      .trim()
      .split('\t');
  test.each([
    ['ClientHello', 4, ['tcp.payload', 'tls.handshake.random', 'tls.handshake.session_id']],
    ['ServerHello', 6, ['tcp.payload', 'tls.handshake.random', 'tls.handshake.session_id']],
  ] as const)('%s', (name, frame, fields) => {
    const [payload = '', random, session] = of(frame, ...fields);
    const bytes = Buffer.from(payload, 'hex');
    const record = bytes.subarray(0, 5 + bytes.readUInt16BE(3));
    const piece = ofRecord(record);
    expect(piece).toMatchObject({ label: `TLS ${name}`, legible: 'readable' });
    expectWhole(piece.fields, record.length);
    const found = named(piece.fields, record.toString('hex'));
    expect(found['random']).toBe(random);
    // The length of the session id stands before it.
    expect(found['session id']!.slice(2)).toBe(session);
  });
});
