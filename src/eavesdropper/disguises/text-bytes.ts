/** Whether bytes that came out of a disguise are text: UTF-8 without control characters. */
import { isUtf8 } from 'node:buffer';

export function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) || byte === 0x7f;
}

/**
 * Whether bytes are UTF-8 without control characters. A character may be cut at either end, because a line of base64
 * can end inside a character.
 */
export function isText(bytes: Buffer, count: number): boolean {
  for (let at = 0; at < count; at += 1) if (isControl(bytes[at] ?? 0)) return false;
  let start = 0;
  while (start < Math.min(3, count) && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  let end = count;
  for (let back = 1; back <= Math.min(3, count); back += 1) {
    const byte = bytes[count - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (length > back) end = count - back;
      break;
    }
  }
  return isUtf8(bytes.subarray(start, end));
}
