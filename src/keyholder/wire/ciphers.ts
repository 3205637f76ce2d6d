/**
 * The ways in which chat programs use a key, each with what it makes of one sealed message. Where the IV stands is not
 * written anywhere, so each place that programs use is a way of its own.
 */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual, type CipherGCMTypes } from 'node:crypto';
import { rc4 } from './rc4.js';
import { openedSecretbox } from './secretbox.js';

/** A key, and the IV that came with it. */
export interface TriedKey {
  readonly key: Buffer;
  /** IVs that crossed beside it or soon after it. */
  readonly ivs: readonly Buffer[];
}

/** What comes out of one message. */
export interface Unsealed {
  readonly text: Buffer;
  /** Bytes of padding behind the text, each of which is as it has to be. */
  readonly padding: number;
  /**
   * What makes the stream of bytes with which the text is mixed: where two messages have the same, each of its bytes
   * proves something only once. null where there is no such stream.
   */
  readonly stream: string | null;
}

export interface Cipher {
  /** `AES-128-CBC, the IV before each message` */
  readonly name: string;
  /** Whether it checks the message, so that a wrong key opens nothing at all. */
  readonly isChecked: boolean;
  /** null where the message cannot be one of this cipher. */
  readonly unseal: (sealed: Buffer) => Unsealed | null;
  /**
   * Seals a text as the message `like` is sealed: with the same IV, at the same places. null where it cannot. For
   * whoever holds two keys, and sends on with the one what was sealed with the other.
   */
  readonly seal?: (text: Buffer, like: Buffer) => Buffer | null;
}

const BLOCK = 16;
const TAG = 16;
const AES_KEYS: readonly number[] = [16, 24, 32];
const DES_KEY = 8;

/** All ways in which `tried` could have been used. */
export function ciphersWith({ key, ivs }: TriedKey): readonly Cipher[] {
  const isAes = AES_KEYS.includes(key.length);
  return [
    ...(isAes ? aesCiphers(key, ivs) : []),
    ...(key.length === 32 ? [fernet(key), chaCha20(key), secretbox(key)] : []),
    ...(key.length === DES_KEY || key.length === 24 ? desCiphers(key, ivs) : []),
    ...(key.length >= 5 ? [rc4Cipher(key)] : []),
  ];
}

function aesCiphers(key: Buffer, ivs: readonly Buffer[]): Cipher[] {
  const name = `aes-${8 * key.length}`;
  const zero = Buffer.alloc(BLOCK);
  const blocks = ivs.filter((iv) => iv.length === BLOCK);
  const counters = ivs.filter((iv) => iv.length === 8 || iv.length === 12).map(padded);
  const fixed = [
    ...blocks.map((iv) => ({ iv, where: 'with an IV that crossed too' })),
    { iv: zero, where: 'with zeros as IV' },
    ...(key.length === BLOCK ? [{ iv: key, where: 'with the key as IV' }] : []),
  ];
  const streams = ['ctr', 'cfb8', 'cfb', 'ofb'];
  return [
    ecb(name),
    ...fixed.map(({ iv, where }) => cbc(name, where, () => iv)),
    cbc(name, BEFORE, null),
    ...streams.flatMap((mode) => [
      ...fixed.map(({ iv, where }) => streamed(name, mode, where, () => iv, 0)),
      streamed(name, mode, BEFORE, (sealed) => sealed.subarray(0, BLOCK), BLOCK),
    ]),
    ...counters.map((iv) => streamed(name, 'ctr', 'with a nonce that crossed too', () => iv, 0)),
    ...[8, 12].map((bytes) => streamed(name, 'ctr', NONCE, (sealed) => padded(sealed.subarray(0, bytes)), bytes)),
    ...gcms(name, ivs),
  ].map((keyless) => withKey(keyless, key));
}

function withKey({ name, isChecked, unseal, seal }: Keyless, key: Buffer): Cipher {
  return {
    name,
    isChecked,
    unseal: (sealed) => quietly(() => unseal(key, sealed)),
    ...(seal !== undefined && { seal: (text, like) => quietly(() => seal(key, text, like)) }),
  };
}

const BEFORE = 'the IV before each message';
const NONCE = 'the nonce before each message';

/** A cipher that waits for its key. */
type Keyless = Pick<Cipher, 'name' | 'isChecked'> & {
  readonly unseal: (key: Buffer, sealed: Buffer) => Unsealed | null;
  readonly seal?: (key: Buffer, text: Buffer, like: Buffer) => Buffer;
};

function nameOf(algorithm: string, mode: string, where: string): string {
  return `${algorithm}-${mode}, ${where}`.toUpperCase().slice(0, algorithm.length + mode.length + 1) + `, ${where}`;
}

