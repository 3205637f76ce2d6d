/**
 * How the relay gets between the two programs, without a change to their files. The ways are tried in the order of
 * {@link waysIn}; the first that works is used for the whole check, and the report names it.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import type { Pair, Part } from './pair.js';
import type { Seat } from './seat.js';

/**
 * `arguments`: the pair says where the port stands in its commands, rules or environment. `hook`: a hook in the client
 * leads its connection to the relay. `moved server`: a hook in the server lets it listen on another port, and the relay
 * takes its place. `copy`: the client runs from a temporary copy in which the port is another number.
 */
export type WayIn = 'arguments' | 'hook' | 'moved server' | 'copy';

/** For a person, after “the relay gets in between by”. */
export const WAY_WORDS: Readonly<Record<WayIn, string>> = {
  arguments: 'the port in the commands of the pair',
  hook: 'a hook in the client that leads its connection to the relay; no file of it is changed',
  'moved server': 'a hook in the server that lets it listen on another port; no file of it is changed',
  copy: 'a temporary copy of the client in which the port is another number',
};

/** The ways that are worth trying with this pair, in order. */
export function waysIn(pair: Pair): readonly WayIn[] {
  if (hasPlace(pair.parts.client) || hasPlace(pair.parts.server)) return ['arguments'];
  return pair.port === null ? ['hook'] : ['hook', 'moved server', 'copy'];
}

function hasPlace({ command, environment, rules }: Part): boolean {
  return [command, ...Object.values(environment), ...rules.map(({ type }) => type)].some((text) =>
    text.includes('{port}'),
  );
}

/** The ports of one run. */
export interface Ports {
  /** On which the server listens. null until it has shown which one. */
  readonly server: number | null;
  readonly relay: number;
}

/** On which ports server and relay are to listen. 0: any free one. null: the server’s own choice. */
export async function portsFor(way: WayIn, pair: Pair): Promise<Ports> {
  const serverHasPlace = hasPlace(pair.parts.server);
  const clientHasPlace = hasPlace(pair.parts.client);
  switch (way) {
    case 'arguments':
      // Where only one of them can be told, the other one keeps the port that it has.
      return {
        server: serverHasPlace ? await freePort() : pair.port,
        relay: clientHasPlace ? 0 : (pair.port ?? 0),
      };
    case 'moved server':
      return { server: await freePort(), relay: pair.port ?? 0 };
    case 'hook':
    case 'copy':
      return { server: pair.port, relay: 0 };
  }
}

/** Put into the environment of a program. The hooks read it. */
export function hookEnvironment(
  way: WayIn,
  seat: Seat,
  pair: Pair,
  ports: Ports,
  hooks: string,
  log: string,
  pauseMs: number,
): Readonly<Record<string, string>> {
  const redirect = way === 'hook' && seat !== 'server' && ports.server !== null;
  const move = way === 'moved server' && seat === 'server' && pair.port !== null;
  const joined = (own: string | undefined, before: string, between: string): string =>
    own === undefined || own === '' ? before : `${before}${between}${own}`;
  return {
    PYTHONPATH: joined(process.env['PYTHONPATH'], hooks, path.delimiter),
    NODE_OPTIONS: joined(
      process.env['NODE_OPTIONS'],
      `--require=${JSON.stringify(path.join(hooks, 'preload.cjs'))}`,
      ' ',
    ),
    SERVCHAT_CLINIC_LOG: log,
    SERVCHAT_CLINIC_REUSE: '1',
    SERVCHAT_CLINIC_APART: String(pauseMs / 1000),
    ...(redirect && { SERVCHAT_CLINIC_REDIRECT: `${ports.server}:${ports.relay}` }),
    ...(move && { SERVCHAT_CLINIC_MOVE: `${pair.port}:${ports.server}` }),
  };
}

/** A port on which nobody listens now. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const MOST_COPIED_FILES = 5_000;
const MOST_COPIED_BYTES = 64 * 2 ** 20;
const MOST_SOURCE_BYTES = 2 ** 20;
/** Not copied but linked to, since it is large and nobody keeps a port there. */
const LINKED = new Set(['node_modules', '.git', 'venv', '.venv', '__pycache__']);

/**
 * Copies a folder, with one number for another in every text. Returns how many files had it.
 *
 * @throws Error if the folder is too large, or cannot be read.
 */
export function copyWithPort(from: string, to: string, port: number, otherPort: number): number {
  const state = { files: 0, bytes: 0, changed: 0 };
  const number = new RegExp(`(?<![\\w.])${port}(?![\\w.])`, 'g');
  const copy = (source: string, target: string): void => {
    fs.mkdirSync(target, { recursive: true });
    for (const entry of fs.readdirSync(source, { withFileTypes: true })) {
      const [here, there] = [path.join(source, entry.name), path.join(target, entry.name)];
      if (LINKED.has(entry.name) || entry.isSymbolicLink()) fs.symlinkSync(fs.realpathSync(here), there);
      else if (entry.isDirectory()) copy(here, there);
      else if (entry.isFile()) copyFile(here, there, number, otherPort, state);
    }
  };
  copy(from, to);
  return state.changed;
}

function copyFile(
  from: string,
  to: string,
  number: RegExp,
  otherPort: number,
  state: { files: number; bytes: number; changed: number },
): void {
  const { size, mode } = fs.statSync(from);
  state.files += 1;
  state.bytes += size;
  if (state.files > MOST_COPIED_FILES || state.bytes > MOST_COPIED_BYTES)
    throw new Error('the folder of the client is too large to be copied');
  if (size <= MOST_SOURCE_BYTES) {
    const bytes = fs.readFileSync(from);
    const changed = bytes.includes(0) ? null : bytes.toString('latin1').replace(number, String(otherPort));
    if (changed !== null && changed !== bytes.toString('latin1')) {
      fs.writeFileSync(to, changed, { encoding: 'latin1', mode });
      state.changed += 1;
      return;
    }
  }
  fs.copyFileSync(from, to);
}
