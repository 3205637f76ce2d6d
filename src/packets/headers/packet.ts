/** What the rest of the program sees of a capture file: numbered packets, and the TCP segments inside them. */

/** One record of a capture file. */
export interface CapturedPacket {
  /** Counted from 1, as Wireshark's `frame.number`. */
  readonly number: number;
  /** Whole seconds since the Unix epoch, and nanoseconds into that second. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** LINKTYPE_ value: how `data` begins. https://www.tcpdump.org/linktypes.html */
  readonly linkType: number;
  /** Bytes that were on the wire; more than `data` holds where the capture was taken with a short snap length. */
  readonly originalLength: number;
  readonly data: Buffer;
}

/**
 * One record of a capture file, while millions are read. The reader fills the same object for each packet, and the
 * bytes stay where they were read. Both are valid until `onPacket` returns; copy what you want to keep.
 */
export interface PacketView {
  /** Counted from 1, as Wireshark's `frame.number`. */
  number: number;
  /** Whole seconds since the Unix epoch, and nanoseconds into that second. */
  seconds: number;
  nanoseconds: number;
  /** LINKTYPE_ value: how the packet begins. */
  linkType: number;
  /** Bytes that were on the wire; more than were captured where the snap length was short. */
  originalLength: number;
  /** The captured bytes are those from `start` to `end`; others stand around them. */
  data: Buffer;
  start: number;
  end: number;
}

/**
 * One TCP segment, while millions are decoded. Each packet fills the same object again. Each offset is an offset into
 * `data`: the packet's buffer or, if the packet came in fragments, the buffer in which they were put together.
 */
export interface TcpView {
  data: Buffer;
  /** Offsets of the addresses in the innermost IP header, and the bytes of each: 4 or 16. */
  source: number;
  destination: number;
  addressLength: number;
  sourcePort: number;
  destinationPort: number;
  /** Modulo 2^32, as are acknowledgement numbers. */
  sequence: number;
  acknowledgement: number;
  /** The bits of {@link TCP_FLAGS}. */
  flags: number;
  window: number;
  /** Offsets of the captured part of the payload. */
  payloadStart: number;
  payloadEnd: number;
  /** The payload's length by the IP header: more than was captured where the packet was snapped. */
  payloadLength: number;
}

/** One TCP segment with the addresses that its IP header gave it (RFC 9293, section 3.1). */
export interface TcpSegment {
  /** Text form: dotted quad, or RFC 5952 for IPv6. */
  readonly sourceAddress: string;
  readonly sourcePort: number;
  readonly destinationAddress: string;
  readonly destinationPort: number;
  /** Modulo 2^32, as are acknowledgement numbers. */
  readonly sequence: number;
  readonly acknowledgement: number;
  /** The bits of {@link TCP_FLAGS}. */
  readonly flags: number;
  readonly window: number;
  /** The captured part of the payload. */
  readonly payload: Buffer;
  /** The payload's length by the IP header: more than `payload` holds where the packet was snapped. */
  readonly payloadLength: number;
}

export const TCP_FLAGS = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10 } as const;

/** `other` says in a word what it is, for counting: `UDP`, `ICMP`, `ARP`, `IPv4 fragment`, `cut TCP header`, … */
export type DecodedPacket =
  { readonly kind: 'tcp'; readonly segment: TcpSegment } | { readonly kind: 'other'; readonly name: string };
