/** Whether a message shows by itself that it is one. */
import { isUtf8 } from 'node:buffer';

import { isText } from '../disguises/text-bytes.js';
import { isFormatted } from './format-framing.js';
import { deflatedText, packingAt } from './packed-framing.js';
import { wideText } from './wide-text.js';
import { Unpacker } from './unpacker.js';

/** What is unpacked of one message to see whether it ends where it should. */
const MOST_UNPACKED = 65_536;
/** A check of 32 bits says more than this many bytes of text. */
const LEAST_OF_CHECKED = 16;

/** How many bytes of text the message is worth; 0 if it may be anything. `isWhole`: whether it ends at `end`. */
export function bytesOfText(bytes: Buffer, start: number, end: number, isWhole: boolean): number {
  if (end <= start) return 0;
  const message = bytes.subarray(start, end);
  // A message ends where a character does.
  if (isText(message, message.length) && (!isWhole || isUtf8(message))) return end - start;
  if (!isWhole) return 0;
  if (wideText(message) !== null) return end - start;
  if (unpacksWhole(message) || isFormatted(bytes, start, end)) return Math.max(LEAST_OF_CHECKED, end - start);
  return deflatedText(bytes, start, end)?.end === end ? end - start : 0;
}

function unpacksWhole(message: Buffer): boolean {
  const packing = packingAt(message, 0, message.length);
  if (packing === null || packing === 'more') return false;
  const unpacker = new Unpacker(packing);
  let [at, unpacked] = [0, 0];
  for (let before = -1; unpacker.isOpen && unpacked < MOST_UNPACKED && (at > before || unpacker.output.length > 0);) {
    before = at;
    at = unpacker.step(message, at, message.length);
    unpacked += unpacker.output.length;
  }
  unpacker.close();
  return unpacker.isDone && at === message.length;
}
