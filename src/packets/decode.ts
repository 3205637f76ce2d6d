/** From a captured packet to the TCP segment inside it, and back. */
import { IPV4_BYTES, mappedToIpv6, parseIpAddress } from './address.js';
import { PROTOCOL_TCP, protocolName } from './ip.js';
import { formatIpv4Header, ipv4PseudoHeader, parseIpv4 } from './ipv4.js';
import { formatIpv6Header, ipv6PseudoHeader, parseIpv6 } from './ipv6.js';
import { ETHERTYPE, formatEthernetHeader, parseLink } from './link.js';
import type { CapturedPacket, DecodedPacket, TcpSegment } from './packet.js';
import { formatTcp, parseTcp, tcpHeaderLength } from './tcp.js';

export { linkTypeName } from './link.js';

/**
 * What `packet` holds. Never throws, whatever the bytes; checksums are not looked at, since a capture taken on the
 * sending machine seldom has them. The payload ends where the IP header says: padding is not part of it.
 */
export function decode(packet: CapturedPacket): DecodedPacket {
  const { data, linkType } = packet;
  const network = parseLink(linkType, data);
  if (network.kind === 'other') return network;

  const wireLength = Math.max(packet.originalLength, data.length);
  const ip = network.kind === 'ipv4' ? parseIpv4(data, network.offset, wireLength) : parseIpv6(data, network.offset, wireLength);
  if (ip.kind === 'other') return ip;
  if (ip.protocol !== PROTOCOL_TCP) return { kind: 'other', name: protocolName(ip.protocol) };

  const segment = parseTcp(data, ip.offset, ip.length);
  if (segment === 'cut' || segment === 'bad') return { kind: 'other', name: `${segment} TCP header` };
  return { kind: 'tcp', segment: { sourceAddress: ip.source, destinationAddress: ip.destination, ...segment } };
}

const NO_OPTIONS = Buffer.alloc(0);

/**
 * `segment` inside IPv4 or IPv6 inside an Ethernet frame with zero addresses, all checksums right: the bytes of a record
 * with LINKTYPE_ETHERNET. It is IPv4 where both addresses are (a mapped one counts as what it maps), else IPv6.
 *
 * @throws TypeError for an address that is none; RangeError for a number or a payload that its field cannot hold.
 */
export function formatTcpPacket(segment: Omit<TcpSegment, 'payloadLength'>, options: Buffer = NO_OPTIONS): Buffer {
  const source = parseIpAddress(segment.sourceAddress);
  const destination = parseIpAddress(segment.destinationAddress);
  const header = { ...segment, options };
  const length = tcpHeaderLength(header) + segment.payload.length;

  if (source.length === IPV4_BYTES && destination.length === IPV4_BYTES) {
    return Buffer.concat([
      formatEthernetHeader(ETHERTYPE.IPV4),
      formatIpv4Header(source, destination, PROTOCOL_TCP, length),
      formatTcp(header, segment.payload, ipv4PseudoHeader(source, destination, PROTOCOL_TCP, length)),
    ]);
  }
  const [from, to] = [mappedToIpv6(source), mappedToIpv6(destination)];
  return Buffer.concat([
    formatEthernetHeader(ETHERTYPE.IPV6),
    formatIpv6Header(from, to, PROTOCOL_TCP, length),
    formatTcp(header, segment.payload, ipv6PseudoHeader(from, to, PROTOCOL_TCP, length)),
  ]);
}
