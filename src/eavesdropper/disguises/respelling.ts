/**
 * Bytes in another spelling, made for a search: upper and lower case become one, URL escapes are decoded. Both can
 * change the number of bytes (the Kelvin sign becomes k, İ becomes i and a dot), so this also gives the way back: where
 * each byte was in the source.
 *
 * The way back is not kept for every byte, because that would take many times the memory of the bytes themselves.
 * Instead a mark is kept every so often, and the way is walked again from the last mark.
 */
import { countPassing } from '../../bytes/bisection.js';

/** How one unit (a character or an escape) is spelled instead. Most units are one byte and stay one byte. */
export interface Spelling {
  /** Whether upper and lower case become the same. */
  readonly ignoresCase: boolean;
  /** The most bytes of the source that become one byte of the new spelling. */
  readonly mostPerByte: number;
  /** For each byte value: whether the byte is always a unit by itself, and the byte that replaces it. */
  readonly isAlone: Uint8Array;
  readonly alone: Uint8Array;
  /** Returns where the unit begins that the byte at `at` belongs to. */
  begin(source: Buffer, at: number): number;
  /** Returns the length of the unit at `at` in bytes: at least 1, and never beyond the end. */
  unit(source: Buffer, at: number): number;
  /** Writes the unit's new spelling into `target`, at most {@link MOST_PER_UNIT} bytes. Returns how many. */
  write(source: Buffer, at: number, length: number, target: Buffer, to: number): number;
}

const MOST_PER_UNIT = 16;
const BYTES_PER_MARK = 4096;

/** The same place in both spellings. */
interface Mark {
  readonly source: number;
  readonly target: number;
}

export class Respelling {
  readonly bytes: Buffer;
  /** Where the unit begins in the source. */
  readonly start: number;
  readonly #source: Buffer;
  readonly #spelling: Spelling;
  readonly #marks: Mark[];
  readonly #scratch = Buffer.alloc(MOST_PER_UNIT);
  /** Whether every unit kept its length and stayed one character. Then the offsets are the same in both spellings. */
  readonly #isAligned: boolean;
  /** The place of the last answer. Hits come in order, so the next one is only a few steps away. */
  #lastStart: Mark;
  #lastEnd: Mark;

  /** `start`: where to begin. The first unit is the one that contains this byte. */
  constructor(source: Buffer, spelling: Spelling, start = 0) {
    this.#source = source;
    this.#spelling = spelling;
    this.start = spelling.begin(source, start);
    const beginning: Mark = { source: this.start, target: 0 };
    this.#marks = [beginning];
    this.#lastStart = beginning;
    this.#lastEnd = beginning;
    let target = Buffer.allocUnsafe(source.length - this.start + MOST_PER_UNIT);
    let aligned = true;
    let from = this.start;
    let to = 0;
    let nextMark = from + BYTES_PER_MARK;
    const { isAlone, alone } = spelling;
    while (from < source.length) {
      if (from >= nextMark) {
        this.#marks.push({ source: from, target: to });
        nextMark = from + BYTES_PER_MARK;
      }
      if (to + MOST_PER_UNIT > target.length) target = Buffer.concat([target, Buffer.allocUnsafe(target.length)]);
      const byte = source[from] ?? 0;
      // Nearly all bytes take this branch. A call for each would take most of the time.
      if (isAlone[byte] === 1) {
        target[to] = alone[byte] ?? 0;
        from += 1;
        to += 1;
        continue;
      }
      const length = spelling.unit(source, from);
      const written = spelling.write(source, from, length, target, to);
      // `ß` and `ss` have the same number of bytes, but the second `s` does not begin a unit.
      aligned &&= written === length && (length === 1 || (target[to] ?? 0) >= 0x80);
      from += length;
      to += written;
    }
    this.bytes = target.subarray(0, to);
    this.#isAligned = aligned;
  }

