/**
 * The records of TLS, one behind the other (RFC 8446, section 5.1): five bytes of header in clear, then the content.
 */

export const RECORD_HEADER_BYTES = 5;
/** Content types (section 5.1). */
export const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** The most that a sealed record may hold: 2^14 and what sealing adds (RFC 5246, section 6.2.3). */
const MOST_CONTENT = 2 ** 14 + 2048;

/** Offsets: of the header's first byte, and behind the content, which may lie beyond what is held. */
export interface TlsRecord {
  readonly type: number;
  readonly start: number;
  readonly end: number;
}

/** The record whose header stands at `at`, or null where none does or it is cut. */
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
