/**
 * One look at a text, of which all disguises make use: of which kinds its bytes are. Two bytes are of one kind if no
 * disguise tells them apart, so there are few kinds, and each has a bit. Then a test of bits refuses a disguise whose
 * letters the text does not have, and no disguise reads the text for that.
 */

/** What the bytes of a text in a disguise are. Where it is absent, they can be any. */
export interface MadeOf {
  /** All bytes are of one of these alphabets. */
  readonly only?: readonly Uint8Array[];
  /** One of these bytes occurs in it. */
  readonly needs?: Uint8Array;
}

/** The same as bits: of kinds that it cannot have, by table, and of kinds of which it has one. */
export interface Refusal {
  readonly barred: readonly number[];
  readonly needed: number;
}

const MOST_KINDS = 31;

export class ByteKinds {
  readonly #bits = new Int32Array(256);

  /** @throws RangeError if the alphabets tell more kinds apart than a number has bits. */
  constructor(all: readonly (MadeOf | undefined)[]) {
    const sets = all.flatMap(({ only = [], needs = NOTHING } = {}) => [...only, needs]).map((each) => new Set(each));
    const kinds = new Map<string, number>();
    for (let byte = 0; byte < this.#bits.length; byte += 1) {
      const places = sets.flatMap((set, place) => (set.has(byte) ? [place] : [])).join();
      if (!kinds.has(places)) kinds.set(places, kinds.size);
      this.#bits[byte] = 1 << (kinds.get(places) ?? 0);
    }
    if (kinds.size > MOST_KINDS) throw new RangeError(`Cannot tell ${kinds.size} kinds of bytes apart`);
  }

  /** The kinds that occur. */
  in(bytes: Buffer, start: number, end: number): number {
    const bits = this.#bits;
    let kinds = 0;
    for (let at = start; at < end; at += 1) kinds |= bits[bytes[at] ?? 0] ?? 0;
    return kinds;
  }

  refusalOf({ only, needs }: MadeOf = {}): Refusal {
    const bitsOf = (bytes: Uint8Array): number => bytes.reduce((bits, byte) => bits | (this.#bits[byte] ?? 0), 0);
    return {
      barred: only === undefined ? [0] : only.map((bytes) => ~bitsOf(bytes)),
      needed: needs === undefined ? ANY : bitsOf(needs),
    };
  }
}
const ANY = -1;
const NOTHING = new Uint8Array();

/** Whether a text whose bytes are of these kinds is certainly not in the disguise. */
export function refuses({ barred, needed }: Refusal, kinds: number): boolean {
  if ((kinds & needed) === 0) return true;
  for (const each of barred) if ((kinds & each) === 0) return false;
  return true;
}

/** The bytes that a table of 256 holds a 1 for. */
export function bytesIn(table: Uint8Array): Uint8Array {
  return Uint8Array.from(table.keys()).filter((byte) => table[byte] === 1);
}
