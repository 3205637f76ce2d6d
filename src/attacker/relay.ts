/**
 * The relay: a client connects to it, it connects to the server, and an attack decides what crosses.
 *
 * It records both of its sides, since what the client sent and what the server received may differ: that is the attack.
 */
import net from 'node:net';

import type { ConnectionTap, TapRecorder } from '../capture/tap.js';
import { LineTooLongError } from '../protocol/lines.js';
import { TokenFormatError } from '../protocol/token.js';
import { forward, otherSide, type Attack, type Handler, type Move, type Piece, type Side } from './attack.js';
import { PieceCutter } from './pieces.js';
import { RecordError } from './tls-records.js';

const LOOPBACK = '127.0.0.1';

/** Pieces that are kept of a connection, for attacks that come back to them later; and their bytes in all. */
const MOST_RECORDED = { pieces: 10_000, bytes: 16 * 1024 * 1024 } as const;

export interface RelayOptions {
  readonly attack: Attack;
  /** Where the real server is. */
  readonly target: { readonly host: string; readonly port: number };
  /** Where to listen, on the loopback interface; 0 takes any free port. */
  readonly port: number;
  /** Whether the target may be another machine's address. */
  readonly beyondLoopback: boolean;
  /** A recorder for each side; they are the caller's to close. */
  readonly taps: Readonly<Record<Side, TapRecorder | null>>;
  /** Something in {@link RelayReport} has changed. */
  readonly onChange: () => void;
}

/** What the attacker has seen and done so far. */
export interface RelayReport {
  readonly connections: number;
  /** Messages that came from each side. */
  readonly seen: Readonly<Record<Side, number>>;
  /** Messages that were sent to each side. */
  readonly delivered: Readonly<Record<Side, number>>;
  /** Whether the attack did anything else than to pass on what came. */
  readonly acted: boolean;
  readonly cut: boolean;
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
  readonly recorded: readonly Piece[];
}

export interface Relay {
  readonly port: number;
  readonly report: RelayReport;
  /** Carries out what an attack has to say afterwards. */
  play(moves: readonly Move[]): void;
  /** Cuts what is still connected. */
  close(): Promise<void>;
}

/** The relay was asked for something that it does not do, or cannot listen. */
class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal';
}

/** @throws RelayRefusal where the target is no loopback address and nobody said that it may be another, or the port is taken. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { target, beyondLoopback } = options;
  if (!beyondLoopback && !isLoopback(target.host)) {
    throw new RelayRefusal(
      `Cannot relay to ${target.host}: it is no loopback address, and reading along is only right where everybody agreed; --attack-another-machine says that they did`,
    );
  }
  const notes = new Notes(options.onChange);
  const links = new Set<Link>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const link = new Link(options, notes, socket);
    links.add(link);
    void link.ended.then(() => links.delete(link));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new RelayRefusal(`Cannot listen on ${LOOPBACK}:${options.port}: ${error.code ?? error.message}`));
    });
    server.listen(options.port, LOOPBACK, resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    report: notes,
    play: (moves) => {
      for (const move of moves) if (move.type === 'learn') notes.learn(move);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const link of links) link.destroy();
      await closed;
    },
  };
}

/** 127.0.0.0/8 and ::1, and the name for them. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (net.isIPv4(host) && host.startsWith('127.'));
}

class Notes implements RelayReport {
  connections = 0;
  readonly seen = { client: 0, server: 0 };
  readonly delivered = { client: 0, server: 0 };
  acted = false;
  cut = false;
  readonly learned: { readonly from: Side; readonly text: string }[] = [];
  readonly recorded: Piece[] = [];
  #recordedBytes = 0;
  readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  learn({ from, text }: { readonly from: Side; readonly text: string }): void {
    this.acted = true;
    if (this.learned.length < MOST_RECORDED.pieces) this.learned.push({ from, text });
  }

  record(piece: Piece): void {
    if (this.recorded.length >= MOST_RECORDED.pieces || this.#recordedBytes + piece.bytes.length > MOST_RECORDED.bytes) return;
    this.#recordedBytes += piece.bytes.length;
    this.recorded.push(piece);
  }
}

/** One client's connection, and the one to the server that belongs to it. */
class Link {
  readonly #options: RelayOptions;
  readonly #notes: Notes;
  readonly #cutter = new PieceCutter();
  readonly #sockets: Record<Side, net.Socket | null>;
  readonly #taps: Record<Side, ConnectionTap | null> = { client: null, server: null };
  readonly ended: Promise<void>;

  constructor(options: RelayOptions, notes: Notes, client: net.Socket) {
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
    const play = (moves: readonly Move[]): void => {
      for (const move of moves) this.#carryOut(move, null);
      this.#notes.changed();
    };
    try {
      const handler = attack.start({ play });
      if (attack.instead === undefined) {
        const server = await this.#dial();
        this.#taps.server = taps.server?.connection(endpoints(server, 'client'), 'client') ?? null;
        this.#attend('server', server, handler);
      }
      this.#attend('client', client, handler);
    } catch {
      // The server is not to be had, or the client is gone again.
      this.destroy();
    }
  }

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
    if (this.#notes.cut) return;
    try {
      for (const piece of this.#cutter.pieces(side, bytes)) {
        this.#notes.record(piece);
        if (piece.message !== null) this.#notes.seen[side] += 1;
        const moves = handler(piece);
        this.#notes.acted ||= !isMerelyPassing(moves, piece);
        for (const move of moves) this.#carryOut(move, side);
        this.#notes.changed();
      }
    } catch (error) {
      // Neither side is ours: what no reader can make sense of ends the connection, not the program.
      if (!(error instanceof LineTooLongError || error instanceof RecordError || error instanceof TokenFormatError)) throw error;
      this.destroy();
    }
  }

  #carryOut(move: Move, cause: Side | null): void {
    switch (move.type) {
      case 'send':
        if (!this.#send(move.to, move.bytes) && cause !== null) this.#slowDown(cause, move.to);
        if (move.message) this.#notes.delivered[move.to] += 1;
        return;
      case 'cut':
        this.#notes.cut = true;
        this.#end('client');
        this.#end('server');
        return;
      case 'learn':
        this.#notes.learn(move);
    }
  }

  /** Whether the socket takes more at once. */
  #send(to: Side, bytes: Buffer): boolean {
    const socket = this.#sockets[to];
    if (socket?.writable !== true) return true;
    this.#taps[to]?.sent(bytes);
    return socket.write(bytes);
  }

  #slowDown(cause: Side, full: Side): void {
    this.#sockets[cause]?.pause();
    this.#sockets[full]?.once('drain', () => this.#sockets[cause]?.resume());
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
