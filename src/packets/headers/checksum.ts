/** The Internet checksum: the ones' complement of the ones' complement sum of 16-bit words (RFC 1071, section 1). */

/**
 * The checksum of `parts` one after another, as 0..0xffff. Each part but the last must have an even number of bytes.
 */
export function internetChecksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) sum = fold(sum + sumOfWords(part));
  return ~sum & 0xffff;
}

/**
 * At most 2^16 words in a packet, so that the plain sum stays far below 2^53. An odd last byte is padded with a zero.
 */
function sumOfWords(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return sum;
}

function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}
