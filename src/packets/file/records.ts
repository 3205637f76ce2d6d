/**
 * A capture format as a list of records. The caller pushes bytes. A record that was not complete is given again, from
 * its beginning, when more of it is there.
 */
import type { Damage } from './capture-file.js';
import type { Contents } from './contents.js';
import type { PacketView } from '../headers/packet.js';

/** The formats that we read. */
export type CaptureFormat = 'pcap' | 'pcapng' | 'snoop';

export type OnPacket = (packet: PacketView) => void;

export interface Records {
  readonly format: CaptureFormat;
  /** How many packets were handed out. */
  readonly packets: number;
  /** Where the file cannot be read any further, or null so far. Nothing after it is read. */
  readonly damage: Damage | null;
  /** How many bytes the next record needs, from the first byte that was left. It is within the format's bounds. */
  readonly needed: number;

  /** Reads the records of `data` from `start` to `end`. Returns where the first record begins that it left. */
  read(data: Buffer, start: number, end: number): number;

  /** The file ends, and `present` bytes were left. `bytes` has as many of them as are needed to say what is cut. */
  cut(bytes: Buffer, present: number): Damage;

  contents(): Contents;
}

/** A view for a reader to fill. */
export function emptyPacketView(): PacketView {
  return {
    number: 0,
    seconds: 0,
    nanoseconds: 0,
    linkType: 0,
    originalLength: 0,
    data: Buffer.alloc(0),
    start: 0,
    end: 0,
  };
}
