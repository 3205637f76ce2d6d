/**
 * Finds every place where some bytes occur in others, overlapping places included. The time grows with the sum of both
 * lengths: the searched bytes, and often the text too, may come from someone who wants the search to hang.
 */

/** Up to this length Node's own search is faster than ours, even if it has to look at each byte this many times. */
const NATIVE_LIMIT = 64;
/** Larger than every offset: there are no more places. */
export const NONE_LEFT = Infinity;

/** Gives the offsets one by one in ascending order, beginning at `from`. An empty `needle` is nowhere. */
export class Occurrences {
  readonly #haystack: Buffer;
  readonly #needle: Buffer;
  #at: number;
  /** The first bytes of a long needle; null for a short one. */
  readonly #head: Buffer | null;
  /** Made when the head of the needle is found, which is rare. */
  #borders: Int32Array | null = null;
  #matched = 0;

  constructor(haystack: Buffer, needle: Buffer, from = 0) {
    this.#haystack = haystack;
    this.#needle = needle;
    this.#at = from;
    this.#head = needle.length > NATIVE_LIMIT ? needle.subarray(0, NATIVE_LIMIT) : null;
  }

  /** Returns the next offset, or {@link NONE_LEFT} after the last. */
  next(): number {
    if (this.#needle.length === 0) return NONE_LEFT;
    return this.#head === null ? this.#nextNative() : this.#nextMatched(this.#head);
  }

  #nextNative(): number {
    // Where hits follow each other closely, a native call for each would take most of the time.
    const at = this.#isHere() ? this.#at : this.#haystack.indexOf(this.#needle, this.#at);
    if (at === -1) this.#at = this.#haystack.length;
    else this.#at = at + 1;
    return at === -1 ? NONE_LEFT : at;
  }

  #isHere(): boolean {
    const needle = this.#needle;
    const haystack = this.#haystack;
    if (this.#at + needle.length > haystack.length) return false;
    for (let index = 0; index < needle.length; index += 1)
      if (haystack[this.#at + index] !== needle[index]) return false;
    return true;
  }

  /** Knuth, Morris, Pratt: Fast Pattern Matching in Strings (1977). Node's own search finds where to begin. */
  #nextMatched(head: Buffer): number {
    const needle = this.#needle;
    const haystack = this.#haystack;
    while (this.#at < haystack.length) {
      if (this.#matched === 0) {
        this.#findHead(head);
        continue;
      }
      const borders = (this.#borders ??= bordersOf(needle));
      const byte = haystack[this.#at];
      this.#at += 1;
      while (this.#matched > 0 && needle[this.#matched] !== byte) this.#matched = borders[this.#matched - 1] ?? 0;
      if (needle[this.#matched] === byte) this.#matched += 1;
      if (this.#matched === needle.length) {
        this.#matched = borders[this.#matched - 1] ?? 0;
        return this.#at - needle.length;
      }
    }
    return NONE_LEFT;
  }

  /** Moves behind the next head after which the whole needle has room, or to the end. */
  #findHead(head: Buffer): void {
    const at = this.#haystack.indexOf(head, this.#at);
    if (at === -1 || at + this.#needle.length > this.#haystack.length) {
      this.#at = this.#haystack.length;
      return;
    }
    this.#at = at + head.length;
    this.#matched = head.length;
  }
}

/** All offsets; see {@link Occurrences}. */
export function* occurrences(haystack: Buffer, needle: Buffer, from = 0): Generator<number, void, void> {
  const all = new Occurrences(haystack, needle, from);
  for (let at = all.next(); at !== NONE_LEFT; at = all.next()) yield at;
}

/** For each prefix of `needle`: the length of the longest shorter prefix that the prefix also ends with. */
function bordersOf(needle: Buffer): Int32Array {
  const borders = new Int32Array(needle.length);
  let length = 0;
  for (let at = 1; at < needle.length; at += 1) {
    while (length > 0 && needle[length] !== needle[at]) length = borders[length - 1] ?? 0;
    if (needle[length] === needle[at]) length += 1;
    borders[at] = length;
  }
  return borders;
}
