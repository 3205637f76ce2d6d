import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { framesThatContain, messageToSearch, wiresharkFilterContains } from '../../src/faces/wireshark.js';
import { anyText } from '../any-text.js';
import { describeWithTool } from '../tools.js';
import { hit, notFound, place, readable } from '../lesson/fixture.js';

test.each([
  ['Nice to Meet you', 'frame contains "Nice to Meet you"'],
  ['say "hi"', 'frame contains "say \\"hi\\""'],
  ['C:\\x41', 'frame contains "C:\\\\x41"'],
  ['é', 'frame contains "\\xc3\\xa9"'],
  ['😀', 'frame contains "\\xf0\\x9f\\x98\\x80"'],
  ['a\x1b[2Jb', 'frame contains "a\\x1b[2Jb"'],
])('%j is looked for by %s', (text, filter) => {
  expect(wiresharkFilterContains(text)).toBe(filter);
});

test.each([
  ['the longest', ['Hi', 'How are you?', 'Fine'], 'How are you?'],
  ['the first of several that are equally long', ['Hi', 'Bye', 'Sun'], 'Bye'],
  ['not one that is too long to paste', ['Hi', 'x'.repeat(6000), 'Bye'], 'Bye'],
  ['the shortest, if all are too long', ['x'.repeat(6000), 'y'.repeat(500)], 'y'.repeat(500)],
  ['not one without a text', ['', ''], undefined],
])('to try a search with: %s', (_, texts, chosen) => {
  expect(messageToSearch(texts.map((text) => ({ text, plaintext: readable('client', 4) })))?.text).toBe(chosen);
});

test('for any typed text, the filter is printable ASCII', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      expect(wiresharkFilterContains(text)).toMatch(/^frame contains "(?:[^"\\]|\\["\\]|\\x[0-9a-f]{2})*"$/);
      expect(wiresharkFilterContains(text)).toMatch(/^[ -~]*$/);
    }),
  );
});

test('the frames that it shows contain the whole text as it was typed', () => {
  const elsewhere = [
    hit('client', 30),
    hit('client', 8),
    hit('client', 8, { place: place('client', 8, { offset: 99 }) }),
    hit('client', 12, { shape: 'in another case' }),
    hit('server', 14, { place: place('server', 14, { lastFrame: 15 }) }),
    hit('server', 16, { meaning: 'chance' }),
  ];
  expect(framesThatContain(readable('client', 20, elsewhere))).toEqual([8, 16, 20, 30]);
  expect(framesThatContain(notFound('client', 20))).toEqual([]);
});

describeWithTool('tshark', 'what tshark makes of the filters', () => {
  const texts = [
    'Nice to Meet you',
    'say "hi" \\ \\x41',
    'é 漢字 😀',
    "it's $HOME && %{ip}",
    'A',
    '\x1b[31m\x07',
    '\u202ex',
  ];
  const folder = mkdtempSync(join(tmpdir(), 'servchat-filters-'));
  const file = join(folder, 'made.pcap');

  beforeAll(() => {
    writeFileSync(file, captureOf(texts));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(texts.map((text, at) => [text, at + 1] as const))('%j is in one frame only', (text, frame) => {
    const shown = execFileSync(
      'tshark',
      ['-r', file, '-Y', wiresharkFilterContains(text), '-T', 'fields', '-e', 'frame.number'],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    expect(shown.trim()).toBe(String(frame));
  });
});

/**
 * A classic pcap of raw IPv4 (link type 101) with one UDP datagram for each text. No header field contains a letter.
 */
function captureOf(texts: readonly string[]): Buffer {
  const records = texts.map((text) => {
    const payload = Buffer.from(text);
    const packet = Buffer.concat([Buffer.alloc(28), payload]);
    packet[0] = 0x45;
    packet.writeUInt16BE(packet.length, 2);
    packet.set([64, 17], 8);
    packet.set([127, 0, 0, 1, 127, 0, 0, 1], 12);
    packet.writeUInt16BE(9, 20);
    packet.writeUInt16BE(9, 22);
    packet.writeUInt16BE(8 + payload.length, 24);
    const header = Buffer.alloc(16);
    header.writeUInt32LE(packet.length, 8);
    header.writeUInt32LE(packet.length, 12);
    return Buffer.concat([header, packet]);
  });
  return Buffer.concat([Buffer.from('d4c3b2a1020004000000000000000000ffff000065000000', 'hex'), ...records]);
}
