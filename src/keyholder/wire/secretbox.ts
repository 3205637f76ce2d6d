/**
 * The secretbox of NaCl and libsodium: XSalsa20 and Poly1305 (D. J. Bernstein, “Extending the Salsa20 nonce”, and “The
 * Poly1305-AES message-authentication code”). OpenSSL has no XSalsa20.
 *
 *     nonce, 24 bytes | tag, 16 bytes | ciphertext
 */
import { createRequire } from 'node:module';

type Salsa = typeof import('@noble/ciphers/salsa');

const NONCE = 24;
const TAG = 16;

/** Most captures hold no key, so the package is loaded only when one is tried. */
const load = createRequire(import.meta.url);
let salsa: Salsa | null = null;

/** The text of `nonce + tag + ciphertext`; null if the tag is not of this key. `key`: 32 bytes. */
export function openedSecretbox(key: Buffer, sealed: Buffer): Buffer | null {
  if (sealed.length <= NONCE + TAG) return null;
  salsa ??= load('@noble/ciphers/salsa') as Salsa;
  try {
    return Buffer.from(salsa.xsalsa20poly1305(key, sealed.subarray(0, NONCE)).decrypt(sealed.subarray(NONCE)));
  } catch {
    return null;
  }
}
