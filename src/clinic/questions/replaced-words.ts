/** What is said of a public key that can be replaced, whatever its kind. */
import type { Remedy } from '../finding.js';

export const NOBODY_NOTICES =
  'Somebody in the middle can put their own public key in the place of the true one, and nobody notices';

export const WHO_IS_BETWEEN =
  'Whoever is on the way has all keys and can read and change everything, while both people feel safe';

export const KNOW_THE_KEY: Remedy = {
  python:
    'Give the client the true public key, or its SHA-256, before the chat, compare it, and end if it differs; or use ssl with a certificate that is checked',
  node: 'Give the client the true public key, or its SHA-256, before the chat, compare it, and end if it differs; or use node:tls with a certificate that is checked',
  other:
    'Give the client the true public key, or its fingerprint, before the chat, compare it, and end if it differs; or use TLS with a certificate that is checked',
};

/** Of a key agreement, the halves are new each time, so something that lasts has to vouch for them. */
export const SIGN_THE_HALF: Remedy = {
  python:
    'Sign each half with a key that the other side knows before the chat (Ed25519 of the package cryptography), or put a secret that both know into the derivation of the key, and end if it does not fit; or use ssl with a certificate that is checked',
  node: 'Sign each half with a key that the other side knows before the chat (crypto.sign with Ed25519), or put a secret that both know into hkdfSync, and end if it does not fit; or use node:tls with a certificate that is checked',
  other:
    'Sign each half with a key that the other side knows before the chat, or put a secret that both know into the derivation of the key, and end if it does not fit; or use TLS with a certificate that is checked',
};
