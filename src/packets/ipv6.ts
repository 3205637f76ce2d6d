/** The IPv6 header and its extension headers (RFC 8200, sections 3 and 4), read and written. */
import { formatIpv6Address } from './address.js';
import type { IpPacket } from './ip.js';

const FIELD = { versionClassFlow: 0, payloadLength: 4, nextHeader: 6, hopLimit: 7, source: 8, destination: 24, end: 40 } as const;

/** Hop-by-hop, routing, destination options, mobility, HIP, shim6: all of one shape. */
const OPTIONS_HEADERS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const OPTIONS = { nextHeader: 0, lengthInEights: 1 } as const;
const FRAGMENT_HEADER = 44;
const FRAGMENT = { nextHeader: 0, reserved: 1, offsetAndMore: 2, identification: 4, end: 8 } as const;
/** The offset, and the flag that more fragments follow: all zero in an "atomic" fragment, which is whole (RFC 6946). */
const IS_FRAGMENT = 0xfff9;
const SHORTEST_EXTENSION = 8;
const HOP_LIMIT = 64;

/** Reads the header at `offset` and skips its extension headers; `wireLength` as for IPv4. */
export function parseIpv6(data: Buffer, offset: number, wireLength: number): IpPacket {
  if (data.length < offset + FIELD.end) return { kind: 'other', name: 'cut IPv6 header' };
  if (data.readUInt8(offset + FIELD.versionClassFlow) >> 4 !== 6) return { kind: 'other', name: 'bad IPv6 header' };

  const onTheWire = wireLength - offset - FIELD.end;
  // Zero: a jumbogram (RFC 2675) or one that the network card was to cut (TSO); it goes as far as it goes.
  const payloadLength = Math.min(data.readUInt16BE(offset + FIELD.payloadLength) || onTheWire, onTheWire);
  const end = offset + FIELD.end + payloadLength;
  const upper = skipExtensions(data, offset + FIELD.end, data.readUInt8(offset + FIELD.nextHeader));
  if (upper.kind === 'other') return upper;
  if (upper.offset > end) return { kind: 'other', name: 'bad IPv6 header' };
  return {
    kind: 'packet',
    offset: upper.offset,
    length: end - upper.offset,
    protocol: upper.protocol,
    source: formatIpv6Address(data, offset + FIELD.source),
    destination: formatIpv6Address(data, offset + FIELD.destination),
  };
}

type UpperLayer =
  | { readonly kind: 'upper'; readonly protocol: number; readonly offset: number }
  | { readonly kind: 'other'; readonly name: string };

/** Each turn goes on by 8 bytes or more, so this ends with the data at the latest. */
function skipExtensions(data: Buffer, from: number, first: number): UpperLayer {
  let protocol = first;
  let offset = from;
  while (OPTIONS_HEADERS.has(protocol) || protocol === FRAGMENT_HEADER) {
    if (data.length < offset + SHORTEST_EXTENSION) return { kind: 'other', name: 'cut IPv6 header' };
    if (protocol === FRAGMENT_HEADER) {
      if ((data.readUInt16BE(offset + FRAGMENT.offsetAndMore) & IS_FRAGMENT) !== 0) return { kind: 'other', name: 'IPv6 fragment' };
      protocol = data.readUInt8(offset + FRAGMENT.nextHeader);
      offset += FRAGMENT.end;
    } else {
      protocol = data.readUInt8(offset + OPTIONS.nextHeader);
      // The first eight bytes are not counted.
      offset += 8 * (data.readUInt8(offset + OPTIONS.lengthInEights) + 1);
    }
  }
  return { kind: 'upper', protocol, offset };
}

/** A header without extensions before `length` bytes of `protocol`, at most 65,535. Addresses of 16 bytes each. */
export function formatIpv6Header(source: Buffer, destination: Buffer, protocol: number, length: number): Buffer {
  const header = Buffer.alloc(FIELD.end);
  header.writeUInt8(6 << 4, FIELD.versionClassFlow);
  header.writeUInt16BE(length, FIELD.payloadLength);
  header.writeUInt8(protocol, FIELD.nextHeader);
  header.writeUInt8(HOP_LIMIT, FIELD.hopLimit);
  source.copy(header, FIELD.source);
  destination.copy(header, FIELD.destination);
  return header;
}

/** What a TCP checksum covers besides the segment (RFC 8200, section 8.1). */
export function ipv6PseudoHeader(source: Buffer, destination: Buffer, protocol: number, length: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail.writeUInt8(protocol, 7);
  return Buffer.concat([source, destination, tail]);
}
