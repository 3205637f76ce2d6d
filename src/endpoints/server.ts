/** The server's chair: it listens, and has a room for the clients that come. */
import net from 'node:net';

import { NoChat, systemCause } from './endpoint-error.js';
import { onInterrupt } from './interrupt.js';
import { Room, type RoomOptions } from './room.js';

export interface ServeOptions extends RoomOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /**
   * Called when the server listens, before any client can come in: the moment to create files. If it throws, the server
   * ends.
   */
  readonly begin: () => void;
}

/**
 * Serves until a chat has ended (with `keepOpen`, until interrupted) and tells whether it ended properly.
 *
 * @throws NoChat where it cannot listen; whatever `begin` throws.
 */
export async function serve(options: ServeOptions): Promise<boolean> {
  const { mode, tls, tell } = options;
  // node:tls takes its time to load, and only one of the modes needs it.
  const secure = tls === undefined ? null : (await import('./tls.js')).acceptTls;
  const server = await listen(options);
  try {
    options.begin();
  } catch (error) {
    server.close();
    throw error;
  }
  const { address, port } = server.address() as net.AddressInfo;
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
    // We show the fingerprint before any client comes, so that people can pass it on in another way and pin it.
    const certificate = tls?.fingerprint ?? null;
    tell([{ type: 'listening', address, port, mode, certificate }]);
    if (certificate !== null)
      tell([{ type: 'fingerprint', of: 'server', sha256: certificate, insisted: false, kept: false }]);
  });
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
