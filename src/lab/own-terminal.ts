/** A chair that a person takes from a terminal of their own: what to type there, and the port that it needs. */
import net from 'node:net';

import { MODE_FACTS, type Mode } from '../protocol/modes.js';
import type { Side } from '../protocol/side.js';
import { shellWord } from '../shell-word.js';
import type { Join } from './events.js';

/** @param command what a person types to run servchat. @param args what follows it, without the address. */
export function linesToJoin(command: string, side: Side, port: number, mode: Mode, args: readonly string[]): Join {
  const first = side === 'client' ? ['connect', `127.0.0.1:${port}`] : ['serve', '--port', String(port)];
  const nc = side === 'client' ? `nc 127.0.0.1 ${port}` : `nc -l 127.0.0.1 ${port}`;
  return {
    servchat: [command, ...[...first, ...args].map(shellWord)].join(' '),
    // Elsewhere, npx would ask the network for a program of this name.
    folder: command.startsWith('npx ') ? `cd ${shellWord(process.cwd())}` : null,
    // netcat speaks lines only.
    nc: MODE_FACTS[mode].carrier === 'line' ? nc : null,
  };
}

/** A port that no program listens on. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
