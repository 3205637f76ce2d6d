import { constants, createHash, generateKeyPairSync, publicEncrypt } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { WeakKeyError, fingerprint, generateKeyPair, importPublicKey, unwrap, wrap } from '../../src/crypto/rsa.js';

const pair = await generateKeyPair(2048);
const secret = Buffer.alloc(64, 3);

test('what is wrapped for a key, its private half unwraps', () => {
  expect(unwrap(pair.privateKey, wrap(importPublicKey(pair.spki), secret))).toEqual(secret);
});

describe('unwrap gives null', () => {
  const spkiKey = importPublicKey(pair.spki);
  test.each([
    ['a changed envelope', () => wrap(spkiKey, secret).map((byte, index) => (index === 9 ? byte ^ 1 : byte))],
    ['a cut one', () => wrap(spkiKey, secret).subarray(1)],
    ['an empty one', () => Buffer.alloc(0)],
    ['OAEP with SHA-1', () => publicEncrypt({ key: spkiKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, secret)],
    ['PKCS#1 v1.5', () => publicEncrypt({ key: spkiKey, padding: constants.RSA_PKCS1_PADDING }, secret)],
  ])('for %s', (_, envelope) => {
    expect(unwrap(pair.privateKey, envelope())).toBeNull();
  });
});

describe('importPublicKey refuses', () => {
  const spki = (bits: number, publicExponent = 65_537): Buffer =>
    generateKeyPairSync('rsa', { modulusLength: bits, publicExponent }).publicKey.export({ type: 'spki', format: 'der' });

  test.each([
    ['1024 bits', () => spki(1024), '1024 bits'],
    ['exponent 3', () => spki(2048, 3), 'exponent'],
    ['a curve', () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }), 'no RSA key'],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' }), 'no RSA key'],
    ['PKCS#1 DER', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'pkcs1', format: 'der' }), 'SPKI'],
    ['bytes behind the key', () => Buffer.concat([pair.spki, Buffer.of(0)]), 'canonical'],
    ['a cut key', () => pair.spki.subarray(0, -1), 'SPKI'],
    ['noise', () => createHash('sha512').digest(), 'SPKI'],
    ['nothing', () => Buffer.alloc(0), 'SPKI'],
  ])('%s', (_, make, why) => {
    const key = make();
    expect(() => importPublicKey(key)).toThrow(WeakKeyError);
    expect(() => importPublicKey(key)).toThrow(why);
  });
});

test('the fingerprint is the SHA-256 of the SPKI DER', () => {
  expect(fingerprint(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
