/**
 * Pieces of many streams, packed into one block of memory on their way to another thread. Sending each piece alone
 * would take longer than examining it. The memory is shared, and only the thread that has the parcel uses it.
 * Transferring the memory instead detaches it; with that, Node 20 took nearly twice as long for everything the other
 * thread did.
 *
 *     stream | behind | length | bytes, up to a multiple of 4 | stream | behind | …
 */
import type { Behind, ContentFindings } from './content.js';

/** The size of a parcel in bytes. A single larger piece gets a parcel of its own size. */
export const PARCEL_BYTES = 256 * 1024;

const WORD = 4;
const HEADER = { stream: 0, behind: 1, length: 2, size: 3 } as const;
const HEADER_BYTES = WORD * HEADER.size;
const BEHIND: readonly Behind[] = ['more', 'gap', 'end'];

/** A parcel as it is sent: its memory, and how many bytes of it are used. */
export interface Parcel {
  readonly memory: SharedArrayBuffer;
  readonly used: number;
}

/** What comes back: the parcel's memory, to be used again, and the findings by stream number. */
export interface Answer {
  readonly memory: SharedArrayBuffer;
  readonly found: readonly (readonly [stream: number, found: ContentFindings])[];
}

/** What the other thread is started with. */
export interface ExaminingData {
  readonly hashes: boolean;
}

/** How many bytes of a parcel a piece of `length` bytes needs. */
export function roomOf(length: number): number {
  return HEADER_BYTES + WORD * Math.ceil(length / WORD);
}

export class ParcelWriter {
  readonly memory: SharedArrayBuffer;
  readonly #bytes: Buffer;
  readonly #words: Int32Array;
  #used = 0;

  /** `memory`: new, or taken from a parcel that came back. */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#bytes = Buffer.from(memory);
    this.#words = new Int32Array(memory);
  }

  get used(): number {
    return this.#used;
  }

  /** Adds a piece, and returns whether there was room for it. */
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

/** Calls `take` with each piece in order. The piece is `bytes` from `start` to `end`. */
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
