/** The IPv6 header and its extension headers (RFC 8200, sections 3 and 4), read and written. */
import { IPV6_BYTES } from './address.js';
import type { Fragments } from './fragments.js';
import { EXTENSION, layerOfProtocol, readFragment } from './ip.js';
import { has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint32, uint8 } from '../../bytes/integers.js';

const FIELD = {
  versionClassFlow: 0,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
  end: 40,
} as const;

const OPTIONS = { nextHeader: 0, lengthInEights: 1 } as const;
const FRAGMENT = { nextHeader: 0, reserved: 1, offsetAndMore: 2, identification: 4, end: 8 } as const;
const MORE_FRAGMENTS = 0x0001;
const OFFSET_IN_BYTES = 0xfff8;
const SHORTEST_EXTENSION = 8;
const HOP_LIMIT = 64;

/** Reads the header. Extension headers are the next layer. */
export function readIpv6(cursor: Cursor): Layer {
  if (!has(cursor, FIELD.end)) return none(cursor, 'cut IPv6 header');
  const { data, at } = cursor;
  if (uint8(data, at + FIELD.versionClassFlow) >> 4 !== 6) return none(cursor, 'bad IPv6 header');

  cursor.source = at + FIELD.source;
  cursor.destination = at + FIELD.destination;
  cursor.addressLength = IPV6_BYTES;
  cursor.at += FIELD.end;
  // Zero: a jumbogram (RFC 2675), or one that the network card was to cut (TSO). All captured bytes belong to it.
  narrow(cursor, uint16(data, at + FIELD.payloadLength) || cursor.wireEnd - cursor.at);
  return layerOfProtocol(cursor, uint8(data, at + FIELD.nextHeader));
}

/** Reads extension headers and, for a fragment, the packet that it completes. Each turn moves on by 8 bytes or more. */
export function readExtensions(cursor: Cursor, fragments: Fragments): Layer {
  const { data } = cursor;
  let protocol = cursor.extension;
  while (isExtension(protocol)) {
    const { at } = cursor;
    const isFragmentHeader = protocol === EXTENSION.fragment;
    if (cursor.wireEnd - at < SHORTEST_EXTENSION) return none(cursor, 'bad IPv6 header');
    if (!has(cursor, SHORTEST_EXTENSION)) return none(cursor, 'cut IPv6 header');
    protocol = uint8(data, at + OPTIONS.nextHeader);
    // The first eight bytes are not counted.
    cursor.at += isFragmentHeader ? FRAGMENT.end : 8 * (uint8(data, at + OPTIONS.lengthInEights) + 1);
    if (cursor.at > cursor.wireEnd) return none(cursor, 'bad IPv6 header');
    if (!isFragmentHeader) continue;

    const fragment = uint16(data, at + FRAGMENT.offsetAndMore);
    // All zero in an "atomic" fragment, which is whole (RFC 6946).
    if ((fragment & (OFFSET_IN_BYTES | MORE_FRAGMENTS)) === 0) continue;
    return readFragment(cursor, fragments, {
      name: 'IPv6 fragment',
      key: `v6 ${uint32(data, at + FRAGMENT.identification)}`,
      isPart: true,
      protocol,
      offset: fragment & OFFSET_IN_BYTES,
      hasMore: (fragment & MORE_FRAGMENTS) !== 0,
    });
  }
  return layerOfProtocol(cursor, protocol);
}

function isExtension(protocol: number): boolean {
  return (
    protocol === EXTENSION.hopByHop ||
    protocol === EXTENSION.routing ||
    protocol === EXTENSION.fragment ||
    protocol === EXTENSION.destination ||
    protocol === EXTENSION.shim6
  );
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
