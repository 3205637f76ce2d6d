/** Which framing a stream begins with. */
import { HttpFraming, beginsAsHttp } from './http-framing.js';
import { PackedFraming, packingAt } from './packed-framing.js';
import { prefixFraming } from './prefix-framing.js';
import type { Framing } from './sink.js';

export type { Framing, NotUnpacked, Sink, Unwrapped, Work } from './sink.js';
export { MOST_TOLD, newWork } from './sink.js';

const SPACE = 0x20;
const LEAST_BYTES = 2;

/** null for a stream without one; `more` if more of it must be seen. */
export function framingOf(bytes: Buffer, start: number, end: number, last: boolean): Framing | 'more' | null {
  if (end - start < LEAST_BYTES) return last || end > start ? null : 'more';
  const first = bytes[start] ?? 0;
  if (first >= 0x41 && first <= 0x5a) return beginsAsHttp(bytes, start, end) ? new HttpFraming() : null;
  const packing = packingAt(bytes, start, end);
  if (packing === 'gzip' || packing === 'zlib') return new PackedFraming();
  // A length, or a format of bytes, has a byte that no text begins with.
  if (isOfText(first) && isOfText(bytes[start + 1] ?? 0)) return null;
  return prefixFraming(bytes, start, end, last);
}

/** Whether messages of the stream are marked by something else than line ends. */
export function marksMessages(bytes: Buffer): boolean {
  const framing = framingOf(bytes, 0, bytes.length, true);
  if (!(framing instanceof HttpFraming)) return framing !== null && framing !== 'more';
  return UPGRADE.test(bytes.toString('latin1', 0, MOST_UPGRADE));
}

const UPGRADE = /\nupgrade:[ \t]*websocket[ \t]*\r?\n/i;
/** Where a head with an upgrade ends. */
const MOST_UPGRADE = 8192;

function isOfText(byte: number): boolean {
  return byte >= SPACE ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
