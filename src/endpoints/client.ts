/** The client's chair: connects, chats, leaves. */
import net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import { formatKeyLogLine } from '../protocol/keylog.js';
import type { Session } from '../session/session.js';
import { printableBytes } from '../printable.js';
import { drive, type Chat, type Line } from './driver.js';
import { EndpointError, describeSystemError } from './endpoint-error.js';
import { showFingerprint } from './show-fingerprint.js';
import { onInterrupt } from './interrupt.js';
import type { KeyLogFile } from './key-log-file.js';
import type { Person } from './person.js';

const CONNECT_LIMIT_MS = 10_000;

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly session: Session;
  readonly person: Person;
  readonly tap: TapRecorder | null;
  readonly keyLog: KeyLogFile | null;
  /** In tls mode: the one certificate to take (64 hex digits), or null for any. Absent in the other modes. */
  readonly tls?: { readonly pin: string | null };
}

/**
 * Chats until either side leaves and tells whether the chat ended properly.
 *
 * @throws EndpointError where no connection comes about.
 */
export async function connect(options: ConnectOptions): Promise<boolean> {
  const { host, port, tap, keyLog, tls } = options;
  // node:tls takes its time to load, and only one of the modes needs it.
  const connectTls = tls === undefined ? null : (await import('./tls.js')).connectTls;
  const startedAt = tap?.now();
  const socket = await open(host, port);
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
  return connectTls(socket, tls.pin, { tap: connectionTap, keyLog }, async (secured) => {
    const properly = await converse({ ...secured, tap: null }, secured.fingerprint, options);
    await secured.closed;
    return properly;
  });
}

/** @param serverFingerprint of the server's certificate, where it has one: 64 hex digits. */
async function converse(line: Line, serverFingerprint: string | null, { session, person, keyLog, tls }: ConnectOptions): Promise<boolean> {
  const chat: Chat = drive(line, session, {
    ready: (keys) => {
      // Before anything is shown: who sees that the chat has begun may look for the key.
      if (keys !== null) keyLog?.append(formatKeyLogLine(keys.fingerprint, keys.sessionKey));
      person.show('Connected to SERVCHAT');
      if (keys !== null) showFingerprint(person, 'client', keys.fingerprint);
      if (serverFingerprint !== null) showFingerprint(person, 'server', serverFingerprint);
      if (tls?.pin === null) person.show('Encrypted, but to whom? Compare the fingerprint with the server, or insist on it with --pin.');
      person.listen(chat);
    },
    show: (texts) => person.show(texts.map((text) => `Server: ${printableBytes(text)}`).join('\n')),
    unsent: (why) => {
      person.warn(`servchat: ${why}`);
    },
    drained: () => {
      person.resume();
    },
    over: (outcome) => {
      person.rest();
      if (!outcome.ok) person.warn(`servchat: ${outcome.problem}`);
      else person.show(outcome.leftBy === 'us' ? 'You have left the chat.' : 'Server has left the chat.');
    },
  });
  const offInterrupt = onInterrupt(() => {
    chat.leave();
  });
  chat.start();
  const outcome = await chat.ended;
  offInterrupt();
  return outcome.ok;
}

function open(host: string, port: number): Promise<net.Socket> {
  const socket = net.connect({ host, port, allowHalfOpen: true });
  const fail = (why: string): EndpointError =>
    new EndpointError(`Cannot connect to ${host.includes(':') ? `[${host}]` : host}:${port}: ${why}`);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      socket.destroy();
      reject(fail(`the host does not answer within ${CONNECT_LIMIT_MS / 1000} s`));
    }, CONNECT_LIMIT_MS);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      reject(fail(describeSystemError(error)));
    });
    socket.once('connect', () => {
      clearTimeout(limit);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
