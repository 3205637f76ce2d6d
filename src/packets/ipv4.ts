/** The IPv4 header (RFC 791, section 3.1), read and written. */
import { formatIpv4Address } from './address.js';
import { internetChecksum } from './checksum.js';
import type { IpPacket } from './ip.js';

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
const TIME_TO_LIVE = 64;

/**
 * Reads the header at `offset`. `wireLength` is how many bytes were on the wire from the beginning of `data`; less of
 * them may have been captured. The checksum is not looked at: a sending network card often fills it in after capture.
 */
export function parseIpv4(data: Buffer, offset: number, wireLength: number): IpPacket {
  if (data.length < offset + FIELD.options) return { kind: 'other', name: 'cut IPv4 header' };
  const first = data.readUInt8(offset + FIELD.versionAndHeaderLength);
  const headerLength = (first & 0x0f) * 4;
  const onTheWire = wireLength - offset;
  // Zero: the network card was left to cut a larger packet into segments (TSO), so the packet goes as far as it goes.
  const totalLength = data.readUInt16BE(offset + FIELD.totalLength) || onTheWire;
  if (first >> 4 !== 4 || headerLength < FIELD.options || totalLength < headerLength) return { kind: 'other', name: 'bad IPv4 header' };
  if ((data.readUInt16BE(offset + FIELD.flagsAndFragmentOffset) & IS_FRAGMENT) !== 0) return { kind: 'other', name: 'IPv4 fragment' };
  return {
    kind: 'packet',
    offset: offset + headerLength,
    length: Math.min(totalLength, onTheWire) - headerLength,
    protocol: data.readUInt8(offset + FIELD.protocol),
    source: formatIpv4Address(data, offset + FIELD.source),
    destination: formatIpv4Address(data, offset + FIELD.destination),
  };
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
