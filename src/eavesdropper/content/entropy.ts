/**
 * How evenly the values of bytes are spread, and what that shows. Encrypted and compressed bytes are spread as evenly
 * as random ones. No measure of evenness can tell these three apart.
 *
 * Shannon's entropy of few bytes is always low: 64 bytes have at most 64 different values, and so at most 6 bits. So
 * the verdict looks at pairs instead: how often two of the bytes are the same (Friedman's index of coincidence). If the
 * bytes are evenly spread, one pair in 256 is the same, however many bytes there are. The number of bytes says how far
 * from that accident can lead:
 *
 *     bytes     one pair in 256 is the same, give or take (4 standard deviations)
 *        16     0.39 % ± 2.3 %       some text is within that: nothing can be said
 *        64     0.39 % ± 0.56 %      English text, at 6 %, would show
 *      1024     0.39 % ± 0.035 %     most formats would show
 *     65536     0.39 % ± 0.0005 %    nearly all would
 */

/** How many bytes of one direction are counted. More would hardly make the answer more certain. */
const MOST_COUNTED = 256 * 1024;

/** The least number of bytes for each {@link Certainty}. */
const LEAST = { low: 64, fair: 1024, high: 16_384 } as const;

/** How certain the verdict is. `none`: nothing can be said. */
export type Certainty = 'none' | 'low' | 'fair' | 'high';

export interface EntropyFindings {
  /** How many bytes were counted: all of them, or the first {@link MOST_COUNTED}. */
  readonly bytes: number;
  /** Shannon's entropy, 0 to 8. */
  readonly bitsPerByte: number;
  /** Whether the bytes are spread as evenly as random bytes, as far as this number of bytes can show. */
  readonly looksRandom: boolean;
  readonly certainty: Certainty;
}

export class ByteCounts {
  #counts: Uint32Array | null = null;
  #total = 0;
  /** How many bytes were counted when {@link looksRandom} was last computed, and its answer then. */
  #asked = 0;
  #answer = false;

  add(bytes: Uint8Array, start: number, end: number): void {
    const stop = Math.min(end, start + MOST_COUNTED - this.#total);
    if (stop <= start) return;
    const counts = (this.#counts ??= new Uint32Array(256));
    countEach(counts, bytes, start, stop);
    this.#total += stop - start;
  }

  /** Whether the bytes counted so far make it very unlikely that text with two bytes per character is among them. */
  get looksRandom(): boolean {
    if (this.#total < LEAST.fair || this.#total < 2 * this.#asked) return this.#answer;
    this.#asked = this.#total;
    this.#answer = this.#isEven();
    return this.#answer;
  }

  /** null if no byte was counted. */
  findings(): EntropyFindings | null {
    const total = this.#total;
    if (this.#counts === null || total === 0) return null;
    const counts = this.#counts;
    let sum = 0;
    for (let value = 0; value < 256; value += 1) sum += timesLog2(counts[value] ?? 0);
    const bits = Math.max(0, Math.log2(total) - sum / total);
    return {
      bytes: total,
      bitsPerByte: Math.round(bits * 1000) / 1000,
      looksRandom: this.#isEven(),
      certainty: certaintyAt(total),
    };
  }

  /** Whether equal pairs are as frequent as among evenly spread bytes, and there are enough bytes to tell. */
  #isEven(): boolean {
    const total = this.#total;
    if (this.#counts === null || total < LEAST.low) return false;
    const counts = this.#counts;
    let pairs = 0;
    for (let value = 0; value < 256; value += 1) {
      const count = counts[value] ?? 0;
      pairs += count * (count - 1);
    }
    // The standard deviation of the index for evenly spread bytes: sqrt(2 · 1/256 · 255/256) / n.
    const deviation = Math.sqrt((2 * 255) / 256 / 256) / total;
    return Math.abs(pairs / (total * (total - 1)) - 1 / 256) <= 4 * deviation;
  }
}

/** `count` times its binary logarithm; 0 for a count of 0. */
function timesLog2(count: number): number {
  return count === 0 ? 0 : count * Math.log2(count);
}

function countEach(counts: Uint32Array, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
}

function certaintyAt(bytes: number): Certainty {
  if (bytes < LEAST.low) return 'none';
  if (bytes < LEAST.fair) return 'low';
  return bytes < LEAST.high ? 'fair' : 'high';
}
