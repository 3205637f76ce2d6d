/** One comment on the packets that carry something, and how text from the wire stands in it. */
import { printable } from '../printable.js';
import type { Place } from '../eavesdropper/findings/findings.js';

const LONGEST_QUOTE = 400;

/** What is said of the bytes at `place`, and what they are called where they go on in a later packet. */
export interface Note {
  readonly place: Place;
  readonly name: string;
  readonly text: string;
}

/** Cut, made safe to show, and between quotation marks. */
export function quoted(text: string): string {
  // We cut between characters, because half a character is not valid text.
  const characters = Array.from(text.slice(0, 2 * LONGEST_QUOTE));
  const shown = characters.slice(0, LONGEST_QUOTE).join('');
  return `"${printable(shown)}${shown.length < text.length ? '…' : ''}"`;
}
