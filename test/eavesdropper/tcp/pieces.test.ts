/** Chats without line ends: each text that was sent at once is a message, as tshark shows it piece by piece. */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { followedText } from '../../../src/faces/followed-lines.js';
import { inspectionTable } from '../../../src/faces/inspection-table.js';
import { describeWithTool } from '../../tools.js';
import { CONVERSATION, captureOf, conversationOf, withFiles } from '../chats.js';
import { pcapOf } from '../wire.js';
import type { Sent } from '../chats.js';
import type { Capture } from '../../../src/eavesdropper/inspect.js';
import type { Side } from '../../../src/protocol/side.js';

const LOOK = { width: 80, colour: false };

async function inspected(sent: readonly Sent[], options = {}): Promise<Capture> {
  return withFiles({ 'made.pcap': captureOf(sent) }, (path) => inspectCapture(path('made.pcap'), options));
}

async function said(sent: readonly Sent[]): Promise<readonly string[]> {
  const { findings } = await inspected(sent);
  return findings.conversations[0]!.messages.map((message) => (message.kind === 'readable' ? message.text : ''));
}

function from(side: Side, ...texts: readonly (string | Buffer)[]): Sent[] {
  return texts.map((bytes) => ({ side, bytes }));
}

const UNFRAMED = CONVERSATION.map(({ side, text }) => ({ side, bytes: text }));
const BOTH = 'Client and server send no line ends';

describe('a chat without line ends', () => {
  test('has a message for each text that was sent, in turns', async () => {
    const [conversation] = (await inspected(UNFRAMED)).findings.conversations;
    expect(conversation!.messages.map(({ place }) => [place.side, place.frame])).toEqual(
      CONVERSATION.map(({ side }, index) => [side, 4 + index]),
    );
    expect(await said(UNFRAMED)).toEqual(CONVERSATION.map(({ text }) => text));
    expect(conversation!.guessedBorders).toEqual(['client', 'server']);
  });

  test('is called a guess in the table and in the followed lines, and no other chat is', async () => {
    const { findings, followed } = await inspected(UNFRAMED, { follow: 0 });
    expect(inspectionTable(findings, [], LOOK)).toContain(BOTH);
    const rows = [...followedText(followed!.pieces, LOOK)].join('');
    expect(rows).toContain(BOTH);
    expect(rows.match(/^ *[<>] .+$/gm)!.map((row) => row.replace(/^ *[<>] /, ''))).toEqual(
      CONVERSATION.map(({ text }) => text),
    );
    const framed = await inspected(CONVERSATION.map(({ side, text }) => ({ side, bytes: `${text}\n` })));
    expect(framed.findings.conversations[0]).not.toHaveProperty('guessedBorders');
    expect(inspectionTable(framed.findings, [], LOOK)).not.toContain('guess');
  });

  test('keeps two texts of one side apart, and marks only a side without line ends', async () => {
    const sent = [...from('client', 'hi', 'are you there?'), ...from('server', 'yes\n', 'what is it?\n')];
    expect(await said(sent)).toEqual(['hi', 'are you there?', 'yes', 'what is it?']);
    expect((await inspected(sent)).findings.conversations[0]!.guessedBorders).toEqual(['client']);
  });

  test('a text that is too long for one segment is one message, and no character is split', async () => {
    const long = 'word '.repeat(600);
    const sent = [
      ...from('client', 'hello', ...(long.match(/.{1,1460}/g) ?? []), 'that was long'),
      ...from(
        'server',
        Buffer.from('Gr\xfc'.replace('\xfc', '\u00fc')).subarray(0, 3),
        Buffer.from('\u00fc').subarray(1),
      ),
      ...from('server', 'bye'),
    ];
    // The packets of our made captures are a second apart. That is the longest pause inside one text.
    expect(await said(sent)).toEqual(['hello', long, 'that was long', 'Gr\u00fc', 'bye']);
  });

  test('a text with a line end inside is one message; zero bytes behind it are C\u2019s, and no text', async () => {
    expect(await said(from('client', 'one\ntwo', 'three\0', 'four\0\0\0'))).toEqual(['one\ntwo', 'three', 'four']);
  });

  test('lines in many segments are still lines, if each turn ends with a line end', async () => {
    const cut = ({ side, text }: (typeof CONVERSATION)[number]): Sent[] =>
      from(side, ...(`${text}\n`.match(/[^]{1,7}/g) ?? []));
    const sent = CONVERSATION.flatMap(cut);
    expect(await said(sent)).toEqual(CONVERSATION.map(({ text }) => text));
    const { findings, followed } = await inspected(sent, { follow: 0 });
    expect(findings.conversations[0]).not.toHaveProperty('guessedBorders');
    expect([...followedText(followed!.pieces, LOOK)].join('')).not.toContain('guess');
  });

  test.each([
    ['split lines', ['Hel', 'lo\nyou', '\nthere\n'], ['Hello', 'you', 'there']],
    ['lines typed key by key', ['l', 's', '\r\n', 'p', 'w', 'd', '\r\n', 'e'], ['ls', 'pwd', 'e']],
  ])('%s stay lines', async (_, segments, lines) => {
    expect(await said(from('client', ...segments))).toEqual(lines);
  });
});

describeWithTool('tshark', 'tshark and we', () => {
  test('see the same pieces in the same order', async () => {
    const words = ['a', 'good', 'time', 'is', 'not', 'always', 'near', '\u00fcber', '?'];
    const sent = Array.from({ length: 60 }, (_, index): Sent => {
      const side = (index * 7) % 5 < 3 ? 'client' : 'server';
      return { side, bytes: words.slice(index % 5, 1 + (index % 5) + (index % 4)).join(' ') };
    });
    await withFiles({ 'made.pcap': pcapOf(conversationOf(sent)) }, async (path) => {
      const shown = execFileSync('tshark', ['-r', path('made.pcap'), '-q', '-z', 'follow,tcp,raw,0'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const theirs = [...shown.matchAll(/^(\t?)([0-9a-f]+)$/gm)].map(
        ([, tab, hex]) => `${tab === '' ? 'client' : 'server'} ${Buffer.from(hex!, 'hex').toString()}`,
      );
      const { findings } = await inspectCapture(path('made.pcap'));
      const ours = findings.conversations[0]!.messages.map(
        (message) => `${message.place.side} ${message.kind === 'readable' ? message.text : ''}`,
      );
      expect(theirs.length).toBe(60);
      expect(ours).toEqual(theirs);
    });
  });
});
