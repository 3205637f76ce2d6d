/** From millions of captured packets to the TCP segments inside them, without an object for each. */
import { IPV4_BYTES, IPV6_BYTES } from './address.js';
import { parseIpv4 } from './ipv4.js';
import { parseIpv6 } from './ipv6.js';
import { PROTOCOL_TCP, protocolName } from './ip.js';
import { parseLink } from './link.js';
import { parseTcp } from './tcp.js';
import type { PacketView, TcpView } from './packet.js';

export class Decoder {
  /** The segment of the last packet that had one: filled anew by each. */
  readonly tcp: TcpView = {
    data: Buffer.alloc(0),
    source: 0,
    destination: 0,
    addressLength: IPV4_BYTES,
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    flags: 0,
    window: 0,
    payloadStart: 0,
    payloadEnd: 0,
    payloadLength: 0,
  };
  /** What the last packet was that had none, in a word, for counting: `UDP`, `ICMP`, `ARP`, `IPv4 fragment`, … */
  other = '';

  /**
   * Whether `packet` holds a TCP segment, or completes one that came in fragments: then {@link tcp} has it, else
   * {@link other} what it is. Never throws, whatever the bytes. Checksums are not looked at.
   */
  decode(packet: PacketView): boolean {
    const data = packet.data.subarray(packet.start, packet.end);
    const network = parseLink(packet.linkType, data);
    if (network.kind === 'other') return this.#isOther(network.name);
    const wire = Math.max(packet.originalLength, data.length);
    const ip = network.kind === 'ipv4' ? parseIpv4(data, network.offset, wire) : parseIpv6(data, network.offset, wire);
    if (ip.kind === 'other') return this.#isOther(ip.name);
    if (ip.protocol !== PROTOCOL_TCP) return this.#isOther(protocolName(ip.protocol));
    const segment = parseTcp(data, ip.offset, ip.length);
    if (segment === 'cut' || segment === 'bad') return this.#isOther(`${segment} TCP header`);
    const start = packet.start;
    const { payload, payloadLength, ...header } = segment;
    const [source, addressLength] = network.kind === 'ipv4' ? [12, IPV4_BYTES] : [8, IPV6_BYTES];
    const payloadStart = payload.byteOffset - packet.data.byteOffset;
    Object.assign(this.tcp, header, {
      data: packet.data,
      source: start + network.offset + source,
      destination: start + network.offset + source + addressLength,
      addressLength,
      payloadStart,
      payloadEnd: payloadStart + payload.length,
      payloadLength,
    });
    return true;
  }

  #isOther(name: string): false {
    this.other = name;
    return false;
  }
}
