/** Finds a text in the plaintext capture: where it was said, and where else its letters are. */
import { patternsOf, type Pattern } from '../disguises/disguises.js';
import { placeOf } from '../tcp/place.js';
import type { ConversationFindings, Hit, ReadableMessage, Verdict } from '../findings/findings.js';
import type { Haystack } from '../search/search.js';
import type { Find } from './compare-verdict.js';
import { verdictOn } from './compare-verdict.js';
import type { Side } from '../../protocol/side.js';

/**
 * Searches the plaintext side in order. A message is searched for after the message that its side said before. Whole
 * lines are tried first, so that the server's `Bye` is not found inside the client's `Ok Bye`.
 */
export class PlainSearch {
  readonly #haystacks: readonly Haystack[];
  readonly #find: Find;
  /** For each side and text: the lines that are exactly that text, in order. Lines that were passed are removed. */
  readonly #lines = { client: new Map<string, ReadableMessage[]>(), server: new Map<string, ReadableMessage[]>() };
  readonly #reached = { client: 0, server: 0 };

  constructor({ messages }: ConversationFindings, haystacks: readonly Haystack[], find: Find) {
    this.#haystacks = haystacks;
    this.#find = find;
    // Backwards, so that the next line is always the last of its list.
    for (const message of messages.toReversed()) {
      if (message.kind !== 'readable') continue;
      const lines = this.#lines[message.place.side];
      const same = lines.get(message.text);
      if (same === undefined) lines.set(message.text, [message]);
      else same.push(message);
    }
  }

  verdictOn(side: Side, text: string): Verdict {
    const hit = this.#line(side, text) ?? this.#within(side, text);
    if (hit === null)
      return verdictOn(text, this.#find, { proves: false, why: 'this is the plaintext capture itself' });
    this.#reached[side] = hit.place.offset + Math.max(1, Buffer.byteLength(text));
    const others = text === '' ? [] : this.#find(text).filter((other) => !isSamePlace(other, hit));
    return { readable: true, hit, others };
  }

  #line(side: Side, text: string): Hit | null {
    const same = this.#lines[side].get(text) ?? [];
    for (let message = same.pop(); message !== undefined; message = same.pop()) {
      if (message.place.offset >= this.#reached[side] && this.#stands(message))
        return { place: message.place, shape: 'as typed', meaning: 'text' };
    }
    return null;
  }

  /**
   * Whether the text is really on the wire. Bytes that are not UTF-8 were shown as U+FFFD, which is not on the wire.
   */
  #stands({ place: { side, offset }, text }: ReadableMessage): boolean {
    const typed = Buffer.from(text);
    const stream = this.#haystacks.find((haystack) => haystack.side === side)?.stream;
    return stream?.bytes.subarray(offset, offset + typed.length).equals(typed) ?? false;
  }

  #within(side: Side, text: string): Hit | null {
    const haystack = this.#haystacks.find((candidate) => candidate.side === side);
    if (haystack === undefined || text === '') return null;
    for (const pattern of patternsOf(text)) {
      const span = this.#wholeWord(haystack, pattern, text, this.#reached[side]);
      if (span === null) continue;
      const place = placeOf(haystack.conversation, side, haystack.stream, span.start, span.end);
      const found = { place, shape: pattern.shape, meaning: 'text' } as const;
      if (this.#find(text).some((hit) => isSamePlace(hit, found) && hit.meaning !== 'text')) continue;
      return found;
    }
    return null;
  }

  /**
   * The `a` in `at` is not a message `a`. In a disguise the neighbours are disguised too, so there the length of the
   * text decides instead.
   */
  #wholeWord(
    haystack: Haystack,
    pattern: Pattern,
    text: string,
    from: number,
  ): { readonly start: number; readonly end: number } | null {
    const { bytes } = haystack.stream;
    const isClear = ['as typed', 'in another case', 'otherwise composed'].includes(pattern.shape);
    for (const span of haystack.spans(pattern, from)) {
      const before = isWordByte(bytes[span.start - 1]) && isWordByte(bytes[span.start]);
      const behind = isWordByte(bytes[span.end - 1]) && isWordByte(bytes[span.end]);
      if (isClear ? !before && !behind : Buffer.byteLength(text) >= LEAST_DISGUISED) return span;
    }
    return null;
  }
}

function isSamePlace(one: Hit, other: Hit): boolean {
  return one.shape === other.shape && one.place.side === other.place.side && one.place.offset === other.place.offset;
}

/** Shorter texts occur in many words as base64 or hex. */
const LEAST_DISGUISED = 4;

/** Whether a byte is an ASCII letter or digit, or part of a non-ASCII character. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return byte >= 0x80 || (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
