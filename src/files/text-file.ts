/** Text files that the user named. They must be UTF-8: of other bytes we would show and send something else. */
import { readInput } from './input-file.js';

const LF = 0x0a;
export const UTF16 = 'it is UTF-16, not UTF-8; save it as UTF-8';

/**
 * The text of the file at `path`, without a byte order mark; at most `most` bytes of it.
 *
 * @throws what {@link readInput} throws, or an Error that says where the file is not UTF-8 and what to do.
 */
export function readTextFile(path: string, most: number): string {
  return decodedText(readInput(path, most));
}

/** Whether the bytes begin with the byte order mark of UTF-16, as Windows PowerShell and Notepad write it. */
export function isUtf16(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** @throws Error */
export function decodedText(bytes: Buffer): string {
  if (isUtf16(bytes)) throw new Error(UTF16);
  try {
    return decode(bytes);
  } catch {
    throw new Error(`it is not UTF-8 (line ${firstBadLine(bytes)}); save it as UTF-8`);
  }
}

/** A byte order mark is left out (https://encoding.spec.whatwg.org/). */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** No character of UTF-8 holds the byte of a line's end, except this end itself. So each line can be tried alone. */
function firstBadLine(bytes: Buffer): number {
  let number = 1;
  for (let start = 0; start < bytes.length; number += 1) {
    const end = bytes.indexOf(LF, start);
    const after = end < 0 ? bytes.length : end + 1;
    try {
      decode(bytes.subarray(start, after));
    } catch {
      return number;
    }
    start = after;
  }
  return number;
}
