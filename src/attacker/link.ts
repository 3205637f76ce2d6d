/** One client's connection to the relay, and the one to the server that belongs to it. */
import net from 'node:net';

import type { ConnectionTap, TapRecorder } from '../capture/tap.js';
import { LineTooLongError } from '../protocol/lines.js';
import { TokenFormatError } from '../protocol/token.js';
import { forward, type Attack, type Handler, type Move, type Piece } from './attack.js';
import type { Notes } from './notes.js';
import { PieceCutter } from './pieces.js';
import { RecordError } from '../protocol/tls-records.js';
import { StepRecorder, type Step } from './step.js';
import { TooMuchWaitingError } from './waiting.js';
import { otherSide, type Side } from '../protocol/side.js';

export interface LinkOptions {
  readonly attack: Attack;
  /** Where the real server is. */
  readonly target: { readonly host: string; readonly port: number };
  /** A recorder for each side; they are the caller's to close. */
  readonly taps: Readonly<Record<Side, TapRecorder | null>>;
  /** Told of everything that crosses, in its order. */
  readonly onStep?: (step: Step) => void;
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
  readonly #steps = new StepRecorder();
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
    this.#carryOutAll(moves, null, null);
    this.#notes.changed();
  };

  /**
   * Neither side is ours: what nobody can make sense of, or what an attack stumbles over, ends this connection alone.
   */
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
      const frame = this.#taps[side]?.received(bytes) ?? null;
      this.#read(side, bytes, frame, handler);
    });
    socket.on('end', () => {
      this.#taps[side]?.peerEnded();
      const rest = this.#cutter.rest(side);
      if (rest.length > 0) this.#send(otherSide(side), rest, side);
      this.#end(other() === null ? side : otherSide(side));
    });
    socket.on('close', () => {
      this.#taps[side]?.close();
      this.#end(otherSide(side));
      this.#notes.changed();
    });
  }

  #read(side: Side, bytes: Buffer, frame: number | null, handler: Handler): void {
    if (this.#isCut) return;
    try {
      for (const piece of this.#cutter.pieces(side, bytes)) {
        if (this.#options.attack.afterwards !== undefined) this.#notes.record(piece);
        if (piece.message !== null) this.#notes.seen[side] += 1;
        const moves = handler(piece);
        this.#notes.acted ||= !isMerelyPassing(moves, piece);
        this.#carryOutAll(moves, piece, frame);
        this.#notes.changed();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param cameIn the frame that `piece` came in. */
  #carryOutAll(moves: readonly Move[], piece: Piece | null, cameIn: number | null): void {
    const carriedOut = moves.map((move) => ({ move, frame: this.#carryOut(move, piece?.from ?? null) }));
    this.#options.onStep?.(this.#steps.step(piece, cameIn, carriedOut));
  }

  /** The frame in which it was sent, if it was. */
  #carryOut(move: Move, cause: Side | null): number | null {
    switch (move.type) {
      case 'send': {
        const frame = this.#send(move.to, move.bytes, cause);
        if (move.message) this.#notes.delivered[move.to] += 1;
        return frame;
      }
      case 'cut':
        this.#isCut = true;
        this.#notes.cut = true;
        this.#end('client');
        this.#end('server');
        return null;
      case 'learn':
        this.#notes.learn(move);
        return null;
    }
  }

  /** Whose words an attack that speaks of itself is most likely handing on. */
  #speakerTo(to: Side): Side {
    return this.#sockets[otherSide(to)] === null ? to : otherSide(to);
  }

  /** The frame in which it stands. Where the socket takes no more, whoever caused it has to wait. */
  #send(to: Side, bytes: Buffer, cause: Side | null): number | null {
    const socket = this.#sockets[to];
    if (socket?.writable !== true) return null;
    const frame = this.#taps[to]?.sent(bytes) ?? null;
    if (!socket.write(bytes)) this.#slowDown(cause ?? this.#speakerTo(to), to);
    return frame;
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
  return (
    more.length === 0 &&
    only?.type === 'send' &&
    passing.type === 'send' &&
    only.to === passing.to &&
    only.bytes === piece.bytes
  );
}

/** A socket's two ends, where we are the one in the role of `us`. */
function endpoints(socket: net.Socket, us: Side): Parameters<TapRecorder['connection']>[0] {
  const local = { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
  const remote = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
  return us === 'client' ? { client: local, server: remote } : { client: remote, server: local };
}
