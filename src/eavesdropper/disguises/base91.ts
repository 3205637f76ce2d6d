/**
 * basE91 (Joachim Henke, 2006): 13 bits as two characters, or 14 where the first 13 are small. Bits are taken from the
 * lowest on.
 */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const ALPHABET = `${LETTERS}!#$%&()*+,./:;<=>?@[]^_\`{|}~"`;
const VALUE = new Int8Array(256).fill(-1);
for (const [value, byte] of Buffer.from(ALPHABET).entries()) VALUE[byte] = value;
/** Up to it, a 14th bit is there. */
const SMALL = 88;

/** null if it is not in this alphabet. */
export function decodedBase91(bytes: Buffer): Buffer | null {
  const target: number[] = [];
  let [held, bits] = [0, 0];
  for (let at = 0; at < bytes.length; at += 2) {
    const [first, second] = [VALUE[bytes[at] ?? 0] ?? -1, VALUE[bytes[at + 1] ?? 0] ?? -1];
    const isLast = at + 1 === bytes.length;
    if (first < 0 || (second < 0 && !isLast)) return null;
    const value = first + (isLast ? 0 : 91 * second);
    held |= value << bits;
    bits += isLast ? 8 : (value & 0x1fff) > SMALL ? 13 : 14;
    for (; bits >= 8; bits -= 8) {
      target.push(held & 0xff);
      held >>>= 8;
    }
  }
  return Buffer.from(target);
}
