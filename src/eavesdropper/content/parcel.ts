/**
 * Pieces of many streams on their way to another thread, packed into one piece of memory: sent one by one, they would
 * take longer than what is to be done with them. The memory is shared, and only who has the parcel looks at it. Handed
 * over by transfer it is detached, and with that Node 20 took nearly twice as long for all that the other thread did.
 *
 *     stream | behind | length | bytes, up to a multiple of 4 | stream | behind | …
 */
import type { Behind } from './content.js';

/** Parcels are of this size, or as large as the one piece that is in it. */
export const PARCEL_BYTES = 256 * 1024;

const WORD = 4;
const HEADER = { stream: 0, behind: 1, length: 2, size: 3 } as const;
const HEADER_BYTES = WORD * HEADER.size;
const BEHIND: readonly Behind[] = ['more', 'gap', 'end'];

/** As it is sent: the memory, and how much of it is used. */
export interface Parcel {
  readonly memory: SharedArrayBuffer;
  readonly used: number;
}

/** The memory that a piece of so many bytes takes up. */
export function roomOf(length: number): number {
  return HEADER_BYTES + WORD * Math.ceil(length / WORD);
}

export class ParcelWriter {
  readonly memory: SharedArrayBuffer;
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  #used = 0;

  /** `memory`: of a parcel that has come back. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
  }

  get used(): number {
    return this.#used;
  }

  /** Whether there was room for it. */
  add(stream: number, bytes: Buffer, start: number, end: number, behind: Behind): boolean {
    const room = roomOf(end - start);
    if (this.#used + room > this.memory.byteLength) return false;
    const at = this.#used / WORD;
    this.#words[at + HEADER.stream] = stream;
    this.#words[at + HEADER.behind] = BEHIND.indexOf(behind);
    this.#words[at + HEADER.length] = end - start;
    bytes.copy(this.#bytes, this.#used + HEADER_BYTES, start, end);
    this.#used += room;
    return true;
  }
}

/** Calls `take` with each piece in order, its bytes from `start` to `end`. */
export function eachPiece(
  { memory, used }: Parcel,
  take: (stream: number, bytes: Buffer, start: number, end: number, behind: Behind) => void,
): void {
  const bytes = Buffer.from(memory);
  const header = new Int32Array(memory);
  for (let at = 0; at < used;) {
    const words = at / WORD;
    const length = header[words + HEADER.length] ?? 0;
    take(
      header[words + HEADER.stream] ?? 0,
      bytes,
      at + HEADER_BYTES,
      at + HEADER_BYTES + length,
      BEHIND[header[words + HEADER.behind] ?? 0] ?? 'end',
    );
    at += roomOf(length);
  }
}
