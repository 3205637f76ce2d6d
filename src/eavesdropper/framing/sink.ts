/** What a framing makes of a stream, and who takes it. All offsets are places in the buffer at hand. */

/** Work that is allowed for unpacking: a few bytes that unpack to gigabytes must not stop the listener. */
export interface Work {
  /** How many bytes may still come out. */
  left: number;
  /** What was not unpacked, up to {@link MOST_TOLD}. */
  readonly notUnpacked: NotUnpacked[];
  /** How often a key may still be searched for. */
  searches: number;
}

export function newWork(): Work {
  return { left: FIRST_WORK, notUnpacked: [], searches: MOST_SEARCHES };
}

/** A search for a key takes up to a tenth of a second. A key that was found is tried again without a search. */
const MOST_SEARCHES = 6;

/** How often it is told that something was not unpacked. */
export const MOST_TOLD = 16;

/** What may come out of the first bytes of a stream, however few they are. */
const FIRST_WORK = 2 ** 18;

/** Something that came out of bytes, and can be read without a key. */
export interface Unwrapped {
  /** The name of the disguise. */
  readonly as: string;
  /** The bytes it came out of. */
  readonly source: Buffer;
  /** Where those stand; the beginning may be in an earlier buffer, and so below 0. */
  readonly start: number;
  readonly end: number;
  readonly content: Buffer;
  /** Whether it goes on with what came out before it. */
  readonly isNext: boolean;
  /** Whether more of it comes. */
  readonly hasNext: boolean;
  /** Whether something besides the content says that this is what it is: a check, or a header that names it. */
  readonly isSure: boolean;
}

/** Bytes that are packed, and were not unpacked to their end. */
export interface NotUnpacked {
  readonly as: string;
  readonly bytes: number;
  /** `too much`: it would become too long; `unable`: this Node cannot; `damaged`: what came is not of this kind. */
  readonly why: 'too much' | 'unable' | 'damaged';
}

export interface Sink {
  /** Counts what was unpacked, and returns whether more may be. */
  worked(packed: number, unpacked: number): boolean;
  /**
   * Bytes of which the framing says no more. Returns how far they were judged; unless `last`, the rest must be given
   * again with what follows.
   */
  plain(bytes: Buffer, start: number, end: number, last: boolean): number;
  /** One whole message. `isSure`: the format says that it is text. */
  message(bytes: Buffer, start: number, end: number, isSure: boolean): void;
  /** Bytes that only say where something begins, how long it is, or of which kind. */
  framing(start: number, end: number): void;
  unwrapped(unwrapped: Unwrapped): void;
  notUnpacked(what: NotUnpacked): void;
  /** What was told since the last border is one message, from `start` to `end`. */
  border(start: number, end: number): void;
  /** A frame that is no message, such as WebSocket's ping. */
  control(what: string): void;
  /** What `tell` tells is no part of the message at hand. */
  aside(tell: () => void): void;
}

/** Reads the stream of one side, as its bytes come. */
export interface Framing {
  /** How messages are marked, for people; null where no messages are told apart. */
  readonly name: string | null;
  /** Nothing more can be made of the stream: what is left has to be judged as it is. */
  readonly isOver: boolean;
  /** Tells `sink` what is in `bytes`. Returns how far it got; unless `last`, up to 16 KiB may be left. */
  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number;
}
