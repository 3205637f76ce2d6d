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

/** The first place, from `at` on, whose byte is not of the kind. */
export function behindLetters(letters: Uint8Array, bytes: Buffer, at: number, end: number): number {
  let stop = at;
  while (stop < end && letters[bytes[stop] ?? 0] === 1) stop += 1;
  return stop;
}
