/** The text in what came out of a disguise. It is judged again, as a stream is: it may be in a disguise too. */
import type { Disguises } from '../disguises/disguises.js';
import { isText } from '../disguises/text-bytes.js';
import type { Work } from '../framing/framing.js';
import type { OnText, SeenThrough } from './heard.js';

/** Disguises that are taken off one after the other. */
export const MOST_DISGUISES = 4;

/** What of some bytes is text, and the disguise of most of it. */
export interface FoundInside extends SeenThrough {
  /** How many of the bytes can be read. */
  readonly readable: number;
}

/** Judges a stream, as `Readability` does. */
export interface Judge {
  take(bytes: Buffer, start: number, end: number, last: boolean): number;
  /** Bytes so far that only mark messages. */
  readonly framingBytes: number;
}

/** `depth`: how many disguises were taken off before the bytes came out that it will judge. */
export type NewJudge = (onText: OnText, depth: number, work: Work) => Judge;

/** What comes out of a disguise, piece by piece. */
export class InnerText {
  readonly #judge: Judge;
  #texts: Buffer[] = [];
  readonly #lengths = new Map<Disguises, number>();
  #left = NOTHING;
  #framingBytes = 0;

  constructor(depth: number, work: Work, newJudge: NewJudge) {
    const onText: OnText = (as, start, end, text, _, standing) => {
      if (standing === 'marked' && this.#texts.length > 0) this.#texts.push(BETWEEN);
      this.#texts.push(Buffer.from(text));
      if (standing !== 'among noise') this.#lengths.set(as, (this.#lengths.get(as) ?? 0) + end - start);
    };
    this.#judge = newJudge(onText, depth, work);
  }

  take(content: Buffer, last: boolean): FoundInside {
    const bytes = this.#left.length === 0 ? content : Buffer.concat([this.#left, content]);
    const at = this.#judge.take(bytes, 0, bytes.length, last);
    this.#left = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
    // What only marks messages in it, or names their kind, is nothing that a key would open.
    const { framingBytes } = this.#judge;
    const marks = framingBytes - this.#framingBytes;
    this.#framingBytes = framingBytes;
    const readable = [...this.#lengths.values()].reduce((sum, length) => sum + length, marks);
    const [most] = [...this.#lengths].sort(([, one], [, other]) => other - one);
    const text = Buffer.concat(this.#texts);
    this.#texts = [];
    this.#lengths.clear();
    return { as: most?.[0] ?? 'text', text, readable };
  }
}

const NOTHING = Buffer.alloc(0);
/** Between two strings of one message. */
export const BETWEEN = Buffer.from(', ');

/** The text in what came out of a disguise, and the disguise of most of it; null where less than half of it is text. */
export function judgedAgain(content: Buffer, depth: number, work: Work, newJudge: NewJudge): SeenThrough | null {
  const { as, text, readable } = new InnerText(depth, work, newJudge).take(content, true);
  return 2 * readable <= content.length ? null : { as, text };
}

/** Where no more disguises are taken off. */
export function textAlone(content: Buffer): FoundInside {
  const isAllText = isText(content, content.length);
  return { as: 'text', text: isAllText ? content : NOTHING, readable: isAllText ? content.length : 0 };
}

/** The name of a disguise within another. */
export function nameWithin(inner: Disguises, outer: Disguises): Disguises {
  return inner === 'text' ? outer : `${inner} in ${outer}`;
}
