/**
 * Joins segments that come in order, before reassembly. Network cards do the same for their system, where it is called
 * receive offload.
 *
 * In a large capture, thousands of conversations alternate packet by packet. The state of each one is in another part
 * of memory, and cache misses take most of the time. So everything that a packet usually needs is in one row, its lane.
 * The rest of the state is fetched only once for about ten packets.
 *
 *     lane | due | used | count | frames | last frame | last time | payloads
 *     offset, frame, time of each segment
 *
 * A lane takes only the next piece of its direction. It does not take SYN, FIN or RST, or a segment that is early,
 * repeated, snapped or large. Before such a segment is handled one by one, both lanes of its conversation are emptied.
 */
import { TCP_FLAGS } from '../../packets/headers/packet.js';
import type { TcpView } from '../../packets/headers/packet.js';

/**
 * The heads of all lanes are next to each other, so that they stay in the cache: first words of 4 bytes, then numbers
 * of 8.
 */
const WORD = { due: 0, used: 1, count: 2, frames: 3, size: 8 } as const;
const NUMBER = { lastFrame: 2, lastTime: 3, size: 4 } as const;
/** What is noted about a segment. */
export const SEGMENT = { offset: 0, frame: 1, time: 2, size: 3 } as const;
const MOST_SEGMENTS = 12;
/** For payloads, in bytes. */
const ROOM = 2048;
/** A larger payload is handled one by one. */
const MOST_BYTES = ROOM / 2;

const LANES_IN_BANK = 512;
/**
 * The first bank has this size, and each later one doubles it. Most captures hold few conversations, and a full bank
 * takes a megabyte.
 */
const FEWEST_LANES = 4;

/** The flags that open or end a conversation. */
const TURNING = TCP_FLAGS.SYN | TCP_FLAGS.FIN | TCP_FLAGS.RST;

/** What a lane held. It is valid until the lane takes more, and it is the same object each time. */
export interface Coalesced {
  /** The number of packets, those without payload included, and the time of the last one. 0 if there were none. */
  frames: number;
  lastFrame: number;
  lastTime: number;
  /** The payloads in a row: the bytes of `data` from `start` to `end`. */
  data: Buffer;
  start: number;
  end: number;
  /**
   * From `segmentsAt` on, the fields of {@link SEGMENT} for each of `count` payloads. Offsets count from `start`. If
   * none are noted, `count` is 0.
   */
  segments: Float64Array;
  segmentsAt: number;
  count: number;
}

/** Memory for the contents of some lanes. */
interface Bank {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Separate from the payloads, because most lanes note no segments. */
  readonly segments: Float64Array;
}

/** Stored in place of the used bytes: the lane takes nothing. */
const CLOSED = -1;
/** Stored in place of the number of segments: nobody will ask which packet carried which byte, so nothing is noted. */
const UNNOTED = -1;

