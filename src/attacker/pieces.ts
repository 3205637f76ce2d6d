/**
 * Cuts both directions of a connection into pieces: lines of text, frames, or TLS records. The client's first bytes
 * show everyone which of these it is.
 *
 * In TLS 1.3 most of the handshake is encrypted and looks like any other record, but the number of these records is
 * fixed. The client's first is its Finished. The server's first four are EncryptedExtensions, Certificate,
 * CertificateVerify and Finished (RFC 8446, section 2). The next two are session tickets (section 4.6.1; OpenSSL sends
 * two, and so does Node).
 */
import { frameOf, isHello } from '../protocol/frames.js';
import { LineReader } from '../protocol/lines.js';
import type { Piece } from './attack.js';
import { RECORD_TYPE, RecordReader, looksLikeTls, recordType } from '../protocol/tls-records.js';
import type { Side } from '../protocol/side.js';

const LF = Buffer.from('\n');
const SEALED_BEFORE_CHAT = { client: 1, server: 4 + 2 } as const;

export class PieceCutter {
  readonly #directions = { client: new Direction(), server: new Direction() };
  #encrypted = false;

  /** @throws LineTooLongError or RecordError if the stream cannot be read any further. */
  *pieces(from: Side, chunk: Buffer): Generator<Piece, void, void> {
    const direction = this.#directions[from];
    direction.tls ??= looksLikeTls(chunk);
    if (direction.tls) {
      for (const record of direction.records.records(chunk)) yield this.#record(from, record);
    } else {
      for (const line of direction.lines.lines(chunk)) yield this.#line(from, line);
    }
  }

  /** The unfinished piece at the end of a stream. */
  rest(from: Side): Buffer {
    const { tls, records, lines } = this.#directions[from];
    return tls === true ? records.rest() : lines.rest();
  }

  #line(from: Side, line: Buffer): Piece {
    const bytes = Buffer.concat([line, LF]);
    if (from === 'client') this.#encrypted ||= this.#directions.client.messages === 0 && isHello(line);
    const frame = this.#encrypted ? frameOf(line) : null;
    if (frame === null) return { kind: 'text', from, bytes, text: line.toString('utf8'), message: this.#next(from) };
    return { kind: 'frame', from, bytes, frame, message: frame.kind === 'MESSAGE' ? this.#next(from) : null };
  }

  #record(from: Side, bytes: Buffer): Piece {
    const direction = this.#directions[from];
    const isSealed = recordType(bytes) === RECORD_TYPE.applicationData;
    if (isSealed) direction.sealed += 1;
    const isMessage = isSealed && direction.sealed > SEALED_BEFORE_CHAT[from];
    return { kind: 'record', from, bytes, message: isMessage ? this.#next(from) : null };
  }

  #next(from: Side): number {
    return this.#directions[from].messages++;
  }
}

class Direction {
  readonly lines = new LineReader();
  readonly records = new RecordReader();
  tls: boolean | null = null;
  /** The number of encrypted TLS records so far. */
  sealed = 0;
  messages = 0;
}
