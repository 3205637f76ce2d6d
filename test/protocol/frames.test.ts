import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  FrameError,
  MAX_TEXT_BYTES,
  beginsAsFrame,
  formatFrame,
  parseFrame,
  type Frame,
} from '../../src/protocol/frames.js';
import { INTEGRITY_NAMES } from '../../src/protocol/integrity.js';
import { formatBase64 } from '../../src/bytes/base64.js';
import { MAX_LINE_BYTES } from '../../src/protocol/lines.js';

const CHECK = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
const check = Buffer.from(CHECK, 'hex');

const GOOD: readonly (readonly [string, Frame])[] = [
  ['HELLO servchat/1 hmac-sha256-seq', { kind: 'HELLO', integrity: 'hmac-sha256-seq' }],
  ['HELLO servchat/1 rot13', { kind: 'HELLO', integrity: 'rot13' }],
  ['PUBLIC-KEY MIIB', { kind: 'PUBLIC-KEY', spki: Buffer.from([0x30, 0x82, 0x01]) }],
  ['SESSION-KEY +/8=', { kind: 'SESSION-KEY', envelope: Buffer.from([0xfb, 0xff]) }],
  [`MESSAGE gA== ${CHECK}`, { kind: 'MESSAGE', token: 'gA==', check }],
  [`MESSAGE -_8= ${CHECK}`, { kind: 'MESSAGE', token: '-_8=', check }],
  ['ERROR rejected', { kind: 'ERROR', code: 'rejected' }],
  ['ERROR something new', { kind: 'ERROR', code: 'something new' }],
];

const BAD: readonly (readonly [string, string, FrameError['code']])[] = [
  ['nothing', '', 'bad-frame'],
  ['a message in plaintext', 'Hello', 'bad-frame'],
  ['the word in lower case', 'hello servchat/1 sha256', 'bad-frame'],
  ['a space before', ' HELLO servchat/1 sha256', 'bad-frame'],
  ['a space after', 'HELLO servchat/1 sha256 ', 'bad-frame'],
  ['two spaces between', 'HELLO servchat/1  sha256', 'bad-frame'],
  ['a tab between', 'HELLO servchat/1\tsha256', 'unsupported-version'],
  ['HELLO without a check', 'HELLO servchat/1', 'bad-frame'],
  ['another version', 'HELLO servchat/2 sha256', 'unsupported-version'],
  ['a later version with other fields', 'HELLO servchat/2 a b c', 'unsupported-version'],
  ['a check with an escape code in its name', 'HELLO servchat/1 \x1b[2J', 'bad-frame'],
  ['no key', 'PUBLIC-KEY', 'bad-frame'],
  ['an empty key', 'PUBLIC-KEY ', 'bad-frame'],
  ['a key without padding', 'PUBLIC-KEY +/8', 'bad-frame'],
  ['a key in base64url', 'PUBLIC-KEY -_8=', 'bad-frame'],
  ['stray bits after the last byte', 'SESSION-KEY +/9=', 'bad-frame'],
  ['junk after the padding', 'SESSION-KEY +/8=-GARBAGE', 'bad-frame'],
  ['a line break inside base64', 'SESSION-KEY +/\r8=', 'bad-frame'],
  ['a token in standard base64', `MESSAGE +/8= ${CHECK}`, 'bad-frame'],
  ['a token without padding', `MESSAGE gA ${CHECK}`, 'bad-frame'],
  ['a token with junk', `MESSAGE gA==-GARBAGE ${CHECK}`, 'bad-frame'],
  ['an upper-case check', `MESSAGE gA== ${CHECK.toUpperCase()}`, 'bad-frame'],
  ['a short check', `MESSAGE gA== ${CHECK.slice(2)}`, 'bad-frame'],
  ['a long check', `MESSAGE gA== ${CHECK}00`, 'bad-frame'],
  ['no check', 'MESSAGE gA==', 'bad-frame'],
  ['a byte that is not ASCII', `MESSAGE gA\xff= ${CHECK}`, 'bad-frame'],
];

