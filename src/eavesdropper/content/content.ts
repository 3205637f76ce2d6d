/**
 * What we learn about the bytes of one stream as they pass: their SHA-256, and how much of them can be read. This needs
 * only the bytes in order, so another thread can do it while the first one reassembles.
 */
import { createHash, type Hash } from 'node:crypto';
import { MOST_LEFT, Readability, type ReadabilityFindings } from './readability.js';

export interface ContentFindings {
  /** 64 hex digits, over all bytes that came. null if nobody asked for it. */
  readonly sha256: string | null;
  readonly readability: ReadabilityFindings;
}

/** What follows a piece of a stream: more bytes, a gap (missing bytes), or the end. */
export type Behind = 'more' | 'gap' | 'end';

/** Receives a stream piece by piece, and reports what it found when the end comes. */
export interface Examination {
  /** Reads the bytes from `start` to `end`. They are valid only during the call. */
  take(bytes: Buffer, start: number, end: number, behind: Behind): void;
}

export type OnFound = (found: ContentFindings) => void;

/** Examines the streams of a capture. */
export interface Examiner {
  begin(onFound: OnFound): Examination;
}

/** Examines in the calling thread. `hashes`: whether to compute the SHA-256, which takes a good part of the time. */
export function examinedHere(hashes = true): Examiner {
  return { begin: (onFound) => new Content(onFound, hashes) };
}

export class Content implements Examination {
  readonly #onFound: OnFound;
  readonly #hash: Hash | null;
  readonly #readability = new Readability();
  /** The first {@link #leftLength} bytes are the last bytes that came. They are judged together with the next piece. */
  #left = NOTHING;
  #leftLength = 0;

  constructor(onFound: OnFound, hashes: boolean) {
    this.#onFound = onFound;
    this.#hash = hashes ? createHash('sha256') : null;
  }

  take(bytes: Buffer, start: number, end: number, behind: Behind): void {
    if (end > start) this.#hash?.update(bytes.subarray(start, end));
    // What judges the bytes gets only them: the bytes beside them belong to other streams, or to a packet's headers.
    this.#judge(bytes.subarray(start, end), behind !== 'more');
    if (behind === 'gap') this.#readability.gap();
    if (behind === 'end')
      this.#onFound({ sha256: this.#hash?.digest('hex') ?? null, readability: this.#readability.findings() });
  }

  #judge(bytes: Buffer, last: boolean): void {
    const left = this.#leftLength;
    const length = left + bytes.length;
    const all = left === 0 ? bytes : roomFor(length).subarray(0, length);
    if (left > 0) {
      this.#left.copy(all, 0, 0, left);
      bytes.copy(all, left);
    }
    this.#keep(all, this.#readability.take(all, 0, length, last), length);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#leftLength = end - start;
    // Each stream reuses its own buffer. If the bytes were cut from a shared pool, the last bytes of one stream would
    // keep the memory of many others alive.
    if (this.#left.length < this.#leftLength)
      this.#left = Buffer.allocUnsafeSlow(Math.max(MOST_LEFT, this.#leftLength));
    bytes.copy(this.#left, 0, start, end);
  }
}

const NOTHING = Buffer.alloc(0);

/** Where what was left is joined with what follows. One for all streams: it is used only during a call. */
let joint = NOTHING;

function roomFor(length: number): Buffer {
  if (joint.length < length) joint = Buffer.allocUnsafeSlow(2 * length);
  return joint;
}
