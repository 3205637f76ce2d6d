/**
 * Both directions of a connection, cut into pieces: lines of text, frames, or TLS records. Which of them it is shows in
 * the client's first bytes, to anybody.
 *
 * In TLS 1.3 the end of the handshake is sealed and looks like any other record. But it has its order: the client's first
 * sealed record is its Finished; the server's belong to the handshake until then, and the two that answer it are session
 * tickets (RFC 8446, section 4.6.1; two is what OpenSSL sends).
 */
import { FrameError, isHello, parseFrame } from '../protocol/frames.js';
import { LineReader } from '../protocol/lines.js';
import type { Piece, Side } from './attack.js';
import { RECORD_TYPE, RecordReader, looksLikeTls, recordType } from './tls-records.js';

const LF = Buffer.from('\n');
const SESSION_TICKETS = 2;

export class PieceCutter {
  readonly #directions = { client: new Direction(), server: new Direction() };
  #encrypted = false;
  readonly #tls = { finished: false, tickets: 0 };

  /** @throws LineTooLongError or RecordError: there is no next piece to wait for. */
  *pieces(from: Side, chunk: Buffer): Generator<Piece, void, void> {
    const direction = this.#directions[from];
    direction.tls ??= looksLikeTls(chunk);
    if (direction.tls) {
      for (const record of direction.records.records(chunk)) yield this.#record(from, record);
    } else {
      for (const line of direction.lines.lines(chunk)) yield this.#line(from, line);
    }
  }

  /** What a stream left unfinished at its end. */
  rest(from: Side): Buffer {
    const { tls, records, lines } = this.#directions[from];
    return tls === true ? records.rest() : lines.rest();
  }

  #line(from: Side, line: Buffer): Piece {
    const bytes = Buffer.concat([line, LF]);
    if (from === 'client') this.#encrypted ||= this.#directions.client.messages === 0 && isHello(line);
    const frame = this.#encrypted ? frameIn(line) : null;
    if (frame === null) return { kind: 'text', from, bytes, text: line.toString('utf8'), message: this.#next(from) };
    return { kind: 'frame', from, bytes, frame, message: frame.kind === 'MESSAGE' ? this.#next(from) : null };
  }

  #record(from: Side, bytes: Buffer): Piece {
    const sealed = recordType(bytes) === RECORD_TYPE.applicationData;
    return { kind: 'record', from, bytes, message: sealed && !this.#isOfHandshake(from) ? this.#next(from) : null };
  }

  /** Of a sealed record, the next of its side. */
  #isOfHandshake(from: Side): boolean {
    const handshake = this.#tls;
    if (from === 'server') return !handshake.finished || handshake.tickets++ < SESSION_TICKETS;
    if (handshake.finished) return false;
    handshake.finished = true;
    return true;
  }

  #next(from: Side): number {
    return this.#directions[from].messages++;
  }
}

class Direction {
  readonly lines = new LineReader();
  readonly records = new RecordReader();
  tls: boolean | null = null;
  messages = 0;
}

function frameIn(line: Buffer): ReturnType<typeof parseFrame> | null {
  try {
    return parseFrame(line);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}
