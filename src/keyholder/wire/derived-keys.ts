/**
 * The keys that programs make of a secret, such as the one of Diffie–Hellman, or of a password: the secret as it is,
 * cut or filled up; its hash, as bytes or as hex; and what HKDF makes of it. Which of them a program uses is
 * not written anywhere, so all are tried.
 */
import { createHash, hkdfSync } from 'node:crypto';

import { isWhollyText } from '../../eavesdropper/chat/sealed-units.js';
import type { TriedKey } from './ciphers.js';

export interface DerivedKey extends TriedKey {
  /** For a person, after “the key is”: `the SHA-256 of the secret`. */
  readonly how: string;
}

const AES_LENGTHS = [16, 32, 24];
const HASHES = [
  ['SHA-256', 'sha256'],
  ['SHA-1', 'sha1'],
  ['MD5', 'md5'],
  ['SHA-512', 'sha512'],
  ['SHA-384', 'sha384'],
  ['SHA3-256', 'sha3-256'],
] as const;
/** What stands in examples, and in many programs. The first is that of the package cryptography. */
const INFOS = [
  ...['handshake data', '', 'chat', 'session', 'session key', 'key', 'encryption', 'aes key', 'aes-key', 'aes'],
  ...['client', 'server', 'c2s', 's2c', 'secure chat', 'ecdh', 'dh', 'x25519', 'file encryption', 'message'],
];
const SALTS = ['', 'salt'];
/** What a secret is called when a key is made of it. */
export type SecretName = 'the secret' | 'the word';

/**
 * @param forms in which the secret may be taken.
 * @param howMany `few`: what most programs do; `all`: also HKDF with many parameters, and rarer hashes.
 */
export function* derivedKeys(
  forms: readonly Buffer[],
  name: SecretName,
  howMany: 'few' | 'all',
): Generator<DerivedKey, void, void> {
  for (const form of forms) yield* usual(form, name);
  if (howMany === 'few') return;
  for (const form of forms) yield* cutAndFilled(form, name);
  for (const form of forms) yield* hashed(form, name);
  // HKDF takes bytes; few programs give it a text.
  for (const form of forms.filter((each) => !isWhollyText(each)).slice(0, MOST_EXPANDED)) yield* expanded(form, name);
}

const MOST_EXPANDED = 2;

function keyOf(key: Buffer, ivs: readonly Buffer[], how: string): DerivedKey {
  return { key, ivs, how };
}

/** What most programs do. */
function* usual(form: Buffer, name: SecretName): Generator<DerivedKey> {
  const sha256 = createHash('sha256').update(form).digest();
  const hex = Buffer.from(sha256.toString('hex'));
  const md5 = createHash('md5').update(form).digest();
  if (form.length > 0 && form.length <= 32) yield keyOf(form, [], `${name} itself`);
  yield keyOf(sha256, [], `the SHA-256 of ${name}`);
  for (const length of [16, 32]) {
    if (form.length > length) yield keyOf(form.subarray(0, length), [], `the first ${length} bytes of ${name}`);
    yield* form.length > 0 && form.length < length ? filled(form, length, name) : [];
    yield keyOf(hex.subarray(0, length), [], `${length} digits of the SHA-256 of ${name}`);
  }
  yield keyOf(sha256.subarray(0, 16), [], `16 bytes of the SHA-256 of ${name}`);
  yield keyOf(md5, [], `the MD5 of ${name}`);
  yield keyOf(Buffer.from(md5.toString('hex')), [], `the MD5 of ${name} in hex`);
  yield keyOf(createHash('sha1').update(form).digest().subarray(0, 16), [], `16 bytes of the SHA-1 of ${name}`);
  if (isWhollyText(form)) return;
  for (const info of INFOS.slice(0, 2))
    yield keyOf(
      Buffer.from(hkdfSync('sha256', form, '', info, 32)),
      [],
      `made by HKDF from ${name}, with SHA-256 and “${info}”`,
    );
}

/** At its end, and with the digit 0 also in front, as a number is filled up. */
function* filled(form: Buffer, length: number, name: SecretName): Generator<DerivedKey> {
  const how = `${name}, filled up to ${length} bytes`;
  for (const sign of ['\0', '0', ' '])
    yield keyOf(Buffer.concat([form, Buffer.alloc(length - form.length, sign)]), [], how);
  yield keyOf(Buffer.concat([Buffer.alloc(length - form.length, '0'), form]), [], how);
}

function* cutAndFilled(form: Buffer, name: SecretName): Generator<DerivedKey> {
  for (const length of AES_LENGTHS) {
    if (form.length === length) yield keyOf(form, [form.subarray(0, 16)], `${name} itself`);
    if (form.length > length)
      yield keyOf(
        form.subarray(0, length),
        [form.subarray(length, length + 16)],
        `the first ${length} bytes of ${name}`,
      );
    if (form.length > length) yield keyOf(form.subarray(-length), [], `the last ${length} bytes of ${name}`);
    if (form.length > 0 && form.length < length)
      yield keyOf(Buffer.concat([Buffer.alloc(length - form.length), form]), [], `${name}, with zeros in front`);
  }
}

function* hashed(form: Buffer, name: SecretName): Generator<DerivedKey> {
  for (const [hash, id] of HASHES) {
    const digest = createHash(id).update(form).digest();
    const hex = Buffer.from(digest.toString('hex'));
    const base64 = Buffer.from(digest.toString('base64'));
    const ivs = [
      digest.subarray(0, 16),
      ...(digest.length > 16 ? [digest.subarray(16, 32), digest.subarray(-16)] : []),
    ];
    const how = `the ${hash} of ${name}`;
    for (const length of AES_LENGTHS) {
      if (digest.length >= length)
        yield keyOf(digest.subarray(0, length), ivs, digest.length > length ? `${length} bytes of ${how}` : how);
      yield keyOf(hex.subarray(0, length), [hex.subarray(length, length + 16)], `${length} digits of ${how}`);
      if (base64.length >= length) yield keyOf(base64.subarray(0, length), [], `${length} letters of ${how} in base64`);
    }
    yield keyOf(hex, [], `${how} in hex`);
  }
}

function* expanded(form: Buffer, name: SecretName): Generator<DerivedKey> {
  for (const hash of ['sha256', 'sha512'])
    for (const salt of SALTS)
      for (const info of INFOS) {
        const bytes = Buffer.from(hkdfSync(hash, form, salt, info, 80));
        const how = `made by HKDF from ${name}, with ${hash.replace('sha', 'SHA-')} and “${info}”`;
        for (const length of AES_LENGTHS)
          yield keyOf(bytes.subarray(0, length), [bytes.subarray(length, length + 16)], how);
        // The second half, where one key is for each direction.
        yield* [keyOf(bytes.subarray(32, 64), [], how), keyOf(bytes.subarray(16, 32), [], how)];
      }
}
