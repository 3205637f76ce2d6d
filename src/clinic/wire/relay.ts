/**
 * The relay between the two programs. Unlike the one of `attacker/`, it knows nothing of what crosses: it passes on
 * bytes, and a {@link Treatment} may hold them, change them, or send others.
 *
 * It ends its connections so that the server’s port is free again at once: a server that ended a connection itself
 * would otherwise block its own port for a minute, and most servers of beginners do not ask to use it again.
 */
import net from 'node:net';

import type { ConnectionTap, Endpoints, TapRecorder } from '../../capture/tap.js';
import { otherSide, SIDES, type Side } from '../../protocol/side.js';
import { SocksDoor } from './socks.js';
import type { Chunk, Control, Treatment } from './treatment.js';

export interface RelayOptions {
  /** The port to listen on. 0: any free one. */
  readonly port: number;
  readonly target: () => { readonly host: string; readonly port: number };
  readonly treatment: Treatment;
  /** A recorder for each half of the wire. */
  readonly taps: Readonly<Record<Side, TapRecorder | null>>;
  readonly onChange: () => void;
}

/** Bytes that the relay sent. */
export interface Sent {
  readonly link: number;
  readonly to: Side;
  readonly bytes: Buffer;
  /** In milliseconds since the run began. */
  readonly at: number;
  readonly frame: number | null;
}

/** How a connection ended, as the relay saw it: who ended its half first, and whether it was reset. */
export interface LinkEnd {
  readonly link: number;
  readonly by: Side | 'relay';
  readonly how: 'end' | 'reset' | 'unreachable';
  readonly at: number;
}

/** What is kept of a run. Above it, bytes still cross, and `unkept` counts them. */
const MOST_KEPT_BYTES = 16 * 2 ** 20;
const MOST_KEPT_PIECES = 400_000;
/** One chat has one connection, a hub two. A program that opens more without end is stopped here. */
const MOST_LINKS = 16;
const LOOPBACK = '127.0.0.1';

export class WireRelay implements Control {
  readonly came: Chunk[] = [];
  readonly sent: Sent[] = [];
  readonly ends: LinkEnd[] = [];
  unkept = 0;
  /** When something crossed last, by `performance.now()`. */
  lastAt = 0;
  readonly #options: RelayOptions;
  readonly #began = performance.now();
  readonly #links: Link[] = [];
  readonly #server: net.Server;
  #door: SocksDoor | null = null;
  #treatment: Treatment;
  #keptBytes = 0;
  #chunks = 0;

  /** Resolves when it listens. @throws Error if the port is taken. */
  static async start(options: RelayOptions): Promise<WireRelay> {
    const relay = new WireRelay(options);
    await new Promise<void>((resolve, reject) => {
      relay.#server.once('error', reject).listen(options.port, LOOPBACK, resolve);
    });
    return relay;
  }

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#treatment = options.treatment;
    this.#server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.#attend(socket);
    });
    this.#server.maxConnections = MOST_LINKS;
  }

  get port(): number {
    return (this.#server.address() as net.AddressInfo).port;
  }

  get connections(): number {
    return this.#links.length;
  }

  /** Bytes that wait to be sent, in both directions. */
  get waiting(): number {
    return this.#links.reduce((sum, link) => sum + link.waiting, 0);
  }

  /** From now on, what comes is treated in another way. */
  treat(treatment: Treatment): void {
    this.#treatment = treatment;
  }

  send(link: number, to: Side, bytes: Uint8Array, afterMs = 0): void {
    this.#links[link]?.queue(to, Buffer.from(bytes), afterMs);
  }

  end(link: number, to: Side): void {
    this.#links[link]?.queue(to, null, 0);
  }

  reset(link: number): void {
    this.#links[link]?.reset('relay', 'reset');
  }

  /**
   * Also takes connections through a SOCKS proxy, if they are for `wanted`. Returns the port of the proxy.
   *
   * @param onUse called when a connection came that way.
   */
  async openProxy(wanted: () => number, onUse: () => void): Promise<number> {
    this.#door = await SocksDoor.open({
      port: wanted,
      accept: (client) => {
        onUse();
        this.#attend(client);
      },
    });
    return this.#door.port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const link of this.#links) link.reset('relay', 'reset');
    await this.#door?.close();
    await closed;
  }

  now(): number {
    return performance.now() - this.#began;
  }

  #attend(client: net.Socket): void {
    const number = this.#links.length;
    const link: Link = new Link(client, this.#options, {
      came: (from, bytes, frame) => {
        const chunk = { number: this.#chunks, link: number, from, bytes, at: this.now(), frame };
        this.#chunks += 1;
        this.#keep(this.came, chunk);
        this.#treatment.came(chunk, this);
        this.#changed();
      },
      sent: (to, bytes, frame) => {
        this.#keep(this.sent, { link: number, to, bytes, at: this.now(), frame });
        this.#changed();
      },
      ended: (by, how) => {
        this.ends.push({ link: number, by, how, at: this.now() });
        this.#changed();
      },
    });
    this.#links.push(link);
    this.#changed();
    void link.begin();
  }

  #keep<Piece extends { readonly bytes: Buffer }>(list: Piece[], piece: Piece): void {
    if (list.length >= MOST_KEPT_PIECES || this.#keptBytes + piece.bytes.length > MOST_KEPT_BYTES) {
      this.unkept += piece.bytes.length;
      return;
    }
    this.#keptBytes += piece.bytes.length;
    list.push(piece);
  }

  #changed(): void {
    this.lastAt = performance.now();
    this.#options.onChange();
  }
}

