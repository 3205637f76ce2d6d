/** Links one client's connection to the relay with the matching connection to the server. */
import net from 'node:net';

import type { ConnectionTap, TapRecorder } from '../capture/tap.js';
import { LineTooLongError } from '../protocol/lines.js';
import { TokenFormatError } from '../protocol/token.js';
import { forward, type Attack, type Handler, type Move, type Piece } from './attack.js';
import type { Notes } from './notes.js';
import { PieceCutter } from './pieces.js';
import { RecordError } from '../protocol/tls-records.js';
import type { Deed } from './deed.js';
import { StepRecorder, type Step } from './step.js';
import { TooMuchWaitingError } from './waiting.js';
import { otherSide, type Side } from '../protocol/side.js';

export interface LinkOptions {
  readonly attack: Attack;
  /** Where the real server is. */
  readonly target: { readonly host: string; readonly port: number };
  /** A recorder for each side. The caller closes them. */
  readonly taps: Readonly<Record<Side, TapRecorder | null>>;
  /** Called for each piece that comes, before the attack handles it. `frame`: its frame in the capture of its side. */
  readonly onCame?: (piece: Piece, frame: number | null) => void;
  /** Called for everything that crosses the relay, in order. */
  readonly onStep?: (step: Step, sendings: readonly Sending[]) => void;
  /** Called for what came without its end, and was sent on when its side ended. */
  readonly onRest?: (rest: Rest) => void;
  /** Called when the client's connection is over, and why, if it ended before it began. */
  readonly onEnd?: (how: 'closed' | 'unreachable') => void;
}

/** A line or a record whose end never came. No attack sees it. */
export interface Rest {
  readonly from: Side;
  readonly bytes: Buffer;
  /** The frame in which its last bytes came, and the frame in which it was sent on. */
  readonly frames: { readonly came: number | null; readonly went: number | null };
  readonly isSent: boolean;
}

/** A piece that the attack sent, whole. */
export interface Sending {
  /** The piece that it was made from. null if the attack itself began to send. */
  readonly cause: Piece | null;
  readonly to: Side;
  readonly bytes: Buffer;
  readonly message: boolean;
  readonly deed: Deed;
  readonly frame: number | null;
  /** false if nothing was sent, because the connection to that side is closed. */
  readonly isSent: boolean;
}

/** Errors that the two sides can cause in the relay. They end the connection, and the attacker is not at fault. */
const THEIR_FAULTS = [LineTooLongError, RecordError, TokenFormatError, TooMuchWaitingError];

export class Link {
  readonly #options: LinkOptions;
  readonly #notes: Notes;
  readonly #cutter = new PieceCutter();
  readonly #sockets: Record<Side, net.Socket | null>;
  readonly #taps: Record<Side, ConnectionTap | null> = { client: null, server: null };
  /** The newest frame from each side. */
  readonly #newest: Record<Side, number | null> = { client: null, server: null };
  /** We do not read from these sides until the socket that is full has drained. */
  readonly #slowed = new Set<Side>();
  readonly #steps = new StepRecorder();
  #isCut = false;
  #over: () => void = () => undefined;
  /** While the attack handles a piece: the moves that it makes by `play`. They belong to that piece. */
  #played: Move[] | null = null;
  readonly ended: Promise<void>;

  constructor(options: LinkOptions, notes: Notes, client: net.Socket) {
    this.#options = options;
    this.#notes = notes;
    this.#sockets = { client, server: null };
    notes.connections += 1;
    this.ended = new Promise((resolve) => (this.#over = resolve));
    // After any error, 'close' follows, and we handle that.
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
      // The client left before the relay reached the server. Its 'close' event has already passed.
      if (client.destroyed) this.destroy();
    } catch {
      this.#options.onEnd?.('unreachable');
      this.destroy();
    }
  }

  readonly #play = (moves: readonly Move[]): void => {
    if (this.#played !== null) {
      this.#played.push(...moves);
      return;
    }
    this.#carryOutAll(moves, null, null);
    this.#notes.changed();
  };

