/** The records of TLS, one after the other (RFC 8446, section 5.1): five unencrypted header bytes, then the content. */
import type { Side } from '../../protocol/side.js';

export const RECORD_HEADER_BYTES = 5;
/** Content types (section 5.1). */
export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** The most bytes in an encrypted record: 2^14 and what the encryption adds (RFC 5246, section 6.2.3). */
const MOST_CONTENT = 2 ** 14 + 2048;

/**
 * Offsets in the stream's bytes. `start`: the header's first byte. `end`: after the content, which may be beyond the
 * bytes that are held.
 */
export interface TlsRecord {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** Returns the record whose header is at `at`. null if there is none, or if the header is cut off. */
export function recordAt(bytes: Buffer, at: number): TlsRecord | null {
  if (at + RECORD_HEADER_BYTES > bytes.length) return null;
  const type = bytes[at] ?? 0;
  if (
    type < CONTENT.changeCipherSpec ||
    type > CONTENT.applicationData ||
    bytes[at + 1] !== 3 ||
    (bytes[at + 2] ?? 9) > 4
  )
    return null;
  const length = bytes.readUInt16BE(at + 3);
  return length > MOST_CONTENT ? null : { type, start: at, end: at + RECORD_HEADER_BYTES + length };
}

/** The records from `at` on, one after the other. The last one may end after `stop`. */
export function* recordsFrom(bytes: Buffer, at: number, stop: number): Generator<TlsRecord, void, void> {
  const held = bytes.subarray(0, stop);
  for (let record = recordAt(held, at); record !== null; record = recordAt(held, record.end)) yield record;
}

/** How a record of the handshake begins, in each version. */
const HANDSHAKE = Buffer.from([CONTENT.handshake, 3]);
const HELLO_TYPES = { client: 1, server: 2 } as const;
/** A protocol that changes to TLS does so after a few lines. */
const MOST_BEFORE_TLS = 2 ** 16;

/**
 * Where TLS starts in what one side sent: at its first hello. Usually that is the start. After STARTTLS, CONNECT and
 * similar commands there are some lines before it. null if there is no hello.
 */
export function tlsStart(bytes: Buffer, side: Side): number | null {
  const last = Math.min(bytes.length - RECORD_HEADER_BYTES - 6, MOST_BEFORE_TLS);
  for (let at = bytes.indexOf(HANDSHAKE); at !== -1 && at <= last; at = bytes.indexOf(HANDSHAKE, at + 1)) {
    const record = recordAt(bytes, at);
    if (record === null || record.end - at < RECORD_HEADER_BYTES + 4) continue;
    const body = at + RECORD_HEADER_BYTES + 4;
    if (bytes[at + RECORD_HEADER_BYTES] !== HELLO_TYPES[side] || bytes[body] !== 3 || (bytes[body + 1] ?? 9) > 3)
      continue;
    // The message's length. A hello is longer than its random, and not longer than a few records can hold.
    const length = bytes.readUIntBE(at + RECORD_HEADER_BYTES + 1, 3);
    if (length >= 38 && length < MOST_BEFORE_TLS) return at;
  }
  return null;
}
