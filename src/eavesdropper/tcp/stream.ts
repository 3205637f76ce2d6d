/**
 * The bytes of one direction of a conversation, in order: the bytes, where some are missing, and which packet carried
 * which byte.
 *
 *     0            base                     examined            length
 *     |  dropped   |  held, examined        |  held, not yet   |
 *
 * All bytes go through an {@link Examiner}. All of them are held as long as {@link Keeping} allows. After that only the
 * last ones are: enough to compare bytes that are sent again.
 *
 * An offset counts the bytes that came. A position counts the missing ones too, as sequence numbers do.
 */
import { countPassing } from '../../bytes/bisection.js';
import { SEGMENT } from './coalescing.js';
import type { Coalesced } from './coalescing.js';
import type { Behind, ContentFindings, Examination, Examiner } from '../content/content.js';
import type { WindowPool } from './window-pool.js';

/** Which packet carried a byte. `time` is in seconds since the Unix epoch. */
export interface Carrier {
  readonly frame: number;
  readonly time: number;
}

/** Bytes without a gap between them: from `start` up to, not including, `end`. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

/** What one packet carried, without a gap in it. Offsets from the first held byte. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly frame: number;
  readonly time: number;
  /** Whether bytes are missing directly before it. */
  readonly startsCut: boolean;
}

/** The receiver of the bytes of one direction, in order. */
export interface StreamSink {
  /**
   * The bytes of `data` from `start` to `end`, which are valid only during the call. `frame` and `time` as in {@link
   * Carrier}.
   */
  append(data: Buffer, start: number, end: number, frame: number, time: number): void;
  /** Everything that a lane held, in the same way. */
  appendAll(segments: Coalesced): void;
  /** `count` bytes are missing here, and will never come. */
  skip(count: number): void;
  /**
   * Whether bytes that came again, from `position` on, differ from the held ones. Those that are not held cannot
   * differ.
   */
  differs(position: number, bytes: Buffer): boolean;
}

/** The held bytes of a stream: what is read and searched. Offsets count from the first held byte. */
export interface HeldBytes {
  /** Absent for TCP. */
  readonly transport?: 'UDP';
  /** The offset of the first held byte in the stream. */
  readonly base: number;
  /** Without space for the gaps. Valid until more bytes come. */
  readonly bytes: Buffer;
  runs(): readonly Run[];
  missingBefore(offset: number): number;
  carrierOf(offset: number): Carrier;
}

/** How much a stream may hold. */
export interface Keeping {
  /** This many bytes are always held. When twice as many are held, the older half is dropped. A power of two. */
  readonly windowBytes: number;
  /**
   * Whether the stream may hold `capacity` bytes, more than twice {@link windowBytes}, so that it still holds all
   * bytes.
   */
  mayHold(stream: Stream, capacity: number): boolean;
  /** Whether anyone will call {@link Stream.carrierOf}. */
  readonly notesCarriers: boolean;
  /** The source of its memory. */
  readonly windows: WindowPool;
  /** Examines the bytes; null if nobody wants the result. */
  readonly examiner: Examiner | null;
  /** Called before the first bytes of a stream are dropped. */
  onCut(): void;
  /** Called each time before bytes are dropped. */
  onSlide(stream: Stream): void;
}

const CARRIER = { start: 0, frame: 1, time: 2, size: 3 } as const;
const NO_CARRIERS = new Float64Array(0);
const LEAST_CARRIERS = 8;
const LEAST_CAPACITY = 64;
/** How many bytes are examined immediately, and not only before they are dropped. */
const WORTH_EXAMINING = 2048;
const NOTHING = Buffer.alloc(0);
/** A greeting is in the first bytes. In a TLS ClientHello, the server's name comes late. */
const HEAD_BYTES = 256;
const TLS_HEAD_BYTES = 4096;
const TLS_HANDSHAKE = 0x16;

/** Called with each piece, in order; for missing bytes, with their number. */
export type Listener = (piece: Buffer | number, frame: number, time: number) => void;

