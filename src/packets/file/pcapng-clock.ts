/** The time of a pcapng packet: a 64-bit count of whatever unit its interface was given. */

/** Microseconds, if an interface names no unit. */
export const DEFAULT_RESOLUTION = 6;
/** The highest bit of if_tsresol: if set, the other bits are a power of 2, not of 10. */
const IS_BINARY = 0x80;
/**
 * Up to this many units a second, a remainder and the low word can be added and multiplied without loss in a double.
 */
const MOST_SIMPLE_UNITS = 1e9;

/** Reads times of one interface; the last one read stands in the two fields. */
export class PcapngClock {
  /** Since the Unix epoch; below zero where the interface's offset says so. */
  seconds = 0;
  nanoseconds = 0;

  readonly #unitsPerSecond: bigint;
  readonly #offset: number;
  /** The units as a number where that is exact all the way, else 0. */
  readonly #simpleUnits: number;
  /** What the upper word comes to: it changes every hour or so in microseconds, every four seconds in nanoseconds. */
  #high = -1;
  #highSeconds = 0;
  #highUnits = 0;

  /** `resolution`: the byte of if_tsresol; `offset`: the seconds of if_tsoffset. */
  constructor(resolution: number, offset: bigint) {
    this.#unitsPerSecond =
      (resolution & IS_BINARY) === 0 ? 10n ** BigInt(resolution) : 2n ** BigInt(resolution & ~IS_BINARY);
    this.#offset = Number(offset);
    const isSimple = (resolution & IS_BINARY) === 0 && this.#unitsPerSecond <= MOST_SIMPLE_UNITS;
    this.#simpleUnits = isSimple ? Number(this.#unitsPerSecond) : 0;
  }

  /** Takes the two halves of the count. What is finer than a nanosecond is dropped. */
  read(high: number, low: number): void {
    if (this.#simpleUnits === 0) {
      const count = (BigInt(high) << 32n) | BigInt(low);
      this.seconds = Number(count / this.#unitsPerSecond) + this.#offset;
      this.nanoseconds = Number(((count % this.#unitsPerSecond) * 1_000_000_000n) / this.#unitsPerSecond);
      return;
    }
    if (high !== this.#high) this.#takeHigh(high);
    const units = this.#highUnits + low;
    const seconds = Math.floor(units / this.#simpleUnits);
    this.seconds = this.#highSeconds + seconds + this.#offset;
    this.nanoseconds = (units - seconds * this.#simpleUnits) * (MOST_SIMPLE_UNITS / this.#simpleUnits);
  }

  #takeHigh(high: number): void {
    const count = BigInt(high) << 32n;
    this.#high = high;
    this.#highSeconds = Number(count / this.#unitsPerSecond);
    this.#highUnits = Number(count % this.#unitsPerSecond);
  }
}
