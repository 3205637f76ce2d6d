/**
 * The session key: 64 bytes that the server chooses for a chat. The first 32 are the Fernet key, the last 32 are the
 * key of the HMAC around the token.
 */
import { randomBytes } from 'node:crypto';

import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import { FERNET_KEY_BYTES, Fernet } from './fernet.js';

export interface SessionKey {
  /** All 64 bytes, as sent in the envelope. */
  readonly bytes: Buffer;
  readonly fernet: Fernet;
  readonly hmac: Buffer;
}

export function generateSessionKey(): SessionKey {
  return splitSessionKey(randomBytes(SESSION_KEY_BYTES));
}

/** @throws RangeError if `bytes` does not have 64 bytes. */
export function splitSessionKey(bytes: Buffer): SessionKey {
  if (bytes.length !== SESSION_KEY_BYTES) {
    throw new RangeError(`Cannot use the session key: it has ${bytes.length} bytes instead of ${SESSION_KEY_BYTES}`);
  }
  return { bytes, fernet: new Fernet(bytes.subarray(0, FERNET_KEY_BYTES)), hmac: bytes.subarray(FERNET_KEY_BYTES) };
}
