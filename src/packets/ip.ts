/** What the two versions of IP have in common: the protocol of what they carry, and what their parsers answer. */

export const PROTOCOL_TCP = 6;

export type IpPacket =
  | {
      readonly kind: 'packet';
      /** Offset in the packet's data at which the header of `protocol` begins. */
      readonly offset: number;
      /** Bytes from there to the end by the IP header, without padding: more than were captured of a snapped packet. */
      readonly length: number;
      /** IANA protocol number. */
      readonly protocol: number;
      readonly source: string;
      readonly destination: string;
    }
  | { readonly kind: 'other'; readonly name: string };

/** https://www.iana.org/assignments/protocol-numbers */
const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'ICMP'],
  [2, 'IGMP'],
  [4, 'IPv4 in IP'],
  [PROTOCOL_TCP, 'TCP'],
  [17, 'UDP'],
  [41, 'IPv6 in IP'],
  [47, 'GRE'],
  [50, 'ESP'],
  [51, 'AH'],
  [58, 'ICMPv6'],
  [59, 'no next header'],
  [132, 'SCTP'],
]);

export function protocolName(protocol: number): string {
  return PROTOCOL_NAMES.get(protocol) ?? `IP protocol ${protocol}`;
}
