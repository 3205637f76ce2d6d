/**
 * Puts frames together that batman-adv cut into a few parts. Unlike those of IP, the parts have numbers and no offsets.
 *
 * An attacker may send parts only to fill the memory of the program that collects them. So there is a bound, and the
 * oldest frame is given up for a new one.
 */

/** How long a frame may take from its first part to its last: BATADV_FRAG_TIMEOUT of Linux, in seconds. */
const PATIENCE_SECONDS = 10;
/** Frames that wait for a part at the same time; and the parts of one frame, for which version 15 has four bits. */
const MOST_FRAMES = 64;
const MOST_PARTS = 16;

export interface MeshPart {
  /** Who sent the frame, and its number there. */
  readonly key: string;
  /** Where the part stands among the others. */
  readonly place: number;
  readonly bytes: Buffer;
  /** How many parts there are, or how many bytes they have together. */
  readonly whole: { readonly parts: number } | { readonly bytes: number };
  /** When it was captured, in seconds since the Unix epoch. */
  readonly seconds: number;
}

interface PartialFrame {
  readonly seconds: number;
  readonly parts: Map<number, Buffer>;
}

export class MeshFragments {
  /** In the order of their first parts. */
  readonly #frames = new Map<string, PartialFrame>();

  /** Takes a part, and copies it. Returns the frame that it completes, or null. */
  add({ key, place, bytes, whole, seconds }: MeshPart): Buffer | null {
    const { parts } = this.#frameOf(key, seconds);
    if (!parts.has(place) && parts.size < MOST_PARTS) parts.set(place, Buffer.from(bytes));
    const length = [...parts.values()].reduce((sum, part) => sum + part.length, 0);
    if ('parts' in whole ? parts.size < whole.parts : length < whole.bytes) return null;
    this.#frames.delete(key);
    if ('bytes' in whole && length > whole.bytes) return null;
    const inOrder = [...parts].sort(([one], [other]) => one - other).map(([, part]) => part);
    return Buffer.concat(inOrder, length);
  }

  #frameOf(key: string, seconds: number): PartialFrame {
    const known = this.#frames.get(key);
    if (known !== undefined && Math.abs(seconds - known.seconds) <= PATIENCE_SECONDS) return known;
    const frame = { seconds, parts: new Map<number, Buffer>() };
    this.#frames.delete(key);
    this.#frames.set(key, frame);
    const [oldest] = this.#frames.keys();
    if (this.#frames.size > MOST_FRAMES && oldest !== undefined) this.#frames.delete(oldest);
    return frame;
  }
}
