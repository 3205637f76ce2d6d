/**
 * What a text looks like on the wire: as it was typed, or in an encoding that anyone can decode without a key.
 *
 * base64 turns 3 bytes into 4 characters. So a text inside a longer one comes out in one of three ways; which one
 * depends on where the text begins in its group of three. The characters at its two ends also hold bits of the
 * neighbours, so we cannot know them in advance:
 *
 *     text at offset 1        ?        H        i        ?
 *     bits                    ........ 01001000 01101001 ........
 *     characters              .[....0][010010][000110][ 1001..]     two characters depend on the text alone: `SG`
 */
import { hintOfCase, hintOfUrlEscapes } from './hint.js';
import { Respelling, WITHOUT_CASE } from './respelling.js';

/** The shape in which a text was found: as it was typed, or in an encoding that needs no key. */
export const SHAPES = ['as typed', 'in another case', 'base64', 'hex', 'URL escapes', 'UTF-16LE', 'UTF-16BE'] as const;
export type Shape = (typeof SHAPES)[number];

/** The spelling of the stream in which a pattern is searched for. */
export type Spelled = 'as it stands' | 'without case' | 'without URL escapes';

export interface Pattern {
  readonly shape: Shape;
  readonly spelled: Spelled;
  readonly bytes: Buffer;
  /** A hit on exactly these bytes counts as typed and not as this pattern's shape. null: no hit does. */
  readonly unlessSource: Buffer | null;
  /** Matches wherever a hit is possible (see `hint.ts`). null: a hit is possible anywhere. */
  readonly hint: RegExp | null;
}

/** All patterns that find `text`. A pattern that would have no characters left is dropped. */
export function patternsOf(text: string): readonly Pattern[] {
  const typed = Buffer.from(text, 'utf8');
  const littleEndian = Buffer.from(text, 'utf16le');
  const patterns: Pattern[] = [
    asItStands('as typed', typed),
    inAnotherCase(text, typed),
    ...base64Patterns(typed).map((bytes) => asItStands('base64', bytes)),
    hexPattern(typed),
    {
      shape: 'URL escapes',
      spelled: 'without URL escapes',
      bytes: typed,
      unlessSource: typed,
      hint: hintOfUrlEscapes(typed, false),
    },
    asItStands('UTF-16LE', littleEndian),
    asItStands('UTF-16BE', Buffer.from(littleEndian).swap16()),
  ];
  if (text.includes(' ')) patterns.push(formPattern(text));
  return patterns.filter(({ bytes }) => bytes.length > 0);
}

/** The characters that `text` alone determines, at each of its three offsets and in both alphabets. */
function base64Patterns(text: Buffer): Buffer[] {
  const patterns = [0, 1, 2].flatMap((offset) => {
    const first = Math.ceil((8 * offset) / 6);
    const last = Math.floor((8 * (offset + text.length)) / 6);
    const standard = Buffer.concat([Buffer.alloc(offset), text])
      .toString('base64')
      .slice(first, last);
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')];
  });
  return [...new Set(patterns)].map((pattern) => Buffer.from(pattern, 'latin1'));
}

function asItStands(shape: Shape, bytes: Buffer): Pattern {
  return { shape, spelled: 'as it stands', bytes, unlessSource: null, hint: null };
}

function inAnotherCase(text: string, typed: Buffer): Pattern {
  const { bytes } = new Respelling(typed, WITHOUT_CASE);
  return {
    shape: 'in another case',
    spelled: 'without case',
    bytes,
    unlessSource: typed,
    hint: hintOfCase(bytes, text),
  };
}

/** Without case, because hex can be in upper or lower case. */
function hexPattern(typed: Buffer): Pattern {
  const bytes = Buffer.from(typed.toString('hex'));
  return { shape: 'hex', spelled: 'without case', bytes, unlessSource: null, hint: hintOfCase(bytes, '') };
}

/** A form writes a space as a plus sign (URL Standard, section 5.2). */
function formPattern(text: string): Pattern {
  const bytes = Buffer.from(text.replaceAll(' ', '+'), 'utf8');
  const hint = hintOfUrlEscapes(bytes, true);
  return { shape: 'URL escapes', spelled: 'without URL escapes', bytes, unlessSource: null, hint };
}