describe('beginsAsFrame', () => {
  test.each(GOOD)('%s does, at any place in the bytes', (line) => {
    const bytes = Buffer.from(`  ${line}`);
    expect(beginsAsFrame(bytes, 2)).toBe(true);
    expect([0, 1, 3].map((at) => beginsAsFrame(bytes, at))).toEqual([false, false, false]);
  });

  test.each(['', 'HELL', 'hello servchat/1', 'Hello', 'MESSAG', ' MESSAGE'])('%j does not', (line) => {
    expect(beginsAsFrame(Buffer.from(line), 0)).toBe(false);
  });
});

describe('parseFrame', () => {
  test.each(GOOD)('%s', (line, frame) => {
    expect(parseFrame(Buffer.from(line, 'latin1'))).toEqual(frame);
    expect(formatFrame(frame).toString('latin1')).toBe(`${line}\n`);
  });

  test.each(BAD)('refuses %s', (_, line, code) => {
    expect(() => parseFrame(Buffer.from(line, 'latin1'))).toThrow(
      expect.objectContaining({ name: 'FrameError', code }),
    );
  });

  test('each frame that is cut short is refused, or is another valid frame', () => {
    for (const [line] of GOOD) {
      for (let length = 0; length < line.length; length++) {
        const cut = line.slice(0, length);
        let frame: Frame;
        try {
          frame = parseFrame(Buffer.from(cut));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
          continue;
        }
        expect(formatFrame(frame).toString()).toBe(frame.kind === 'ERROR' ? `ERROR ${cut.slice(6)}\n` : `${cut}\n`);
      }
    }
  });

  test('reading and writing a line gives the same line: a frame has only one spelling', () => {
    const alphabet = fc.constantFrom(
      'g',
      'A',
      '=',
      '_',
      '-',
      '+',
      '/',
      ' ',
      '0',
      'f',
      '\r',
      '\t',
      CHECK,
      'MESSAGE ',
      'PUBLIC-KEY ',
      'SESSION-KEY ',
      'HELLO servchat/1 ',
    );
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 8 }), (parts) => {
        const line = parts.join('');
        let frame: Frame;
        try {
          frame = parseFrame(Buffer.from(line, 'latin1'));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
          return;
        }
        expect(formatFrame(frame).toString('latin1')).toBe(`${line}\n`);
      }),
      { numRuns: 2000 },
    );
  });

  test('every frame round trips', () => {
    const some = fc.uint8Array({ minLength: 1, maxLength: 100 }).map((value) => Buffer.from(value));
    const frames = fc.oneof<fc.Arbitrary<Frame>[]>(
      fc.constantFrom(...INTEGRITY_NAMES).map((integrity) => ({ kind: 'HELLO', integrity })),
      some.map((spki) => ({ kind: 'PUBLIC-KEY', spki })),
      some.map((envelope) => ({ kind: 'SESSION-KEY', envelope })),
      fc.tuple(some, fc.uint8Array({ minLength: 32, maxLength: 32 })).map(([token, mac]) => ({
        kind: 'MESSAGE',
        token: formatBase64(token, 'base64url'),
        check: Buffer.from(mac),
      })),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        expect(parseFrame(formatFrame(frame).subarray(0, -1))).toEqual(frame);
      }),
    );
  });
});

test('the longest message fills its line, and one more byte would not fit', () => {
  const lineBytes = (textBytes: number): number => {
    const tokenBytes = 1 + 8 + 16 + (Math.floor(textBytes / 16) + 1) * 16 + 32;
    return formatFrame({ kind: 'MESSAGE', token: formatBase64(Buffer.alloc(tokenBytes), 'base64url'), check }).length;
  };
  expect(lineBytes(MAX_TEXT_BYTES)).toBeLessThanOrEqual(MAX_LINE_BYTES);
  expect(lineBytes(MAX_TEXT_BYTES + 1)).toBeGreaterThan(MAX_LINE_BYTES);
});
