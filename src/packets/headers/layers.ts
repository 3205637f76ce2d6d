/**
 * A packet is layers, one inside the other. The reader of a layer reads its own header, moves the cursor behind it, and
 * says which layer comes next. All packets share one cursor.
 */

/** Which layer comes next. `none`: nothing that we read, and the cursor's name says what it is. */
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
  /** Where the captured bytes end, as the headers so far say; and where the bytes on the wire ended. */
  end: number;
  wireEnd: number;
  /** Offsets of the addresses in the innermost IP header so far, and the bytes of each. */
  source: number;
  destination: number;
  addressLength: number;
  /** When the packet was captured, in seconds since the Unix epoch. */
  seconds: number;
  /** If the packet holds no TCP segment: what it is, in a word, for counting. */
  name: string;
  /** Where the next subframe begins, if the packet is made of several; otherwise {@link NO_SUBFRAME}. */
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

/** A header says that `length` bytes follow it. What comes after those is padding. */
export function narrow(cursor: Cursor, length: number): void {
  if (cursor.at + length < cursor.wireEnd) cursor.wireEnd = cursor.at + length;
  if (cursor.wireEnd < cursor.end) cursor.end = cursor.wireEnd;
}
