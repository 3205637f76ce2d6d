/** The client's chair: connects, chats, leaves. */
import net from 'node:net';

import type { TapRecorder } from '../capture/tap.js';
import { formatKeyLogLine } from '../protocol/keylog.js';
import type { Session } from '../session/session.js';
import { printableBytes } from '../printable.js';
import { drive, type Chat } from './driver.js';
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
}

/**
 * Chats until either side leaves and tells whether the chat ended properly.
 *
 * @throws EndpointError where no connection comes about.
 */
export async function connect({ host, port, session, person, tap, keyLog }: ConnectOptions): Promise<boolean> {
  const startedAt = tap?.now();
  const socket = await open(host, port);
  const connectionTap = tap?.connection(
    {
      client: { address: socket.localAddress ?? '0.0.0.0', port: socket.localPort ?? 0 },
      server: { address: socket.remoteAddress ?? '0.0.0.0', port: socket.remotePort ?? port },
    },
    'client',
    startedAt,
  );
  const chat: Chat = drive(
    socket,
    session,
    {
      ready: (keys) => {
        // Before anything is shown: who sees that the chat has begun may look for the key.
        if (keys !== null) keyLog?.append(formatKeyLogLine(keys.fingerprint, keys.sessionKey));
        person.show('Connected to SERVCHAT');
        if (keys !== null) showFingerprint(person, keys.fingerprint);
        person.listen(chat);
      },
      show: (text) => person.show(`Server: ${printableBytes(text)}`),
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
    },
    connectionTap ?? null,
  );
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
