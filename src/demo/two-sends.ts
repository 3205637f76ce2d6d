/**
 * Tries on this machine what TCP does with sends: two sends arrive as one, and one send arrives as several.
 *
 * Like a busy program, the receiver does not read until both sends are done. TCP decides what each read then gives.
 */
import net from 'node:net';
import type { AddressInfo } from 'node:net';

export interface StreamRun {
  /** The bytes of each write, and the bytes of each read. */
  readonly few: { readonly writes: readonly Buffer[]; readonly reads: readonly Buffer[] };
  /** The same with one long write. Only lengths. */
  readonly long: { readonly write: number; readonly reads: readonly number[] };
}

const LONG_WRITE = 200_000;

/** The kernel may deliver the first send before the second has arrived. Then we try again, at most this many times. */
const MOST_TRIES = 5;

/** Sends `texts` as lines, each in its own write. */
export async function tryStream(texts: readonly string[]): Promise<StreamRun> {
  const writes = texts.map((text) => Buffer.from(`${text}\n`));
  let reads = await received(writes);
  for (let tries = 1; reads.length > 1 && tries < MOST_TRIES; tries += 1) reads = await received(writes);
  const long = await received([Buffer.alloc(LONG_WRITE, 'x')]);
  return { few: { writes, reads }, long: { write: LONG_WRITE, reads: long.map(({ length }) => length) } };
}

async function received(writes: readonly Buffer[]): Promise<readonly Buffer[]> {
  const server = net.createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const arrival = new Promise<net.Socket>((resolve) => server.once('connection', resolve));
  const sender = net.connect(port, '127.0.0.1');
  sender.setNoDelay(true);
  try {
    const receiver = await arrival;
    const total = writes.reduce((sum, { length }) => sum + length, 0);
    // A long write completes only after the receiver has read part of it. So we do not wait for the write first.
    const sent = sendEach(sender, writes);
    if (total < receiver.readableHighWaterMark) await sent;
    const [reads] = await Promise.all([allOf(receiver), sent]);
    return reads;
  } finally {
    sender.destroy();
    server.close();
  }
}

/** Gives each write to the kernel before the next one, and then ends the stream. */
async function sendEach(socket: net.Socket, writes: readonly Buffer[]): Promise<void> {
  for (const bytes of writes) {
    await new Promise<void>((resolve, reject) => {
      socket.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
  await new Promise<void>((resolve) => socket.end(resolve));
}

function allOf(socket: net.Socket): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const reads: Buffer[] = [];
    socket.on('data', (bytes: Buffer) => reads.push(bytes));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.end();
      resolve(reads);
    });
    socket.resume();
  });
}