  /**
   * The two sides are not our programs, and they may send anything. If nobody can parse it, or the attack fails on it,
   * only this connection ends.
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
      this.#newest[side] = frame;
      this.#read(side, bytes, frame, handler);
    });
    socket.on('end', () => {
      this.#taps[side]?.peerEnded();
      this.#sendRest(side);
      if (other() === null) this.#end(side);
      else this.#endAfter(side);
    });
    socket.on('close', () => {
      this.#taps[side]?.close();
      if (side === 'client' && !this.#isCut) this.#options.onEnd?.('closed');
      this.#endAfter(side);
      this.#notes.changed();
      if (other()?.closed !== false) this.#over();
    });
  }

  /** What this side sent without its end. */
  #sendRest(from: Side): void {
    const bytes = this.#cutter.rest(from);
    if (bytes.length === 0) return;
    const { frame, isSent } = this.#send(otherSide(from), bytes, from);
    this.#options.onRest?.({ from, bytes, frames: { came: this.#newest[from], went: frame }, isSent });
  }

  /** This side sends nothing more, so the other side is told. */
  #endAfter(side: Side): void {
    if (this.#isCut || this.#options.attack.keepsOpenAfter?.(side) !== true) this.#end(otherSide(side));
  }

  #read(side: Side, bytes: Buffer, frame: number | null, handler: Handler): void {
    if (this.#isCut) return;
    try {
      for (const piece of this.#cutter.pieces(side, bytes)) {
        if (this.#options.attack.afterwards !== undefined) this.#notes.record(piece);
        if (piece.message !== null) this.#notes.seen[side] += 1;
        this.#options.onCame?.(piece, frame);
        const moves = this.#handle(piece, handler);
        this.#notes.acted ||= !isMerelyPassing(moves, piece);
        this.#carryOutAll(moves, piece, frame);
        this.#notes.changed();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(piece: Piece, handler: Handler): readonly Move[] {
    const played: Move[] = [];
    this.#played = played;
    try {
      const moves = handler(piece);
      return played.length === 0 ? moves : [...played, ...moves];
    } finally {
      this.#played = null;
    }
  }

  /** @param cameIn the frame that contained `piece`. */
  #carryOutAll(moves: readonly Move[], piece: Piece | null, cameIn: number | null): void {
    const carriedOut = moves.map((move) => ({ move, ...this.#carryOut(move, piece?.from ?? null) }));
    // To understand something is no step: nothing crosses the wire.
    if (piece === null && moves.every(({ type }) => type === 'learn')) return;
    const step = this.#steps.step(piece, cameIn, carriedOut);
    this.#options.onStep?.(step, sendings(step, piece, carriedOut));
  }

  #carryOut(move: Move, cause: Side | null): CarriedOut {
    switch (move.type) {
      case 'send': {
        const done = this.#send(move.to, move.bytes, cause);
        if (move.message) this.#notes.delivered[move.to] += 1;
        return done;
      }
      case 'cut':
        this.#isCut = true;
        this.#notes.cut = true;
        this.#end('client');
        this.#end('server');
        return NOTHING_SENT;
      case 'end':
        this.#end(move.to);
        return NOTHING_SENT;
      case 'learn':
        this.#notes.learn(move);
        return NOTHING_SENT;
    }
  }

  /** If the attack itself starts to send: the side whose words it is probably sending on. */
  #speakerTo(to: Side): Side {
    return this.#sockets[otherSide(to)] === null ? to : otherSide(to);
  }

  /** If the socket is full, the side that caused this must wait. */
  #send(to: Side, bytes: Buffer, cause: Side | null): CarriedOut {
    const socket = this.#sockets[to];
    if (socket?.writable !== true) return NOTHING_SENT;
    const frame = this.#taps[to]?.sent(bytes) ?? null;
    if (!socket.write(bytes)) this.#slowDown(cause ?? this.#speakerTo(to), to);
    return { frame, isSent: true };
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

/** What came of a move. `frame` holds the bytes, if they were sent and recorded. */
interface CarriedOut {
  readonly frame: number | null;
  readonly isSent: boolean;
}
const NOTHING_SENT: CarriedOut = { frame: null, isSent: false };

/** The step names the deed of each sending, in the same order. */
function sendings(
  { sent }: Step,
  cause: Piece | null,
  carriedOut: readonly (CarriedOut & { readonly move: Move })[],
): readonly Sending[] {
  const moves = carriedOut.flatMap(({ move, ...done }) => (move.type === 'send' ? [{ ...move, ...done }] : []));
  return moves.map(({ to, bytes, message, frame, isSent }, index) => {
    return { cause, to, bytes, message, deed: sent[index]?.deed ?? 'added', frame, isSent };
  });
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

/** The addresses of both ends of a socket, if we have the role `us`. */
function endpoints(socket: net.Socket, us: Side): Parameters<TapRecorder['connection']>[0] {
  const local = { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
  const remote = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
  return us === 'client' ? { client: local, server: remote } : { client: remote, server: local };
}
