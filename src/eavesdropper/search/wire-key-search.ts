/** The same search in what keys open that crossed the wire: whoever listens has those keys, and reads it too. */
import { MAX_HITS, type ConversationFindings, type Hit, type WireKey } from '../findings/findings.js';
import { SIDES, type Side } from '../../protocol/side.js';
import { Texts, pieceAt } from './opened-texts.js';
import { Haystack, Search } from './search.js';

export class WireKeySearch {
  readonly hits: Hit[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Looks in what the keys of this conversation open. */
  take({ number, wireKeys = [] }: ConversationFindings): void {
    for (const key of wireKeys) for (const side of SIDES) this.#takeSide(number, key, side);
  }

  #takeSide(number: number, { place: { frame }, texts }: WireKey, side: Side): void {
    const opened = new Texts();
    for (const { place, text } of texts) {
      if (place.side !== side) continue;
      opened.add(Buffer.from(text), place, null);
      opened.cut();
    }
    if (opened.pieces.length === 0) return;
    const search = new Search(this.#text);
    search.take(new Haystack(number, side, opened.stream(), 'plaintext'));
    for (const { place, shape, meaning } of search.hits()) {
      const within = pieceAt(opened.pieces, place.offset);
      if (meaning !== 'text' || within === undefined || this.hits.length >= MAX_HITS) continue;
      this.hits.push({ place: within.place, shape: `${shape}, with the key of frame ${frame}`, meaning });
    }
  }
}
