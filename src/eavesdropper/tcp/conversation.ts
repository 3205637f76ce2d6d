/** A TCP conversation as its listener sees it: what is known of it, and what can be asked to be told. */
import type { Address } from '../findings/findings.js';
import type { Listener, Stream } from './stream.js';
import type { Side } from '../../protocol/side.js';

/** How a conversation ended, as far as the capture tells. */
export type Ending = 'closed' | 'reset' | 'unseen';

export interface Conversation {
  /** Wireshark's `tcp.stream`. */
  readonly number: number;
  /** The number of conversations with a lower number that were known to have packets when this one started. */
  readonly rank: number;
  readonly client: Address;
  readonly server: Address;
  readonly frames: number;
  /** The times of the first packet and of the last, in seconds since the Unix epoch. */
  readonly started: number;
  readonly ended: number;
  /** Whether its beginning was captured: a SYN, with or without ACK. */
  readonly hasStart: boolean;
  /** Whether only the ports show which side is the client: there was no SYN, and the content does not show it. */
  readonly guessesSides: boolean;
  readonly ending: Ending;
  readonly streams: Readonly<Record<Side, ConversationStream>>;
}

export interface ConversationStream {
  readonly stream: Stream;
  readonly conflicts: number;
}

/**
 * How much of a conversation is kept:
 * - `all`: all bytes, up to the bounds;
 * - `chat`: all bytes if it may be a chat, otherwise the last ones;
 * - `window`: the last bytes, and not which packet carried them;
 * - `none`: the same, and it is not examined, since nobody asked for it.
 */
export type Kept = 'all' | 'chat' | 'window' | 'none';

export interface Watcher {
  /** A conversation has ended, or is dropped. Nothing more is added to it. */
  onEnd(conversation: Conversation): void;
  /** Whether nobody needs the streams after {@link onEnd}, so that others can have their memory. */
  readonly isDoneAtEnd?: boolean;
  /** The first bytes are about to be dropped: until now both streams are whole. */
  onCut?(conversation: Conversation): void;
  /** Bytes of a stream are about to be dropped. */
  onSlide?(number: number, side: Side, stream: Stream): void;
  /** Returns who gets each byte of a conversation, in order. null: nobody. */
  listenerTo?(number: number): ((side: Side) => Listener) | null;
  /**
   * Called when the content shows that client and server are swapped, compared with what {@link listenerTo} was told.
   */
  onSidesChanged?(number: number): void;
  /** `chat` by default. `rank` as in {@link Conversation}. */
  keeps?(number: number, rank: number): Kept;
}
