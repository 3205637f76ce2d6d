/**
 * A body that was packed more than once: `Content-Encoding: deflate, gzip` was packed by deflate first and by gzip last
 * (RFC 9110, section 8.4). What comes out of the last goes into the one before it, as it comes.
 */
import type { Sink, Unwrapped } from './sink.js';

/** A body that gives what it unpacks to a sink, as {@link PackedBody} does. */
export interface Body {
  /** It has ended, or cannot be read on. */
  readonly isOver: boolean;
  /** As {@link Framing.take}. `shift`: add it to a place in `bytes` to get the place to tell. */
  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink, shift?: number): number;
}

export class LayeredBody implements Body {
  readonly #outer: Body;
  readonly #inner: Body;
  /** What came out of the outer layer and was not taken by the inner one. */
  #held: Buffer = NOTHING;
  /** Where the bytes on the wire stand that were not told yet. */
  #source: Buffer[] = [];
  #start = 0;
  #isNext = false;
  #isInnerOver = false;

  constructor(outer: Body, inner: Body) {
    this.#outer = outer;
    this.#inner = inner;
  }

  get isOver(): boolean {
    return this.#outer.isOver;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink, shift = 0): number {
    const unwrapped = (what: Unwrapped): void => {
      this.#takeOuter(what, sink);
    };
    return this.#outer.take(bytes, start, end, last, { ...passedOn(sink), unwrapped }, shift);
  }

  #takeOuter({ as, source, start, end, content, hasNext, isSure }: Unwrapped, sink: Sink): void {
    this.#source.push(source);
    this.#start = end - this.#source.reduce((sum, { length }) => sum + length, 0);
    const tell = (inner: Pick<Unwrapped, 'as' | 'content' | 'hasNext' | 'isSure'>): void => {
      const all = Buffer.concat(this.#source);
      this.#source = [];
      sink.unwrapped({ ...inner, source: all, start: this.#start, end, isNext: this.#isNext });
      this.#start = end;
      this.#isNext = inner.hasNext;
    };
    const inner: Body = this.#inner;
    if (!this.#isInnerOver) {
      const bytes = this.#held.length === 0 ? content : Buffer.concat([this.#held, content]);
      const unwrapped = (what: Unwrapped): void => {
        tell({ ...what, as: `${what.as} in ${as}`, isSure: what.isSure && isSure });
      };
      // The bytes on the wire pay for all layers.
      const worked = (_: number, unpacked: number): boolean => sink.worked(0, unpacked);
      const at = inner.take(bytes, 0, bytes.length, !hasNext, { ...passedOn(sink), worked, unwrapped });
      this.#isInnerOver = inner.isOver;
      this.#held = this.#isInnerOver ? NOTHING : Buffer.from(bytes.subarray(at));
    }
    // Nothing comes out of what stands behind the end of the inner layer.
    if (this.#source.length > 0 && (this.#isInnerOver || !hasNext))
      tell({ as, content: NOTHING, hasNext: false, isSure: false });
    if (this.#source.length === 0) this.#start = Math.max(start, end);
  }
}

const NOTHING = Buffer.alloc(0);

/** The same sink, whose methods can be replaced one by one. */
function passedOn(sink: Sink): Sink {
  return {
    worked: (...told) => sink.worked(...told),
    plain: (...told) => sink.plain(...told),
    message: (...told) => {
      sink.message(...told);
    },
    framing: (...told) => {
      sink.framing(...told);
    },
    unwrapped: (told) => {
      sink.unwrapped(told);
    },
    notUnpacked: (told) => {
      sink.notUnpacked(told);
    },
    border: (...told) => {
      sink.border(...told);
    },
    control: (told) => {
      sink.control(told);
    },
    aside: (told) => {
      sink.aside(told);
    },
  };
}
