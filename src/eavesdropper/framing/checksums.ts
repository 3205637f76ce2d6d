/** The checks with which gzip and zlib end. */

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  return value;
});

/** CRC-32 (RFC 1952, section 8). `before`: of the bytes before these, 0 at the beginning. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before;
  for (const byte of bytes) value = (value >>> 8) ^ (CRC[(value ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
}

const ADLER_PRIME = 65_521;
/** The sums of so many bytes stay below 2^32. */
const MOST_SUMMED = 3800;

/** Adler-32 (RFC 1950, section 8.2). `before`: of the bytes before these, 1 at the beginning. */
export function adler32(bytes: Uint8Array, before = 1): number {
  let one = before & 0xffff;
  let other = before >>> 16;
  for (let start = 0; start < bytes.length; start += MOST_SUMMED) {
    const end = Math.min(bytes.length, start + MOST_SUMMED);
    for (let at = start; at < end; at += 1) {
      one += bytes[at] ?? 0;
      other += one;
    }
    one %= ADLER_PRIME;
    other %= ADLER_PRIME;
  }
  return ((other << 16) | one) >>> 0;
}