export class Coalescing {
  #words = new Int32Array(0);
  #numbers = new Float64Array(0);
  readonly #banks: Bank[] = [];
  /** How many lanes fit in the banks. */
  #lanesRoom = 0;
  #lanes = 0;
  /** Free pairs of lanes. */
  readonly #released: number[] = [];
  readonly #coalesced: Coalesced = {
    frames: 0,
    lastFrame: 0,
    lastTime: 0,
    data: Buffer.alloc(0),
    start: 0,
    end: 0,
    segments: new Float64Array(0),
    segmentsAt: 0,
    count: 0,
  };
  readonly #source = new Source();

  /**
   * Reserves two lanes for the two directions of a conversation, and returns the number of the first. They take nothing
   * before they are armed.
   */
  allot(): number {
    const released = this.#released.pop();
    if (released !== undefined) return released;
    if (this.#lanes === this.#lanesRoom) this.#grow();
    this.#lanes += 2;
    return this.#lanes - 2;
  }

  /** Frees a pair. Both lanes must be empty. */
  release(lanes: number): void {
    this.#released.push(lanes);
  }

  /**
   * Prepares an empty lane. `due`: the next sequence number that it takes; null if it takes nothing. `notesSegments`:
   * whether each segment is noted.
   */
  arm(lane: number, due: number | null, notesSegments: boolean): void {
    this.#words[lane * WORD.size + WORD.due] = due ?? 0;
    this.#words[lane * WORD.size + WORD.used] = due === null ? CLOSED : 0;
    this.#words[lane * WORD.size + WORD.count] = notesSegments ? 0 : UNNOTED;
  }

  /** Returns whether the lane took the segment. `frame` and `time` as in {@link Coalesced}. */
  take(
    lane: number,
    { data, flags, sequence, payloadStart, payloadEnd, payloadLength }: TcpView,
    frame: number,
    time: number,
  ): boolean {
    const words = this.#words;
    const at = lane * WORD.size;
    const used = words[at + WORD.used] ?? CLOSED;
    if (used === CLOSED || (flags & TURNING) !== 0) return false;
    if (payloadLength > 0) {
      const count = words[at + WORD.count] ?? 0;
      const isNext = words[at + WORD.due] === (sequence | 0) && payloadEnd - payloadStart === payloadLength;
      if (!isNext || payloadLength > MOST_BYTES || used + payloadLength > ROOM || count === MOST_SEGMENTS) return false;
      const { view, segments } = this.#bankOf(lane);
      const laneInBank = lane % LANES_IN_BANK;
      if (count !== UNNOTED) {
        const segmentAt = SEGMENT.size * (MOST_SEGMENTS * laneInBank + count);
        segments[segmentAt + SEGMENT.offset] = used;
        segments[segmentAt + SEGMENT.frame] = frame;
        segments[segmentAt + SEGMENT.time] = time;
        words[at + WORD.count] = count + 1;
      }
      this.#source.copy(data, payloadStart, payloadEnd, view, ROOM * laneInBank + used);
      words[at + WORD.due] = (sequence + payloadLength) | 0;
      words[at + WORD.used] = used + payloadLength;
    }
    words[at + WORD.frames] = (words[at + WORD.frames] ?? 0) + 1;
    this.#numbers[lane * NUMBER.size + NUMBER.lastFrame] = frame;
    this.#numbers[lane * NUMBER.size + NUMBER.lastTime] = time;
    return true;
  }

  /** The last packet that the lane took since it was emptied, or 0. */
  lastFrame(lane: number): number {
    return this.#words[lane * WORD.size + WORD.frames] === 0
      ? 0
      : (this.#numbers[lane * NUMBER.size + NUMBER.lastFrame] ?? 0);
  }

  /** Empties the lane and returns what it held. It takes nothing until it is armed again. */
  empty(lane: number): Coalesced {
    const words = this.#words;
    const at = lane * WORD.size;
    const held = this.#coalesced;
    held.frames = words[at + WORD.frames] ?? 0;
    held.count = Math.max(0, words[at + WORD.count] ?? 0);
    if (held.frames > 0) {
      const { bytes, segments } = this.#bankOf(lane);
      const laneInBank = lane % LANES_IN_BANK;
      held.lastFrame = this.#numbers[lane * NUMBER.size + NUMBER.lastFrame] ?? 0;
      held.lastTime = this.#numbers[lane * NUMBER.size + NUMBER.lastTime] ?? 0;
      held.data = bytes;
      held.start = ROOM * laneInBank;
      held.end = held.start + (words[at + WORD.used] ?? 0);
      held.segments = segments;
      held.segmentsAt = SEGMENT.size * MOST_SEGMENTS * laneInBank;
    }
    words[at + WORD.used] = CLOSED;
    words[at + WORD.frames] = 0;
    return held;
  }

  #grow(): void {
    if (this.#lanesRoom < LANES_IN_BANK) {
      this.#lanesRoom = Math.max(FEWEST_LANES, 2 * this.#lanesRoom);
      this.#banks[0] = newBank(this.#lanesRoom, this.#banks[0]);
    } else {
      this.#lanesRoom += LANES_IN_BANK;
      this.#banks.push(newBank(LANES_IN_BANK));
    }
    const heads = new ArrayBuffer(4 * WORD.size * this.#lanesRoom);
    const words = new Int32Array(heads);
    words.set(this.#words);
    this.#words = words;
    this.#numbers = new Float64Array(heads);
    for (let lane = this.#lanes; lane < this.#lanesRoom; lane += 1) this.arm(lane, null, false);
  }

  #bankOf(lane: number): Bank {
    const bank = this.#banks[Math.floor(lane / LANES_IN_BANK)];
    if (bank === undefined) throw new RangeError(`Cannot find lane ${lane}: ${this.#lanes} were allotted`);
    return bank;
  }
}

/** Makes memory for `lanes` lanes. The first of them are copied from `former`. */
function newBank(lanes: number, former?: Bank): Bank {
  const memory = new ArrayBuffer(lanes * ROOM);
  const bank = {
    bytes: Buffer.from(memory),
    view: new DataView(memory),
    segments: new Float64Array(lanes * MOST_SEGMENTS * SEGMENT.size),
  };
  if (former !== undefined) {
    bank.bytes.set(former.bytes);
    bank.segments.set(former.segments);
  }
  return bank;
}

/** The source of copies: one view of the current piece of the file serves all copies from it. */
class Source {
  #data: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** Copies word by word. For few bytes this is faster than Node's own copy, which makes an object each time. */
  copy(data: Buffer, start: number, end: number, target: DataView, to: number): void {
    if (data !== this.#data) {
      this.#data = data;
      this.#view = new DataView(data.buffer, data.byteOffset, data.length);
    }
    const view = this.#view;
    const away = to - start;
    let at = start;
    if (end - start < 4) {
      for (; at < end; at += 1) target.setUint8(at + away, view.getUint8(at));
      return;
    }
    const last = end - 4;
    for (; at < last; at += 4) target.setInt32(at + away, view.getInt32(at, true), true);
    // The last four bytes. Some of them may be copied twice.
    target.setInt32(last + away, view.getInt32(last, true), true);
  }
}
