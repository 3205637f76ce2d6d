/** The records of TLS, one after the other (RFC 8446, section 5.1): five unencrypted header bytes, then the content. */

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