function ecb(algorithm: string): Keyless {
  return {
    name: `${algorithm}-ecb`.toUpperCase(),
    isChecked: false,
    unseal: (key, sealed) => blockwise(`${algorithm}-ecb`, key, null, sealed),
    seal: (key, text, like) => encrypted(`${algorithm}-ecb`, key, null, text, like.length),
  };
}

/** `ivOf` is null where the IV stands before the message. */
function cbc(algorithm: string, where: string, ivOf: (() => Buffer) | null, block = BLOCK): Keyless {
  return {
    name: nameOf(algorithm, 'cbc', where),
    isChecked: false,
    unseal: (key, sealed) =>
      ivOf === null
        ? blockwise(`${algorithm}-cbc`, key, sealed.subarray(0, block), sealed.subarray(block), block)
        : blockwise(`${algorithm}-cbc`, key, ivOf(), sealed, block),
    seal: (key, text, like) => {
      const before = ivOf === null ? like.subarray(0, block) : Buffer.alloc(0);
      const iv = ivOf?.() ?? before;
      return Buffer.concat([before, encrypted(`${algorithm}-cbc`, key, iv, text, like.length - before.length)]);
    },
  };
}

function streamed(
  algorithm: string,
  mode: string,
  where: string,
  ivOf: (sealed: Buffer) => Buffer,
  skipped: number,
): Keyless {
  return {
    name: nameOf(algorithm, mode, where),
    isChecked: false,
    unseal: (key, sealed) => {
      if (sealed.length <= skipped) return null;
      const iv = ivOf(sealed);
      const decipher = createDecipheriv(`${algorithm}-${mode}`, key, iv);
      return { text: decipher.update(sealed.subarray(skipped)), padding: 0, stream: iv.toString('latin1') };
    },
    seal: (key, text, like) => {
      const cipher = createCipheriv(`${algorithm}-${mode}`, key, ivOf(like));
      return Buffer.concat([like.subarray(0, skipped), cipher.update(text)]);
    },
  };
}

function gcms(algorithm: string, ivs: readonly Buffer[]): Keyless[] {
  const nonces = [12, BLOCK];
  return [
    ...nonces.map((bytes) =>
      gcm(algorithm, 'the nonce before each message, the tag behind it', (sealed) => [
        sealed.subarray(0, bytes),
        sealed.subarray(bytes, -TAG),
        sealed.subarray(-TAG),
      ]),
    ),
    ...nonces.map((bytes) =>
      gcm(algorithm, 'the nonce and the tag before each message', (sealed) => [
        sealed.subarray(0, bytes),
        sealed.subarray(bytes + TAG),
        sealed.subarray(bytes, bytes + TAG),
      ]),
    ),
    ...ivs.map((iv) =>
      gcm(algorithm, 'with a nonce that crossed too', (sealed) => [
        iv,
        sealed.subarray(0, -TAG),
        sealed.subarray(-TAG),
      ]),
    ),
  ];
}

function gcm(
  algorithm: string,
  where: string,
  parts: (sealed: Buffer) => readonly [nonce: Buffer, ciphertext: Buffer, tag: Buffer],
): Keyless {
  return {
    name: nameOf(algorithm, 'gcm', where),
    isChecked: true,
    unseal: (key, sealed) => {
      const [nonce, ciphertext, tag] = parts(sealed);
      if (tag.length !== TAG || ciphertext.length === 0) return null;
      const decipher = createDecipheriv(`${algorithm}-gcm` as CipherGCMTypes, key, nonce);
      return checked(decipher.setAuthTag(tag), ciphertext);
    },
    seal: (key, text, like) => {
      const [nonce, ciphertext, tag] = parts(like);
      const cipher = createCipheriv(`${algorithm}-gcm` as CipherGCMTypes, key, nonce);
      const result = Buffer.from(like);
      // The parts are views of one piece of memory, so these say where they stand.
      cipher.update(text).copy(result, ciphertext.byteOffset - like.byteOffset);
      cipher.final();
      cipher.getAuthTag().copy(result, tag.byteOffset - like.byteOffset);
      return result;
    },
  };
}

function chaCha20(key: Buffer): Cipher {
  return {
    name: 'ChaCha20-Poly1305, the nonce before each message, the tag behind it',
    isChecked: true,
    unseal: (sealed) =>
      quietly(() => {
        if (sealed.length <= 12 + TAG) return null;
        const decipher = createDecipheriv('chacha20-poly1305', key, sealed.subarray(0, 12), { authTagLength: TAG });
        return checked(decipher.setAuthTag(sealed.subarray(-TAG)), sealed.subarray(12, -TAG));
      }),
    seal: (text, like) => {
      const cipher = createCipheriv('chacha20-poly1305', key, like.subarray(0, 12), { authTagLength: TAG });
      return Buffer.concat([like.subarray(0, 12), cipher.update(text), cipher.final(), cipher.getAuthTag()]);
    },
  };
}

