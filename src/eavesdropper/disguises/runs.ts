/** Finds runs of bytes of one kind, and skips most of the bytes that are in none. */

/** A table of all bytes: 1 for those of the kind, 0 for the others; and how many of them in a row make a run. */
export interface Run {
  readonly letters: Uint8Array;
  readonly least: number;
}

export function lettersOf(bytes: Buffer): Uint8Array {
  const letters = new Uint8Array(256);
  for (const byte of bytes) letters[byte] = 1;
  return letters;
}

/** Where the first run at or after `start` begins. -1 if there is none. */
export function startOfRun({ letters, least }: Run, bytes: Buffer, start: number, end: number): number {
  for (let from = start; from + least <= end;) {
    // Look first at the place where the shortest run would end, and go back from there. So most bytes can be skipped.
    let last = from + least - 1;
    while (last >= from && letters[bytes[last] ?? 0] === 1) last -= 1;
    if (last < from) return from;
    from = last + 1;
  }
  return -1;
}

/**
 * Tells in one pass whether a text holds any of some runs, or any of some single bytes. A number has a field of six
 * bits for each run, which counts how many of its letters stand in a row:
 *
 *     fifth run   second  first           `most` is added to a copy. So the highest bit of a field is set
 *     | 000000 | … | 000011 | 001111 |    as soon as its count is high enough.
 *
 * One pass for each run took twice as long.
 */
export class AnyOf {
  /** For each byte: the fields that go on counting, and one in each of those; or the bit of a single byte. */
  readonly #kept = new Int32Array(256);
  readonly #added = new Int32Array(256);
  #most = 0;
  #full = SINGLE;

  /** `runs`: five at most, each of at most 31 letters. */
  constructor(runs: readonly Run[], singles: readonly number[]) {
    for (const [index, { letters, least }] of runs.entries()) {
      const field = FIELD_BITS * index;
      this.#most += (HIGHEST - least) << field;
      this.#full |= HIGHEST << field;
      for (const [byte, isLetter] of letters.entries()) {
        if (isLetter === 0) continue;
        this.#kept[byte] = (this.#kept[byte] ?? 0) | (FIELD << field);
        this.#added[byte] = (this.#added[byte] ?? 0) + (1 << field);
      }
    }
    for (const byte of singles) this.#added[byte] = SINGLE;
  }

  isIn(bytes: Buffer, start: number, end: number): boolean {
    const [kept, added, most, full] = [this.#kept, this.#added, this.#most, this.#full];
    let counts = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      counts = (counts & (kept[byte] ?? 0)) + (added[byte] ?? 0);
      if (((counts + most) & full) !== 0) return true;
    }
    return false;
  }
}
const FIELD_BITS = 6;
const FIELD = 0x3f;
const HIGHEST = 0x20;
const SINGLE = 1 << 30;

/** Of fewer bytes, a call of Buffer's takes longer than to look at each. */
const FEW = 256;

/** Whether the byte occurs. */
export function holds(sought: number, bytes: Buffer, start: number, end: number): boolean {
  if (end - start >= FEW) return bytes.subarray(start, end).includes(sought);
  let at = start;
  while (at < end && bytes[at] !== sought) at += 1;
  return at < end;
}

/** The first place, from `at` on, whose byte is not of the kind. */
export function behindLetters(letters: Uint8Array, bytes: Buffer, at: number, end: number): number {
  let stop = at;
  while (stop < end && letters[bytes[stop] ?? 0] === 1) stop += 1;
  return stop;
}
