/** RSA public keys among what crossed, made and written by node:crypto. */
import { generateKeyPairSync } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { factorOf } from '../../../src/bytes/modular.js';
import { publicKeysIn } from '../../../src/clinic/keys/public-keys.js';
import type { Chunk } from '../../../src/clinic/wire/treatment.js';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 65537 });
const N = BigInt(`0x${Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`);

function chunk(bytes: Buffer | string): Chunk {
  return { number: 0, link: 0, from: 'server', bytes: Buffer.from(bytes), at: 0, frame: 4 };
}

const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const der = publicKey.export({ type: 'spki', format: 'der' });
const pkcs1 = publicKey.export({ type: 'pkcs1', format: 'der' });

test.each<readonly [string, Buffer | string]>([
  ['PEM', `Here is my key:\n${pem}`],
  ['PEM of PKCS #1', publicKey.export({ type: 'pkcs1', format: 'pem' })],
  ['PEM in JSON', JSON.stringify({ key: pem })],
  ['PEM in base64', Buffer.from(pem).toString('base64')],
  ['DER behind a length', Buffer.concat([Buffer.from([0, 0, 0, der.length]), der])],
  ['DER in base64', `${der.toString('base64')}\n`],
  ['PKCS #1 in hex', `${pkcs1.toString('hex')}\n`],
])('are found in %s', (_, bytes) => {
  const found = publicKeysIn([chunk(bytes)], []);
  expect(found.map(({ n, e }) => [n, e])).toEqual([[N, 65537n]]);
});

test('are not seen in an elliptic curve, nor in two numbers that seal nothing', () => {
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const chunks = [chunk(curve.export({ type: 'spki', format: 'pem' })), chunk('17,3233\n')];
  expect(publicKeysIn(chunks, [])).toEqual([]);
});

test('are seen in two numbers with which each letter was sealed', () => {
  // 61 * 53, as in many textbooks; the numbers come from Python's pow(ord(letter), 17, 3233).
  const message = {
    road: { from: 'client', to: 'server' },
    text: 'Meet me at noon',
    kind: 'first',
    bytes: Buffer.from('3123 1313 1313 884 1992 2271 1313 1992 1632 884 1992 2235 2185 2185 2235\n'),
    frames: [7],
    chunks: [],
    isAnswered: false,
  } as const;
  expect(publicKeysIn([chunk('17,3233\n')], [message])).toMatchObject([{ n: 3233n, e: 17n, written: 'numbers' }]);
  expect(publicKeysIn([chunk('17,3234\n')], [message])).toEqual([]);
  expect([53n, 61n]).toContain(factorOf(3233n, 1000));
});
