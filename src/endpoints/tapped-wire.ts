/**
 * The TCP connection under TLS, as a stream that TLS runs over. The tap hears everything that crosses it. What comes in
 * reaches TLS only when we know that it is TLS.
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import type { ConnectionTap } from '../capture/tap.js';
import { RECORD_TYPE, RecordReader, recordType } from '../protocol/tls-records.js';
import { CLOSING_LIMIT_MS } from './limits.js';
import type { SealedRecords } from './sealed-records.js';

/** Whether all that has come so far is TLS. Null while we do not know yet. If false, nothing more is let through. */
type Gate = (first: Buffer) => boolean | null;

export interface Watchers {
  readonly tap: ConnectionTap | null;
  readonly records: { readonly received: SealedRecords; readonly sent: SealedRecords } | null;
}

export class TappedWire extends Duplex {
  readonly #tcp: Socket;
  readonly #tap: ConnectionTap | null;
  readonly records: Watchers['records'];
  /** Whether all that came has been read. */
  isAtEnd = false;
  readonly tcpClosed: Promise<void>;

  readonly #gate: Gate;
  /** What has come before we knew whether it is TLS; null when we know that it is. */
  #waiting: Buffer | null = Buffer.alloc(0);
  /** What TLS has sealed while it is to wait; null where it goes out at once. */
  #held: Buffer[] | null = null;

  /** @param records hear what crosses; null where nobody wants to see it. */
  constructor(tcp: Socket, { tap, records }: Watchers, gate: Gate) {
    super();
    this.records = records;
    this.#tcp = tcp;
    this.#tap = tap;
    this.#gate = gate;
    tcp.setNoDelay(true);
    tcp.on('data', (bytes: Buffer) => {
      tap?.received(bytes);
      records?.received.crossed(bytes);
      this.#admit(bytes);
    });
    tcp.on('end', () => {
      tap?.peerEnded();
      // Where it is too short to decide, TLS itself refuses it.
      if (this.#waiting !== null) this.#letThrough(this.#waiting);
      if (!this.destroyed) this.push(null);
    });
    tcp.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') tap?.reset('peer');
      this.destroy(error);
    });
    this.tcpClosed = new Promise((resolve) => {
      tcp.on('close', () => {
        tap?.close();
        this.destroy();
        resolve();
      });
    });
    // The tap hears it before TLS does.
    this.once('end', () => {
      this.isAtEnd = true;
    });
  }

  /**
   * What TLS seals from now on waits for `release`. A client's ClientHello is not sealed, so all that waits is its last
   * word of the handshake and what follows: it is not in TLS until then.
   */
  holdSealed(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = null;
    if (held.length > 0) this.#send(Buffer.concat(held), () => undefined);
  }

  /** Sends this on the TCP connection, instead of anything that TLS would send, and closes it. */
  sayInstead(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#tap?.sent(bytes);
    this.#tcp.write(bytes);
    this.destroy();
  }

  #admit(bytes: Buffer): void {
    if (this.destroyed) return;
    if (this.#waiting === null) {
      this.#letThrough(bytes);
      return;
    }
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    const isTls = this.#gate(this.#waiting);
    if (isTls === true) this.#letThrough(this.#waiting);
    else if (isTls === false) this.destroy();
  }

  #letThrough(bytes: Buffer): void {
    this.#waiting = null;
    if (!this.destroyed && bytes.length > 0 && !this.push(bytes)) this.#tcp.pause();
  }

  override _read(): void {
    this.#tcp.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#held === null || !holdsSealed(bytes)) {
      this.#send(bytes, done);
      return;
    }
    this.#held.push(bytes);
    done();
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    this.#tap?.sent(bytes);
    this.records?.sent.crossed(bytes);
    this.#tcp.write(bytes, done);
  }

  /** What TLS sends together goes out in one write, as it would without a tap. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#tap?.ended();
    this.#tcp.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error === null) this.#tap?.ended();
    // TLS has ended, but the TCP connection has not: an alert may still be on its way out, and the other side's end on
    // its way in.
    if (error === null && !this.#tcp.readableEnded) {
      this.#tcp.end();
      this.#tcp.resume();
      const limit = setTimeout(() => this.#tcp.destroy(), CLOSING_LIMIT_MS);
      this.#tcp.once('close', () => {
        clearTimeout(limit);
      });
    } else {
      this.#tcp.destroySoon();
    }
    done(error);
  }
}

function holdsSealed(bytes: Buffer): boolean {
  return Array.from(new RecordReader().records(bytes), recordType).includes(RECORD_TYPE.applicationData);
}
