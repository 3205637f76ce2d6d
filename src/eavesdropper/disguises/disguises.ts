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
import { hintOfCase, hintOfUrlEscapes } from './hint.js';
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
  /** Matches wherever a hit can be, as in `hint.ts`. null: it can be anywhere. */
  readonly hint: RegExp | null;
}

/** All patterns by which `text` can be found. None where no character of it would be left to look for. */
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

/** Those characters that `text` alone determines, at each of its three offsets and in both alphabets. */
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

/** Without case, since hex is written in either. */
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
