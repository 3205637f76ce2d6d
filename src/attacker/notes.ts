/** What the relay has noted of what crossed it. All of it is bounded: whoever is relayed may send without end. */
import type { Piece } from './attack.js';
import type { Side } from '../protocol/side.js';

/** What is kept for later, of pieces and of texts: so many, and so many bytes in all. */
const MOST_KEPT = { count: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** What the attacker has seen and done so far. */
export interface RelayReport {
  readonly connections: number;
  /** Messages that came from each side. */
  readonly seen: Readonly<Record<Side, number>>;
  /** Messages that were sent to each side. */
  readonly delivered: Readonly<Record<Side, number>>;
  /** Whether the attack did anything else than to pass on what came. */
  readonly acted: boolean;
  readonly cut: boolean;
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
  /** What came, where the attack comes back to it afterwards. */
  readonly recorded: readonly Piece[];
  /** What went wrong in the attacker itself, or null: a run in which something did says nothing about the attack. */
  readonly problem: string | null;
}

export class Notes implements RelayReport {
  connections = 0;
  readonly seen = { client: 0, server: 0 };
  readonly delivered = { client: 0, server: 0 };
  acted = false;
  cut = false;
  problem: string | null = null;
  readonly changed: () => void;
  readonly #learned = new Kept<{ readonly from: Side; readonly text: string }>();
  readonly #recorded = new Kept<Piece>();

  constructor(changed: () => void) {
    this.changed = changed;
  }

  get learned(): RelayReport['learned'] {
    return this.#learned.items;
  }

  get recorded(): readonly Piece[] {
    return this.#recorded.items;
  }

  learn({ from, text }: { readonly from: Side; readonly text: string }): void {
    this.acted = true;
    this.#learned.add({ from, text }, Buffer.byteLength(text));
  }

  record(piece: Piece): void {
    this.#recorded.add(piece, piece.bytes.length);
  }
}

/** A list that takes no more once it is full. */
class Kept<T> {
  readonly items: T[] = [];
  #bytes = 0;

  add(item: T, bytes: number): void {
    if (this.items.length >= MOST_KEPT.count || this.#bytes + bytes > MOST_KEPT.bytes) return;
    this.#bytes += bytes;
    this.items.push(item);
  }
}
