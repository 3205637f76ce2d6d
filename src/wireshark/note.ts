/** Makes one comment for the packets that carry something, and makes text from the wire safe in it. */
import { printable } from '../printable.js';
import type { Place } from '../eavesdropper/findings/findings.js';

const LONGEST_QUOTE = 400;

/** The comment on the bytes at `place`, and the name of these bytes where they continue in a later packet. */
export interface Note {
  readonly place: Place;
  readonly name: string;
  readonly text: string;
}

/** Shortened, made safe to show, and in quotation marks. */
export function quoted(text: string): string {
  // We cut between characters, because half a character is not valid text.
  const characters = Array.from(text.slice(0, 2 * LONGEST_QUOTE));
  const shown = characters.slice(0, LONGEST_QUOTE).join('');
  return `"${printable(shown)}${shown.length < text.length ? '…' : ''}"`;
}
