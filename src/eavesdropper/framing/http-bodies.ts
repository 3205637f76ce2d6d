/** The bodies of HTTP messages, as they were sent: what a program says that speaks HTTP, without its heads. */
import { beginsAsHttp, headLength, headOf } from './http-framing.js';

/** Where a body stands. */
interface Body {
  readonly start: number;
  readonly end: number;
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * The bodies in the stream of one side that say their length; null if it is not HTTP from its beginning to its end, or
 * a body came in chunks or packed.
 */
export function httpBodies(bytes: Buffer): readonly Body[] | null {
  if (!beginsAsHttp(bytes, 0, bytes.length)) return null;
  const bodies: Body[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes[at] === CR || bytes[at] === LF) {
      at += 1;
      continue;
    }
    const length = headLength(bytes.subarray(at));
    const head = length === null ? null : headOf(bytes.toString('latin1', at, at + length));
    if (length === null || head === null || head.isChunked || head.webSocket !== null) return null;
    // What a head names is unpacked as it passes.
    if (head.codings.length > 0) return null;
    const start = at + length;
    const end = Math.min(bytes.length, start + head.left);
    if (end > start) bodies.push({ start, end });
    at = end;
  }
  return bodies;
}
