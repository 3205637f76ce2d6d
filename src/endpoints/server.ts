/**
 * The server's chair: listens, lets one client at a time sit down opposite, and turns away whoever comes meanwhile.
 *
 * A connection takes the seat when its handshake is done, not when it is opened: somebody who connects and says nothing,
 * or noise, keeps nobody waiting. Several may be at their handshake at once, up to a bound.
 */
import net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import type { Certificate } from '../crypto/certificate.js';
import { formatKeyLogLine } from '../protocol/keylog.js';
import type { Session } from '../session/session.js';
import { printable, printableBytes } from '../printable.js';
import { drive, type Chat, type Line } from './driver.js';
import { EndpointError, describeSystemError } from './endpoint-error.js';
import { showFingerprint } from './show-fingerprint.js';
import type { KeyLogFile } from './key-log-file.js';
import type { Person } from './person.js';
import type { acceptTls } from './tls.js';
import { onInterrupt } from './interrupt.js';

const MOST_HANDSHAKES = 8;

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** For the person: `plaintext`, `encrypted` or `tls`. */
  readonly mode: string;
  /** In tls mode: who we are. Absent in the other modes. */
  readonly tls?: Certificate;
  readonly newSession: () => Session;
  /** Whether to wait for the next client after a chat. */
  readonly keepOpen: boolean;
  readonly person: Person;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
}

/**
 * Serves until a chat has ended (with `keepOpen`, until interrupted) and tells whether it ended properly.
 *
 * @throws EndpointError where it cannot listen.
 */
export async function serve(options: ServeOptions): Promise<boolean> {
  const { person } = options;
  const server = await listen(options);
  const address = addressText(server.address() as net.AddressInfo);
  // node:tls takes its time to load, and only one of the modes needs it.
  const secure = options.tls === undefined ? null : (await import('./tls.js')).acceptTls;
  person.show(`server started on ${address} in ${options.mode} mode; waiting for a client`);
  // Before anybody comes, so that a client can be told it another way, to pin it.
  if (options.tls !== undefined) showFingerprint(person, 'server', options.tls.fingerprint);
  return new Promise((resolve) => {
    let last = !options.keepOpen;
    const room = new Room(options, secure, (properly) => {
      if (last) stop(properly);
    });
    const stop = (properly: boolean): void => {
      offInterrupt();
      server.close(() => {
        resolve(properly);
      });
      room.clear();
    };
    const offInterrupt = onInterrupt(() => {
      last = true;
      if (!room.leave()) stop(true);
    });
    server.on('connection', (socket) => {
      void room.arrive(socket);
    });
  });
}

/** The seat opposite, and those who are still at the door. */
class Room {
  readonly #options: ServeOptions;
  readonly #acceptTls: typeof acceptTls | null;
  readonly #chatEnded: (properly: boolean) => void;
  readonly #connections = new Map<Chat, net.Socket>();
  /** At the handshake of TLS. */
  readonly #securing = new Set<net.Socket>();
  #seated: Chat | null = null;
  #closed = false;

  constructor(options: ServeOptions, secure: typeof acceptTls | null, chatEnded: (properly: boolean) => void) {
    this.#options = options;
    this.#acceptTls = secure;
    this.#chatEnded = chatEnded;
  }

  /** Somebody has come to the door. In tls mode they are let in once TLS has come to terms with them. */
  async arrive(socket: net.Socket): Promise<void> {
    const { person, tap, keyLog, tls } = this.#options;
    const name = addressText({ address: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
    const connectionTap =
      tap?.connection(
        {
          client: { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 },
          server: { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 },
        },
        'server',
      ) ?? null;
    if (tls === undefined || this.#acceptTls === null) {
      this.#enter({ socket, tap: connectionTap }, name);
      return;
    }
    if (this.#securing.size >= MOST_HANDSHAKES) {
      socket.destroy();
      return;
    }
    this.#securing.add(socket);
    try {
      await this.#acceptTls(socket, tls, { tap: connectionTap, keyLog }, (secured) => {
        this.#enter({ ...secured, tap: null }, name);
      });
    } catch (error) {
      if (!(error instanceof EndpointError)) throw error;
      if (!this.#closed) person.warn(`servchat: ${name}: ${error.message}`);
    } finally {
      this.#securing.delete(socket);
    }
  }

  #enter(line: Line, name: string): void {
    const { person, keyLog, newSession } = this.#options;
    const chat: Chat = drive(
      line,
      newSession(),
      {
        ready: (keys) => {
          if (this.#seated !== null) {
            this.#turnAway(chat, name);
            return;
          }
          this.#seated = chat;
          // Before anything is shown: who sees that the chat has begun may look for the key.
          if (keys !== null) keyLog?.append(formatKeyLogLine(keys.fingerprint, keys.sessionKey));
          person.show('Client connected.');
          if (keys !== null) showFingerprint(person, 'client', keys.fingerprint);
          person.listen(chat);
        },
        show: (texts) => person.show(texts.map((text) => `client: ${printableBytes(text)}`).join('\n')),
        unsent: (why) => {
          person.warn(`servchat: ${why}`);
        },
        drained: () => {
          if (chat === this.#seated) person.resume();
        },
        over: (outcome) => {
          const seated = chat === this.#seated;
          if (seated) person.rest();
          if (!outcome.ok) person.warn(`servchat: ${seated ? '' : `${name}: `}${outcome.problem}`);
          else if (seated) person.show(outcome.leftBy === 'us' ? 'You have left the chat.' : 'client has left the chat.');
        },
      },
    );
    this.#connections.set(chat, line.socket);
    void chat.ended.then((outcome) => {
      this.#connections.delete(chat);
      if (chat !== this.#seated) return;
      this.#seated = null;
      this.#chatEnded(outcome.ok);
    });
    if (this.#seated !== null || this.#connections.size > MOST_HANDSHAKES) this.#turnAway(chat, name);
    else chat.start();
  }

  /** Leaves the chat that is on; false where none is. */
  leave(): boolean {
    this.#seated?.leave();
    return this.#seated !== null;
  }

  /** Whoever is still at the door when the house closes. */
  clear(): void {
    this.#closed = true;
    for (const socket of [...this.#securing, ...this.#connections.values()]) socket.destroy();
  }

  #turnAway(chat: Chat, name: string): void {
    chat.refuse('busy', `${printable(name)} was turned away: one client at a time`);
  }
}

function listen({ host, port }: ServeOptions): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new EndpointError(`Cannot listen on ${addressText({ address: host, port })}: ${describeSystemError(error)}`));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}

function addressText({ address, port }: { address: string; port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
