/**
 * TCP sequence numbers: they count bytes modulo 2^32 and wrap within a capture (RFC 9293, section 3.4).
 *
 * Two numbers have no order of their own; what can be told is which way round the circle is the shorter one.
 */

/** How far `to` stands after `from`: from -2^31 to 2^31 - 1, negative where it stands before. */
export function distance(from: number, to: number): number {
  return (to - from) | 0;
}

/** `sequence` moved by `count` bytes, which may be negative. */
export function moved(sequence: number, count: number): number {
  return (sequence + count) >>> 0;
}
