/**
 * A packet as layers, one in the other: the reader of each looks at its own header, moves the cursor behind it and says
 * what comes next. One cursor serves all packets.
 */

/** What comes next; `none`: nothing that is looked into, and the cursor's name says what it is. */
export const LAYER = {
  none: 0,
  ethernet: 1,
  vlan: 2,
  mpls: 3,
  llc: 4,
  loopback: 5,
  ip: 6,
  ipv4: 7,
  ipv6: 8,
  tcp: 9,
  cooked: 10,
  cooked2: 11,
  ppp: 12,
  pppoe: 13,
  hdlc: 14,
  directedPpp: 15,
  wlan: 16,
  radiotap: 17,
  prism: 18,
  avs: 19,
  ppi: 20,
  gre: 21,
  erspan2: 22,
  erspan3: 23,
  authentication: 24,
  subframe: 25,
} as const;

export type Layer = (typeof LAYER)[keyof typeof LAYER];

export const NO_SUBFRAME = -1;

export interface Cursor {
  data: Buffer;
  /** Where the next header begins. */
  at: number;
  /** Where the captured bytes end, by what the headers so far say; and where those on the wire ended. */
  end: number;
  wireEnd: number;
  /** Offsets of the addresses in the innermost IP header so far, and the bytes of each. */
  source: number;
  destination: number;
  addressLength: number;
  /** When the packet was captured, in seconds since the Unix epoch. */
  seconds: number;
  /** What the packet is, in a word for counting, where it holds no TCP segment. */
  name: string;
  /** Where in the captured packet the next of its subframes begins, where it is made of several; else {@link NO_SUBFRAME}. */
  subframe: number;
}

export function emptyCursor(): Cursor {
  return { data: Buffer.alloc(0), at: 0, end: 0, wireEnd: 0, source: 0, destination: 0, addressLength: 0, seconds: 0, name: '', subframe: NO_SUBFRAME };
}

/** The packet goes no further: it is `name`. */
export function none(cursor: Cursor, name: string): Layer {
  cursor.name = name;
  return LAYER.none;
}

/** Whether `bytes` more were captured. */
export function has(cursor: Cursor, bytes: number): boolean {
  return cursor.end - cursor.at >= bytes;
}

/** A header says that what follows it has `length` bytes, the header not counted: what comes after is padding. */
export function narrow(cursor: Cursor, length: number): void {
  if (cursor.at + length < cursor.wireEnd) cursor.wireEnd = cursor.at + length;
  if (cursor.wireEnd < cursor.end) cursor.end = cursor.wireEnd;
}
