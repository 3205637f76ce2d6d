/** The IPv4 header (RFC 791, section 3.1), read and written. */
import { IPV4_BYTES } from './address.js';
import { internetChecksum } from './checksum.js';
import type { Fragments } from './fragments.js';
import { layerOfProtocol, readFragment } from './ip.js';
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const FIELD = {
  versionAndHeaderLength: 0,
  typeOfService: 1,
  totalLength: 2,
  identification: 4,
  flagsAndFragmentOffset: 6,
  timeToLive: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
  options: 20,
} as const;

const DONT_FRAGMENT = 0x4000;
/** More fragments follow, or an offset that is not zero. */
const IS_FRAGMENT = 0x3fff;
const MORE_FRAGMENTS = 0x2000;
const OFFSET_IN_EIGHTS = 0x1fff;
const TIME_TO_LIVE = 64;

/**
 * Reads the header and, for a fragment, the packet that it completes. The checksum is ignored: when a packet is
 * captured on its way out, the network card has often not filled it in yet.
 */
export function readIpv4(cursor: Cursor, fragments: Fragments): Layer {
  if (!has(cursor, FIELD.options)) return none(cursor, 'cut IPv4 header');
  const { data, at } = cursor;
  const first = uint8(data, at + FIELD.versionAndHeaderLength);
  // Some layers announce only "IP", or the wrong version. As Wireshark, we believe the header itself.
  if (first >> 4 === 6) return LAYER.ipv6;
  const headerLength = (first & 0x0f) * 4;
  // Zero: the network card was to cut a larger packet into segments (TSO), so all captured bytes belong to it.
  const totalLength = uint16(data, at + FIELD.totalLength) || cursor.wireEnd - at;
  if (first >> 4 !== 4 || headerLength < FIELD.options || totalLength < headerLength)
    return none(cursor, 'bad IPv4 header');

  cursor.source = at + FIELD.source;
  cursor.destination = at + FIELD.destination;
  cursor.addressLength = IPV4_BYTES;
  cursor.at += headerLength;
  narrow(cursor, totalLength - headerLength);
  const protocol = uint8(data, at + FIELD.protocol);
  const fragment = uint16(data, at + FIELD.flagsAndFragmentOffset);
  if ((fragment & IS_FRAGMENT) === 0) return layerOfProtocol(cursor, protocol);
  return readFragment(cursor, fragments, {
    name: 'IPv4 fragment',
    key: `${protocol} ${uint16(data, at + FIELD.identification)}`,
    isPart: totalLength > cursor.wireEnd - at,
    protocol,
    offset: 8 * (fragment & OFFSET_IN_EIGHTS),
    hasMore: (fragment & MORE_FRAGMENTS) !== 0,
  });
}

/** A header without options before `length` bytes of `protocol`, at most 65,515. Addresses of 4 bytes each. */
export function formatIpv4Header(source: Buffer, destination: Buffer, protocol: number, length: number): Buffer {
  const header = Buffer.alloc(FIELD.options);
  header.writeUInt8((4 << 4) | (FIELD.options / 4), FIELD.versionAndHeaderLength);
  header.writeUInt16BE(FIELD.options + length, FIELD.totalLength);
  header.writeUInt16BE(DONT_FRAGMENT, FIELD.flagsAndFragmentOffset);
  header.writeUInt8(TIME_TO_LIVE, FIELD.timeToLive);
  header.writeUInt8(protocol, FIELD.protocol);
  source.copy(header, FIELD.source);
  destination.copy(header, FIELD.destination);
  header.writeUInt16BE(internetChecksum(header), FIELD.checksum);
  return header;
}

/** What a TCP checksum covers besides the segment (RFC 9293, section 3.1). */
export function ipv4PseudoHeader(source: Buffer, destination: Buffer, protocol: number, length: number): Buffer {
  return Buffer.concat([source, destination, Buffer.from([0, protocol, length >> 8, length & 0xff])]);
}
