/**
 * Computes the check that follows each token on the wire. The table in `protocol/integrity.ts` lists the kinds of
 * check: the algorithm and what each covers. This file does the computing.
 *
 * HMAC is RFC 2104. The check covers the token's characters exactly as they appear on the wire.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

import { INTEGRITY_KINDS, type Algorithm, type Covers, type Integrity } from '../protocol/integrity.js';
import type { Side } from '../protocol/side.js';

/**
 * A token's place in the chat: who sent it, and its number among that side's messages, counted from 0. This is never
 * sent.
 */
export interface Position {
  readonly direction: Side;
  readonly n: number;
}

/** The check for `token`, 32 bytes. */
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
 * Whether `check` is right for `token` at this place. The time it takes does not depend on where the two checks differ.
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
