/** What can be heard of the texts and the messages of a stream while it passes. */
import type { Disguises } from '../disguises/disguises.js';

/** Text that came out of a disguise, or of several. */
export interface SeenThrough {
  readonly as: Disguises;
  readonly text: Buffer;
}

/**
 * Hears of each text: `text` or in which disguise it was, where it stands in the stream, and what it says in UTF-8.
 * `isNext`: it goes on with the one before.
 */
export type OnText = (
  as: Disguises,
  start: number,
  end: number,
  text: Buffer,
  isNext: boolean,
  standing: Standing,
) => void;

/**
 * `marked`: something says that it is a message, however short it is. `among noise`: it came out of packed bytes of
 * which most is no text, so those are not counted as text.
 */
export type Standing = 'found' | 'marked' | 'among noise';

/** Hears of each message that something else than a line end marks, and what of it can be read: nothing, perhaps. */
export type OnMessage = (start: number, end: number, text: Buffer) => void;
