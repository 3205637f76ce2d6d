/** One client's connection to the relay, and the one to the server that belongs to it. */
import net from 'node:net';

import type { ConnectionTap, TapRecorder } from '../capture/tap.js';
import { LineTooLongError } from '../protocol/lines.js';
import { TokenFormatError } from '../protocol/token.js';
import { forward, otherSide, type Attack, type Handler, type Move, type Piece, type Side } from './attack.js';
import type { Notes } from './notes.js';
import { PieceCutter } from './pieces.js';
import { RecordError } from '../protocol/tls-records.js';
import { TooMuchWaitingError } from './waiting.js';

export interface LinkOptions {
  readonly attack: Attack;
  /** Where the real server is. */
  readonly target: { readonly host: string; readonly port: number };
  /** A recorder for each side; they are the caller's to close. */
  readonly taps: Readonly<Record<Side, TapRecorder | null>>;
}

/** What the two sides can do to the relay: it ends their connection, and is no fault of the attacker's. */
const THEIR_FAULTS = [LineTooLongError, RecordError, TokenFormatError, TooMuchWaitingError];

export class Link {
  readonly #options: LinkOptions;
  readonly #notes: Notes;
  readonly #cutter = new PieceCutter();
  readonly #sockets: Record<Side, net.Socket | null>;
  readonly #taps: Record<Side, ConnectionTap | null> = { client: null, server: null };
  /** Sides that are not read from until the other one, or they themselves, have taken what was sent. */
  readonly #slowed = new Set<Side>();
  #isCut = false;
  readonly ended: Promise<void>;

  constructor(options: LinkOptions, notes: Notes, client: net.Socket) {
    this.#options = options;
    this.#notes = notes;
    this.#sockets = { client, server: null };
    notes.connections += 1;
    this.ended = new Promise((resolve) => client.on('close', resolve));
    // Whatever is wrong with a socket, its 'close' follows and is what counts.
    client.on('error', () => undefined);
    this.#taps.client = options.taps.client?.connection(endpoints(client, 'server'), 'server') ?? null;
    void this.#begin(client);
  }

  destroy(): void {
    this.#sockets.client?.destroy();
    this.#sockets.server?.destroy();
  }

  async #begin(client: net.Socket): Promise<void> {
    const { attack, taps } = this.#options;
    try {
      const handler = attack.start({ play: this.#play, fail: this.#fail });
      if (attack.instead === undefined) {
        const server = await this.#dial();
        this.#taps.server = taps.server?.connection(endpoints(server, 'client'), 'client') ?? null;
        this.#attend('server', server, handler);
      }
      this.#attend('client', client, handler);
      // Gone before the server was reached: its 'close' has come and will not come again.
      if (client.destroyed) this.destroy();
    } catch {
      // The server is not to be had.
      this.destroy();
    }
  }

  readonly #play = (moves: readonly Move[]): void => {
    for (const move of moves) this.#carryOut(move, null);
    this.#notes.changed();
  };

  /** Neither side is ours: what nobody can make sense of, or what an attack stumbles over, ends this connection alone. */
  readonly #fail = (error: unknown): void => {
    if (!THEIR_FAULTS.some((kind) => error instanceof kind)) {
      this.#notes.problem = error instanceof Error ? error.message : String(error);
    }
    this.destroy();
    this.#notes.changed();
  };

  #dial(): Promise<net.Socket> {
    const { host, port } = this.#options.target;
    const server = net.connect({ host, port, allowHalfOpen: true });
    this.#sockets.server = server;
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.once('connect', () => {
        resolve(server);
      });
    });
  }

  #attend(side: Side, socket: net.Socket, handler: Handler): void {
    const other = (): net.Socket | null => this.#sockets[otherSide(side)];
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#taps[side]?.received(bytes);
      this.#read(side, bytes, handler);
    });
    socket.on('end', () => {
      this.#taps[side]?.peerEnded();
      const rest = this.#cutter.rest(side);
      if (rest.length > 0) this.#send(otherSide(side), rest);
      this.#end(other() === null ? side : otherSide(side));
    });
    socket.on('close', () => {
      this.#taps[side]?.close();
      this.#end(otherSide(side));
      this.#notes.changed();
    });
  }

  #read(side: Side, bytes: Buffer, handler: Handler): void {
    if (this.#isCut) return;
    try {
      for (const piece of this.#cutter.pieces(side, bytes)) {
        if (this.#options.attack.afterwards !== undefined) this.#notes.record(piece);
        if (piece.message !== null) this.#notes.seen[side] += 1;
        const moves = handler(piece);
        this.#notes.acted ||= !isMerelyPassing(moves, piece);
        for (const move of moves) this.#carryOut(move, side);
        this.#notes.changed();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #carryOut(move: Move, cause: Side | null): void {
    switch (move.type) {
      case 'send':
        if (!this.#send(move.to, move.bytes)) this.#slowDown(cause ?? this.#speakerTo(move.to), move.to);
        if (move.message) this.#notes.delivered[move.to] += 1;
        return;
      case 'cut':
        this.#isCut = true;
        this.#notes.cut = true;
        this.#end('client');
        this.#end('server');
        return;
      case 'learn':
        this.#notes.learn(move);
    }
  }

  /** Whose words an attack that speaks of itself is most likely handing on. */
  #speakerTo(to: Side): Side {
    return this.#sockets[otherSide(to)] === null ? to : otherSide(to);
  }

  /** Whether the socket takes more at once. */
  #send(to: Side, bytes: Buffer): boolean {
    const socket = this.#sockets[to];
    if (socket?.writable !== true) return true;
    this.#taps[to]?.sent(bytes);
    return socket.write(bytes);
  }

  #slowDown(cause: Side, full: Side): void {
    if (this.#slowed.has(cause)) return;
    this.#slowed.add(cause);
    this.#sockets[cause]?.pause();
    this.#sockets[full]?.once('drain', () => {
      this.#slowed.delete(cause);
      this.#sockets[cause]?.resume();
    });
  }

  #end(side: Side): void {
    const socket = this.#sockets[side];
    if (socket?.writable !== true) return;
    socket.end();
    this.#taps[side]?.ended();
  }
}

function isMerelyPassing(moves: readonly Move[], piece: Piece): boolean {
  const [only, ...more] = moves;
  const passing = forward(piece);
  return more.length === 0 && only?.type === 'send' && passing.type === 'send' && only.to === passing.to && only.bytes === piece.bytes;
}

/** A socket's two ends, where we are the one in the role of `us`. */
function endpoints(socket: net.Socket, us: Side): Parameters<TapRecorder['connection']>[0] {
  const local = { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
  const remote = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
  return us === 'client' ? { client: local, server: remote } : { client: remote, server: local };
}
