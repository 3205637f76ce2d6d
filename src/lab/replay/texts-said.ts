/** What the two people said, as far as the capture and the keys show it, by the place where it stands. */
import type { ConversationFindings, Place } from '../../eavesdropper/findings/findings.js';
import type { Side } from '../../protocol/side.js';
import type { PlacedPiece } from './pieces.js';

interface Text {
  readonly offset: number;
  readonly text: string;
}

export class TextsSaid {
  /** In the order of the bytes. */
  readonly #texts: Readonly<Record<Side, Text[]>> = { client: [], server: [] };

  constructor({ messages, tls }: ConversationFindings) {
    for (const message of messages) {
      if (message.kind === 'readable') this.#add(message.place, message.text);
      else if (message.opened?.ok === true) this.#add(message.place, message.opened.text);
    }
    const unfinished = { client: '', server: '' };
    for (const { place, opened } of tls?.records ?? []) {
      if (opened?.ok !== true || opened.text === undefined) continue;
      const lines = (unfinished[place.side] + opened.text).split('\n');
      unfinished[place.side] = lines.pop() ?? '';
      // A line belongs to the record that ends it.
      for (const line of lines) this.#add(place, line.replace(/\r$/, ''));
    }
    for (const side of [this.#texts.client, this.#texts.server]) side.sort((one, other) => one.offset - other.offset);
  }

  /** Those that begin in this piece. Ask for the pieces of a side in their order: each text is given once. */
  in({ from, offset, bytes }: PlacedPiece): readonly string[] {
    const texts = this.#texts[from];
    const count = texts.findIndex((text) => text.offset >= offset + bytes.length);
    return texts.splice(0, count === -1 ? texts.length : count).map(({ text }) => text);
  }

  #add({ side, offset }: Place, text: string): void {
    this.#texts[side].push({ offset, text });
  }
}
