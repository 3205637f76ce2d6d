/**
 * TLS records, from outside: RFC 8446, section 5.1.
 *
 *      offset   0       1           3         5
 *               | type  | version   | length  | fragment
 *               | 1     | 2, legacy | 2, BE   | length
 */
const HEADER_BYTES = 5;
const LENGTH_AT = 3;
/** RFC 8446, section 5.2: 2^14 bytes of text and up to 256 around them. */
const MAX_FRAGMENT_BYTES = 2 ** 14 + 256;

export const RECORD_TYPE = { handshake: 22, applicationData: 23 } as const;

/** What AES-GCM and ChaCha20-Poly1305 add: the real type, one byte, and a tag of 16 (RFC 8446, section 5.2). */
export const RECORD_OVERHEAD = { type: 1, tag: 16 } as const;

/** What comes is no TLS. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Whether a stream sets out as TLS: a handshake record, of which only the first two bytes are looked at. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  return bytes[0] === RECORD_TYPE.handshake && bytes[1] === 3;
}

/** The ciphertext of a record: what follows its header. */
export function fragment(record: Buffer): Buffer {
  return record.subarray(HEADER_BYTES);
}

export function recordType(record: Buffer): number | undefined {
  return record[0];
}

/** An application data record around `contents`. */
export function formatRecord(contents: Buffer): Buffer {
  const header = Buffer.of(RECORD_TYPE.applicationData, 3, 3, 0, 0);
  header.writeUInt16BE(contents.length, LENGTH_AT);
  return Buffer.concat([header, contents]);
}

/** From a stream of bytes to records; keeps at most one that is not whole. */
export class RecordReader {
  #held = Buffer.alloc(0);

  /** @throws RecordError where a record claims more than the longest there can be. */
  *records(chunk: Buffer): Generator<Buffer, void, void> {
    this.#held = Buffer.concat([this.#held, chunk]);
    while (this.#held.length >= HEADER_BYTES) {
      const length = this.#held.readUInt16BE(LENGTH_AT);
      if (length > MAX_FRAGMENT_BYTES) throw new RecordError(`a record claims ${length} bytes`);
      const end = HEADER_BYTES + length;
      if (this.#held.length < end) return;
      const record = this.#held.subarray(0, end);
      this.#held = this.#held.subarray(end);
      yield record;
    }
  }

  rest(): Buffer {
    return this.#held;
  }
}
