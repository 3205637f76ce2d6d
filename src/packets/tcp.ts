/** The TCP header (RFC 9293, section 3.1), read and written. */
import { internetChecksum } from './checksum.js';
import type { TcpSegment } from './packet.js';

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

/** A segment without its addresses, which are the IP header's. */
export type AddresslessSegment = Omit<TcpSegment, 'sourceAddress' | 'destinationAddress'>;

/**
 * Reads the segment of `length` bytes (by the IP header) at `offset`. `cut` where the fixed header was not captured
 * whole, `bad` where the lengths cannot be.
 */
export function parseTcp(data: Buffer, offset: number, length: number): AddresslessSegment | 'cut' | 'bad' {
  if (length < FIELD.options) return 'bad';
  const captured = Math.min(data.length - offset, length);
  if (captured < FIELD.options) return 'cut';
  const headerLength = (data.readUInt8(offset + FIELD.dataOffset) >> 4) * 4;
  if (headerLength < FIELD.options || headerLength > length) return 'bad';
  return {
    sourcePort: data.readUInt16BE(offset + FIELD.sourcePort),
    destinationPort: data.readUInt16BE(offset + FIELD.destinationPort),
    sequence: data.readUInt32BE(offset + FIELD.sequence),
    acknowledgement: data.readUInt32BE(offset + FIELD.acknowledgement),
    flags: data.readUInt8(offset + FIELD.flags),
    window: data.readUInt16BE(offset + FIELD.window),
    payload: data.subarray(offset + headerLength, offset + captured),
    payloadLength: length - headerLength,
  };
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
