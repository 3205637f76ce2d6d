/**
 * The server's chair: listens, lets one client at a time sit down opposite, and turns away whoever comes meanwhile.
 *
 * A connection takes the seat when its handshake is done, not when it is opened: somebody who connects and says nothing,
 * or noise, keeps nobody waiting. Several may be at their handshake at once, up to a bound.
 */
import net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import type { Certificate } from '../crypto/certificate.js';
import type { Address, ChatEvent } from '../protocol/events.js';
import type { Mode } from '../protocol/modes.js';
import type { Outcome, Session } from '../session/session.js';
import { conversation } from './conversation.js';
import { drive, type Chat, type ChatHooks, type Line } from './driver.js';
import { NoChat, systemCause } from './endpoint-error.js';
import { onInterrupt } from './interrupt.js';
import type { KeyLogFile } from './key-log-file.js';
import { SILENCE_LIMIT_MS } from './limits.js';
import type { Person } from './person.js';
import { addressText } from './sentences.js';
import type { Tell } from './telling.js';
import type { acceptTls } from './tls.js';

const MOST_HANDSHAKES = 8;

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly mode: Mode;
  /** In tls mode: who we are. Absent in the other modes. */
  readonly tls?: Certificate;
  readonly newSession: () => Session;
  /** Whether to wait for the next client after a chat. */
  readonly keepOpen: boolean;
  readonly person: Person;
  readonly tell: Tell;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
  /** Called once the server listens, before anybody can come in: the moment to make files. What it throws ends the server. */
  readonly begin: () => void;
}

/**
 * Serves until a chat has ended (with `keepOpen`, until interrupted) and tells whether it ended properly.
 *
 * @throws NoChat where it cannot listen; whatever `begin` throws.
 */
export async function serve(options: ServeOptions): Promise<boolean> {
  const { mode, tls, tell } = options;
  const server = await listen(options);
  try {
    options.begin();
  } catch (error) {
    server.close();
    throw error;
  }
  const { address, port } = server.address() as net.AddressInfo;
  // node:tls takes its time to load, and only one of the modes needs it.
  const secure = tls === undefined ? null : (await import('./tls.js')).acceptTls;
  // The fingerprint before anybody comes, so that a client can be told it another way, to pin it.
  const certificate: ChatEvent<Buffer>[] = tls === undefined ? [] : [{ type: 'fingerprint', of: 'server', sha256: tls.fingerprint, insisted: false }];
  tell([{ type: 'listening', address, port, mode }, ...certificate]);
  return new Promise((resolve) => {
    const room = new Room(options, secure, (properly) => {
      offInterrupt();
      server.close(() => {
        resolve(properly);
      });
    });
    const offInterrupt = onInterrupt(() => {
      room.leaveForGood();
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
  readonly #shut: (properly: boolean) => void;
  readonly #connections = new Map<Chat, net.Socket>();
  /** At the handshake of TLS. */
  readonly #securing = new Set<net.Socket>();
  #seated: Chat | null = null;
  /** Whether the next chat to end is the last. */
  #isLast: boolean;
  #closed = false;

  /** `shut` is called when no more chats take place, with whether the last one ended properly. */
  constructor(options: ServeOptions, secure: typeof acceptTls | null, shut: (properly: boolean) => void) {
    this.#options = options;
    this.#acceptTls = secure;
    this.#shut = shut;
    this.#isLast = !options.keepOpen;
  }

  /** Somebody has come to the door. In tls mode they are let in once TLS has come to terms with them. */
  async arrive(socket: net.Socket): Promise<void> {
    const { tap, keyLog, tls } = this.#options;
    const from = { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? 0 };
    const to = { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 };
    const connectionTap = tap?.connection({ client: from, server: to }, 'server') ?? null;
    if (tls === undefined || this.#acceptTls === null) {
      this.#enter({ socket, tap: connectionTap }, from);
      return;
    }
    if (this.#securing.size >= MOST_HANDSHAKES) {
      socket.destroy();
      return;
    }
    this.#securing.add(socket);
    try {
      await this.#acceptTls(socket, tls, { tap: connectionTap, keyLog }, (secured) => {
        this.#enter({ ...secured, tap: null }, from);
      });
    } catch (error) {
      if (!(error instanceof NoChat)) throw error;
      if (!this.#closed) this.#options.tell([{ ...error.problem, at: addressText(from) }]);
    } finally {
      this.#securing.delete(socket);
    }
  }

  /** Ends the chat that is on, and no other follows. */
  leaveForGood(): void {
    this.#isLast = true;
    if (this.#seated === null) this.#close(true);
    else this.#seated.leave();
  }

  #enter(line: Line, from: Address): void {
    const hooks = conversation({ ...this.#options, us: 'server', address: from }, [], () => ({
      said: (texts) => chat.said(texts),
      shown: () => {
        chat.shown();
      },
      leave: () => {
        chat.leave();
      },
    }));
    const chat: Chat = drive(line, this.#options.newSession(), this.#atTheDoor(hooks, () => chat, from));
    this.#connections.set(chat, line.socket);
    void chat.ended.then((outcome) => {
      this.#ended(chat, outcome);
    });
    if (this.#seated !== null || this.#connections.size > MOST_HANDSHAKES) turnAway(chat);
    else this.#begin(chat, line.socket);
  }

  /** In encrypted mode the client speaks first. One that does not may be in plaintext mode, and wait as well. */
  #begin(chat: Chat, socket: net.Socket): void {
    const { mode } = this.#options;
    chat.start();
    if (mode !== 'encrypted') return;
    const silence = setTimeout(() => {
      chat.refuse('mode-mismatch', { type: 'refused', reason: 'silence', ours: mode, seconds: SILENCE_LIMIT_MS / 1000 });
    }, SILENCE_LIMIT_MS);
    const heard = (): void => {
      clearTimeout(silence);
    };
    socket.once('data', heard);
    socket.once('close', heard);
  }

  /** Whoever is not in the seat has no part in the conversation. */
  #atTheDoor(hooks: ChatHooks, chat: () => Chat, from: Address): ChatHooks {
    return {
      ...hooks,
      ready: (keys) => {
        if (this.#seated !== null) {
          turnAway(chat());
          return;
        }
        this.#seated = chat();
        hooks.ready(keys);
      },
      drained: () => {
        if (chat() === this.#seated) hooks.drained();
      },
      over: (outcome) => {
        if (chat() === this.#seated) hooks.over(outcome);
        else if (!outcome.ok) this.#options.tell([{ ...outcome.problem, at: addressText(from) }]);
      },
    };
  }

  #ended(chat: Chat, { ok }: Outcome): void {
    this.#connections.delete(chat);
    if (chat !== this.#seated) return;
    this.#seated = null;
    if (this.#isLast) this.#close(ok);
    else this.#options.tell([{ type: 'waiting' }]);
  }

  /** Whoever is still at the door is sent away without a word. */
  #close(properly: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#shut(properly);
    for (const socket of [...this.#securing, ...this.#connections.values()]) socket.destroy();
  }
}

function turnAway(chat: Chat): void {
  chat.refuse('busy', { type: 'refused', reason: 'busy' });
}

function listen({ host, port }: ServeOptions): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new NoChat({ type: 'failed', what: 'listen', address: host, port, cause: systemCause(error) }));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve(server);
    });
  });
}
