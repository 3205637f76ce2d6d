/**
 * What a text looks like on the wire: as it was typed, and in the disguises that need no key to see through.
 *
 * base64 packs 3 bytes into 4 characters, so a text inside a longer one comes out in one of three ways, by where it
 * begins in its group. At its edges characters are shared with the neighbours' bits and cannot be foretold:
 *
 *     text at offset 1        ?        H        i        ?
 *     bits                    ........ 01001000 01101001 ........
 *     characters              .[....0][010010][000110][ 1001..]     two of them are the text's alone: `SG`
 */
import { Respelling, WITHOUT_CASE } from './respelling.js';

/** In which shape a text was found: as it was typed, or in a disguise that needs no key to see through. */
export const SHAPES = ['as typed', 'in another case', 'base64', 'hex', 'URL escapes', 'UTF-16LE', 'UTF-16BE'] as const;
export type Shape = (typeof SHAPES)[number];

/** In which spelling of the stream a pattern is looked for. */
export type Spelled = 'as it stands' | 'without case' | 'without URL escapes';

export interface Pattern {
  readonly shape: Shape;
  readonly spelled: Spelled;
  readonly bytes: Buffer;
  /** A hit that spans exactly these bytes is one as it was typed, and not in this pattern's shape. null: none is. */
  readonly unlessSource: Buffer | null;
}

/** All patterns by which `text` can be found. None where no character of it would be left to look for. */
export function patternsOf(text: string): readonly Pattern[] {
  const typed = Buffer.from(text, 'utf8');
  const plain = (shape: Shape, bytes: Buffer): Pattern => ({ shape, spelled: 'as it stands', bytes, unlessSource: null });
  const littleEndian = Buffer.from(text, 'utf16le');
  const patterns: Pattern[] = [
    plain('as typed', typed),
    { shape: 'in another case', spelled: 'without case', bytes: new Respelling(typed, WITHOUT_CASE).bytes, unlessSource: typed },
    ...base64Patterns(typed).map((bytes) => plain('base64', bytes)),
    // Without case, since hex is written in either.
    { shape: 'hex', spelled: 'without case', bytes: Buffer.from(typed.toString('hex')), unlessSource: null },
    { shape: 'URL escapes', spelled: 'without URL escapes', bytes: typed, unlessSource: typed },
    plain('UTF-16LE', littleEndian),
    plain('UTF-16BE', Buffer.from(littleEndian).swap16()),
  ];
  if (text.includes(' ')) {
    // A form writes a space as a plus sign (URL Standard, section 5.2).
    const form = Buffer.from(text.replaceAll(' ', '+'), 'utf8');
    patterns.push({ shape: 'URL escapes', spelled: 'without URL escapes', bytes: form, unlessSource: null });
  }
  return patterns.filter(({ bytes }) => bytes.length > 0);
}

/** Those characters that `text` alone determines, at each of its three offsets and in both alphabets. */
function base64Patterns(text: Buffer): Buffer[] {
  const patterns = [0, 1, 2].flatMap((offset) => {
    const first = Math.ceil((8 * offset) / 6);
    const last = Math.floor((8 * (offset + text.length)) / 6);
    const standard = Buffer.concat([Buffer.alloc(offset), text]).toString('base64').slice(first, last);
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(patterns)].map((pattern) => Buffer.from(pattern, 'latin1'));
}
