/** `%41` stands for a byte. In a form, `+` stands for a space (RFC 3986, section 2.1; URL Standard, section 5.2). */
import type { Disguise, Disguised } from './disguise.js';
import { countEscapes, LEAST_ESCAPES, unescaped } from './hex-escapes.js';
import { hexByte } from './hex-digits.js';
import { hintOfUrlEscapes } from './hint.js';
import { byByte, type Spelling } from './respelling.js';
import { isText } from './text-bytes.js';

const PERCENT = 0x25;
/**
 * This many escapes show that bytes that are not text are noise. Of random bytes, nearly three in four are written as
 * one.
 */
const LEAST_NOISE = 6;
const MOST_PER_ESCAPE = 8;

/** Decodes `%41` to its byte (RFC 3986, section 2.1). A `%` without two hex digits stays as it is. */
export const WITHOUT_URL_ESCAPES: Spelling = {
  ignoresCase: false,
  mostPerByte: 3,
  isAlone: byByte((byte) => (byte === PERCENT ? 0 : 1)),
  alone: byByte((byte) => byte),
  begin(source, at) {
    for (let from = Math.max(0, at - 2); from < at; from += 1) {
      if (from + this.unit(source, from) > at) return from;
    }
    return at;
  },
  unit(source, at) {
    if (source[at] !== PERCENT || at + 3 > source.length) return 1;
    return hexByte(source, at + 1) < 0 ? 1 : 3;
  },
  write(source, at, length, target, to) {
    target[to] = length === 1 ? (source[at] ?? 0) : hexByte(source, at + 1);
    return 1;
  },
};

export const URL_ESCAPES: Disguise<'URL escapes'> = {
  name: 'URL escapes',
  recognised: { within: 'word', sign: PERCENT, of: urlEscapesOf },
  patterns(text, typed) {
    const escaped = {
      bytes: typed,
      spelling: WITHOUT_URL_ESCAPES,
      unlessSource: typed,
      hint: hintOfUrlEscapes(typed, false),
    };
    if (!text.includes(' ')) return [escaped];
    const form = Buffer.from(text.replaceAll(' ', '+'), 'utf8');
    return [escaped, { ...escaped, bytes: form, unlessSource: null, hint: hintOfUrlEscapes(form, true) }];
  },
  madeOf: { needs: Buffer.of(PERCENT) },
  ofMessage,
};

/** A word of a message has no blank in it. */
function ofMessage(message: Buffer): Buffer | null {
  if (countEscapes(message, 0, message.length, PERCENT) < LEAST_ESCAPES) return null;
  return unescaped(message, 0, message.length, PERCENT);
}

function urlEscapesOf(bytes: Buffer, start: number, end: number): Disguised<'URL escapes'> | null {
  const escapes = countEscapes(bytes, start, end, PERCENT);
  if (escapes < LEAST_ESCAPES) return null;
  const decoded = (most: number): Buffer => unescaped(bytes, start, Math.min(end, start + most), PERCENT);
  const all = decoded(end - start);
  const isNoise = escapes >= LEAST_NOISE && end - start <= MOST_PER_ESCAPE * escapes;
  if (!isNoise && !isText(all, all.length)) return null;
  return { as: 'URL escapes', decoded, otherwise: isNoise ? 'noise' : 'words' };
}
