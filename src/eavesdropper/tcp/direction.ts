/**
 * One direction of a TCP conversation, from segments in the order of the capture to bytes in the order in which they
 * were sent.
 *
 *     segments, as captured       [0....5)  [9...12)  [3......9)
 *     handed over                 [0....5)                          as it comes
 *     held back                             [9...12)                something before it has not come
 *     handed over                                     [5..9)[9.12)  [3..5) came before: the first bytes win
 *
 * Missing bytes are given up when the other side acknowledges them, when too much is held back, or at the end. Then
 * what follows them is handed over. If bytes for that place come later, they are dropped.
 *
 * Two segments can hold different bytes for the same place. Then we do what Wireshark's Follow TCP Stream does. Bytes
 * that were handed over stay. A segment that comes just when it is due is handed over, whatever is held back. Of the
 * segments that are held back, the next one is the one that came first, among all that begin at the stream's end or
 * before it.
 */
import { countPassing } from '../../bytes/bisection.js';
import { distance, moved } from './sequence.js';
import { TCP_FLAGS } from '../../packets/headers/packet.js';
import type { Allowance } from './allowance.js';
import type { Coalesced } from './coalescing.js';
import type { StreamSink } from './stream.js';
import type { TcpView } from '../../packets/headers/packet.js';

/** The most that is held back, in pieces and in bytes: much more than a receiver's window lets a sender run ahead. */
export const MAX_HELD_PIECES = 4096;
const MAX_HELD_BYTES = 16 * 1024 * 1024;

/** A part of a segment, by its position in the stream. `bytes` is shorter than `length` if the packet was snapped. */
interface Piece {
  /** Counts the pieces that were held back, in the order of the capture. */
  readonly arrival: number;
  readonly position: number;
  readonly length: number;
  readonly bytes: Buffer;
  readonly frame: number;
  readonly time: number;
}

const NONE: readonly Piece[] = [];

export class Direction {
  readonly #sink: StreamSink;
  /** How many bytes all directions of a capture may hold back together. */
  readonly #allowance: Allowance;
  /** Sorted by position, and by arrival if positions are equal. Most directions never hold anything. */
  #held: Piece[] = NONE as Piece[];
  #heldBytes = 0;
  /** No piece that is held is longer. */
  #longestHeld = 0;
  /** How many pieces were ever held. */
  #arrivals = 0;
  /** The byte that comes next: its position in the stream, and its sequence number. */
  #position = 0;
  #sequence = 0;
  #begun = false;
  #conflicts = 0;

  constructor(sink: StreamSink, allowance: Allowance) {
    this.#sink = sink;
    this.#allowance = allowance;
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** The sequence number of the byte that comes next; null if nothing has come yet. */
  get due(): number | null {
    return this.#begun ? this.#sequence : null;
  }

  /** Segments whose bytes differ from those seen first. */
  get conflicts(): number {
    return this.#conflicts;
  }

  /**
   * `frame` is the packet's number in the capture; `time` is in seconds since the Unix epoch. Returns whether anything
   * is held back now.
   */
  push(segment: TcpView, frame: number, time: number): boolean {
    const { flags, sequence, payloadLength } = segment;
    const opens = (flags & TCP_FLAGS.SYN) !== 0;
    // SYN takes the first number, so the bytes begin at the next one.
    const first = opens ? moved(sequence, 1) : sequence;
    if (!this.#begun || (opens && this.#isUntouched())) {
      this.#begun = true;
      this.#sequence = first;
    }
    if (payloadLength === 0) return this.isHolding;
    const { data, payloadStart, payloadEnd } = segment;
    const piece: Piece = {
      arrival: 0,
      position: this.#position + distance(this.#sequence, first),
      length: payloadLength,
      bytes: data.subarray(payloadStart, Math.min(payloadEnd, payloadStart + payloadLength)),
      frame,
      time,
    };
    if (!this.#isKeepAlive(piece)) this.#take(piece);
    return this.isHolding;
  }

  /** Segments that came one behind the other, the first of them {@link due}, while nothing was held back. */
  pushAll(segments: Coalesced): void {
    this.#sink.appendAll(segments);
    this.#advance(segments.end - segments.start);
  }

  /** The other side says that it has received all bytes before sequence number `acknowledgement`. */
  acknowledged(acknowledgement: number): void {
    if (this.#held.length === 0) return;
    const position = this.#position + distance(this.#sequence, acknowledgement);
    for (let next = this.#held[0]; next !== undefined && next.position < position; next = this.#held[0]) this.#giveUp();
  }

  /** Nothing more will come: hands over all that is held back. */
  finish(): void {
    while (this.#held.length > 0) this.#giveUp();
  }

  #isUntouched(): boolean {
    return this.#position === 0 && this.#held.length === 0;
  }

  /**
   * The last byte, sent again to see whether the other side is still there. It can have any value (RFC 9293, section
   * 3.8.4).
   */
  #isKeepAlive({ position, length }: Piece): boolean {
    return length === 1 && position === this.#position - 1;
  }

  #take(piece: Piece): void {
    const known = this.#position - piece.position;
    let differs = false;
    if (known > 0) {
      // If the capture began in the middle, bytes before the first one seen cannot be compared.
      const start = Math.max(piece.position, 0);
      differs = this.#sink.differs(start, piece.bytes.subarray(start - piece.position, known));
    }
    if (known < piece.length) differs = this.#takeFresh(known > 0 ? cut(piece, known) : piece) || differs;
    if (differs) this.#conflicts += 1;
  }

  /** Takes a piece that begins at the stream's end or after it. Returns whether it differs from a piece held back. */
  #takeFresh(piece: Piece): boolean {
    const overlapping = this.#overlapping(piece);
    const differs = disagreesWithAny(piece, overlapping);
    if (piece.position === this.#position) this.#handOver(piece);
    // A piece inside an earlier one can never be next: the earlier one is handed over first.
    else if (!overlapping.some((other) => contains(other, piece))) this.#hold(piece);
    this.#handOverWhatFits();
    while (
      this.#held.length > 0 &&
      (this.#held.length > MAX_HELD_PIECES || this.#heldBytes > MAX_HELD_BYTES || this.#allowance.isSpent)
    ) {
      this.#giveUp();
    }
    return differs;
  }

  #overlapping({ position, length }: Piece): readonly Piece[] {
    if (this.#held.length === 0) return NONE;
    const from = this.#countHeld((other) => other.position <= position - this.#longestHeld);
    const to = this.#countHeld((other) => other.position < position + length);
    return this.#held.slice(from, to).filter((other) => other.position + other.length > position);
  }

  /** How many pieces pass, counted from the first. After the first one that does not pass, none may pass. */
  #countHeld(passes: (piece: Piece) => boolean): number {
    return countPassing(this.#held.length, (index) => {
      const piece = this.#held[index];
      return piece !== undefined && passes(piece);
    });
  }

  #hold(piece: Piece): void {
    if (this.#held.length === 0) {
      this.#held = [];
      this.#longestHeld = 0;
    }
    this.#arrivals += 1;
    this.#longestHeld = Math.max(this.#longestHeld, piece.length);
    const at = this.#countHeld((other) => other.position <= piece.position);
    // A packet is a view into a large chunk of the file. A copy, so that a few bytes do not keep the whole chunk.
    this.#held.splice(at, 0, { ...piece, arrival: this.#arrivals, bytes: Buffer.from(piece.bytes) });
    this.#heldBytes += piece.bytes.length;
    this.#allowance.take(costOf(piece));
  }

