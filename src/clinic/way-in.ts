/**
 * How the relay gets between the two programs, without a change to their files. The ways are tried in the order of
 * {@link waysIn}; the first that works is used for the whole check, and the report names it.
 */
import net from 'node:net';
import path from 'node:path';

import type { Pair, Part } from './pair.js';
import type { Seat } from './seat.js';
import type { Hooks } from './workshop.js';

/**
 * `arguments`: the pair says where the port stands in its commands, rules or environment. `hook`: something that the
 * client is started with leads its connection to the relay. `moved server`: a hook in the server lets it listen on
 * another port, and the relay takes its place. `copy`: the client runs from a temporary copy in which the port is
 * another number.
 */
export type WayIn = 'arguments' | 'hook' | 'moved server' | 'copy';

/**
 * What led the client to the relay by the way `hook`: a hook in its language, a library that was loaded into it, the
 * answer to its system call, or the proxy that Java was given.
 */
export type Guide = 'language' | 'library' | 'system call' | 'proxy';

const GUIDE_WORDS: Readonly<Record<Guide, string>> = {
  language: 'a hook in the client that leads its connection to the relay',
  library: 'a library, loaded into the client, that leads its connection to the relay',
  'system call': 'the answer to the system call with which the client connects, which leads it to the relay',
  proxy: 'a SOCKS proxy that Java was told to connect through',
};

/** For a person, after “the relay gets in between by”. */
export function wayWords(way: WayIn, guide: Guide | null, isMoved: boolean): string {
  switch (way) {
    case 'arguments':
      return 'the port in the commands of the pair';
    case 'hook':
      return `${GUIDE_WORDS[guide ?? 'language']}${isMoved ? '; the server’s own port is used by another program, so it was led to another one' : ''}; no file is changed`;
    case 'moved server':
      return 'a hook in the server that lets it listen on another port; no file of it is changed';
    case 'copy':
      return 'a temporary copy of the client in which the port is another number';
  }
}

/** The ways that are worth trying with this pair, in order. */
export function waysIn(pair: Pair): readonly WayIn[] {
  if (hasPlace(pair.parts.client) || hasPlace(pair.parts.server)) return ['arguments'];
  return pair.port === null ? ['hook'] : ['hook', 'moved server', 'copy'];
}

function hasPlace({ command, environment, rules, files }: Part): boolean {
  const texts = Object.values(files).map((file) => ('text' in file ? file.text : ''));
  return [command, ...Object.values(environment), ...texts, ...rules.map(({ type }) => type)].some((text) =>
    text.includes('{port}'),
  );
}

/** The ports of one run. */
export interface Ports {
  /** On which the server listens. null until it has shown which one. */
  readonly server: number | null;
  readonly relay: number;
  /** Where Java can reach the relay through a proxy. null where it is led in a better way. */
  readonly proxy: number | null;
}

/**
 * On which ports server and relay are to listen. 0: any free one. null: the server’s own choice.
 *
 * @param isFree whether the server can have the port of the pair.
 */
export async function portsFor(way: WayIn, pair: Pair, isFree: boolean): Promise<Omit<Ports, 'proxy'>> {
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
      return { server: isFree ? pair.port : await freePort(), relay: 0 };
    case 'copy':
      return { server: pair.port, relay: 0 };
  }
}

/** The port that a client names who means the server. null: nobody knows yet. */
export function wantedPort(pair: Pair, { ports, isMoved }: Pick<HookSetting, 'ports' | 'isMoved'>): number | null {
  return isMoved ? pair.port : ports.server;
}

/** What a program is started with, besides what the pair says. */
export interface HookSetting {
  readonly way: WayIn;
  readonly seat: Seat;
  readonly pair: Pair;
  readonly ports: Ports;
  /** Whether the server is to listen on another port than that of the pair. */
  readonly isMoved: boolean;
  readonly hooks: Hooks;
  /** Whether the program’s system calls can be answered. */
  readonly watches: boolean;
  /** The file for the notes of the hooks. */
  readonly log: string;
  readonly pauseMs: number;
}

/** Put into the environment of a program. The hooks read it. */
export function hookEnvironment(setting: HookSetting): Readonly<Record<string, string>> {
  const { way, seat, pair, ports, isMoved, hooks, watches, log, pauseMs } = setting;
  const wanted = wantedPort(pair, { ports, isMoved });
  const redirect = way === 'hook' && seat !== 'server' && wanted !== null;
  const move = (way === 'moved server' || isMoved) && seat === 'server' && pair.port !== null;
  return {
    PYTHONPATH: joined('PYTHONPATH', hooks.folder, path.delimiter),
    NODE_OPTIONS: joined('NODE_OPTIONS', `--require=${JSON.stringify(path.join(hooks.folder, 'preload.cjs'))}`, ' '),
    ...(hooks.library !== null && {
      LD_PRELOAD: joined('LD_PRELOAD', hooks.library, ':'),
      // A program that was built to find wrong uses of memory refuses to start when another library comes first.
      ASAN_OPTIONS: joined('ASAN_OPTIONS', 'verify_asan_link_order=0', ':'),
    }),
    ...(watches && { SERVCHAT_CLINIC_WATCH: '1' }),
    ...(redirect &&
      ports.proxy !== null && { JAVA_TOOL_OPTIONS: joined('JAVA_TOOL_OPTIONS', throughProxy(ports.proxy), ' ') }),
    // Where a program imports from a folder of the user, it writes nothing there.
    PYTHONDONTWRITEBYTECODE: '1',
    SERVCHAT_CLINIC_LOG: log,
    SERVCHAT_CLINIC_REUSE: '1',
    SERVCHAT_CLINIC_APART: String(pauseMs / 1000),
    ...(redirect && { SERVCHAT_CLINIC_REDIRECT: `${wanted}:${ports.relay}` }),
    ...(move && { SERVCHAT_CLINIC_MOVE: `${pair.port}:${ports.server}` }),
  };
}

/** An empty list of hosts without the proxy: otherwise this machine is one (“Networking Properties” of Java). */
function throughProxy(port: number): string {
  return `-DsocksProxyHost=127.0.0.1 -DsocksProxyPort=${port} -DsocksNonProxyHosts=`;
}

/** Ours first, and then what stands in our own environment. */
function joined(name: string, ours: string, between: string): string {
  const own = process.env[name];
  return own === undefined || own === '' ? ours : `${ours}${between}${own}`;
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
