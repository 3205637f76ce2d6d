/**
 * The texts of a stream that are in a disguise and are searched for in what comes out of it. The stream may come piece
 * by piece, as it is held.
 */
import { Readability, type OnText } from '../content/readability.js';
import { DISGUISES, type Shape } from '../disguises/disguises.js';
import type { DisguisedChat } from '../chat/disguised-chat.js';
import type { HeldBytes, Run } from '../tcp/stream.js';
import type { Side } from '../../protocol/side.js';

/** A text that came out of a disguise, and the bytes in which it was: offsets of the stream. */
export interface SeenText {
  readonly shape: Shape;
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
  /** How many bytes of it belong to the text before, with which it goes on. */
  readonly carried: number;
}

/** Bytes of such texts that are kept of one piece of a stream. */
const MOST_SEEN_BYTES = 8 * 2 ** 20;
/** The most bytes that a searched text has, in any spelling: so much of a text is kept for what goes on with it. */
const MOST_SEARCHED = 4096;

/** Disguises in which a text has a look of its own: it is searched for in the bytes as they are. */
const HAS_PATTERNS: ReadonlySet<Shape> = new Set(
  DISGUISES.filter((disguise) => disguise.patterns('text', Buffer.from('text')).length > 0).map(({ name }) => name),
);

/** The shape of a text that stands as it is, at a place where a message can be. */
export const MARKED: Shape = 'as typed';

const NOTHING = Buffer.alloc(0);

export class SeenTexts {
  readonly #readability = new Readability((...told) => {
    this.#add(...told);
  });
  #found: SeenText[] = [];
  #room = 0;
  /** How many bytes of the stream were taken, and those of them that are not judged yet. */
  #taken = 0;
  #left: Buffer = NOTHING;
  /** The offset in the stream of the first byte that was ever taken. */
  #origin: number | null = null;
  #before: SeenText | null = null;

  /** The texts in what is held and was not taken yet. `isEnd`: nothing comes after it. */
  take(stream: HeldBytes, isEnd: boolean): readonly SeenText[] {
    this.#found = [];
    this.#room = MOST_SEEN_BYTES;
    const runs = stream.runs();
    for (const [index, run] of runs.entries()) {
      const start = Math.max(run.start, this.#taken - stream.base);
      this.#origin ??= stream.base + start;
      if (start <= run.end) this.#takeRun(stream.bytes.subarray(start, run.end), isEnd || index + 1 < runs.length);
      this.#taken = Math.max(this.#taken, stream.base + run.end);
    }
    return this.#found;
  }

  /** `isEnd`: bytes are missing behind these, or nothing comes. */
  #takeRun(run: Buffer, isEnd: boolean): void {
    if (run.length === 0 && this.#left.length === 0) return;
    const bytes = this.#left.length === 0 ? run : Buffer.concat([this.#left, run]);
    const at = this.#readability.take(bytes, 0, bytes.length, isEnd);
    this.#left = Buffer.from(bytes.subarray(at));
    if (isEnd) this.#readability.gap();
  }

  #add(...[as, start, end, text, isNext, standing]: Parameters<OnText>): void {
    const shape = standing === 'marked' && as === 'text' ? MARKED : as;
    if (shape === 'text' || HAS_PATTERNS.has(shape) || text.length > this.#room) return;
    this.#room -= text.length;
    const origin = this.#origin ?? 0;
    const before = isNext && this.#before?.shape === shape ? this.#before : null;
    const carried = before === null ? NOTHING : before.text.subarray(-MOST_SEARCHED);
    // A hit may begin in the text before.
    const from = before === null ? start + origin : before.start;
    const seen = {
      shape,
      start: from,
      end: end + origin,
      text: Buffer.concat([carried, text]),
      carried: carried.length,
    };
    this.#found.push(seen);
    this.#before = { ...seen, start: start + origin };
  }
}

/** What a haystack asks for texts. */
export interface TextSource {
  take(stream: HeldBytes, isEnd: boolean): readonly SeenText[];
  /** The messages of the side in order, where they are known: no text goes on from one to the next. */
  readonly messages?: readonly Run[];
}

/** What the messages of a side say, where they show their disguise only together. */
export function textsOf({ as, sides }: DisguisedChat, side: Side): TextSource {
  const texts = sides[side].flatMap(({ start, end, text }) =>
    text === null ? [] : [{ shape: as, start, end, text, carried: 0 }],
  );
  return { take: () => texts, messages: sides[side] };
}
