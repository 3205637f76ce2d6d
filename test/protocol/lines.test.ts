import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { LineReader, LineTooLongError, MAX_LINE_BYTES } from '../../src/protocol/lines.js';

/** The lines that a reader makes from chunks, up to the end of the stream or the error. */
function read(chunks: readonly Uint8Array[]): { lines: string[]; rest: string; tooLong: boolean } {
  const reader = new LineReader();
  const lines: string[] = [];
  try {
    for (const chunk of chunks) for (const line of reader.lines(chunk)) lines.push(line.toString('latin1'));
  } catch (error) {
    if (!(error instanceof LineTooLongError)) throw error;
    return { lines, rest: '', tooLong: true };
  }
  return { lines, rest: reader.rest().toString('latin1'), tooLong: false };
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('LineReader', () => {
  test.each([
    ['a line', 'Hello\n', ['Hello'], ''],
    ['three lines in one read', 'a\nb\nc\n', ['a', 'b', 'c'], ''],
    ['half a line', 'Hel', [], 'Hel'],
    ['a line and a half', 'Hello\nWor', ['Hello'], 'Wor'],
    ['empty lines', '\n\n', ['', ''], ''],
    ['a CR before the LF', 'Hello\r\n', ['Hello'], ''],
    ['only the last CR is part of the line end', 'a\r\r\n', ['a\r'], ''],
    ['a CR elsewhere', 'a\rb\n', ['a\rb'], ''],
    ['bytes that are not text', '\x00\xff\n', ['\x00\xff'], ''],
  ])('%s', (_, input, lines, rest) => {
    expect(read([bytes(input)])).toEqual({ lines, rest, tooLong: false });
    expect(read([...bytes(input)].map((byte) => Uint8Array.of(byte)))).toEqual({ lines, rest, tooLong: false });
  });

  test('the lines are the same, however the bytes are divided into reads', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), (chunks) => {
        const mapped = chunks.map((chunk) => chunk.map((byte) => [0x0a, 0x0d, 0x41, 0xc3][byte % 4]!));
        const whole = Buffer.concat(mapped);
        // Split at each LF, without the reader.
        const parts = whole.toString('latin1').split('\n');
        const rest = parts.pop();
        expect(read(mapped)).toEqual({ lines: parts.map((line) => line.replace(/\r$/, '')), rest, tooLong: false });
      }),
    );
  });

  const longest = 'x'.repeat(MAX_LINE_BYTES - 1);

  test('a line may have 65,536 bytes, LF included, in one read or byte by byte', () => {
    expect(read([bytes(`${longest}\n`)]).lines).toEqual([longest]);
    expect(read([...bytes(`${longest}\n`)].map((byte) => Uint8Array.of(byte))).lines).toEqual([longest]);
  });

  test.each([
    ['ended', [`${longest}x\n`]],
    ['never ended', [longest, 'x']],
    ['ended in the next read', [longest, 'x\n']],
  ])('a line that is longer by a byte is refused, %s, and what came before it is kept', (_, chunks) => {
    expect(read(['first\n', ...chunks].map(bytes))).toEqual({ lines: ['first'], rest: '', tooLong: true });
  });

  test('a line that never ends uses no more memory than the longest line', () => {
    const reader = new LineReader();
    const chunk = Buffer.alloc(1000, 0x78);
    let taken = 0;
    const feed = (): void => {
      for (;;) {
        Array.from(reader.lines(chunk));
        taken += chunk.length;
      }
    };
    expect(feed).toThrow(LineTooLongError);
    expect(taken).toBeLessThan(MAX_LINE_BYTES);
  });
});
