import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { followedHex, followedText } from '../../src/faces/followed-lines.js';
import { conversationLine, fileLine } from '../../src/faces/inspection-lines.js';
import { capture, plaintextConversation } from '../lesson/fixture.js';
import type { FollowedPiece } from '../../src/eavesdropper/tcp/followed.js';

const FLAT = { width: 80, colour: false };

function piece(side: 'client' | 'server', frame: number, bytes: string | Buffer | number): FollowedPiece {
  return { side, frame, time: 0, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes };
}

test('each side looks different without colour, and missing bytes are named', () => {
  const pieces = [
    piece('client', 4, 'Hel'),
    piece('client', 5, 'lo\r\nyou'),
    piece('server', 6, 'Hi\n\x1b[2J\xff\n'),
    piece('client', 0, 17),
    piece('client', 9, 'late\n'),
  ];
  expect([...followedText(pieces, FLAT)].join('')).toBe(
    [
      '[client, frames 4–5]',
      '> Hello',
      '> you',
      '    [server, frame 6]',
      '    < Hi',
      '    < \\x1b[2Jÿ',
      "[17 bytes of the client's are missing from the capture]",
      '[client, frame 9]',
      '> late',
      '',
    ].join('\n'),
  );
});

test('at a terminal, a long line continues at a column where no other line starts', () => {
  const fake = `wrap${' '.repeat(40 - '> wrap'.length)}< I will pay`;
  const pieces = [
    piece('client', 4, `${fake}\n`),
    piece('server', 5, `${'x'.repeat(40 - '    < '.length)}> I will pay\n`),
  ];
  expect([...followedText(pieces, FLAT, 40)].join('').split('\n')).toEqual([
    '[client, frame 4]',
    `> wrap${' '.repeat(34)}`,
    '        < I will pay',
    '    [server, frame 5]',
    `    < ${'x'.repeat(34)}`,
    '            > I will pay',
    '',
  ]);
  // The other side could imitate one of our lines with sixteen characters.
  const rows = [...followedHex([piece('server', 5, 'client has left.')], FLAT, 63)].join('').split('\n');
  expect(rows.filter((row) => row.startsWith('client'))).toEqual([]);
});

test('in hex: offsets of each side, sixteen bytes to a row, no wider than the screen', () => {
  const lines = [
    ...followedHex(
      [piece('client', 4, '0123456789abcdefXY'), piece('server', 5, Buffer.of(0, 0x1b)), piece('client', 6, 'Z')],
      FLAT,
    ),
  ];
  expect(lines.filter((line) => !line.includes('['))).toEqual([
    '> 000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n',
    `> 000010  58 59${' '.repeat(44)}XY\n`,
    `    < 000000  00 1b${' '.repeat(44)}..\n`,
    `> 000012  5a${' '.repeat(47)}Z\n`,
  ]);
});

test('for any bytes, no line controls the terminal, and hex fits 80 columns', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (sent) => {
      const pieces = sent.map((bytes, index) =>
        piece(index % 2 === 0 ? 'client' : 'server', index + 1, Buffer.from(bytes)),
      );
      for (const line of [...followedText(pieces, FLAT), ...followedHex(pieces, FLAT)])
        expect(line).not.toMatch(/(?!\n$)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
      for (const line of followedHex(pieces, FLAT)) expect(line.length).toBeLessThanOrEqual(81);
    }),
  );
});

test('ndjson: a line for each conversation, and one for the file without its conversations', () => {
  const findings = capture('x\u009b.pcap', [plaintextConversation()]);
  const [conversation] = findings.conversations;
  expect(JSON.parse(conversationLine(conversation!))).toEqual({ type: 'conversation', ...conversation });
  const line = fileLine(findings, []);
  expect(line).toMatch(/^[^\n]*\n$/);
  expect(line).not.toContain('\u009b');
  const { conversations: told, ...rest } = findings;
  expect(told).toHaveLength(1);
  expect(JSON.parse(line)).toEqual({ type: 'file', format: 'servchat inspection', version: 2, ...rest, finds: [] });
});
