/**
 * One direction of a conversation as it was put in order: its bytes, where some are missing, and which packet carried
 * which of them.
 *
 * An offset counts the bytes that are held; a position counts those that are missing too, as sequence numbers do.
 */
import { createHash } from 'node:crypto';
import { countPassing } from './bisection.js';

/** Which packet carried a byte. `time` is in seconds since the Unix epoch. */
export interface Carrier {
  readonly frame: number;
  readonly time: number;
}

/** Bytes that follow each other without a gap: from `start` up to, not including, `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** What the reassembly of one direction hands over to, in order. */
export interface StreamSink {
  append(bytes: Buffer, carrier: Carrier): void;
  /** `count` bytes that nobody will hand over any more. */
  skip(count: number): void;
  /** Whether bytes that came again, from `position` on, are other than those held. Missing ones differ from nothing. */
  differs(position: number, bytes: Buffer): boolean;
}

const LEAST_CAPACITY = 256;

export class Stream implements StreamSink {
  #buffer = Buffer.alloc(0);
  #length = 0;
  /** The offset at which each packet's bytes begin, and the packet. */
  readonly #starts: number[] = [];
  readonly #carriers: Carrier[] = [];
  /** The offset before which bytes are missing, and how many are missing up to there. */
  readonly #gapOffsets: number[] = [];
  readonly #missingUpTo: number[] = [];

  get length(): number {
    return this.#length;
  }

  /** The bytes held, gaps closed up: valid until the next `append`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  get missing(): number {
    return this.#missingUpTo.at(-1) ?? 0;
  }

  /** 64 hex digits over the bytes held. */
  sha256(): string {
    return createHash('sha256').update(this.bytes).digest('hex');
  }

  append(bytes: Buffer, carrier: Carrier): void {
    if (bytes.length === 0) return;
    this.#reserve(this.#length + bytes.length);
    bytes.copy(this.#buffer, this.#length);
    if (this.#carriers.at(-1)?.frame !== carrier.frame) {
      this.#starts.push(this.#length);
      this.#carriers.push(carrier);
    }
    this.#length += bytes.length;
  }

  skip(count: number): void {
    const missing = this.missing + count;
    if (this.#gapOffsets.at(-1) === this.#length) {
      this.#missingUpTo[this.#missingUpTo.length - 1] = missing;
      return;
    }
    this.#gapOffsets.push(this.#length);
    this.#missingUpTo.push(missing);
  }

  differs(position: number, bytes: Buffer): boolean {
    // The gaps before the position, by the position at which each ends.
    let gap = countPassing(this.#gapOffsets.length, (index) => this.#gapEnd(index) <= position);
    let at = 0;
    while (at < bytes.length) {
      const offset = position + at - this.#missingBefore(gap);
      const nextGap = this.#gapOffsets[gap] ?? this.#length;
      const held = Math.min(nextGap - offset, bytes.length - at);
      if (held > 0 && this.#buffer.compare(bytes, at, at + held, offset, offset + held) !== 0) return true;
      if (gap >= this.#gapOffsets.length) return false;
      at = this.#gapEnd(gap) - position;
      gap += 1;
    }
    return false;
  }

  /** The packet that carried the byte at `offset`. */
  carrierOf(offset: number): Carrier {
    const carrier = this.#carriers[countPassing(this.#starts.length, (index) => (this.#starts[index] ?? 0) <= offset) - 1];
    if (carrier === undefined) throw new RangeError(`Cannot name the packet of byte ${offset}: the stream holds ${this.#length}`);
    return carrier;
  }

  /** The stretches between the gaps, none of them empty. */
  runs(): readonly Run[] {
    const edges = [0, ...this.#gapOffsets, this.#length];
    return edges.slice(1).flatMap((end, index) => {
      const start = edges[index] ?? 0;
      return end > start ? [{ start, end }] : [];
    });
  }

  /** How many bytes are missing somewhere before `offset`, directly before it included. */
  missingBefore(offset: number): number {
    return this.#missingBefore(countPassing(this.#gapOffsets.length, (index) => (this.#gapOffsets[index] ?? 0) <= offset));
  }

  #missingBefore(gap: number): number {
    return gap === 0 ? 0 : (this.#missingUpTo[gap - 1] ?? 0);
  }

  #gapEnd(gap: number): number {
    return (this.#gapOffsets[gap] ?? 0) + (this.#missingUpTo[gap] ?? 0);
  }

  #reserve(length: number): void {
    if (length <= this.#buffer.length) return;
    const larger = Buffer.alloc(Math.max(length, 2 * this.#buffer.length, LEAST_CAPACITY));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
