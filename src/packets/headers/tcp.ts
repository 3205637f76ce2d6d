/** The TCP header (RFC 9293, section 3.1), read and written. */
import { internetChecksum } from './checksum.js';
import { uint16, uint32, uint8 } from '../../bytes/integers.js';
import { has, type Cursor } from './layers.js';
import type { TcpView } from './packet.js';

const FIELD = {
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgement: 8,
  dataOffset: 12,
  flags: 13,
  window: 14,
  checksum: 16,
  urgentPointer: 18,
  options: 20,
} as const;

/** Fills `view` with the segment at the cursor. Returns whether there is one. */
export function readTcp(cursor: Cursor, view: TcpView): boolean {
  const { data, at } = cursor;
  const length = cursor.wireEnd - at;
  if (length < FIELD.options) return isNone(cursor, 'bad TCP header');
  // Nothing after the window is needed. So the segment counts even if none of its payload was captured.
  if (!has(cursor, FIELD.checksum)) return isNone(cursor, 'cut TCP header');
  const headerLength = (uint8(data, at + FIELD.dataOffset) >> 4) * 4;
  if (headerLength < FIELD.options || headerLength > length) return isNone(cursor, 'bad TCP header');
  fill(view, cursor, headerLength);
  return true;
}

/**
 * Fills `view` with a header that belongs to no segment, and no payload. Returns whether enough of it is there for
 * Wireshark to give its conversation a number.
 */
export function readTcpHeader(cursor: Cursor, view: TcpView): boolean {
  if (!has(cursor, FIELD.checksum)) return false;
  fill(view, cursor, cursor.wireEnd - cursor.at);
  return true;
}

function fill(view: TcpView, cursor: Cursor, headerLength: number): void {
  const { data, at, end } = cursor;
  view.data = data;
  view.source = cursor.source;
  view.destination = cursor.destination;
  view.addressLength = cursor.addressLength;
  view.sourcePort = uint16(data, at + FIELD.sourcePort);
  view.destinationPort = uint16(data, at + FIELD.destinationPort);
  view.sequence = uint32(data, at + FIELD.sequence);
  view.acknowledgement = uint32(data, at + FIELD.acknowledgement);
  view.flags = uint8(data, at + FIELD.flags);
  view.window = uint16(data, at + FIELD.window);
  view.payloadStart = Math.min(at + headerLength, end);
  view.payloadEnd = end;
  view.payloadLength = cursor.wireEnd - at - headerLength;
}

function isNone(cursor: Cursor, name: string): false {
  cursor.name = name;
  return false;
}

export interface TcpHeader {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly flags: number;
  readonly window: number;
  /** Padded to a multiple of 4 bytes, at most 40. */
  readonly options: Buffer;
}

/** Bytes of the header that {@link formatTcp} writes. */
export function tcpHeaderLength({ options }: TcpHeader): number {
  return FIELD.options + options.length;
}

/** The segment's bytes; `pseudoHeader` stands for the IP header in the checksum. */
export function formatTcp(header: TcpHeader, payload: Buffer, pseudoHeader: Buffer): Buffer {
  const headerLength = tcpHeaderLength(header);
  const segment = Buffer.alloc(headerLength + payload.length);
  segment.writeUInt16BE(header.sourcePort, FIELD.sourcePort);
  segment.writeUInt16BE(header.destinationPort, FIELD.destinationPort);
  segment.writeUInt32BE(header.sequence, FIELD.sequence);
  segment.writeUInt32BE(header.acknowledgement, FIELD.acknowledgement);
  segment.writeUInt8((headerLength / 4) << 4, FIELD.dataOffset);
  segment.writeUInt8(header.flags, FIELD.flags);
  segment.writeUInt16BE(header.window, FIELD.window);
  header.options.copy(segment, FIELD.options);
  payload.copy(segment, headerLength);
  segment.writeUInt16BE(internetChecksum(pseudoHeader, segment), FIELD.checksum);
  return segment;
}
