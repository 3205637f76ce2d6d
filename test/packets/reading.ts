/** Reads captures with our own reader, whole and in pieces, and returns packets as objects to compare. */
import { expect } from '@jest/globals';

import { CaptureReader, type CaptureEnd } from '../../src/packets/file/capture-reader.js';
import type { CapturedPacket, PacketView } from '../../src/packets/headers/packet.js';
import { readCapture } from '../../src/packets/file/read-capture.js';

export interface Reading {
  readonly end: CaptureEnd;
  readonly packets: readonly CapturedPacket[];
}

/** A copy of the packet and its bytes. */
export function kept({ data, start, end, ...packet }: PacketView): CapturedPacket {
  return { ...packet, data: Buffer.from(data.subarray(start, end)) };
}

export function read(chunks: Iterable<Buffer>): Reading {
  const packets: CapturedPacket[] = [];
  const reader = new CaptureReader((view) => packets.push(kept(view)));
  // A caller may reuse a chunk after `push`. Here it is overwritten at once, so that a late look at it is noticed.
  for (const chunk of chunks) {
    const lent = Buffer.from(chunk);
    reader.push(lent);
    lent.fill(0xee);
  }
  return { end: reader.end(), packets };
}

/** Copies of the packets of the file at `file`. */
export function readFile(file: string, onPacket: (packet: CapturedPacket) => void): Promise<CaptureEnd> {
  return readCapture(file, (view) => {
    onPacket(kept(view));
  });
}

export function* pieces(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export type Outcome = Reading | { readonly error: string; readonly message: string };

export function outcome(chunks: Iterable<Buffer>): Outcome {
  try {
    return read(chunks);
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, message };
  }
}

/** The same capture whole, in pieces of two sizes and byte by byte. */
export function readEachWay(bytes: Buffer): Reading {
  const whole = read([bytes]);
  for (const size of [1, 7, 50]) expect(read(pieces(bytes, size))).toEqual(whole);
  return whole;
}
