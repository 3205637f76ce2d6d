/** One end of a TLS connection, run by the attacker. It uses the pieces of the relay instead of a socket. */
import { Duplex } from 'node:stream';
import type tls from 'node:tls';

import { makeCertificate } from '../crypto/certificate.js';
import { VERSION } from '../protocol/frames.js';
import { LineReader } from '../protocol/lines.js';
import type { Piece, Wire } from './attack.js';
import { Waiting } from './waiting.js';
import type { Side } from '../protocol/side.js';

const OPTIONS = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3', ALPNProtocols: [VERSION] } as const;

export interface TlsEndEvents {
  /** A whole line came, without its LF. */
  readonly line: (text: string) => void;
  /** The other side said goodbye. */
  readonly end: () => void;
}

export class TlsEnd {
  readonly #relay: Wire;
  readonly #wire: Records;
  readonly #lines = new LineReader();
  readonly #said = new Waiting<string>();
  readonly #events: TlsEndEvents;
  #socket: tls.TLSSocket | null = null;
  #ended = false;

  /** The server that the client talks to, with the attacker's own certificate. */
  static async facingClient(wire: Wire, events: TlsEndEvents): Promise<TlsEnd> {
    const { createServer } = await import('node:tls');
    const { certificate, privateKey } = await makeCertificate();
    const end = new TlsEnd('client', wire, events);
    const server = createServer({ ...OPTIONS, cert: certificate, key: privateKey });
    server.on('tlsClientError', () => undefined);
    server.on('secureConnection', (socket) => {
      end.#talkOver(socket);
    });
    server.emit('connection', end.#wire);
    return end;
  }

  /** The client that talks to the server. It accepts any certificate. */
  static async facingServer(wire: Wire, events: TlsEndEvents): Promise<TlsEnd> {
    const { connect } = await import('node:tls');
    const end = new TlsEnd('server', wire, events);
    const socket = connect({ ...OPTIONS, socket: end.#wire, rejectUnauthorized: false });
    end.#talkOver(socket);
    return end;
  }

  private constructor(side: Side, wire: Wire, events: TlsEndEvents) {
    this.#relay = wire;
    this.#wire = new Records(side, wire);
    this.#events = events;
  }

  received(piece: Piece): void {
    this.#wire.push(piece.bytes);
  }

  /** Sends the text immediately, or after the handshake. @throws TooMuchWaitingError */
  say(text: string): void {
    if (this.#socket === null) {
      this.#said.add(text, Buffer.byteLength(text));
      return;
    }
    this.#wire.nextIsMessage = true;
    this.#socket.write(`${text}\n`);
  }

  goodbye(): void {
    this.#ended = true;
    this.#socket?.end();
  }

  #talkOver(socket: tls.TLSSocket): void {
    this.#socket = socket;
    // If this connection fails, the side that it faces reports it.
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      // No caller can catch an error here, such as a line that is too long.
      try {
        for (const line of this.#lines.lines(bytes)) this.#events.line(line.toString('utf8'));
      } catch (error) {
        this.#relay.fail(error);
      }
    });
    socket.on('end', () => {
      this.#events.end();
    });
    for (const text of this.#said.takeAll()) this.say(text);
    if (this.#ended) socket.end();
  }
}

/** Makes the relay look like a stream, so that TLS can run over it. */
class Records extends Duplex {
  readonly #side: Side;
  readonly #relay: Wire;
  nextIsMessage = false;

  constructor(side: Side, relay: Wire) {
    super();
    this.#side = side;
    this.#relay = relay;
  }

  override _read(): void {
    // Nothing to do: each piece is pushed when it comes.
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#relay.play([{ type: 'send', to: this.#side, bytes, message: this.nextIsMessage }]);
    this.nextIsMessage = false;
    done();
  }
}
