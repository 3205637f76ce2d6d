/**
 * How sure it is that a key is the right one, by the text that comes out.
 *
 * A wrong key of a good cipher gives bytes that are as good as random. So each byte of the text says how seldom a
 * random byte would have been as good, as a negative natural logarithm:
 *
 *     a blank                         1 of 256 values     5.5
 *     a small letter, or a blank     27 of 256            2.2
 *     a capital, digit, usual sign   76 of 256            1.2
 *     another character of ASCII     98 of 256            0.9
 *     a byte of another character    in valid UTF-8       0.8
 *
 * Their sum is the evidence. That random bytes come to as much happens once in e^evidence trials, up to a factor for
 * the ways in which the sum can come about: with {@link ENOUGH} and twelve messages, once in some 10^13. One capture
 * has at most 40,000 trials (`trial.ts`).
 */
/** So much evidence makes a key certain. */
export const ENOUGH = 50;
/** A byte of padding is one of 256. But padding is no text, so it counts only up to here. */
const PER_PADDING = Math.log(256);
const MOST_OF_PADDING = 25;
/** What is shown as a proof has so many bytes of text. */
export const LEAST_PROOF = 4;

const BLANK = ' ';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const USUAL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?\'"-:\n_()';
const OTHER_ASCII = 98;
const BEYOND_ASCII = 0.8;

const EVIDENCE = new Float64Array(256).fill(BEYOND_ASCII).fill(Math.log(256 / OTHER_ASCII), 0, 0x80);
const RANKED = [BLANK, SMALL, USUAL].map((letters) => Buffer.from(letters));
let rank = 0;
for (const letters of RANKED) {
  rank += letters.length;
  for (const byte of letters) EVIDENCE[byte] = Math.log(256 / rank);
}

export function evidenceOfByte(byte: number): number {
  return EVIDENCE[byte] ?? 0;
}

/** Of so many bytes of padding that are as they have to be. */
export function evidenceOfPadding(bytes: number): number {
  return Math.min(MOST_OF_PADDING, bytes * PER_PADDING);
}
