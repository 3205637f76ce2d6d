import { describe, expect, test } from '@jest/globals';

import { InputLines } from '../../src/endpoints/input-lines.js';

/** What is sent of `input`, given in chunks of each size, and what the person is told. */
function taken(input: Buffer, size = input.length): { readonly sent: string[]; readonly told: string[] } {
  const told: string[] = [];
  const sent: string[] = [];
  const lines = new InputLines((line) => told.push(line));
  try {
    for (let at = 0; at < input.length; at += size) sent.push(...lines.lines(input.subarray(at, at + size)));
    sent.push(...lines.rest());
  } catch (error) {
    told.push((error as Error).message);
  }
  return { sent, told };
}

describe('lines of standard input', () => {
  const latin1 = Buffer.from('Gr\xfc\xdfe\n', 'latin1');

  test.each([1, 2, 7, 1000])('UTF-8 is sent as it is, in chunks of %i bytes', (size) => {
    expect(taken(Buffer.from('Hello\r\nGrüße 😀\n\nlast'), size)).toEqual({
      sent: ['Hello', 'Grüße 😀', '', 'last'],
      told: [],
    });
  });

  test('a line in another encoding is not sent, and the person is told once, with its number', () => {
    expect(taken(Buffer.concat([Buffer.from('one\n'), latin1, latin1, Buffer.from('four')]))).toEqual({
      sent: ['one', 'four'],
      told: [
        'line 2 of standard input was not sent, because it is not UTF-8. Other lines that are not UTF-8 are not sent either',
      ],
    });
  });

  test('U+FFFD itself is text', () => {
    expect(taken(Buffer.from('\ufffd\n'))).toEqual({ sent: ['\ufffd'], told: [] });
  });

  test('a byte order mark, as Windows PowerShell puts before a pipe, is no part of the first message', () => {
    expect(taken(Buffer.from('\ufeffEXIT\n\ufeffx\n'))).toEqual({ sent: ['EXIT', '\ufeffx'], told: [] });
  });

  test.each(['utf16le', 'swapped'])('UTF-16 (%s): nothing is sent', (order) => {
    const input = Buffer.from('\ufeffHello\nyou\n', 'utf16le');
    expect(taken(order === 'swapped' ? input.swap16() : input)).toEqual({
      sent: [],
      told: ['standard input is UTF-16, not UTF-8; nothing of it is sent. Convert it to UTF-8'],
    });
  });
});
