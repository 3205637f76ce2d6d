/** What anybody can see of a connection without reading it: sizes, times, and what may mark the messages. */
import { SIDES, type Side } from '../../protocol/side.js';
import type { Connection, Piece } from './pieces.js';

/** What one side sent. Sizes in bytes. */
export interface SideTraffic {
  readonly side: Side;
  readonly pieces: number;
  readonly bytes: number;
  readonly least: number;
  readonly most: number;
  /** The longest time between two pieces of this side, in milliseconds. */
  readonly longestPauseMs: number;
  /** What may mark where a message ends. It is a guess from the sizes. */
  readonly framing: string;
}

export interface Traffic {
  readonly serverPort: number;
  readonly lastsMs: number;
  readonly sides: readonly SideTraffic[];
}

export function trafficOf({ serverPort, pieces }: Connection): Traffic {
  const first = pieces[0]?.ms ?? 0;
  return {
    serverPort,
    lastsMs: (pieces.at(-1)?.ms ?? first) - first,
    sides: SIDES.flatMap((side) => {
      const own = pieces.filter(({ from }) => from === side);
      return own.length === 0 ? [] : [trafficOfSide(side, own)];
    }),
  };
}

function trafficOfSide(side: Side, own: readonly Piece[]): SideTraffic {
  const sizes = own.map(({ bytes }) => bytes.length);
  const pauses = own.slice(1).map(({ ms }, at) => ms - (own[at]?.ms ?? ms));
  return {
    side,
    pieces: own.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    least: Math.min(...sizes),
    most: Math.max(...sizes),
    longestPauseMs: Math.max(0, ...pauses),
    framing: framingOf(own),
  };
}

/** Of fewer pieces, all can be alike by accident. */
const LEAST_PIECES = 3;
const LENGTHS = [
  { size: 1, name: 'a length of 1 byte', read: (bytes: Buffer) => bytes.readUInt8(0) },
  { size: 2, name: 'a length of 2 bytes', read: (bytes: Buffer) => bytes.readUInt16BE(0) },
  { size: 2, name: 'a length of 2 bytes, the low one first', read: (bytes: Buffer) => bytes.readUInt16LE(0) },
  { size: 4, name: 'a length of 4 bytes', read: (bytes: Buffer) => bytes.readUInt32BE(0) },
  { size: 4, name: 'a length of 4 bytes, the low one first', read: (bytes: Buffer) => bytes.readUInt32LE(0) },
] as const;
const LF = 0x0a;

/** The first bytes of a TLS record that begins a handshake (RFC 8446, section 5.1). */
const TLS_BEGINS = Buffer.from('1603', 'hex');

function framingOf(own: readonly Piece[]): string {
  if (own[0]?.bytes.subarray(0, TLS_BEGINS.length).equals(TLS_BEGINS) === true) return 'TLS marks its records itself';
  if (own.length < LEAST_PIECES) return 'too little was sent to guess';
  const all = own.map(({ bytes }) => bytes);
  if (all.every((bytes) => bytes.at(-1) === LF)) return 'a line end after each message';
  const length = LENGTHS.find(({ size, read }) =>
    all.every((bytes) => bytes.length > size && [0, size].some((own) => read(bytes) + size - own === bytes.length)),
  );
  if (length !== undefined) return `${length.name} before each message`;
  const digits = all.every((bytes) => {
    const [, count = '', rest = ''] = /^\s*(\d{1,10})\D?(.*)$/s.exec(bytes.toString('latin1')) ?? [];
    return count !== '' && Math.abs(rest.length - Number(count)) <= 1;
  });
  if (digits) return 'a length in digits before each message';
  if (new Set(all.map(({ length: size }) => size)).size === 1) return `always ${all[0]?.length ?? 0} bytes`;
  return 'nothing that can be seen: perhaps each read is taken for a message';
}
