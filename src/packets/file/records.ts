/**
 * A capture format as its reader sees it: records one after another. Whoever has the bytes pushes them; a record that is
 * not whole is given again, from its beginning, when there is more of it.
 */
import type { Damage } from './capture-file.js';
import type { Contents } from './contents.js';
import type { PacketView } from '../headers/packet.js';

export type OnPacket = (packet: PacketView) => void;

export interface Records {
  readonly format: 'pcap' | 'pcapng';
  /** How many packets were handed out. */
  readonly packets: number;
  /** Where the file stops making sense, once that has been seen: then no more is read. */
  readonly damage: Damage | null;
  /** How many bytes, from the first that was left, are needed before the next can be read; known bounds hold for it. */
  readonly needed: number;

  /** Reads the records of `data` from `start` to `end`, and answers where the first begins that it left. */
  read(data: Buffer, start: number, end: number): number;

  /** The file ends with `present` bytes that were left, of which `bytes` has as many as are needed. */
  cut(bytes: Buffer, present: number): Damage;

  contents(): Contents;
}

/** A view for a reader to fill. */
export function emptyPacketView(): PacketView {
  return { number: 0, seconds: 0, nanoseconds: 0, linkType: 0, originalLength: 0, data: Buffer.alloc(0), start: 0, end: 0 };
}
