/**
 * The check that stands behind each token on the wire, in its three strengths:
 *
 *     sha256            SHA-256(token)                                        anyone can compute it
 *     hmac-sha256       HMAC-SHA256(key, token)                               takes the key; says nothing of the order
 *     hmac-sha256-seq   HMAC-SHA256(key, direction + " " + n + " " + token)   takes the key, and fits one place only
 *
 * HMAC is RFC 2104; the token is taken as the very characters that stand on the wire.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { INTEGRITY_KINDS, type Covers, type Integrity } from '../protocol/integrity.js';

/** Where in the chat a token stands: whose it is, and which of theirs, counted from 0. Never sent. */
export interface Position {
  readonly direction: 'client' | 'server';
  readonly n: number;
}

/** The check of `token`, 32 bytes. */
export function computeCheck(integrity: Integrity, hmacKey: Uint8Array, position: Position, token: string): Buffer {
  const { keyed, covers } = INTEGRITY_KINDS[integrity];
  const hash = keyed ? createHmac('sha256', hmacKey) : createHash('sha256');
  return hash.update(COVERED[covers](position, token), 'latin1').digest();
}

const COVERED: Readonly<Record<Covers, (position: Position, token: string) => string>> = {
  token: (_, token) => token,
  'place and token': ({ direction, n }, token) => `${direction} ${n} ${token}`,
};

/** Whether `check` is the check of `token` at this place, found out in a time that does not depend on where they differ. */
export function verifyCheck(
  integrity: Integrity,
  hmacKey: Uint8Array,
  position: Position,
  token: string,
  check: Uint8Array,
): boolean {
  const expected = computeCheck(integrity, hmacKey, position, token);
  return check.length === expected.length && timingSafeEqual(check, expected);
}
