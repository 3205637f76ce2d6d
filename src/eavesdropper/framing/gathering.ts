/** Gathers what comes out of bytes, until there is enough of it to judge. */
import type { Sink } from './sink.js';

/** What is told of the bytes besides what came out of them. */
export interface Telling {
  readonly as: string;
  /** The place, in the buffer at hand, where they end. */
  readonly end: number;
  readonly hasNext: boolean;
  readonly isSure: boolean;
}

export class Gathering {
  #content: Buffer[] = [];
  #source: Buffer[] = [];
  #isNext = false;
  /** How many bytes came out and were not told. */
  contentBytes = 0;
  /** And how many they came out of. */
  sourceBytes = 0;

  /** Both are copied. */
  add(source: Buffer, content: Buffer): void {
    if (source.length > 0) this.#source.push(Buffer.from(source));
    if (content.length > 0) this.#content.push(Buffer.from(content));
    this.sourceBytes += source.length;
    this.contentBytes += content.length;
  }

  tell(sink: Sink, { as, end, hasNext, isSure }: Telling): void {
    const source = Buffer.concat(this.#source);
    const content = Buffer.concat(this.#content);
    const start = end - source.length;
    sink.unwrapped({ as, source, start, end, content, isNext: this.#isNext, hasNext, isSure });
    this.#isNext = hasNext;
    this.#content = [];
    this.#source = [];
    this.contentBytes = this.sourceBytes = 0;
  }
}
