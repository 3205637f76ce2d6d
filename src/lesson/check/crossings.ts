/** What crossed in a run, frame by frame, as the capture of one half of the wire holds it. */
import { CaptureFileError } from '../../packets/file/capture-file.js';
import { readParsedPcap } from '../../packets/file/parsed-pcap.js';
import { Decoder } from '../../packets/headers/decoder.js';
import { TCP_FLAGS } from '../../packets/headers/packet.js';
import type { Side } from '../../protocol/side.js';

/** A frame that carried bytes. */
export interface Crossing {
  readonly frame: number;
  readonly from: Side;
  /** Since the first packet. */
  readonly ms: number;
  readonly bytes: Buffer;
  /** Counts the connections of the capture from 1. */
  readonly connection: number;
}

/** In their order. A capture that nobody can read has none. */
export function crossingsOf(pcap: Buffer): readonly Crossing[] {
  const decoder = new Decoder();
  const crossings: Crossing[] = [];
  /** The two ports of each connection, that of its client first. */
  const connections: (readonly [number, number])[] = [];
  let beganMs: number | null = null;
  try {
    readParsedPcap(
      pcap,
      (packet) => {
        const atMs = packet.seconds * 1000 + packet.nanoseconds / 1e6;
        beganMs ??= atMs;
        if (!decoder.decode(packet)) return;
        const { sourcePort, destinationPort, flags, payloadStart, payloadEnd, data } = decoder.tcp;
        if ((flags & TCP_FLAGS.SYN) !== 0 && (flags & TCP_FLAGS.ACK) === 0)
          connections.push([sourcePort, destinationPort]);
        // A port can be used again, so the newest connection counts.
        const isOf = (one: number, other: number): number =>
          connections.findLastIndex(([client, server]) => client === one && server === other);
        const sent = isOf(sourcePort, destinationPort);
        const index = Math.max(sent, isOf(destinationPort, sourcePort));
        if (payloadEnd <= payloadStart || index < 0) return;
        crossings.push({
          frame: packet.number,
          from: sent === index ? 'client' : 'server',
          ms: atMs - beganMs,
          bytes: Buffer.from(data.subarray(payloadStart, payloadEnd)),
          connection: index + 1,
        });
      },
      'the capture of a run',
    );
  } catch (error) {
    // A run in which nobody connected leaves an empty file.
    if (!(error instanceof CaptureFileError)) throw error;
  }
  return crossings;
}
