/** The client's chair: connects, chats, leaves. */
import net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import type { ChatEvent } from '../protocol/events.js';
import type { Mode } from '../protocol/modes.js';
import type { Session } from '../session/session.js';
import { conversation } from './conversation.js';
import { drive, type Chat, type Connection } from './driver.js';
import { NoChat, systemCause } from './endpoint-error.js';
import { onInterrupt } from './interrupt.js';
import type { KeyLogFile } from './key-log-file.js';
import type { Listener, Person } from './person.js';
import type { Tell } from './telling.js';

const CONNECT_LIMIT_MS = 10_000;

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly mode: Mode;
  readonly session: Session;
  readonly person: Person;
  readonly tell: Tell;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
  /** Whether to show under each message what crossed the wire. */
  readonly showWire: boolean;
  /** Called when the connection is there: the moment to create files. If it throws, the connection ends. */
  readonly begin: () => void;
  /** In encrypted mode: whether the client's key is kept for other chats. */
  readonly keepsKey: boolean;
  /**
   * In tls mode: the fingerprint (64 hex digits) of the only certificate to accept, or null for any. Absent in the
   * other modes.
   */
  readonly tls?: { readonly pin: string | null };
}

/**
 * Chats until either side leaves and tells whether the chat ended properly.
 *
 * @throws NoChat where no connection comes about; whatever `begin` throws.
 */
export async function connect(options: ConnectOptions): Promise<boolean> {
  const { host, port, tap, keyLog, showWire, tls, begin } = options;
  // node:tls takes its time to load, and only one of the modes needs it.
  const connectTls = tls === undefined ? null : (await import('./tls.js')).connectTls;
  const startedAt = tap?.now();
  const socket = await connected(host, port);
  try {
    begin();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const connectionTap =
    tap?.connection(
      {
        client: { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 },
        server: { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? port },
      },
      'client',
      startedAt,
    ) ?? null;
  if (tls === undefined || connectTls === null) return converse({ socket, tap: connectionTap }, null, options);
  return connectTls(socket, tls.pin, { tap: connectionTap, keyLog, showWire }, async (secured) => {
    const properly = await converse({ ...secured, tap: null }, secured.fingerprint, options);
    await secured.closed;
    return properly;
  });
}

/** @param serverFingerprint the fingerprint of the server's certificate, where it has one: 64 hex digits. */
async function converse(line: Connection, serverFingerprint: string | null, options: ConnectOptions): Promise<boolean> {
  const { host: address, port, session, tls, keepsKey } = options;
  const insisted = tls !== undefined && tls.pin !== null;
  const certificate: ChatEvent<Buffer>[] =
    serverFingerprint === null
      ? []
      : [{ type: 'fingerprint', of: 'server', sha256: serverFingerprint, insisted, kept: false }];
  const hooks = conversation(
    { ...options, us: 'client', address: { address, port }, clientKey: { insisted: false, kept: keepsKey } },
    certificate,
    () => listener,
  );
  const chat: Chat = drive(line, session, hooks);
  const leave = (): void => {
    chat.leave();
  };
  const listener: Listener = {
    said: (texts) => chat.said(texts),
    shown: () => {
      chat.shown();
    },
    leave,
  };
  const offInterrupt = onInterrupt(leave);
  chat.start();
  const outcome = await chat.ended;
  offInterrupt();
  return outcome.ok;
}

function connected(host: string, port: number): Promise<net.Socket> {
  const socket = net.connect({ host, port, allowHalfOpen: true });
  const fail = (cause: string): NoChat => new NoChat({ type: 'failed', what: 'connect', address: host, port, cause });
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      socket.destroy();
      reject(fail('timeout'));
    }, CONNECT_LIMIT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      reject(fail(systemCause(error)));
    });
    socket.once('connect', () => {
      clearTimeout(limit);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
