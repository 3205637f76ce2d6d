/** The value of an ASCII hex digit in upper or lower case, by its byte. -1 for any other byte. */
export const HEX_DIGIT = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from('0123456789abcdef').entries()) HEX_DIGIT[byte] = value;
for (const [value, byte] of Buffer.from('ABCDEF').entries()) HEX_DIGIT[byte] = 10 + value;

/** The byte that the two digits at `at` spell. Negative if they are not hex digits. */
export function hexByte(bytes: Buffer, at: number): number {
  const high = HEX_DIGIT[bytes[at] ?? 0] ?? -1;
  const low = HEX_DIGIT[bytes[at + 1] ?? 0] ?? -1;
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}