export class Stream implements StreamSink, HeldBytes {
  /** The first bytes, as soon as some have been examined. They tell the protocol. */
  head: Buffer = NOTHING;
  /** Called with all bytes. */
  listener: Listener | null = null;
  /** The capacity that {@link Keeping.mayHold} granted; 0 if the stream did not need to ask. */
  granted = 0;

  readonly #keeping: Keeping;
  #buffer: Buffer = NOTHING;
  /** The offset of the first byte held. */
  #base = 0;
  #length = 0;
  #examination: Examination | null = null;
  #examined = 0;
  /** How many gaps have been passed to the examiner. */
  #gapsExamined = 0;
  #found: ContentFindings | null = null;
  #onFound: ((found: ContentFindings) => void) | null = null;
  /**
   * For each packet: the offset where its bytes start, its number and its time, next to each other so that one cache
   * line holds them.
   */
  #carriers = NO_CARRIERS;
  #carrierCount = 0;
  #lastFrame = 0;
  /** For each gap: the offset after it, and the total number of missing bytes up to there. */
  #gapOffsets: number[] = [];
  #missingUpTo: number[] = [];
  #missing = 0;
  /** How many bytes were missing before the first gap in the list. */
  #missingBeforeBase = 0;
  #uncompared = 0;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** How many bytes came. */
  get length(): number {
    return this.#length;
  }

  get base(): number {
    return this.#base;
  }

  /** Whether all bytes that came are held. */
  get isWhole(): boolean {
    return this.#base === 0;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length - this.#base);
  }

  get missing(): number {
    return this.#missing;
  }

  /** Bytes that came again after the first ones had been dropped, so that they could not be compared. */
  get uncompared(): number {
    return this.#uncompared;
  }

  /** Nothing more will come: examines the rest. */
  finish(): void {
    this.#examine('end');
  }

