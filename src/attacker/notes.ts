/** Notes of what crossed the relay. Everything has a limit, because the two sides may send without end. */
import type { Piece } from './attack.js';
import type { Side } from '../protocol/side.js';

/** The limits for what is kept, for pieces and for texts separately: how many, and how many bytes in total. */
const MOST_KEPT = { count: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** What the attacker has seen and done so far. */
export interface RelayReport {
  readonly connections: number;
  /** How many messages came from each side. */
  readonly seen: Readonly<Record<Side, number>>;
  /** How many messages were sent to each side. */
  readonly delivered: Readonly<Record<Side, number>>;
  /** Whether the attack did anything except send on what came. */
  readonly acted: boolean;
  readonly cut: boolean;
  readonly learned: readonly { readonly from: Side; readonly text: string }[];
  /** What came. Kept only for attacks that use it after the chat. */
  readonly recorded: readonly Piece[];
  /** An error in the attacker itself, or null. If there was one, the run says nothing about the attack. */
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

/** A list that ignores new items when it is full. */
class Kept<T> {
  readonly items: T[] = [];
  #bytes = 0;

  add(item: T, bytes: number): void {
    if (this.items.length >= MOST_KEPT.count || this.#bytes + bytes > MOST_KEPT.bytes) return;
    this.#bytes += bytes;
    this.items.push(item);
  }
}
