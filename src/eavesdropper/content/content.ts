/**
 * What is found out about the bytes of one stream as they pass by: their SHA-256, and what of them can be read. It
 * needs nothing but the bytes in their order, so that it can be done in another thread than their reassembly.
 */
import { createHash, type Hash } from 'node:crypto';
import { MOST_LEFT, Readability, type ReadabilityFindings } from './readability.js';

export interface ContentFindings {
  /** 64 hex digits, over all bytes that came; null where it was not asked for. */
  readonly sha256: string | null;
  readonly readability: ReadabilityFindings;
}

/** What stands behind a piece of a stream: what goes on with it, missing bytes, or nothing any more. */
export type Behind = 'more' | 'gap' | 'end';

/** Takes a stream piece by piece, and tells what it found once the end came. */
export interface Examination {
  /** The bytes from `start` to `end`, which are only there for now. */
  take(bytes: Buffer, start: number, end: number, behind: Behind): void;
}

export type OnFound = (found: ContentFindings) => void;

/** Whoever examines the streams of a capture. */
export interface Examiner {
  begin(onFound: OnFound): Examination;
}

/** Here and now. `hashes`: whether the SHA-256 is asked for, which takes a good part of the time. */
export function examinedHere(hashes = true): Examiner {
  return { begin: (onFound) => new Content(onFound, hashes) };
}

export class Content implements Examination {
  readonly #onFound: OnFound;
  readonly #hash: Hash | null;
  readonly #readability = new Readability();
  /** Its first {@link #leftLength} bytes are the end of what came, which is judged together with what follows. */
  #left = NOTHING;
  #leftLength = 0;

  constructor(onFound: OnFound, hashes: boolean) {
    this.#onFound = onFound;
    this.#hash = hashes ? createHash('sha256') : null;
  }

  take(bytes: Buffer, start: number, end: number, behind: Behind): void {
    if (end > start) this.#hash?.update(bytes.subarray(start, end));
    this.#judge(bytes, start, end, behind !== 'more');
    if (behind === 'gap') this.#readability.gap();
    if (behind === 'end')
      this.#onFound({ sha256: this.#hash?.digest('hex') ?? null, readability: this.#readability.findings() });
  }

  #judge(bytes: Buffer, start: number, end: number, last: boolean): void {
    const left = this.#leftLength;
    if (left === 0) {
      this.#keep(bytes, this.#readability.take(bytes, start, end, last), end);
      return;
    }
    const length = left + end - start;
    const joined = Buffer.concat([this.#left.subarray(0, left), bytes.subarray(start, end)], length);
    this.#keep(joined, this.#readability.take(joined, 0, length, last), length);
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#leftLength = end - start;
    // In the same place each time: cut from a common piece, the last bytes of one stream would keep those of many
    // others.
    if (this.#left.length < this.#leftLength)
      this.#left = Buffer.allocUnsafeSlow(Math.max(MOST_LEFT, this.#leftLength));
    bytes.copy(this.#left, 0, start, end);
  }
}

const NOTHING = Buffer.alloc(0);
