/**
 * TCP sequence numbers: they count bytes modulo 2^32 and wrap within a capture (RFC 9293, section 3.4).
 *
 * Two such numbers have no order. All that can be said is which way round the circle is shorter.
 */

/** How far `to` is after `from`, from -2^31 to 2^31 - 1. Negative if it is before. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

/** `sequence` moved by `count` bytes, which may be negative. */
export function moved(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}
