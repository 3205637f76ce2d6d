/**
 * The same search again, in what a key opened. It never changes the listener's verdict, which is about the wire. It
 * says where someone who has the key finds the text.
 */
import { Haystack, Search } from './search.js';
import type { ConversationFindings, Hit, Place } from '../findings/findings.js';
import type { HeldBytes } from '../tcp/stream.js';
import { Texts, pieceAt, type Piece } from './opened-texts.js';
import { SIDES, type Side } from '../../protocol/side.js';

/** The result of the search for someone who has the key. */
export type KeyFind =
  | {
      readonly found: true;
      /** The place of what had to be opened: the message or the TLS records. Offsets are those on the wire. */
      readonly place: Place;
      /** The number of the message. null in TLS, where the key opens records. */
      readonly message: number | null;
      readonly shape: Hit['shape'];
    }
  | {
      readonly found: false;
      /** How many messages and records the key opened. */
      readonly opened: number;
      /** Whether the key opened everything that was encrypted. */
      readonly isWhole: boolean;
    };

export class OpenedSearch {
  readonly #text: string;
  #first: Extract<KeyFind, { found: true }> | null = null;
  #opened = 0;
  #isWhole = true;

  constructor(text: string) {
    this.#text = text;
  }

  /** Searches in what the key opened of this conversation. */
  take(conversation: ConversationFindings): void {
    this.#isWhole &&= isWhole(conversation);
    const sides = SIDES.map((side) => new OpenedSide(conversation, side));
    const search = new Search(this.#text);
    for (const { side, pieces, stream } of sides) {
      this.#opened += pieces.length;
      if (stream.bytes.length > 0) search.take(new Haystack(conversation.number, side, stream, 'plaintext'));
    }
    for (const { place, shape, meaning } of search.hits()) {
      const within = sides.find(({ side }) => side === place.side)?.pieceAt(place.offset);
      if (meaning !== 'text' || within === undefined) continue;
      if (this.#first !== null && this.#first.place.frame <= within.place.frame) continue;
      const lastFrame = Math.max(place.lastFrame, within.place.lastFrame);
      this.#first = { found: true, place: { ...within.place, lastFrame }, message: within.message, shape };
    }
  }

  get outcome(): KeyFind {
    return this.#first ?? { found: false, opened: this.#opened, isWhole: this.#isWhole };
  }
}

/** Whether nothing stayed closed. */
function isWhole({ mode, protocol, tls, messages, unlistedMessages, unreadBytes }: ConversationFindings): boolean {
  const isSealed = mode === 'encrypted' || protocol?.encrypts === true || tls !== undefined;
  if (!isSealed) return true;
  if (unreadBytes > 0 || unlistedMessages !== undefined) return false;
  if (mode === 'encrypted')
    return messages.every((message) => message.kind === 'readable' || message.opened?.ok === true);
  if (tls === undefined || tls.unread.client + tls.unread.server > 0) return false;
  return tls.records.every(({ sealed, opened }) => !sealed || opened?.ok === true);
}

/** What the key opened of one side: all texts in a row. */
class OpenedSide {
  readonly side: Side;
  readonly pieces: readonly Piece[];
  readonly stream: HeldBytes;

  constructor({ messages, tls }: ConversationFindings, side: Side) {
    this.side = side;
    const texts = new Texts();
    for (const message of messages) {
      if (message.kind !== 'sealed' || message.place.side !== side) continue;
      if (message.opened?.ok === true) texts.add(Buffer.from(message.opened.text), message.place, message.number);
      texts.cut();
    }
    for (const { place, sealed, opened } of tls?.records ?? []) {
      if (!sealed || place.side !== side) continue;
      if (opened?.ok !== true) texts.cut();
      else if (opened.text !== undefined) texts.add(Buffer.from(opened.text), place, null);
      else if (opened.base64 !== undefined) texts.add(Buffer.from(opened.base64, 'base64'), place, null);
    }
    this.pieces = texts.pieces;
    this.stream = texts.stream();
  }

  /** The piece that contains the byte at `offset`. */
  pieceAt(offset: number): Piece | undefined {
    return pieceAt(this.pieces, offset);
  }
}
