/**
 * The relay: a client connects to it, it connects to the server, and an attack decides what is sent on.
 *
 * It records both sides, because an attack can make the server receive something different from what the client sent.
 */
import net from 'node:net';

import type { Move } from './attack.js';
import { Link, type LinkOptions } from './link.js';
import { Notes, type RelayReport } from './notes.js';

const LOOPBACK = '127.0.0.1';

/**
 * The most connections at the same time. Further ones are closed immediately. One chat needs one connection, and a room
 * holds few people.
 */
const MOST_CONNECTIONS = 64;

export interface RelayOptions extends LinkOptions {
  /** The port to listen on, on the loopback interface. 0 means any free port. */
  readonly port: number;
  /** Whether the target may be on another machine. */
  readonly beyondLoopback: boolean;
  /** Called when something in {@link RelayReport} has changed. */
  readonly onChange: () => void;
}

export interface Relay {
  readonly port: number;
  readonly report: RelayReport;
  /** Carries out the moves that an attack makes after the chat. */
  play(moves: readonly Move[]): void;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** The relay refuses the request, or cannot listen. */
class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal';
}

/**
 * @throws RelayRefusal if the target is not a loopback address and `beyondLoopback` is false, or if the port is taken.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { target, beyondLoopback } = options;
  if (!beyondLoopback && !isLoopback(target.host)) {
    throw new RelayRefusal(
      `Cannot relay to ${target.host}: it is not a loopback address, and an attack is only right if everyone has agreed to it; if they have, give --attack-another-machine`,
    );
  }
  const notes = new Notes(options.onChange);
  const links = new Set<Link>();
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    const link = new Link(options, notes, socket);
    links.add(link);
    void link.ended.then(() => links.delete(link));
  });
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new RelayRefusal(`Cannot listen on ${LOOPBACK}:${options.port}: ${describeListenError(error)}`));
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

function describeListenError({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return 'another program listens there; choose another --port, or 0 for any free port';
  if (code === 'EACCES') return 'permission denied; choose a --port from 1024 on';
  return message;
}