function secretbox(key: Buffer): Cipher {
  return {
    name: 'NaCl secretbox (XSalsa20-Poly1305), the nonce and the tag before each message',
    isChecked: true,
    unseal: (sealed) => {
      const text = openedSecretbox(key, sealed);
      return text === null ? null : { text, padding: 0, stream: null };
    },
  };
}

/** https://github.com/fernet/spec/blob/master/Spec.md: signing key, then encryption key. */
function fernet(key: Buffer): Cipher {
  const [signing, encryption] = [key.subarray(0, 16), key.subarray(16)];
  return {
    name: 'Fernet',
    isChecked: true,
    unseal: (sealed) =>
      quietly(() => {
        if (sealed[0] !== FERNET_VERSION || sealed.length < LEAST_TOKEN) return null;
        const [signed, hmac] = [sealed.subarray(0, -32), sealed.subarray(-32)];
        if (!timingSafeEqual(createHmac('sha256', signing).update(signed).digest(), hmac)) return null;
        return checked(createDecipheriv('aes-128-cbc', encryption, signed.subarray(9, 25)), signed.subarray(25));
      }),
    seal: (text, like) => {
      const ciphertext = encrypted('aes-128-cbc', encryption, like.subarray(9, 25), text, null);
      const signed = Buffer.concat([like.subarray(0, 25), ciphertext]);
      return Buffer.concat([signed, createHmac('sha256', signing).update(signed).digest()]);
    },
  };
}
const FERNET_VERSION = 0x80;
const LEAST_TOKEN = 73;

/** DES is Triple-DES with the same key three times. */
function desCiphers(key: Buffer, ivs: readonly Buffer[]): Cipher[] {
  const algorithm = 'des-ede3';
  const tripled = key.length === DES_KEY ? Buffer.concat([key, key, key]) : key;
  const fixed = [
    ...ivs.filter((iv) => iv.length === DES_KEY).map((iv) => ({ iv, where: 'with an IV that crossed too' })),
    { iv: Buffer.alloc(DES_KEY), where: 'with zeros as IV' },
    ...(key.length === DES_KEY ? [{ iv: key, where: 'with the key as IV' }] : []),
  ];
  const all: readonly Keyless[] = [
    {
      ...ecb(algorithm),
      unseal: (its, sealed) => blockwise(`${algorithm}-ecb`, its, null, sealed, DES_KEY),
    },
    ...fixed.map(({ iv, where }) => cbc(algorithm, where, () => iv, DES_KEY)),
    cbc(algorithm, BEFORE, null, DES_KEY),
  ];
  return all.map((keyless) => ({
    ...withKey(keyless, tripled),
    name: keyless.name.replace('DES-EDE3', key.length === DES_KEY ? 'DES' : 'Triple-DES'),
  }));
}

function rc4Cipher(key: Buffer): Cipher {
  return {
    name: 'RC4, from the beginning of the key for each message',
    isChecked: false,
    unseal: (sealed) => ({ text: rc4(key, sealed), padding: 0, stream: '' }),
    seal: (text) => rc4(key, text),
  };
}

/** What is in blocks, without its padding: PKCS #7 (RFC 5652, section 6.3), or zeros. */
function blockwise(algorithm: string, key: Buffer, iv: Buffer | null, sealed: Buffer, block = BLOCK): Unsealed | null {
  if (sealed.length === 0 || sealed.length % block !== 0) return null;
  const decipher = createDecipheriv(algorithm, key, iv).setAutoPadding(false);
  const plain = decipher.update(sealed);
  const count = plain.at(-1) ?? 0;
  const isPkcs7 = count > 0 && count <= block && plain.subarray(-count).every((byte) => byte === count);
  let end = plain.length - (isPkcs7 ? count : 0);
  if (!isPkcs7) while (end > 0 && plain[end - 1] === 0) end -= 1;
  return { text: plain.subarray(0, end), padding: plain.length - end, stream: null };
}

/** With padding of PKCS #7, unless the text has the length that is wanted already. */
function encrypted(algorithm: string, key: Buffer, iv: Buffer | null, text: Buffer, length: number | null): Buffer {
  const cipher = createCipheriv(algorithm, key, iv).setAutoPadding(text.length !== length);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

/** @throws Error where its check does not hold. */
function checked(decipher: { update(data: Buffer): Buffer; final(): Buffer }, ciphertext: Buffer): Unsealed {
  return { text: Buffer.concat([decipher.update(ciphertext), decipher.final()]), padding: 0, stream: null };
}

/** The first counter of a nonce: zeros behind it. */
function padded(nonce: Buffer): Buffer {
  return Buffer.concat([nonce, Buffer.alloc(Math.max(0, BLOCK - nonce.length))]);
}

/** What OpenSSL refuses is not a message of this cipher. */
function quietly<Result>(action: () => Result | null): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
