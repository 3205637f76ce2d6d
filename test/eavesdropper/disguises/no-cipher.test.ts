/**
 * What people and programs send that looks like a cipher and is none: it is text, and called nothing else. And what
 * looks like numbers and names, and is a cipher. All of it is made by plain rules from fixed bytes.
 */
import { expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';

import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { captureOf, noise, withFiles, type Sent } from '../chats.js';
import type { ConversationFindings } from '../../../src/eavesdropper/findings/findings.js';

/** Numbers that are the same in each run. */
class Dice {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(seed: string) {
    this.#bytes = noise(65_536, seed);
  }

  /** From 0 up to, but not including, `count`. */
  below(count: number): number {
    const value = this.#bytes.readUInt32BE((4 * this.#at) % 65_532);
    this.#at += 1;
    return value % count;
  }

  one(from: string | readonly string[]): string {
    return from[this.below(from.length)] ?? '';
  }

  some(count: number, from: string | readonly string[], between = ''): string {
    return Array.from({ length: count }, () => this.one(from)).join(between);
  }

  digits(count: number): string {
    return this.some(count, '0123456789');
  }

  hex(count: number): string {
    return this.some(count, '0123456789abcdef');
  }

  real(most: number, places: number): string {
    return `${this.below(2) === 0 ? '' : '-'}${this.below(most)}.${this.digits(places)}`;
  }
}

const WORDS = 'well known state of the art mother in law open source long term part time to you there'.split(' ');
const HINDI =
  'namaste aap kaise hain main theek hoon tum kahan ho kal milte school mein bahut kaam hai khana kha liya kya haan';
const ARABIC =
  'marhaba kifak shu akhbarak ana mnih hamdella wein kint mbareh yalla nrouh 3al madrase bukra inshallah 7abibi';
const move = (dice: Dice): string =>
  `${dice.one(['', '', 'N', 'B', 'R', 'Q', 'K'])}${dice.one('abcdefgh')}${1 + dice.below(8)}${dice.one(['', '', '+', '!', '?'])}`;

const KINDS: Readonly<Record<string, (dice: Dice) => string>> = {
  'moves of chess': move,
  'moves of chess in coordinates': (dice) =>
    `${dice.one('abcdefgh')}${1 + dice.below(8)}${dice.one('abcdefgh')}${1 + dice.below(8)}`,
  'games of chess': (dice) => [1, 2, 3, 4, 5].map((turn) => `${turn}. ${move(dice)} ${move(dice)}`).join(' '),
  'boards of chess': (dice) =>
    `${Array.from({ length: 8 }, () => dice.some(6, 'pnbrqkPNBRQK12')).join('/')} w KQkq - 0 1`,
  UUIDs: (dice) => [8, 4, 4, 4, 12].map((count) => dice.hex(count)).join('-'),
  'words with hyphens': (dice) =>
    dice.some(
      3,
      [0, 1, 2, 3].map(() => dice.some(3, WORDS, '-')),
      ' ',
    ),
  'Hindi in Latin letters': (dice) => dice.some(5, HINDI.split(' '), ' '),
  'Arabic in Latin letters': (dice) => dice.some(5, ARABIC.split(' '), ' '),
  'a table of numbers': (dice) => Array.from({ length: 6 }, () => dice.below(100)).join(','),
  'a table of fractions': (dice) => Array.from({ length: 5 }, () => dice.real(40, 3)).join(','),
  'numbers in columns': (dice) => Array.from({ length: 5 }, () => String(dice.below(199) - 99).padStart(4)).join(' '),
  'marks at school': (dice) => Array.from({ length: 3 + dice.below(10) }, () => 1 + dice.below(20)).join(' '),
  coordinates: (dice) => `${dice.real(90, 6)},${dice.real(180, 6)}`,
  'telephone numbers': (dice) => `(${dice.digits(3)}) ${dice.digits(3)}-${dice.digits(4)}`,
  'licence keys': (dice) => Array.from({ length: 5 }, () => dice.some(5, 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789')).join('-'),
  IBANs: (dice) => `DE${dice.digits(20)}`,
  'names of files': (dice) => dice.some(4, ['main.c', 'notes.txt', 'chat.py', 'a.out', 'Makefile', 'Chat.java'], '  '),
  'a listing of files': (dice) =>
    `-rw-r--r-- 1 ann ann ${dice.digits(5)} Nov ${dice.digits(2)} 10:${dice.digits(2)} chat.py`,
  'short hashes of git': (dice) => `a${dice.hex(6)} ${dice.some(4, WORDS, ' ')}`,
  'ASCII art': (dice) =>
    dice.one(['/\\_/\\', '( o.o )', ' > ^ <', '+------+', '|  hi  |', '\\____/', '<(^_^)>', '******']),
  'tabs of a guitar': (dice) => `${dice.one('eBGDAE')}|${dice.some(24, ['-', '-', '-', '3', '5', 'h', 'p'])}|`,
  addresses: (dice) => `https://${dice.one(WORDS)}.example/${dice.one(WORDS)}?id=${dice.digits(4)}`,
  'lines of a log': (dice) =>
    `2026-11-27 10:${dice.digits(2)}:${dice.digits(2)}.${dice.digits(3)} INFO [main] ${dice.some(4, WORDS, ' ')}`,
  'JSON of a sensor': (dice) =>
    JSON.stringify({ ts: 1_700_000_000 + dice.below(99_999), temp: dice.real(40, 2), hum: dice.below(99) }),
  'MAC addresses': (dice) => Array.from({ length: 6 }, () => dice.hex(2)).join(':'),
};

/** Four chats of one to eight messages, with line ends and without. */
function chatsOf(kind: string, make: (dice: Dice) => string): readonly (readonly Sent[])[] {
  return [0, 1, 2, 3].flatMap((number) => {
    const dice = new Dice(`${kind} ${number}`);
    const texts = Array.from({ length: [1, 3, 8, 8][number] ?? 8 }, () => make(dice));
    return ['\n', ''].map((end) => sentOf(texts, end));
  });
}

function sentOf(texts: readonly string[], end = '\n'): readonly Sent[] {
  return texts.map((text, index): Sent => ({ side: index % 2 === 0 ? 'client' : 'server', bytes: `${text}${end}` }));
}

async function seen(sent: readonly Sent[]): Promise<ConversationFindings> {
  return withFiles({ 'chat.pcap': captureOf(sent) }, async (file) => {
    const { findings } = await inspectCapture(file('chat.pcap'), { searchable: false });
    return findings.conversations[0]!;
  });
}

test.each(Object.entries(KINDS))('%s are text', async (kind, make) => {
  for (const sent of chatsOf(kind, make)) {
    const { mode, disguise, messages, streams } = await seen(sent);
    const { client, server } = streams;
    const as = [client, server].flatMap(({ readability: { disguised } }) => Object.keys(disguised));
    const texts = messages.map((message) => message.kind === 'readable' && message.text);
    expect([mode, disguise, as, texts]).toEqual([
      'plaintext',
      undefined,
      [],
      sent.map(({ bytes }) => String(bytes).trimEnd()),
    ]);
  }
});

/** AES in CTR mode: bytes that nobody can read without the key. */
function sealed(text: string, number: number): Buffer {
  const cipher = createCipheriv('aes-128-ctr', noise(16, 'key'), noise(16, `iv ${number}`));
  return Buffer.concat([noise(16, `iv ${number}`), cipher.update(text)]);
}

const SAID = [
  'hello, is this the server?',
  'yes it is, welcome',
  'I am Anna from the second year',
  'Nice to meet you Anna, I am Ben',
  'have you finished the homework?',
  'not yet, the last question is hard',
  'meet me in the library at six then',
  'ok see you there, bye',
];
const inBase36 = (bytes: Buffer): string => BigInt(`0x${bytes.toString('hex')}`).toString(36);

/** How programs print bytes, or the numbers that RSA of the textbook makes of letters. */
const SEALED: Readonly<Record<string, (text: string, number: number) => string>> = {
  'the signed bytes of Java': (text, number) => `[${[...new Int8Array(sealed(text, number))].join(', ')}]`,
  'a byte array of JavaScript': (text, number) => JSON.stringify(new Uint8Array(sealed(text, number))),
  'hex of Python': (text, number) => `0x${sealed(text, number).toString('hex')}`,
  'a number in base 36': (text, number) => inBase36(sealed(text, number)),
  'small numbers for letters': (text) => [...Buffer.from(text)].map((letter) => letter ** 7 % 187).join(' '),
  'numbers for letters in JSON': (text) =>
    JSON.stringify({ cipher: [...Buffer.from(text)].map((letter) => letter ** 3 * 1_000_003) }),
  'pairs of numbers': (text) =>
    `[${[...Buffer.from(text)].map((letter, at) => `(${(letter * 7919) % 10_007}, ${(letter * at * 31) % 10_007})`).join(', ')}]`,
  'tokens of JOSE': (text, number) =>
    ['{"alg":"dir","enc":"A128GCM"}', noise(12, `nonce ${number}`), sealed(text, number), noise(16, `tag ${number}`)]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.'),
};

test.each(Object.entries(SEALED))('%s cannot be read', async (_, make) => {
  const { mode, messages } = await seen(sentOf(SAID.map(make)));
  expect([mode, messages]).toEqual(['unknown', []]);
});

test.each([
  ['the bytes of Java', (text: string) => `[${[...Buffer.from(text)].join(', ')}]`],
  ['a byte array of JavaScript', (text: string) => JSON.stringify(new Uint8Array(Buffer.from(text)))],
  ['hex of Python', (text: string) => `0x${Buffer.from(text).toString('hex')}`],
])('%s: the same is read where it spells text', async (_, make) => {
  await withFiles({ 'chat.pcap': captureOf(sentOf(SAID.map(make))) }, async (file) => {
    const { findings, finds } = await inspectCapture(file('chat.pcap'), { find: SAID });
    expect(findings.conversations[0]!.mode).toBe('plaintext');
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual(SAID.map(() => true));
  });
});

test.each([
  ['Caesar, shift 3', ['kl', 'khoor', 'zkr?', 'rn', 'ebh']],
  ['mirrored', ['svool', 'sr']],
  ['backwards', ['olleh', 'ih', 'eyb']],
  ['keys hit at random', ['xqzt wvbk', 'pfgh']],
])('a few letters in no language are not called plaintext: %s', async (_, texts) => {
  for (const end of ['\n', '']) {
    const { mode, disguise, messages } = await seen(sentOf(texts, end));
    const shown = messages.map((message) => message.kind === 'readable' && message.text);
    expect([mode, disguise, shown]).toEqual(['unknown', undefined, texts]);
  }
});

test.each(['hi', 'hello', 'moi', 'ahoj', 'szia|helló', 'cześć|hej', 'lol|rofl', 'brb|omg wtf', 'hei|moro', 'terve'])(
  'a few words are plaintext: %s',
  async (texts) => {
    for (const end of ['\n', '']) {
      const { mode, streams } = await seen(sentOf(texts.split('|'), end));
      expect([mode, streams.client.readability.letters]).toEqual(['plaintext', undefined]);
    }
  },
);
