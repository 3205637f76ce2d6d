/**
 * Our own RSA key in the place of somebody else's, for any program: it has the same size and exponent, so it is as long
 * in every form. What was sealed for it is opened, and sealed again for the true key with the same padding.
 */
import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';

import { bytesOfNumber, numberIn } from '../bytes/modular.js';

export type Padding = 'PKCS #1 v1.5' | `OAEP with ${'SHA-1' | 'SHA-256' | 'SHA-512'}`;

export interface Opened {
  readonly secret: Buffer;
  readonly padding: Padding;
  /** The same secret, sealed for the true key. */
  readonly resealed: Buffer;
}

const OAEP = [
  ['OAEP with SHA-1', 'sha1'],
  ['OAEP with SHA-256', 'sha256'],
  ['OAEP with SHA-512', 'sha512'],
] as const;
/** Node makes no smaller ones. */
const LEAST_BITS = 512;
const MOST_BITS = 8192;

export class StandIn {
  /** How many bytes a sealed secret has. */
  readonly bytes: number;
  readonly #true: KeyObject;
  readonly #own: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

  /** null for a key of a size that we cannot make. */
  static for(n: bigint, e: bigint): StandIn | null {
    const bits = n.toString(2).length;
    if (bits < LEAST_BITS || bits > MOST_BITS || bits % 8 !== 0 || e > 0xffff_ffffn) return null;
    return new StandIn(n, e, bits);
  }

  private constructor(n: bigint, e: bigint, bits: number) {
    const jwk = { kty: 'RSA', n: base64url(n), e: base64url(e) };
    this.#true = createPublicKey({ key: jwk, format: 'jwk' });
    this.#own = generateKeyPairSync('rsa', { modulusLength: bits, publicExponent: Number(e) });
    this.bytes = bits / 8;
  }

  /** Of our key. */
  get n(): bigint {
    return numberIn(Buffer.from(this.#own.publicKey.export({ format: 'jwk' }).n ?? '', 'base64url'));
  }

  /** Undoes what was raised to e, modulo our n. */
  lift(number: bigint): bigint {
    const block = bytesOfNumber(number, this.bytes);
    if (block.length !== this.bytes) return 0n;
    const opened = quietly(() =>
      privateDecrypt({ key: this.#own.privateKey, padding: constants.RSA_NO_PADDING }, block),
    );
    return opened === null ? 0n : numberIn(opened);
  }

  /** The bytes with our key in place of the true one, however it is written. null if it is not in them. */
  replaced(bytes: Buffer): Buffer | null {
    const own = formsOf(this.#own.publicKey);
    for (const [index, form] of formsOf(this.#true).entries()) {
      const at = bytes.indexOf(form);
      const ours = own[index];
      if (at >= 0 && ours?.length === form.length)
        return Buffer.concat([bytes.subarray(0, at), ours, bytes.subarray(at + form.length)]);
    }
    return null;
  }

  /** null if it was not sealed for our key. */
  open(sealed: Buffer): Opened | null {
    if (sealed.length !== this.bytes) return null;
    const found = this.#pkcs1(sealed) ?? this.#oaep(sealed);
    if (found === null) return null;
    const { secret, padding } = found;
    const how =
      padding === 'PKCS #1 v1.5'
        ? { padding: constants.RSA_PKCS1_PADDING }
        : { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: OAEP.find(([name]) => name === padding)?.[1] };
    return { secret, padding, resealed: publicEncrypt({ key: this.#true, ...how }, secret) };
  }

  /** By hand (RFC 8017, 7.2.2): Node gives random bytes where this padding is wrong. */
  #pkcs1(sealed: Buffer): Omit<Opened, 'resealed'> | null {
    const block = quietly(() =>
      privateDecrypt({ key: this.#own.privateKey, padding: constants.RSA_NO_PADDING }, sealed),
    );
    if (block?.[0] !== 0 || block[1] !== 2) return null;
    const end = block.indexOf(0, 2);
    return end < LEAST_PADDED ? null : { secret: block.subarray(end + 1), padding: 'PKCS #1 v1.5' };
  }

  #oaep(sealed: Buffer): Omit<Opened, 'resealed'> | null {
    for (const [padding, oaepHash] of OAEP) {
      const key = { key: this.#own.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
      const secret = quietly(() => privateDecrypt(key, sealed));
      if (secret !== null) return { secret, padding };
    }
    return null;
  }
}
/** 00 02, and at least 8 bytes that are not 0. */
const LEAST_PADDED = 10;

function base64url(number: bigint): string {
  const digits = number.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
}

/** In the same order for each key. Longer ones come first: a key in SPKI contains itself in PKCS #1. */
function formsOf(key: KeyObject): readonly Buffer[] {
  return (['spki', 'pkcs1'] as const).flatMap((type) => {
    const der = key.export({ type, format: 'der' });
    const base64 = der.toString('base64');
    const lines = base64.match(/.{1,64}/g) ?? [];
    const hex = der.toString('hex');
    const texts = [...['\n', '\r\n', '\\n', '\\r\\n'].map((end) => lines.join(end)), base64, hex, hex.toUpperCase()];
    const pem = key.export({ type, format: 'pem' }).toString();
    const packed = [pem, pem.trimEnd()].flatMap((text) => [
      Buffer.from(text).toString('base64'),
      Buffer.from(text).toString('hex'),
    ]);
    return [...texts, ...packed].map((text) => Buffer.from(text)).concat(der);
  });
}

function quietly<Result>(action: () => Result): Result | null {
  try {
    return action();
  } catch {
    return null;
  }
}
