/**
 * A quick look at the first bytes of a stream: whether they are text and other bytes, as where a program puts numbers
 * in front of texts. Of random bytes, three in eight are printed characters, so they do not pass.
 */
import { isControl, isText } from '../disguises/text-bytes.js';

const LOOKED_AT = 256;
const LEAST_BYTES = 8;
/** Printed characters, and zeros, which fill up numbers and texts. */
const LEAST_SHARE = 0.55;
/** Printed characters that stand side by side: in a table of numbers, few do. */
const LEAST_IN_ROWS = { share: 0.02, bytes: 6 } as const;

/** In UTF-16, each second byte of ASCII is zero. */
function isWide(bytes: Buffer, start: number): boolean {
  if ((bytes[start] === 0) === (bytes[start + 1] === 0)) return false;
  for (let at = 2; at < LEAST_BYTES; at += 1)
    if ((bytes[start + at] === 0) !== (bytes[start + (at & 1)] === 0)) return false;
  return true;
}

/** Whether some of the bytes are text and some are not. */
export function isMixed(bytes: Buffer, start: number, end: number): boolean {
  const stop = Math.min(end, start + LOOKED_AT);
  const length = stop - start;
  if (length < LEAST_BYTES || isWide(bytes, start)) return false;
  let [printed, zeros, controls, row, inRows] = [0, 0, 0, 0, 0];
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at] ?? 0;
    const isPrinted = byte >= 0x20 && byte < 0x7f;
    row = isPrinted ? row + 1 : 0;
    if (row > 1) inRows += row === 2 ? 2 : 1;
    if (isPrinted) printed += 1;
    else if (byte === 0) zeros += 1;
    else if (isControl(byte)) controls += 1;
  }
  if (inRows < Math.max(LEAST_IN_ROWS.bytes, LEAST_IN_ROWS.share * length)) return false;
  const isOther = zeros + controls > 0 || !isText(bytes.subarray(start, stop), length);
  return isOther && printed + zeros >= LEAST_SHARE * length;
}
