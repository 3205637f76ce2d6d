/** A key in the place of another one, with both sides played by node:crypto. */
import { constants, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { StandIn } from '../../src/attacker/stand-in.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024, publicExponent: 65537 });
const N = BigInt(`0x${Buffer.from(publicKey.export({ format: 'jwk' }).n!, 'base64url').toString('hex')}`);
const standIn = StandIn.for(N, 65537n)!;

const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const der = publicKey.export({ type: 'spki', format: 'der' });

test.each<readonly [string, Buffer]>([
  ['PEM', Buffer.from(pem)],
  ['PEM in JSON', Buffer.from(JSON.stringify({ key: pem }))],
  ['DER', Buffer.concat([Buffer.from('key '), der])],
  ['DER in base64', Buffer.from(der.toString('base64'))],
  ['DER in hex', Buffer.from(der.toString('hex'))],
])('it takes the same room in %s', (_, bytes) => {
  const replaced = standIn.replaced(bytes);
  expect(replaced?.length).toBe(bytes.length);
  expect(replaced?.equals(bytes)).toBe(false);
});

test.each([
  ['PKCS #1 v1.5', { padding: constants.RSA_PKCS1_PADDING }],
  ['OAEP with SHA-1', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }],
  ['OAEP with SHA-256', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }],
])('what is sealed for it with %s is opened, and sealed again for the true key', (name, how) => {
  const ours = createPublicKey(standIn.replaced(Buffer.from(pem))!);
  const secret = Buffer.from('sixteen bytes !!');
  const opened = standIn.open(publicEncrypt({ key: ours, ...how }, secret));
  expect(opened?.padding).toBe(name);
  expect(opened?.secret).toEqual(secret);
  if (how.padding === constants.RSA_PKCS1_PADDING) return;
  expect(privateDecrypt({ key: privateKey, ...how }, opened!.resealed)).toEqual(secret);
});

test('what is sealed for the true key is not opened', () => {
  expect(standIn.open(publicEncrypt(publicKey, Buffer.from('secret')))).toBeNull();
});
