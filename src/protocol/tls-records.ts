/**
 * TLS records as a listener sees them: RFC 8446, section 5.1.
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

/**
 * Bytes that AES-GCM and ChaCha20-Poly1305 add: the real type (1 byte) and a tag of 16 bytes (RFC 8446, section 5.2).
 */
export const RECORD_OVERHEAD = { type: 1, tag: 16 } as const;

/** The bytes are not TLS. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Whether a stream begins like TLS, with a handshake record. Only the first two bytes are tested. */
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

/** How long the record is that begins here, with its header. null if its header is not all there. */
export function recordLength(bytes: Buffer): number | null {
  return bytes.length < HEADER_BYTES ? null : HEADER_BYTES + bytes.readUInt16BE(LENGTH_AT);
}

/** An application data record that holds `contents`. */
export function formatRecord(contents: Buffer): Buffer {
  const header = Buffer.of(RECORD_TYPE.applicationData, 3, 3, 0, 0);
  header.writeUInt16BE(contents.length, LENGTH_AT);
  return Buffer.concat([header, contents]);
}

/** Splits a stream of bytes into records. It keeps at most one unfinished record. */
export class RecordReader {
  #held = Buffer.alloc(0);

  /** @throws RecordError if a record claims to be longer than TLS allows. */
  *records(chunk: Buffer): Generator<Buffer, void, void> {
    this.#held = Buffer.concat([this.#held, chunk]);
    for (let end = recordLength(this.#held); end !== null; end = recordLength(this.#held)) {
      if (end > HEADER_BYTES + MAX_FRAGMENT_BYTES) throw new RecordError(`a record claims ${end - HEADER_BYTES} bytes`);
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
