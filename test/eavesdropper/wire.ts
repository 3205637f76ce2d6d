/**
 * Segments written by hand, as objects and as a capture file that tshark reads: makes a conversation packet by packet.
 */
import { TCP_FLAGS } from '../../src/packets/headers/packet.js';
import { LITTLE, captureInterface, enhanced, section } from '../packets/blocks.js';
import type { TcpSegment, TcpView } from '../../src/packets/headers/packet.js';

export interface Packet {
  readonly from: 'client' | 'server';
  readonly sequence: number;
  readonly acknowledgement?: number;
  /** The letters of the set flags, as Wireshark abbreviates them: `S`, `A`, `P`, `F`, `R`. */
  readonly flags?: string;
  readonly data?: string | Buffer;
  /** The payload's length on the wire, if the capture holds less of it. */
  readonly length?: number;
  readonly clientPort?: number;
  readonly window?: number;
  readonly checksum?: number;
}

const CLIENT = '10.0.0.1';
const SERVER = '10.0.0.2';
const CLIENT_PORT = 40_000;
const SERVER_PORT = 4747;
const LETTERS: Readonly<Record<string, number>> = {
  F: TCP_FLAGS.FIN,
  S: TCP_FLAGS.SYN,
  R: TCP_FLAGS.RST,
  P: TCP_FLAGS.PSH,
  A: TCP_FLAGS.ACK,
};

type Details = Omit<Packet, 'from' | 'sequence' | 'acknowledgement' | 'flags' | 'data'>;

const sentBy =
  (from: Packet['from']) =>
  (sequence: number, acknowledgement: number, flags: string, data?: string | Buffer, more: Details = {}): Packet => ({
    from,
    sequence,
    acknowledgement,
    flags,
    ...(data === undefined ? {} : { data }),
    ...more,
  });

export const client = sentBy('client');
export const server = sentBy('server');

function segmentOf(packet: Packet): TcpSegment {
  const { from, sequence, acknowledgement = 0, flags = 'A', clientPort = CLIENT_PORT } = packet;
  const payload = Buffer.from(packet.data ?? '');
  const ends = [
    { address: CLIENT, port: clientPort },
    { address: SERVER, port: SERVER_PORT },
  ] as const;
  const [source, destination] = from === 'client' ? ends : [ends[1], ends[0]];
  return {
    sourceAddress: source.address,
    sourcePort: source.port,
    destinationAddress: destination.address,
    destinationPort: destination.port,
    sequence: sequence >>> 0,
    acknowledgement: acknowledgement >>> 0,
    flags: Object.entries(LETTERS).reduce((bits, [letter, bit]) => (flags.includes(letter) ? bits | bit : bits), 0),
    window: packet.window ?? 65_535,
    payload,
    payloadLength: packet.length ?? payload.length,
  };
}

/** The segment as a decoder returns it. */
export function viewOf(packet: Packet): TcpView {
  const { sourceAddress, destinationAddress, payload, payloadLength, ...header } = segmentOf(packet);
  const addresses = Buffer.from(
    [sourceAddress, destinationAddress].flatMap((address) => address.split('.').map(Number)),
  );
  const data = Buffer.concat([addresses, payload]);
  return {
    ...header,
    data,
    source: 0,
    destination: 4,
    addressLength: 4,
    payloadStart: 8,
    payloadEnd: data.length,
    payloadLength,
  };
}

/** Packet `index` (from 0) was captured this many seconds after the epoch. */
export function timeOf(index: number): number {
  return 1_700_000_000 + index;
}

/** IP packets as a capture holds them, each with the part that was captured. */
export interface Frame {
  readonly data: Buffer;
  readonly originalLength: number;
}

export type Version = 4 | 6;

/** Link type 101: an IP packet with nothing before it. */
const RAW_IP = 101;

/**
 * A capture file of these packets: classic pcap, microseconds.
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
 */
export function pcapOf(packets: readonly Packet[], version: Version = 4): Buffer {
  return pcapOfFrames(packets.map((packet) => frameOf(packet, version)));
}

export function pcapOfFrames(frames: readonly Frame[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(RAW_IP, 20);
  return Buffer.concat([header, ...frames.flatMap(recordOf)]);
}

/** The same as pcapng. */
export function pcapngOf(packets: readonly Packet[], version: Version = 4): Buffer {
  return pcapngOfFrames(packets.map((packet) => frameOf(packet, version)));
}

export function pcapngOfFrames(frames: readonly Frame[], linkType = RAW_IP): Buffer {
  const blocks = frames.map((frame, index) => enhanced(LITTLE, { ...frame, time: BigInt(timeOf(index)) * 1_000_000n }));
  return Buffer.concat([section(LITTLE), captureInterface(LITTLE, linkType, 0), ...blocks]);
}

function recordOf({ data, originalLength }: Frame, index: number): Buffer[] {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(timeOf(index), 0);
  record.writeUInt32LE(data.length, 8);
  record.writeUInt32LE(originalLength, 12);
  return [record, data];
}

/** The TCP checksum is zero by default, and so wrong. tshark does not verify it by default, and we do not either. */
export function frameOf(packet: Packet, version: Version = 4): Frame {
  const segment = segmentOf(packet);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(segment.sourcePort, 0);
  header.writeUInt16BE(segment.destinationPort, 2);
  header.writeUInt32BE(segment.sequence, 4);
  header.writeUInt32BE(segment.acknowledgement, 8);
  header[12] = 0x50;
  header[13] = segment.flags;
  header.writeUInt16BE(segment.window, 14);
  header.writeUInt16BE(packet.checksum ?? 0, 16);
  const ip = version === 4 ? ipv4Of(segment) : ipv6Of(segment);
  return {
    data: Buffer.concat([ip, header, segment.payload]),
    originalLength: ip.length + header.length + segment.payloadLength,
  };
}

function ipv4Of({ sourceAddress, destinationAddress, payloadLength }: TcpSegment): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(40 + payloadLength, 2);
  header[8] = 64;
  header[9] = 6;
  header.set(sourceAddress.split('.').map(Number), 12);
  header.set(destinationAddress.split('.').map(Number), 16);
  return header;
}

/** 10.0.0.1 becomes 2001:db8::1 here. */
function ipv6Of({ sourceAddress, destinationAddress, payloadLength }: TcpSegment): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(20 + payloadLength, 4);
  header[6] = 6;
  header[7] = 64;
  for (const [address, at] of [
    [sourceAddress, 8],
    [destinationAddress, 24],
  ] as const) {
    header.writeUInt32BE(0x20010db8, at);
    header[at + 15] = Number(address.split('.').at(-1));
  }
  return header;
}

/** An IPv4 packet in fragments of up to `size` bytes each, a multiple of 8 (RFC 791, section 3.2). */
export function fragmentsOf({ data }: Frame, size: number, identification: number): Frame[] {
  const content = data.subarray(20);
  return Array.from({ length: Math.ceil(content.length / size) }, (_, index) => {
    const part = content.subarray(index * size, (index + 1) * size);
    const header = Buffer.from(data.subarray(0, 20));
    const moreFragments = (index + 1) * size < content.length ? 0x2000 : 0;
    header.writeUInt16BE(20 + part.length, 2);
    header.writeUInt16BE(identification, 4);
    header.writeUInt16BE(moreFragments | ((index * size) / 8), 6);
    return { data: Buffer.concat([header, part]), originalLength: 20 + part.length };
  });
}
