/** Whether a conversation is made of lines of text, as a chat is: over half of what both sides sent. */
import { isUtf8 } from 'node:buffer';
import type { HeldBytes } from './stream.js';

export function areMadeOfText(one: HeldBytes, other: HeldBytes): boolean {
  const half = (one.bytes.length + other.bytes.length) / 2;
  const others = bytesOfOtherLines(one, half);
  return others < half && others + bytesOfOtherLines(other, half - others) < half;
}

/** Bytes in lines that are not UTF-8 throughout, counted until they are `enough`: among noise that is long before the end. */
function bytesOfOtherLines(stream: HeldBytes, enough: number): number {
  const { bytes } = stream;
  // Gaps end lines, so that what is UTF-8 as a whole is so between its gaps only where there are none.
  if (stream.missingBefore(bytes.length) === 0 && isUtf8(bytes)) return 0;
  let count = 0;
  for (const run of stream.runs()) {
    const held = bytes.subarray(0, run.end);
    for (let at = run.start; at < run.end && count < enough; ) {
      const next = held.indexOf(LF, at) + 1 || run.end;
      if (!isUtf8(held.subarray(at, next))) count += next - at;
      at = next;
    }
  }
  return count;
}

const LF = 0x0a;
