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
  udp: 26,
  icmp: 27,
  icmpv6: 28,
  extensions: 29,
  quote: 30,
  quoteV6: 31,
  vxlan: 32,
  vxlanGpe: 33,
  geneve: 34,
  gtp: 35,
  l2tp: 36,
  teredo: 37,
  etherIp: 38,
  nsh: 39,
  vnTag: 40,
  eTag: 41,
  redundancy: 42,
  ciscoMetadata: 43,
  backbone: 44,
  macsec: 45,
  batman: 46,
  nflog: 47,
  pktap: 48,
  pflog: 49,
  enc: 50,
  ipoib: 51,
  lisp: 52,
  erf: 53,
  l2tp3: 54,
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
  /** If IPv6 extension headers come next: the number of the first. */
  extension: number;
  /** Whether the cursor is in the packet that an ICMP error quotes. */
  isQuote: boolean;
  /** Where the next subframe begins, if the packet is made of several; otherwise {@link NO_SUBFRAME}. */
  subframe: number;
}

export function emptyCursor(): Cursor {
  return {
    data: Buffer.alloc(0),
    at: 0,
    end: 0,
    wireEnd: 0,
    source: 0,
    destination: 0,
    addressLength: 0,
    seconds: 0,
    name: '',
    extension: 0,
    isQuote: false,
    subframe: NO_SUBFRAME,
  };
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