  /** The first byte, in the source, of the unit that `target` belongs to. */
  startOf(target: number): number {
    if (this.#isAligned) return this.start + target;
    this.#lastStart = this.#walk(target, this.#lastStart, false);
    return this.#lastStart.source;
  }

  /** The end, in the source, of what ends before `target`. Units are whole, as in {@link startOf}. */
  endOf(target: number): number {
    if (this.#isAligned) return this.start + target;
    this.#lastEnd = this.#walk(target, this.#lastEnd, true);
    return this.#lastEnd.source;
  }

  /**
   * Walks to the unit boundary at `target`. If that is inside a unit, it returns the boundary before it or, with
   * `after`, the one behind it.
   */
  #walk(target: number, last: Mark, after: boolean): Mark {
    const passed = countPassing(this.#marks.length, (index) => (this.#marks[index]?.target ?? 0) <= target);
    const marked = this.#marks[passed - 1] ?? last;
    let { source, target: reached } = last.target <= target && last.target > marked.target ? last : marked;
    while (reached < target && source < this.#source.length) {
      const length = this.#spelling.unit(this.#source, source);
      const written = this.#spelling.write(this.#source, source, length, this.#scratch, 0);
      if (reached + written > target && !after) break;
      source += length;
      reached += written;
    }
    return { source, target: reached };
  }
}

/**
 * Gives letters that differ only in case the same spelling, by Unicode's full mappings: `STRASSE` and `straße` become
 * the same, and so do the two small sigmas. Each character is handled by itself, whatever the language. Bytes that are
 * not UTF-8 stay as they are.
 */
export const WITHOUT_CASE: Spelling = {
  ignoresCase: true,
  // The Kelvin sign.
  mostPerByte: 3,
  // A byte that begins a longer character is not a unit by itself.
  isAlone: byByte((byte) => (byte < 0xc0 ? 1 : 0)),
  alone: byByte((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)),
  begin(source, at) {
    // Every byte begins a unit, except one that continues a character.
    for (let from = at; from >= 0 && at - from < LONGEST_CHARACTER; from -= 1) {
      if (((source[from] ?? 0) & 0xc0) !== 0x80) return from + this.unit(source, from) > at ? from : at;
    }
    return at;
  },
  unit(source, at) {
    const lead = source[at] ?? 0;
    if (lead < 0x80) return 1;
    const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (at + length > source.length) return 1;
    for (let next = 1; next < length; next += 1) if (((source[at + next] ?? 0) & 0xc0) !== 0x80) return 1;
    return length;
  },
  write(source, at, length, target, to) {
    const byte = source[at] ?? 0;
    if (length === 1) {
      target[to] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
      return 1;
    }
    const folded = foldedCharacter(source, at, length);
    if (folded === null) return source.copy(target, to, at, at + length);
    return folded.copy(target, to);
  },
};

/** The most bytes that a character has in UTF-8. */
const LONGEST_CHARACTER = 4;

/** The key is the character's bytes, read as one number. Asking JavaScript each time takes twenty times as long. */
const foldedCharacters = new Map<number, Buffer | null>();
/** A stream that contains every possible character must not fill the memory. */
const MOST_REMEMBERED = 0x1_0000;

/** null if the character stays as it is. */
function foldedCharacter(source: Buffer, at: number, length: number): Buffer | null {
  const bytes = source.readUIntBE(at, length);
  const known = foldedCharacters.get(bytes);
  if (known !== undefined) return known;
  const character = source.toString('utf8', at, at + length);
  // Upper case first: only that way do ß and the final sigma become the same as `ss` and the other sigma.
  const folded = character.toUpperCase().toLowerCase();
  const answer = folded === character || character === '\ufffd' ? null : Buffer.from(folded);
  if (foldedCharacters.size < MOST_REMEMBERED) foldedCharacters.set(bytes, answer);
  return answer;
}

/** A table by a byte's value. */
export function byByte(value: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => value(byte));
}
