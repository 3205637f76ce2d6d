/** Which lines of a text are UTF-8: where two encodings are in one stream, they are in different lines of it. */
import { isUtf8Inside } from './text-bytes.js';

const LF = 0x0a;

/** From the first line that is not UTF-8 to the last, if no line between them is UTF-8 beyond ASCII. */
export function linesBeyondUtf8(bytes: Buffer, start: number, end: number): { start: number; end: number } | null {
  let [from, to] = [-1, -1];
  const held = bytes.subarray(0, end);
  for (let at = start; at < end;) {
    const lf = held.indexOf(LF, at);
    const next = lf === -1 ? end : lf + 1;
    const kind = kindOf(held.subarray(at, next));
    if (kind === 'other') {
      if (from === -1) from = at;
      to = next;
    } else if (kind === 'utf8' && from !== -1) break;
    at = next;
  }
  return from === -1 ? null : { start: from, end: to };
}

function kindOf(line: Buffer): 'ascii' | 'utf8' | 'other' {
  // A stream may begin or end inside of a character.
  if (!isUtf8Inside(line, line.length)) return 'other';
  return line.every((byte) => byte < 0x80) ? 'ascii' : 'utf8';
}
