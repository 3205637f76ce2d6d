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

/** `other` names what it is in a word, for counting: `UDP`, `ICMP`, `ARP`, `IPv4 fragment`, `cut TCP header`, … */
export type DecodedPacket =
  | { readonly kind: 'tcp'; readonly segment: TcpSegment }
  | { readonly kind: 'other'; readonly name: string };
