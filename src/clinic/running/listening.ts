/**
 * Which ports a program listens on, from the system's own list. We never find out by connecting: most servers of
 * beginners accept one connection in their life, and ours would be it.
 */
import fs from 'node:fs';

export interface ListeningSocket {
  /** Where it can be reached from this machine. */
  readonly host: string;
  readonly port: number;
  /** As the system lists it: it identifies the socket. */
  readonly inode: string;
}

/** The state of a socket that listens (Linux, include/net/tcp_states.h). */
const LISTEN = '0A';
/** Of a UDP socket that has no other end, the state is that of a closed one. */
const UNCONNECTED = '07';
const LOOPBACK = '127.0.0.1';

/** Whether the system has such a list. */
export const CAN_LIST_SOCKETS = process.platform === 'linux';

/** Between two looks at the list: while the programs have a new socket, and while they have none. In milliseconds. */
const SOON_MS = 100;
const LATE_MS = 400;

/** Looks again and again on which ports some processes listen. The system takes milliseconds to write its list. */
export class ListeningLook {
  /** Those at the first look: pipes to us, as a rule. */
  #first: string | null = null;
  #sockets = '';
  #lookedAt = -Infinity;
  #found: readonly ListeningSocket[] = [];

  /** The sockets on which these processes listen over TCP, the lowest port first. */
  of(pids: readonly number[]): readonly ListeningSocket[] {
    const theirs = new Set(pids.flatMap((pid) => socketsOf(pid)));
    const sockets = [...theirs].join(' ');
    this.#first ??= sockets;
    const now = performance.now();
    const isOld = sockets === this.#sockets || sockets === this.#first;
    if (isOld && now - this.#lookedAt < (sockets === this.#first ? LATE_MS : SOON_MS)) return this.#found;
    this.#sockets = sockets;
    this.#lookedAt = now;
    this.#found = listeningSockets(({ inode }) => theirs.has(inode));
    return this.#found;
  }
}

/** The ports on which these processes wait for datagrams: they use UDP, where there is no connection. */
export function datagramPortsOf(pids: readonly number[]): readonly number[] {
  const theirs = new Set(pids.flatMap((pid) => socketsOf(pid)));
  const all = ['/proc/net/udp', '/proc/net/udp6'].flatMap((file) => parseSocketTable(read(file), UNCONNECTED));
  return [...new Set(all.filter(({ inode }) => theirs.has(inode)).map(({ port }) => port))];
}

/** Those of IPv6 are looked at only where there is none of IPv4. The lowest port comes first. */
function listeningSockets(isWanted: (socket: ListeningSocket) => boolean): readonly ListeningSocket[] {
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const found = parseSocketTable(read(file)).filter(isWanted);
    if (found.length > 0) return found.sort((one, other) => one.port - other.port);
  }
  return [];
}

/**
 * The sockets of `/proc/net/tcp` in a state, by default those that listen (proc_net_tcp in the kernel’s documentation):
 * after the number of the row come the local address and port in hex, the other end, and the state; the inode is the
 * tenth field.
 */
export function parseSocketTable(table: string, wanted = LISTEN): readonly ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [, address, port] = /^([0-9A-F]+):([0-9A-F]{4})$/.exec(local) ?? [];
    if (state !== wanted || address === undefined || port === undefined || inode === undefined) return [];
    return [{ host: reachable(address), port: Number.parseInt(port, 16), inode }];
  });
}

/** The address stands as words of 32 bits in the order of the machine, which is little-endian wherever we run. */
function reachable(hex: string): string {
  if (hex.length > 8) return /^0+$/.test(hex) || hex.startsWith('0000000000000000FFFF0000') ? LOOPBACK : '::1';
  const bytes = Buffer.from(hex, 'hex').reverse();
  return bytes.every((byte) => byte === 0) ? LOOPBACK : bytes.join('.');
}

/** Whether anybody listens on this port. false where the system does not say. */
export function isTaken(port: number): boolean {
  return listeningSockets((socket) => socket.port === port).length > 0;
}

function socketsOf(pid: number): readonly string[] {
  try {
    return fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${name}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
}

function linkOf(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
