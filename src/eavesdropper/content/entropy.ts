/**
 * How evenly bytes are spread, and what that tells. Encrypted and compressed bytes are spread as evenly as dice would
 * have it, and no measure of evenness can tell one from the other, or either from dice.
 *
 * Shannon's entropy of few bytes is low whatever they are: 64 bytes hold 64 values at most, and so 6 bits at most. So
 * the verdict goes by pairs instead: how often two of the bytes are the same (Friedman's index of coincidence). Of
 * evenly spread bytes one pair in 256 is, whatever their number, and that number says by how much accident may miss it:
 *
 *     bytes     one pair in 256 is the same, give or take (4 standard deviations)
 *        16     0.39 % ± 2.3 %       some text hides in that: nothing can be said
 *        64     0.39 % ± 0.56 %      English text, at 6 %, would show
 *      1024     0.39 % ± 0.035 %     most formats would show
 *     65536     0.39 % ± 0.0005 %    nearly all would
 */

/** Bytes that are looked at of one direction: more would hardly make the answer surer. */
const MOST_COUNTED = 256 * 1024;

/** From how many bytes on each is said, in {@link Certainty}. */
const LEAST = { low: 64, fair: 1024, high: 16_384 } as const;

/** How far it goes: `none` is that nothing can be said. */
export type Certainty = 'none' | 'low' | 'fair' | 'high';

export interface EntropyFindings {
  /** Bytes that were counted: all of them or the first {@link MOST_COUNTED}. */
  readonly bytes: number;
  /** Shannon's entropy, 0 to 8. */
  readonly bitsPerByte: number;
  /** Whether they are spread as evenly as random bytes are, as far as so many can show. */
  readonly looksRandom: boolean;
  readonly certainty: Certainty;
}

export class ByteCounts {
  #counts: Uint32Array | null = null;
  #total = 0;
  /** How many had been counted when {@link looksRandom} was last worked out, and what came of it. */
  #asked = 0;
  #answer = false;

  add(bytes: Uint8Array, start: number, end: number): void {
    const stop = Math.min(end, start + MOST_COUNTED - this.#total);
    if (stop <= start) return;
    const counts = (this.#counts ??= new Uint32Array(256));
    countEach(counts, bytes, start, stop);
    this.#total += stop - start;
  }

  /** Whether so many bytes as were counted leave little doubt that no text of two bytes a character is among them. */
  get looksRandom(): boolean {
    if (this.#total < LEAST.fair || this.#total < 2 * this.#asked) return this.#answer;
    this.#asked = this.#total;
    this.#answer = this.#isEven();
    return this.#answer;
  }

  /** null where no byte was counted. */
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

  /** Whether pairs of the same value are as many as of evenly spread bytes, and these are enough to tell. */
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

/** `count` times its logarithm, 0 for none. */
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
