/** The same keystream in two messages, with the ciphers of node:crypto. */
import { createCipheriv, createHash } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { sharedStreams } from '../../../src/clinic/questions/keystream.js';
import type { Road } from '../../../src/clinic/seat.js';

const THERE: Road = { from: 'client', to: 'server' };
const BACK: Road = { from: 'server', to: 'client' };
const KEY = Buffer.from('0123456789abcdef');
const TEXTS = [
  'Please meet me at the old bridge at noon',
  'My brother will paint our kitchen yellow',
  'Nobody knows why that dog barks so early',
  'It rained last week and the river is big',
];

type Seal = (text: string, number: number) => Buffer;

/** Both sides in turn. */
function found(seal: Seal): readonly boolean[] {
  const messages = TEXTS.map((text, number) => ({
    road: number % 2 === 0 ? THERE : BACK,
    text,
    bytes: seal(text, number),
    frames: [],
  }));
  return sharedStreams(messages).map(({ isBetweenDirections }) => isBetweenDirections);
}

function nonce(name: string | number): Buffer {
  return createHash('md5').update(String(name)).digest();
}

const ctr = (iv: Buffer) => (text: string) => createCipheriv('aes-128-ctr', KEY, iv).update(text);

test('in one direction and between both', () => {
  const seal = ctr(nonce('one'));
  expect([...found(seal)].sort()).toEqual([false, true]);
  expect([...found((text) => Buffer.from(`{"data": "${seal(text).toString('base64')}"}\n`))].sort()).toEqual([
    false,
    true,
  ]);
  expect([...found((text) => Buffer.from(`${seal(text).toString('hex')}\n`))].sort()).toEqual([false, true]);
});

test('only between both directions, where each goes on with its own', () => {
  const sides = [createCipheriv('aes-128-ctr', KEY, nonce('one')), createCipheriv('aes-128-ctr', KEY, nonce('one'))];
  // Their places are not the same: what one side has said before is longer.
  sides[0]!.update('hello');
  expect(found((text, number) => sides[number % 2]!.update(text))).toEqual([true]);
});

test('in the first block of CFB mode', () => {
  const seal: Seal = (text) => createCipheriv('aes-128-cfb', KEY, nonce('one')).update(text);
  expect([...found(seal)].sort()).toEqual([false, true]);
});

test('where the key of XOR is short', () => {
  for (const key of ['*', 'Kiwi'])
    expect(
      found((text) => Buffer.from(text).map((byte, at) => byte ^ key.charCodeAt(at % key.length)) as Buffer),
    ).not.toEqual([]);
});

const letters = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const base = letter < 'a' ? 65 : 97;
    return String.fromCharCode(base + ((letter.charCodeAt(0) - base + 3) % 26));
  });

test.each<readonly [string, Seal]>([
  ['a new nonce for each message', (text, number) => ctr(nonce(number))(text)],
  ['another key for each direction, and messages in one stream', (text, number) => ctr(nonce(number % 2))(text)],
  ['plain text', (text) => Buffer.from(text)],
  ['capital letters', (text) => Buffer.from(text.toUpperCase())],
  ['letters three places on', (text) => Buffer.from(letters(text))],
  [
    'a number for each letter',
    (text) => Buffer.from(Array.from(text, (letter) => letter.charCodeAt(0) ** 3).join(' ')),
  ],
  [
    'CBC mode with one IV',
    (text) => {
      const cipher = createCipheriv('aes-128-cbc', KEY, nonce('one'));
      return Buffer.concat([cipher.update(text), cipher.final()]);
    },
  ],
])('none with %s', (name, seal) => {
  const streams = name.startsWith('another key')
    ? [0, 1].map((side) => createCipheriv('aes-128-ctr', KEY, nonce(side)))
    : null;
  expect(found(streams === null ? seal : (text, number) => streams[number % 2]!.update(text))).toEqual([]);
});
