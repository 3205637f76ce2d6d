/** Bytes held as a stream holds them, all from one packet. */
import type { HeldBytes } from '../../../src/eavesdropper/tcp/stream.js';

export function held(bytes: Buffer): HeldBytes {
  return {
    base: 0,
    bytes,
    runs: () => [{ start: 0, end: bytes.length }],
    missingBefore: () => 0,
    carrierOf: () => ({ frame: 1, time: 0 }),
  };
}
