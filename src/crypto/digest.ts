/** What a hash or an HMAC gives. As a string on its way, since a Buffer with memory of its own is dear for 32 bytes. */
import type { createHash, createHmac } from 'node:crypto';

export function digestOf(finished: ReturnType<typeof createHash | typeof createHmac>): Buffer {
  return Buffer.from(finished.digest('binary'), 'binary');
}