  #handOverWhatFits(): void {
    for (let reached = this.#reached(); reached > 0; reached = this.#reached()) {
      let next = 0;
      for (let index = 1; index < reached; index += 1) {
        if ((this.#held[index]?.arrival ?? 0) < (this.#held[next]?.arrival ?? 0)) next = index;
      }
      const [piece] = this.#held.splice(next, 1);
      if (piece === undefined) return;
      this.#heldBytes -= piece.bytes.length;
      this.#allowance.giveBack(costOf(piece));
      const known = this.#position - piece.position;
      if (known < piece.length) this.#handOver(cut(piece, known));
    }
  }

  /** How many of the pieces held begin at the stream's end or before it. */
  #reached(): number {
    if (this.#held[0] === undefined || this.#held[0].position > this.#position) return 0;
    return this.#countHeld(({ position }) => position <= this.#position);
  }

  /** Gives up the bytes before the first piece held back. */
  #giveUp(): void {
    const next = this.#held[0];
    if (next === undefined) return;
    this.#skip(next.position - this.#position);
    this.#handOverWhatFits();
  }

  #handOver({ bytes, length, frame, time }: Piece): void {
    this.#sink.append(bytes, 0, bytes.length, frame, time);
    this.#advance(bytes.length);
    if (length > bytes.length) this.#skip(length - bytes.length);
  }

  #skip(count: number): void {
    this.#sink.skip(count);
    this.#advance(count);
  }

  #advance(count: number): void {
    this.#position += count;
    this.#sequence = moved(this.#sequence, count);
  }
}

/** The memory that a piece takes besides its bytes. */
const PIECE_COST = 256;

function costOf({ bytes }: Piece): number {
  return PIECE_COST + bytes.length;
}

/** A piece without its first `start` bytes. */
function cut({ arrival, position, length, bytes, frame, time }: Piece, start: number): Piece {
  return { arrival, position: position + start, length: length - start, bytes: bytes.subarray(start), frame, time };
}

/** Whether `outer` has a byte for each byte of `inner`. */
function contains(outer: Piece, inner: Piece): boolean {
  const offset = inner.position - outer.position;
  return offset >= 0 && outer.length >= offset + inner.length && outer.bytes.length >= offset + inner.bytes.length;
}

/** Whether a piece differs from any of `others`, which are in order of position. Each byte is compared only once. */
function disagreesWithAny(piece: Piece, others: readonly Piece[]): boolean {
  let from = piece.position;
  for (const other of others) {
    if (disagree(piece, other, from)) return true;
    from = Math.max(from, other.position + other.bytes.length);
  }
  return false;
}

/** Whether two pieces differ where they overlap, from the position `from` on. */
function disagree(one: Piece, other: Piece, from: number): boolean {
  const start = Math.max(from, one.position, other.position);
  const end = Math.min(one.position + one.bytes.length, other.position + other.bytes.length);
  if (start >= end) return false;
  const [a, b] = [one, other].map(({ position, bytes }) => bytes.subarray(start - position, end - position));
  return a !== undefined && b !== undefined && !a.equals(b);
}
