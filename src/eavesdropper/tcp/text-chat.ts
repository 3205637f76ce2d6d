/** Whether a conversation is lines of text, like a chat: more than half of the bytes of both sides. */
import { isUtf8 } from 'node:buffer';
import type { HeldBytes } from './stream.js';

export function areMadeOfText(one: HeldBytes, other: HeldBytes): boolean {
  const half = (one.bytes.length + other.bytes.length) / 2;
  const others = bytesOfOtherLines(one, half);
  return others < half && others + bytesOfOtherLines(other, half - others) < half;
}

/**
 * How many bytes are in lines that are not completely UTF-8. It stops counting at `enough`; in noise, that is long
 * before the end.
 */
function bytesOfOtherLines(stream: HeldBytes, enough: number): number {
  const { bytes } = stream;
  // A gap can cut a character. So one test of all bytes is enough only if there is no gap.
  if (stream.missingBefore(bytes.length) === 0 && isUtf8(bytes)) return 0;
  let count = 0;
  for (const run of stream.runs()) {
    const held = bytes.subarray(0, run.end);
    for (let at = run.start; at < run.end && count < enough;) {
      const next = held.indexOf(LF, at) + 1 || run.end;
      if (!isUtf8(held.subarray(at, next))) count += next - at;
      at = next;
    }
  }
  return count;
}

const LF = 0x0a;
