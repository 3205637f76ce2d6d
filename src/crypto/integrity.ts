/**
 * The check that stands behind each token on the wire. The table in `protocol/integrity.ts` says what each kind is made
 * with, and what of; this is how.
 *
 * HMAC is RFC 2104; the token is taken as the very characters that stand on the wire.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { INTEGRITY_KINDS, type Algorithm, type Covers, type Integrity } from '../protocol/integrity.js';
import type { Side } from '../protocol/side.js';

/** Where in the chat a token stands: whose it is, and which of theirs, counted from 0. Never sent. */
export interface Position {
  readonly direction: Side;
  readonly n: number;
}

/** The check of `token`, 32 bytes. */
export function computeCheck(integrity: Integrity, hmacKey: Uint8Array, position: Position, token: string): Buffer {
  const { algorithm, covers } = INTEGRITY_KINDS[integrity];
  return COMPUTED[algorithm](hmacKey, COVERED[covers](position, token));
}

const COMPUTED: Readonly<Record<Algorithm, (hmacKey: Uint8Array, covered: string) => Buffer>> = {
  'SHA-256': (_, covered) => createHash('sha256').update(covered, 'latin1').digest(),
  'HMAC-SHA256': (hmacKey, covered) => createHmac('sha256', hmacKey).update(covered, 'latin1').digest(),
};

const COVERED: Readonly<Record<Covers, (position: Position, token: string) => string>> = {
  token: (_, token) => token,
  'place and token': ({ direction, n }, token) => `${direction} ${n} ${token}`,
};

/**
 * Whether `check` is the check of `token` at this place, found out in a time that does not depend on where they differ.
 */
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
