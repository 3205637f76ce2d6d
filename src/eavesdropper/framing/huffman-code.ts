/** The codes of DEFLATE (RFC 1951, section 3.2.2): short ones for what comes often. */

/** Codes up to this length are looked up at once. Longer ones are rare, and are read bit by bit. */
const FAST_BITS = 9;
const MOST_BITS = 15;
const MOST_SYMBOLS = 320;

export class HuffmanCode {
  /** Indexed by the next bits: the symbol times 16, plus the length of its code; 0 for a longer code or none. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  /** How many codes there are of each length; and the symbols in the order of their codes. */
  readonly #counts = new Uint16Array(MOST_BITS + 1);
  readonly #symbols = new Uint16Array(MOST_SYMBOLS);

  /**
   * Learns the code in which symbol i has `lengths[from + i]` bits; 0 for a symbol that does not occur. Returns whether
   * there is such a code: one that is not complete is none, unless it has a single symbol at most.
   */
  learn(lengths: Uint8Array, from: number, to: number): boolean {
    const counts = this.#counts.fill(0);
    for (let at = from; at < to; at += 1) counts[lengths[at] ?? 0] = (counts[lengths[at] ?? 0] ?? 0) + 1;
    const used = to - from - (counts[0] ?? 0);
    counts[0] = 0;
    let left = 1;
    for (let length = 1; length <= MOST_BITS; length += 1) {
      left = 2 * left - (counts[length] ?? 0);
      if (left < 0) return false;
    }
    if (left > 0 && (used > 1 || (used === 1 && counts[1] !== 1))) return false;
    this.#sort(lengths, from, to);
    return true;
  }

  /** The symbol whose code `bits` begins with, times 16, plus the length of its code; 0 if there is none. */
  read(bits: number): number {
    const fast = this.#fast[bits & ((1 << FAST_BITS) - 1)] ?? 0;
    if (fast !== 0) return fast;
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MOST_BITS; length += 1) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length] ?? 0;
      if (code - count < first) return 16 * (this.#symbols[index + code - first] ?? 0) + length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }

  #sort(lengths: Uint8Array, from: number, to: number): void {
    const next = new Uint16Array(MOST_BITS + 2);
    const code = new Uint16Array(MOST_BITS + 2);
    for (let length = 1; length <= MOST_BITS; length += 1) {
      const count = this.#counts[length] ?? 0;
      next[length + 1] = (next[length] ?? 0) + count;
      code[length + 1] = ((code[length] ?? 0) + count) << 1;
    }
    this.#fast.fill(0);
    for (let symbol = 0; symbol < to - from; symbol += 1) {
      const length = lengths[from + symbol] ?? 0;
      if (length === 0) continue;
      this.#symbols[next[length] ?? 0] = symbol;
      next[length] = (next[length] ?? 0) + 1;
      const own = code[length] ?? 0;
      code[length] = own + 1;
      if (length > FAST_BITS) continue;
      for (let bits = reversed(own, length); bits < 1 << FAST_BITS; bits += 1 << length)
        this.#fast[bits] = 16 * symbol + length;
    }
  }
}

/** A code stands with its first bit lowest. */
function reversed(code: number, length: number): number {
  let bits = 0;
  for (let at = 0; at < length; at += 1) bits |= ((code >>> at) & 1) << (length - 1 - at);
  return bits;
}
