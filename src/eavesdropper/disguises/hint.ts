/**
 * A quick look at bytes before they are respelled for the sake of a search (`respelling.ts`), which takes far longer. A
 * hint is an expression that matches wherever the text could come to light; what it does not match needs no respelling.
 * It is held against the bytes read as Latin-1, so that each is one character.
 */

/** More of a long text would tell little more, and some texts would make the look slow. */
const MOST_LOOKED_FOR = 32;

/**
 * All characters beyond ASCII that have ASCII in their spelling without case: the Kelvin sign is a `k`, `ß` is `ss`.
 */
export const ASCII_WITHOUT_CASE = 'ßİıŉſǰẖẗẘẙẚ\u212aﬀﬁﬂﬃﬄﬅﬆ';

/**
 * Where `folded`, which is `typed` without case, may stand in other letters than it was typed in. null for a text
 * without any ASCII, of which nothing is known before.
 */
export function hintOfCase(folded: Buffer, typed: string): RegExp | null {
  const run = longestOfAscii(folded).slice(0, MOST_LOOKED_FOR);
  if (run === '') return null;
  // The text itself, as it was typed, is no hit of this shape.
  const isWhole = run.length === folded.length && typed.length === run.length && isAscii(typed);
  const others = Array.from(ASCII_WITHOUT_CASE)
    .filter((character) => Array.from(character.toUpperCase().toLowerCase()).some((letter) => run.includes(letter)))
    .map((character) => literal(Buffer.from(character).toString('latin1')));
  return new RegExp([(isWhole ? `(?!${literal(typed)})` : '') + inEitherCase(run), ...others].join('|'));
}

/**
 * Where `text` may stand with URL escapes in it: one of its bytes is escaped, or `orPlain` it stands there without any.
 */
export function hintOfUrlEscapes(text: Buffer, orPlain: boolean): RegExp {
  const escapes = [...new Set(text)].map((byte) => inEitherCase(byte.toString(16).padStart(2, '0')));
  const escaped = `%(?:${escapes.join('|')})`;
  return new RegExp(orPlain ? `${escaped}|${literal(text.toString('latin1', 0, MOST_LOOKED_FOR))}` : escaped);
}

function longestOfAscii(bytes: Buffer): string {
  // eslint-disable-next-line no-control-regex -- all of ASCII
  const runs = bytes.toString('latin1').match(/[\x00-\x7f]+/g) ?? [];
  return runs.reduce((best, run) => (run.length > best.length ? run : best), '');
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function inEitherCase(ascii: string): string {
  return ascii.replace(/[^]/g, (character) =>
    /[a-z]/.test(character) ? `[${character}${character.toUpperCase()}]` : literal(character),
  );
}

/** Each character of a byte, by its number: none of them is then read as an operator. */
function literal(latin1: string): string {
  return latin1.replace(/[^]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
