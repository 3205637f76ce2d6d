/** Segments written by hand, as objects and as a capture file that tshark reads: a made conversation, packet by packet. */
import { TCP_FLAGS } from '../../src/packets/packet.js';
import type { TcpSegment, TcpView } from '../../src/packets/packet.js';

export interface Packet {
  readonly from: 'client' | 'server';
  readonly sequence: number;
  readonly acknowledgement?: number;
  /** Letters of the flags that are set, as Wireshark abbreviates them: `S`, `A`, `P`, `F`, `R`. */
  readonly flags?: string;
  readonly data?: string | Buffer;
  /** The payload's length on the wire, where the capture holds less of it. */
  readonly length?: number;
  readonly clientPort?: number;
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

export function client(sequence: number, acknowledgement: number, flags: string, data?: string | Buffer, more: Details = {}): Packet {
  return { from: 'client', sequence, acknowledgement, flags, ...(data === undefined ? {} : { data }), ...more };
}

export function server(sequence: number, acknowledgement: number, flags: string, data?: string | Buffer, more: Details = {}): Packet {
  return { from: 'server', sequence, acknowledgement, flags, ...(data === undefined ? {} : { data }), ...more };
}

export function segmentOf(packet: Packet): TcpSegment {
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
    window: 65_535,
    payload,
    payloadLength: packet.length ?? payload.length,
  };
}

/** The same as a decoder hands it over. */
export function viewOf(packet: Packet): TcpView {
  const { sourceAddress, destinationAddress, payload, payloadLength, ...header } = segmentOf(packet);
  const addresses = Buffer.from([sourceAddress, destinationAddress].flatMap((address) => address.split('.').map(Number)));
  const data = Buffer.concat([addresses, payload]);
  return { ...header, data, source: 0, destination: 4, addressLength: 4, payloadStart: 8, payloadEnd: data.length, payloadLength };
}

/** Packet `index` (from 0) was captured so many seconds after the epoch. */
export function timeOf(index: number): number {
  return 1_700_000_000 + index;
}

/**
 * A capture file of these packets: classic pcap, microseconds, link type 101 (an IPv4 packet and nothing before it).
 * https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
 */
export function pcapOf(packets: readonly Packet[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(101, 20);
  return Buffer.concat([header, ...packets.flatMap((packet, index) => recordOf(ipv4Of(segmentOf(packet)), index))]);
}

function recordOf({ bytes, originalLength }: { bytes: Buffer; originalLength: number }, index: number): Buffer[] {
  const record = Buffer.alloc(16);
  record.writeUInt32LE(timeOf(index), 0);
  record.writeUInt32LE(bytes.length, 8);
  record.writeUInt32LE(originalLength, 12);
  return [record, bytes];
}

/** Checksums are left zero: tshark does not verify them unless told. */
function ipv4Of(segment: TcpSegment): { bytes: Buffer; originalLength: number } {
  const originalLength = 40 + segment.payloadLength;
  const headers = Buffer.alloc(40);
  headers[0] = 0x45;
  headers.writeUInt16BE(originalLength, 2);
  headers[8] = 64;
  headers[9] = 6;
  headers.set(segment.sourceAddress.split('.').map(Number), 12);
  headers.set(segment.destinationAddress.split('.').map(Number), 16);
  headers.writeUInt16BE(segment.sourcePort, 20);
  headers.writeUInt16BE(segment.destinationPort, 22);
  headers.writeUInt32BE(segment.sequence, 24);
  headers.writeUInt32BE(segment.acknowledgement, 28);
  headers[32] = 0x50;
  headers[33] = segment.flags;
  headers.writeUInt16BE(segment.window, 34);
  return { bytes: Buffer.concat([headers, segment.payload]), originalLength };
}
