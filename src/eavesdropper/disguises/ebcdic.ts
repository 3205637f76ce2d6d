/**
 * EBCDIC, the code of IBM's mainframes, in its three usual code pages (IBM, Character Data Representation
 * Architecture). Letters, digits and most signs are the same in all of them.
 */

/** Code page 37, from 0x40 to 0xff, in rows of 16. */
const CODE_PAGE_37 = [
  ' \u00a0âäàáãåçñ¢.<(+|',
  '&éêëèíîïìß!$*);¬',
  '-/ÂÄÀÁÃÅÇÑ¦,%_>?',
  'øÉÊËÈÍÎÏÌ`:#@\'="',
  'Øabcdefghi«»ðýþ±',
  '°jklmnopqrªºæ¸Æ¤',
  'µ~stuvwxyz¡¿ÐÝÞ®',
  '^£¥·©§¶¼½¾[]¯¨´×',
  '{ABCDEFGHI\u00adôöòóõ',
  '}JKLMNOPQR¹ûüùúÿ',
  '\\÷STUVWXYZ²ÔÖÒÓÕ',
  '0123456789³ÛÜÙÚ\u009f',
].join('');

/** What the other two have in another place. */
const OTHERS = {
  37: {},
  500: { 0x4a: '[', 0x4f: '!', 0x5a: ']', 0x5f: '^', 0xb0: '¢', 0xba: '¬', 0xbb: '|' },
  1047: { 0x5f: '^', 0xb0: '¬', 0xad: '[', 0xba: 'Ý', 0xbb: '¨', 0xbd: ']' },
} as const;

/** A program that ends its lines by itself mostly does so in ASCII: 0x0a. */
const LINE_ENDS = { 0x05: '\t', 0x0a: '\n', 0x0d: '\r', 0x15: '\n', 0x25: '\n' } as const;

/** By byte: the character, or null for a control. */
export function ebcdic(page: keyof typeof OTHERS): readonly (string | null)[] {
  const characters = new Array<string | null>(256).fill(null);
  for (const [index, character] of Array.from(CODE_PAGE_37).entries()) characters[0x40 + index] = character;
  // It stands for a control in all three.
  characters[0xff] = null;
  for (const [byte, character] of Object.entries({ ...OTHERS[page], ...LINE_ENDS }))
    characters[Number(byte)] = character;
  return characters;
}
