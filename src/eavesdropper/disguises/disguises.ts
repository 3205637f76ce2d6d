/**
 * The table of the disguises, and all shapes in which a text is searched for. What is not in it is neither shown nor
 * found.
 */
import { BASE64 } from './base64.js';
import { asItStands, type SearchedFor } from './disguise.js';
import { HEX } from './hex.js';
import { hintOfCase } from './hint.js';
import { QUOTED_PRINTABLE } from './quoted-printable.js';
import { Respelling, WITHOUT_CASE } from './respelling.js';
import { URL_ESCAPES } from './url-escapes.js';
import { UTF_16BE, UTF_16LE } from './utf-16.js';

/** In the order in which what is found in them is told. */
export const DISGUISES = [BASE64, HEX, URL_ESCAPES, QUOTED_PRINTABLE, UTF_16LE, UTF_16BE] as const;
export type DisguiseName = (typeof DISGUISES)[number]['name'];

/** The shape in which a text was found: as it was typed, or in a disguise, which needs no key. */
export type Shape = 'as typed' | 'in another case' | DisguiseName;
export const SHAPES: readonly Shape[] = ['as typed', 'in another case', ...DISGUISES.map(({ name }) => name)];

export interface Pattern extends SearchedFor {
  readonly shape: Shape;
}

/** All patterns that find `text`. A pattern that would have no characters left is dropped. */
export function patternsOf(text: string): readonly Pattern[] {
  const typed = Buffer.from(text, 'utf8');
  const patterns: readonly Pattern[] = [
    { shape: 'as typed', ...asItStands(typed) },
    inAnotherCase(text, typed),
    ...DISGUISES.flatMap(({ name, ...disguise }) =>
      disguise.patterns(text, typed).map((each) => ({ shape: name, ...each })),
    ),
  ];
  return patterns.filter(({ bytes }) => bytes.length > 0);
}

function inAnotherCase(text: string, typed: Buffer): Pattern {
  const { bytes } = new Respelling(typed, WITHOUT_CASE);
  return {
    shape: 'in another case',
    bytes,
    spelling: WITHOUT_CASE,
    unlessSource: typed,
    hint: hintOfCase(bytes, text),
  };
}
