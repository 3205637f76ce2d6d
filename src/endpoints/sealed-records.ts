/**
 * Which TLS records carried what was said: one direction of a connection, as it stood on the wire.
 *
 * node:tls gives us what a record held, not the record. From outside, all encrypted records look alike, also those of
 * TLS
 * itself (the end of its handshake, tickets). So we tell records apart by their order and by the length of their
 * content.
 */
import {
  RECORD_OVERHEAD,
  RECORD_TYPE,
  RecordError,
  RecordReader,
  fragment,
  recordType,
} from '../protocol/tls-records.js';

/** RFC 8446, section 5.1. */
const MOST_IN_A_RECORD = 2 ** 14;
/** How many records are kept until we know what they held. */
const MOST_KEPT = 256;

export class SealedRecords {
  #reader: RecordReader | null = new RecordReader();
  #records: Buffer[] = [];
  readonly #wanted: { readonly length: number; readonly found: (records: Buffer) => void }[] = [];

  /** Takes the next bytes of the connection. */
  crossed(bytes: Buffer): void {
    try {
      for (const record of this.#reader?.records(bytes) ?? [])
        if (recordType(record) === RECORD_TYPE.applicationData) this.#records.push(record);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      // TLS will say what is wrong.
      this.#reader = null;
    }
    if (this.#records.length > MOST_KEPT) this.#records = this.#records.slice(-MOST_KEPT);
    this.#settle();
  }

  /** The next record belongs to TLS itself. */
  skip(): void {
    this.#records.shift();
  }

  /** All records so far belong to TLS itself. */
  skipAll(): void {
    this.#records = [];
  }

  /** Calls `found` with the records that held the next `length` bytes, as soon as they have crossed. */
  find(length: number, found: (records: Buffer) => void): void {
    this.#wanted.push({ length, found });
    this.#settle();
  }

  #settle(): void {
    for (let next = this.#wanted[0]; next !== undefined; next = this.#wanted[0]) {
      const { length, found } = next;
      const start = this.#records.findIndex((record) => heldBy(record) === Math.min(length, MOST_IN_A_RECORD));
      const count = Math.ceil(length / MOST_IN_A_RECORD);
      if (start === -1 || start + count > this.#records.length) return;
      const records = this.#records.slice(start, start + count);
      this.#records = this.#records.slice(start + count);
      this.#wanted.shift();
      found(Buffer.concat(records));
    }
  }
}

/** How many bytes of text are in a record, where nothing is added to hide their number, as OpenSSL does not. */
function heldBy(record: Buffer): number {
  return fragment(record).length - RECORD_OVERHEAD.type - RECORD_OVERHEAD.tag;
}
