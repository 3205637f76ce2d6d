/** Keys that anybody can guess, used by node:crypto. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { agreementsIn } from '../../../src/clinic/keys/agreements.js';
import { guessedKey } from '../../../src/clinic/keys/guessing.js';
import type { Recording } from '../../../src/clinic/keys/recording.js';
import { Fernet } from '../../../src/crypto/fernet.js';

const TEXT = 'Please meet me at the old bridge at noon';

function recording(bytes: Buffer, handshake: Recording['handshake'] = []): Recording {
  const road = { from: 'client', to: 'server' } as const;
  const message = { road, text: TEXT, kind: 'first' as const, bytes, frames: [7], chunks: [], isAnswered: false };
  return { run: 4, roads: [road], messages: [message], handshake, captures: { client: '', server: '' } };
}

function cbc(key: Buffer, iv: Buffer): Buffer {
  const cipher = createCipheriv(key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc', key, iv);
  return Buffer.concat([iv, cipher.update(TEXT), cipher.final()]);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const framed = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);

test.each<readonly [string, Buffer, RegExp]>([
  ['a word as it is', cbc(Buffer.from('0123456789abcdef'), randomBytes(16)), /0123456789abcdef/],
  ['with an IV that nobody sends', cbc(Buffer.from('1234567890123456'), Buffer.alloc(16, 9)).subarray(16), /the word/],
  ['the SHA-256 of a word, in a frame', framed(cbc(sha256('secret'), randomBytes(16))), /SHA-256 of the word “secret”/],
  [
    'bytes in order, in base64',
    Buffer.from(`${cbc(Buffer.from([...Array(32).keys()]), randomBytes(16)).toString('base64')}\n`),
    /bytes from 0/,
  ],
  ['zeros', cbc(Buffer.alloc(16), randomBytes(16)), /16 times the byte 0/],
  [
    'a Fernet token',
    Buffer.from(new Fernet(sha256('password')).encrypt(Buffer.from(TEXT), { now: 1_700_000_000 })),
    /“password”/,
  ],
])('%s is guessed', async (_, bytes, key) => {
  expect(await guessedKey(recording(bytes), [], Infinity)).toMatchObject({ key: expect.stringMatching(key) });
});

test('all secrets of a small prime are tried', async () => {
  // 5^6 and 5^15 modulo 23 are 8 and 19, and the secret is 2, as in many textbooks.
  const piece = (number: number, from: 'client' | 'server', text: string) => ({
    ...{ number, link: 0, from, bytes: Buffer.from(text), at: 0, frame: 4 },
  });
  const handshake = [piece(0, 'server', '23 5 8\n'), piece(1, 'client', '19\n')];
  const sealed = recording(cbc(sha256('2'), randomBytes(16)), handshake);
  expect(await guessedKey(sealed, agreementsIn(handshake), Infinity)).toMatchObject({
    secret: { number: 2, among: 22 },
  });
});