  /** Calls `then` with the examiner's result: now, or when the examiner is done after {@link finish}. */
  whenFound(then: (found: ContentFindings) => void): void {
    if (this.#found !== null) then(this.#found);
    else this.#onFound = then;
  }

  /** Nobody needs its bytes any more. */
  release(): void {
    this.#keeping.windows.giveBack(this.#buffer);
    this.#buffer = NOTHING;
  }

  append(data: Buffer, start: number, end: number, frame: number, time: number): void {
    if (start === end) return;
    this.#reserve(end - start);
    if (this.#keeping.notesCarriers && this.#lastFrame !== frame) this.#carry(this.#length, frame, time);
    this.#put(data, start, end);
    this.listener?.(data.subarray(start, end), frame, time);
  }

  appendAll({ data, start, end, segments, segmentsAt, count }: Coalesced): void {
    this.#reserve(end - start);
    for (let at = segmentsAt; at < segmentsAt + SEGMENT.size * count; at += SEGMENT.size) {
      this.#carry(
        this.#length + (segments[at + SEGMENT.offset] ?? 0),
        segments[at + SEGMENT.frame] ?? 0,
        segments[at + SEGMENT.time] ?? 0,
      );
    }
    this.#put(data, start, end);
    // Now, while the bytes are in the processor's cache.
    if (this.#length - this.#examined >= WORTH_EXAMINING) this.#examine('more');
  }

  skip(count: number): void {
    if (count === 0) return;
    this.listener?.(count, 0, 0);
    this.#missing += count;
    if (this.#gapOffsets.at(-1) === this.#length) {
      this.#missingUpTo[this.#missingUpTo.length - 1] = this.#missing;
      return;
    }
    this.#gapOffsets.push(this.#length);
    this.#missingUpTo.push(this.#missing);
  }

  differs(position: number, bytes: Buffer): boolean {
    const basePosition = this.#base + this.#missingBeforeBase;
    let at = Math.max(0, basePosition - position);
    this.#uncompared += Math.min(at, bytes.length);
    // How many gaps end at or before the position.
    let gap = countPassing(this.#gapOffsets.length, (index) => this.#gapEnd(index) <= position + at);
    while (at < bytes.length) {
      const offset = position + at - this.#missingUpToGap(gap);
      const nextGap = this.#gapOffsets[gap] ?? this.#length;
      const held = Math.min(nextGap - offset, bytes.length - at);
      const from = offset - this.#base;
      if (held > 0 && this.#buffer.compare(bytes, at, at + held, from, from + held) !== 0) return true;
      if (gap >= this.#gapOffsets.length) return false;
      at = this.#gapEnd(gap) - position;
      gap += 1;
    }
    return false;
  }

  carrierOf(offset: number): Carrier {
    const count = this.#countCarriers(offset + this.#base);
    if (count === 0) throw new RangeError(`Cannot name the packet of byte ${offset}: the stream holds ${this.#length}`);
    const at = CARRIER.size * (count - 1);
    return { frame: this.#carriers[at + CARRIER.frame] ?? 0, time: this.#carriers[at + CARRIER.time] ?? 0 };
  }

  runs(): readonly Run[] {
    if (this.#gapOffsets.length === 0)
      return this.#length > this.#base ? [{ start: 0, end: this.#length - this.#base }] : [];
    const edges = [0, ...this.#gapOffsets.map((offset) => offset - this.#base), this.#length - this.#base];
    return edges.slice(1).flatMap((end, index) => {
      const start = edges[index] ?? 0;
      return end > start ? [{ start, end }] : [];
    });
  }

  /** The held bytes by the packet that carried them, split at gaps. Only if {@link Keeping.notesCarriers} is true. */
  *segments(): Generator<Segment, void, void> {
    const end = this.#length - this.#base;
    for (const [index, run] of this.runs().entries()) {
      let startsCut = index > 0 || this.missingBefore(run.start) > 0;
      let carrier = Math.max(0, this.#countCarriers(run.start + this.#base) - 1);
      for (let start = run.start; start < run.end; carrier += 1) {
        const at = CARRIER.size * carrier;
        const next = carrier + 1 < this.#carrierCount ? (this.#carriers[at + CARRIER.size] ?? 0) - this.#base : end;
        const stop = Math.min(run.end, next);
        const frame = this.#carriers[at + CARRIER.frame] ?? 0;
        if (stop > start) yield { start, end: stop, frame, time: this.#carriers[at + CARRIER.time] ?? 0, startsCut };
        startsCut &&= stop <= start;
        start = Math.max(start, stop);
      }
    }
  }

  /** How many bytes are missing before `offset` in total, including those directly before it. */
  missingBefore(offset: number): number {
    return this.#missingUpToGap(
      countPassing(this.#gapOffsets.length, (index) => (this.#gapOffsets[index] ?? 0) <= offset + this.#base),
    );
  }

  /** Drops bytes, because {@link Keeping.windowBytes} is now smaller. */
  shrink(): void {
    const { windowBytes } = this.#keeping;
    if (this.#buffer.length <= 2 * windowBytes || this.#isGranted(this.#buffer.length)) return;
    if (this.#length - this.#base > windowBytes) this.#slide();
    this.#resize(Math.max(2 * windowBytes, this.#length - this.#base));
  }

  #carry(start: number, frame: number, time: number): void {
    if (CARRIER.size * this.#carrierCount === this.#carriers.length) this.#makeRoomForCarriers();
    const at = CARRIER.size * this.#carrierCount;
    this.#carriers[at + CARRIER.start] = start;
    this.#carriers[at + CARRIER.frame] = frame;
    this.#carriers[at + CARRIER.time] = time;
    this.#carrierCount += 1;
    this.#lastFrame = frame;
  }

  /** Forgets the packets of dropped bytes. If that frees little room, doubles the room. */
  #makeRoomForCarriers(): void {
    const forgotten = Math.max(0, this.#countCarriers(this.#base) - 1);
    const left = this.#carriers.subarray(CARRIER.size * forgotten);
    if (2 * left.length > this.#carriers.length || this.#carriers.length === 0) {
      this.#carriers = new Float64Array(Math.max(CARRIER.size * LEAST_CARRIERS, 2 * this.#carriers.length));
    }
    this.#carriers.set(left);
    this.#carrierCount -= forgotten;
  }

  #reserve(count: number): void {
    if (this.#length - this.#base + count > this.#buffer.length) this.#makeRoom(count);
  }

  #put(data: Buffer, start: number, end: number): void {
    data.copy(this.#buffer, this.#length - this.#base, start, end);
    this.#length += end - start;
  }

  #makeRoom(count: number): void {
    const { windowBytes } = this.#keeping;
    const needed = powerOfTwo(this.#length - this.#base + count);
    // A stream that is this long will probably continue.
    const capacity = Math.max(needed, Math.min(4 * needed, 2 * windowBytes));
    if (capacity <= 2 * windowBytes || this.#isGranted(capacity)) {
      this.#resize(capacity);
      return;
    }
    this.#slide();
    if (this.#length - this.#base + count > this.#buffer.length) this.#resize(this.#length - this.#base + count);
  }

  #isGranted(capacity: number): boolean {
    if (!this.isWhole) return false;
    if (capacity <= this.granted) return true;
    if (!this.#keeping.mayHold(this, capacity)) return false;
    this.granted = capacity;
    return true;
  }

  /** `capacity` is at least as many bytes as are held. */
  #resize(capacity: number): void {
    const { windows } = this.#keeping;
    const other = windows.take(powerOfTwo(capacity));
    this.#buffer.copy(other, 0, 0, this.#length - this.#base);
    windows.giveBack(this.#buffer);
    this.#buffer = other;
  }

  /** Drops all but the last bytes. */
  #slide(): void {
    if (this.isWhole) this.#keeping.onCut();
    this.#keeping.onSlide(this);
    this.#examine('more');
    const base = Math.max(this.#base, this.#length - this.#keeping.windowBytes);
    this.#buffer.copyWithin(0, base - this.#base, this.#length - this.#base);
    this.#base = base;
    this.#forgetGapsBefore(base);
  }

  #forgetGapsBefore(base: number): void {
    if (this.#gapOffsets.length === 0) return;
    const gaps = countPassing(this.#gapOffsets.length, (index) => (this.#gapOffsets[index] ?? 0) <= base);
    if (gaps > 0) {
      this.#missingBeforeBase = this.#missingUpTo[gaps - 1] ?? 0;
      this.#gapOffsets = this.#gapOffsets.slice(gaps);
      this.#missingUpTo = this.#missingUpTo.slice(gaps);
      this.#gapsExamined -= gaps;
    }
  }

  /** The number of packets whose bytes start at or before `offset`. */
  #countCarriers(offset: number): number {
    return countPassing(
      this.#carrierCount,
      (index) => (this.#carriers[CARRIER.size * index + CARRIER.start] ?? 0) <= offset,
    );
  }

  /** Gives the examiner all bytes that it has not received yet, from gap to gap. */
  #examine(behind: Behind): void {
    const { examiner } = this.#keeping;
    if (examiner === null) return;
    this.#examination ??= this.#beginExamination(examiner);
    for (; this.#gapsExamined < this.#gapOffsets.length; this.#gapsExamined += 1)
      this.#handOver(this.#gapOffsets[this.#gapsExamined] ?? 0, 'gap');
    this.#handOver(this.#length, behind);
  }

  #beginExamination(examiner: Examiner): Examination {
    this.head = headOf(this.#buffer, Math.min(this.#length, this.#gapOffsets.find((offset) => offset > 0) ?? Infinity));
    return examiner.begin((found) => {
      this.#found = found;
      this.#onFound?.(found);
    });
  }

  #handOver(stop: number, behind: Behind): void {
    this.#examination?.take(this.#buffer, this.#examined - this.#base, stop - this.#base, behind);
    this.#examined = stop;
  }

  #missingUpToGap(gap: number): number {
    return gap === 0 ? this.#missingBeforeBase : (this.#missingUpTo[gap - 1] ?? 0);
  }

  #gapEnd(gap: number): number {
    return (this.#gapOffsets[gap] ?? 0) + (this.#missingUpTo[gap] ?? 0);
  }
}

function headOf(bytes: Buffer, end: number): Buffer {
  return Buffer.from(bytes.subarray(0, Math.min(end, bytes[0] === TLS_HANDSHAKE ? TLS_HEAD_BYTES : HEAD_BYTES)));
}

function powerOfTwo(least: number): number {
  return least <= LEAST_CAPACITY ? LEAST_CAPACITY : 2 ** (32 - Math.clz32(least - 1));
}
