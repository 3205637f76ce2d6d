import {
  constants,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { WeakKeyError, fingerprint, generateKeyPair, importPublicKey, unwrap, wrap } from '../../src/crypto/rsa.js';

const pair = await generateKeyPair(2048);
const secret = Buffer.alloc(64, 3);

test('the private key unwraps what was wrapped for the public key', () => {
  expect(unwrap(pair.privateKey, wrap(importPublicKey(pair.spki), secret))).toEqual(secret);
});

/** Makes envelopes until one begins with a zero byte: one in 256 does. */
function withLeadingZero(make: () => Buffer): Buffer {
  for (;;) {
    const envelope = make();
    if (envelope[0] === 0) return envelope;
  }
}

describe('unwrap gives null', () => {
  const spkiKey = importPublicKey(pair.spki);
  test.each([
    ['a changed envelope', () => wrap(spkiKey, secret).map((byte, index) => (index === 9 ? byte ^ 1 : byte))],
    ['a cut one', () => wrap(spkiKey, secret).subarray(1)],
    ['one without its leading zero byte', () => withLeadingZero(() => wrap(spkiKey, secret)).subarray(1)],
    ['an empty one', () => Buffer.alloc(0)],
    [
      'OAEP with SHA-1',
      () => publicEncrypt({ key: spkiKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, secret),
    ],
    ['PKCS#1 v1.5', () => publicEncrypt({ key: spkiKey, padding: constants.RSA_PKCS1_PADDING }, secret)],
  ])('for %s', (_, envelope) => {
    expect(unwrap(pair.privateKey, envelope())).toBeNull();
  });
});

describe('importPublicKey refuses', () => {
  const spki = (bits: number, publicExponent = 65_537): Buffer =>
    generateKeyPairSync('rsa', { modulusLength: bits, publicExponent }).publicKey.export({
      type: 'spki',
      format: 'der',
    });

  test.each([
    ['1024 bits', () => spki(1024), '1024 bits'],
    ['exponent 3', () => spki(2048, 3), 'exponent'],
    [
      'a curve',
      () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }),
      'not an RSA key',
    ],
    [
      'RSA-PSS',
      () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' }),
      'not an RSA key',
    ],
    [
      'PKCS#1 DER',
      () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'pkcs1', format: 'der' }),
      'SPKI',
    ],
    ['bytes after the key', () => Buffer.concat([pair.spki, Buffer.of(0)]), 'canonical'],
    ['a cut key', () => pair.spki.subarray(0, -1), 'SPKI'],
    ['noise', () => createHash('sha512').digest(), 'SPKI'],
    ['nothing', () => Buffer.alloc(0), 'SPKI'],
  ])('%s', (_, make, why) => {
    const key = make();
    expect(() => importPublicKey(key)).toThrow(WeakKeyError);
    expect(() => importPublicKey(key)).toThrow(why);
  });
});

/** DER (X.690, section 8.1), for lengths up to 65,535. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const lengthBytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), content]);
}

/** The SPKI of an RSA key (RFC 8017, appendix A.1.1) with this modulus and exponent 65537. */
function spkiWith(modulus: Uint8Array): Buffer {
  const rsaEncryption = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  const key = der(0x30, der(0x02, Buffer.of(0), modulus), der(0x02, Buffer.of(1, 0, 1)));
  return der(0x30, rsaEncryption, der(0x03, Buffer.of(0), key));
}

describe('importPublicKey refuses a modulus that is not the product of two large primes', () => {
  const even = randomBytes(256);
  even[0]! |= 0x80;
  even[255]! &= 0xfe;
  const product = (factor: bigint, bits: number): Buffer => {
    const large = generatePrimeSync(bits, { bigint: true });
    return Buffer.from((factor * large).toString(16).padStart(512, '0'), 'hex');
  };

  test.each([
    ['an even number', even, 'divided by 2,'],
    ['a power of two', Buffer.concat([Buffer.of(0x80), Buffer.alloc(255)]), 'divided by 2,'],
    ['all ones', Buffer.alloc(256, 0xff), 'divided by 3,'],
    ['a prime times 743', product(743n, 2038), 'divided by 743,'],
    ['a prime times 751', product(751n, 2038), 'divided by 751,'],
  ])('%s', (_, modulus, why) => {
    const spki = spkiWith(modulus);
    // It is well-formed: OpenSSL imports it as a key.
    expect(createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyDetails).toEqual({
      modulusLength: 2048,
      publicExponent: 65_537n,
    });
    expect(() => importPublicKey(spki)).toThrow(WeakKeyError);
    expect(() => importPublicKey(spki)).toThrow(why);
  });

  test('wrap refuses a key with which OpenSSL cannot compute', () => {
    const key = createPublicKey({ key: spkiWith(even), format: 'der', type: 'spki' });
    expect(() => wrap(key, secret)).toThrow(WeakKeyError);
  });
});

test('the fingerprint is the SHA-256 of the SPKI DER', () => {
  expect(fingerprint(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
