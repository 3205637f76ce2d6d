/** Somebody who connects to the server and is not its client. */
import net from 'node:net';

import type { Stage } from '../stage.js';
import type { Talk } from '../talk.js';

export type StrangerKind = 'garbage' | 'half' | 'silent' | 'reset';

/** How long a server may take for what a stranger did. In milliseconds. */
const TAKES_MS = 300;
const CONNECT_MS = 2_000;

/** Bytes that are no text and no frame of any program, and a line end for those that read lines. */
const GARBAGE = Buffer.concat([
  Buffer.from(Array.from({ length: 61 }, (_, at) => 0x80 + ((at * 47) % 128))),
  Buffer.from('\n'),
]);

/**
 * Connects, and does what such a stranger does. The one who is silent stays; the others leave.
 *
 * @param firstBytes what a true client sends first.
 * @returns the connection, or null if the server took none.
 * @throws OutOfTime
 */
export async function sendStranger(
  kind: StrangerKind,
  stage: Stage,
  talk: Talk,
  firstBytes: Buffer,
): Promise<net.Socket | null> {
  const socket = net.connect({ host: '127.0.0.1', port: stage.facts.ports.server ?? 0 });
  const state = { isConnected: false, isOver: false };
  socket.on('connect', () => {
    state.isConnected = true;
  });
  for (const event of ['error', 'close'])
    socket.on(event, () => {
      state.isOver = true;
    });
  // What the server says is read, so that an end of this connection is no reset unless we want one.
  socket.resume();
  await talk.waitFor(() => state.isConnected || state.isOver, CONNECT_MS);
  if (!state.isConnected) {
    socket.destroy();
    return null;
  }
  await stage.budget.pause(TAKES_MS);
  if (kind === 'garbage') socket.write(GARBAGE);
  if (kind === 'half') socket.write(firstBytes.subarray(0, Math.ceil(firstBytes.length / 2)));
  if (kind === 'garbage' || kind === 'half') await stage.budget.pause(TAKES_MS);
  if (kind === 'reset') socket.resetAndDestroy();
  else if (kind !== 'silent') socket.end();
  await stage.budget.pause(TAKES_MS);
  return socket;
}
