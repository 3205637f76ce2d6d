/** Whether bytes are inside a hello of TLS: what looks like text there is numbers, such as those of cipher suites. */
import { MESSAGE } from './handshake-messages.js';
import { CONTENT, RECORD_HEADER_BYTES } from './tls-records.js';

/** A list of suites, and what is before it, fits in so many bytes. */
const LOOKED_BACK = 1024;

/** `at`: an offset in `bytes`, of which those from `start` on belong to the stream. */
export function isWithinHello(bytes: Buffer, start: number, at: number): boolean {
  const first = Math.max(start, at - LOOKED_BACK);
  for (let from = at - 1; from >= first; from -= 1) {
    if (bytes[from] !== CONTENT.handshake || bytes[from + 1] !== 3 || (bytes[from + 2] ?? 0) > 4) continue;
    const type = bytes[from + RECORD_HEADER_BYTES];
    if (type !== MESSAGE.clientHello && type !== MESSAGE.serverHello) continue;
    const end = from + RECORD_HEADER_BYTES + bytes.readUInt16BE(from + 3);
    if (from + RECORD_HEADER_BYTES < at && at < end) return true;
  }
  return false;
}
