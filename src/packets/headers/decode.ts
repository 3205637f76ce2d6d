/** From a captured packet to the TCP segment inside it, and back. */
import { IPV4_BYTES, formatIpAddress, mappedToIpv6, parseIpAddress } from './address.js';
import { Decoder } from './decoder.js';
import { ETHERTYPE } from './ethertype.js';
import { PROTOCOL } from './ip.js';
import { formatIpv4Header, ipv4PseudoHeader } from './ipv4.js';
import { formatIpv6Header, ipv6PseudoHeader } from './ipv6.js';
import { formatEthernetHeader } from './link.js';
import type { CapturedPacket, DecodedPacket, TcpSegment, TcpView } from './packet.js';
import { formatTcp, tcpHeaderLength } from './tcp.js';

export { linkTypeName } from './link.js';

/**
 * What `packet` holds, as a new object: for code that reads few packets. Give the same `decoder` for all packets of a
 * capture, and it puts fragments together; without one, the answer for a fragment is "fragment". Otherwise as {@link
 * Decoder.decode}.
 */
export function decode({ data, ...packet }: CapturedPacket, decoder: Decoder = new Decoder()): DecodedPacket {
  if (!decoder.decode({ ...packet, data, start: 0, end: data.length })) return { kind: 'other', name: decoder.other };
  return { kind: 'tcp', segment: segmentOf(decoder.tcp) };
}

function segmentOf({
  data,
  source,
  destination,
  addressLength,
  payloadStart,
  payloadEnd,
  ...fields
}: TcpView): TcpSegment {
  return {
    ...fields,
    sourceAddress: formatIpAddress(data, source, addressLength),
    destinationAddress: formatIpAddress(data, destination, addressLength),
    payload: data.subarray(payloadStart, payloadEnd),
  };
}

const NO_OPTIONS = Buffer.alloc(0);

/**
 * `segment` in IPv4 or IPv6, in an Ethernet frame with zero addresses, with correct checksums: the bytes of a record
 * with LINKTYPE_ETHERNET. It is IPv4 if both addresses are (an IPv4-mapped IPv6 address counts as IPv4), otherwise
 * IPv6.
 *
 * @throws TypeError for a bad address; RangeError for a number or a payload that does not fit its field.
 */
export function formatTcpPacket(segment: Omit<TcpSegment, 'payloadLength'>, options: Buffer = NO_OPTIONS): Buffer {
  const source = parseIpAddress(segment.sourceAddress);
  const destination = parseIpAddress(segment.destinationAddress);
  const header = { ...segment, options };
  const length = tcpHeaderLength(header) + segment.payload.length;

  if (source.length === IPV4_BYTES && destination.length === IPV4_BYTES) {
    return Buffer.concat([
      formatEthernetHeader(ETHERTYPE.IPV4),
      formatIpv4Header(source, destination, PROTOCOL.TCP, length),
      formatTcp(header, segment.payload, ipv4PseudoHeader(source, destination, PROTOCOL.TCP, length)),
    ]);
  }
  const [from, to] = [mappedToIpv6(source), mappedToIpv6(destination)];
  return Buffer.concat([
    formatEthernetHeader(ETHERTYPE.IPV6),
    formatIpv6Header(from, to, PROTOCOL.TCP, length),
    formatTcp(header, segment.payload, ipv6PseudoHeader(from, to, PROTOCOL.TCP, length)),
  ]);
}