interface LinkWatcher {
  readonly came: (from: Side, bytes: Buffer, frame: number | null) => void;
  readonly sent: (to: Side, bytes: Buffer, frame: number | null) => void;
  readonly ended: (by: Side | 'relay', how: LinkEnd['how']) => void;
}

/** What waits to be sent to one side. null: the end. */
interface Waiting {
  readonly bytes: Buffer | null;
  readonly afterMs: number;
}

/** Above so many waiting bytes, the relay does not read from the side that sends them. */
const MOST_WAITING = 4 * 2 ** 20;

/** One connection of a client, and the one to the server that belongs to it. */
class Link {
  readonly #options: RelayOptions;
  readonly #watcher: LinkWatcher;
  readonly #sockets: Record<Side, net.Socket | null>;
  readonly #taps: Record<Side, ConnectionTap | null> = { client: null, server: null };
  readonly #queues: Readonly<Record<Side, Waiting[]>> = { client: [], server: [] };
  readonly #timers: Record<Side, NodeJS.Timeout | null> = { client: null, server: null };
  readonly #lastSent: Record<Side, number> = { client: 0, server: 0 };
  /** The side that ended its half first. */
  #endedFirst: Side | null = null;
  #over = false;
  waiting = 0;

  constructor(client: net.Socket, options: RelayOptions, watcher: LinkWatcher) {
    this.#options = options;
    this.#watcher = watcher;
    this.#sockets = { client, server: null };
    client.on('error', () => {
      this.reset('client', 'reset');
    });
    this.#taps.client = options.taps.client?.connection(endpoints(client, 'server'), 'server') ?? null;
  }

  async begin(): Promise<void> {
    const { host, port } = this.#options.target();
    const server = net.connect({ host, port, allowHalfOpen: true });
    this.#sockets.server = server;
    const connected = await new Promise<boolean>((resolve) => {
      server.once('connect', () => {
        resolve(true);
      });
      server.once('error', () => {
        resolve(false);
      });
    });
    if (!connected || this.#over) {
      this.reset('relay', 'unreachable');
      return;
    }
    server.on('error', () => {
      this.reset('server', 'reset');
    });
    this.#taps.server = this.#options.taps.server?.connection(endpoints(server, 'client'), 'client') ?? null;
    for (const side of SIDES) this.#attend(side);
  }

  /** Puts something behind all that waits for this side. */
  queue(to: Side, bytes: Buffer | null, afterMs: number): void {
    if (this.#over) return;
    this.#queues[to].push({ bytes, afterMs });
    this.waiting += bytes?.length ?? 0;
    if (this.waiting > MOST_WAITING) this.#sockets[otherSide(to)]?.pause();
    this.#flush(to);
  }

  reset(by: Side | 'relay', how: LinkEnd['how']): void {
    if (this.#over) return;
    this.#over = true;
    // Nothing of it will be sent any more.
    this.waiting = 0;
    for (const side of SIDES) {
      clearTimeout(this.#timers[side] ?? undefined);
      this.#taps[side]?.reset(by === side ? 'peer' : 'us');
      this.#sockets[side]?.resetAndDestroy();
    }
    this.#watcher.ended(by, how);
  }

  #attend(side: Side): void {
    const socket = this.#sockets[side];
    if (socket === null) return;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#watcher.came(side, bytes, this.#taps[side]?.received(bytes) ?? null);
    });
    socket.on('end', () => {
      this.#taps[side]?.peerEnded();
      this.#endedFirst ??= side;
      this.#watcher.ended(side, 'end');
      this.queue(otherSide(side), null, 0);
    });
    socket.on('close', () => {
      if (!this.#over && this.#sockets[otherSide(side)]?.destroyed === true) this.#over = true;
    });
    socket.resume();
  }

  #flush(to: Side): void {
    if (this.#timers[to] !== null) return;
    const queue = this.#queues[to];
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      const wait = this.#lastSent[to] + next.afterMs - performance.now();
      if (wait > 0) {
        this.#timers[to] = setTimeout(() => {
          this.#timers[to] = null;
          this.#flush(to);
        }, wait);
        return;
      }
      queue.shift();
      this.waiting -= next.bytes?.length ?? 0;
      this.#carryOut(to, next.bytes);
    }
    if (this.waiting === 0) this.#sockets[otherSide(to)]?.resume();
  }

  #carryOut(to: Side, bytes: Buffer | null): void {
    const socket = this.#sockets[to];
    if (socket?.writable !== true) return;
    this.#lastSent[to] = performance.now();
    if (bytes !== null) {
      socket.write(bytes);
      this.#watcher.sent(to, bytes, this.#taps[to]?.sent(bytes) ?? null);
      return;
    }
    // A server that has ended first gets a reset as the answer, so that its port is free at once.
    if (to === 'server' && this.#endedFirst === 'server') {
      this.#taps.server?.reset('us');
      socket.resetAndDestroy();
      return;
    }
    this.#taps[to]?.ended();
    socket.end();
  }
}

/** The addresses of both ends of a socket, if we have the role `us`. */
function endpoints(socket: net.Socket, us: Side): Endpoints {
  const local = { address: socket.localAddress ?? LOOPBACK, port: socket.localPort ?? 0 };
  const remote = { address: socket.remoteAddress ?? LOOPBACK, port: socket.remotePort ?? 0 };
  return us === 'client' ? { client: local, server: remote } : { client: remote, server: local };
}
