/** The programs of a pair, and the ways that what is typed takes between them. */
import type { Side } from '../protocol/side.js';

/** `second`: one more client, which a hub needs: a server that passes on what one client says to the others. */
export const SEATS = ['server', 'client', 'second'] as const;
export type Seat = (typeof SEATS)[number];

/** What the people are called if nobody says otherwise. A hub tells its clients apart by their names. */
export const NAMES: Readonly<Record<Seat, string>> = { server: 'Sam', client: 'Alice', second: 'Bob' };

/** The end of the connection at which a program sits. */
export function sideOf(seat: Seat): Side {
  return seat === 'server' ? 'server' : 'client';
}

/** A way on which messages go: what is typed at `from` is shown at `to`. */
export interface Road {
  readonly from: Seat;
  readonly to: Seat;
}

/** How the two people of a pair can speak. It is found out by trying. */
export interface Manner {
  /**
   * `free`: anyone may speak at any time. `turns`: one message each, `first` begins. `one way`: only `first` is heard.
   * `hub`: the server only passes on; two clients speak.
   */
  readonly kind: 'free' | 'turns' | 'one way' | 'hub';
  readonly first: Seat;
  /** Every way that was seen to work. The first of them is that of `first`. */
  readonly roads: readonly Road[];
}
