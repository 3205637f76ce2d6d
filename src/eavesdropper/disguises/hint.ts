/**
 * A quick look at bytes before they are respelled for a search (`respelling.ts`), because respelling takes far longer.
 * A hint is an expression that matches wherever the text could appear. Where it does not match, nothing needs
 * respelling. It is matched against the bytes read as Latin-1, so that each byte is one character.
 */

const FIRST_BEYOND_ASCII = 0x80;

/** A longer part of the text would exclude little more, and with some texts it would make the look slow. */
const MOST_LOOKED_FOR = 32;

/**
 * All characters outside ASCII whose spelling without case contains ASCII: the Kelvin sign becomes `k`, `ß` becomes
 * `ss`.
 */
export const ASCII_WITHOUT_CASE = 'ßİıŉſǰẖẗẘẙẚ\u212aﬀﬁﬂﬃﬄﬅﬆ';

/**
 * Finds where `folded` (`typed` without case) may appear in other letters than those typed. null for a text without any
 * ASCII: then nothing is known in advance.
 */
export function hintOfCase(folded: Buffer, typed: string): RegExp | null {
  const run = longestOfAscii(folded).slice(0, MOST_LOOKED_FOR);
  if (run === '') return null;
  // The text exactly as typed is not a hit of this shape.
  const isWhole = run.length === folded.length && typed.length === run.length && isAscii(typed);
  const others = Array.from(ASCII_WITHOUT_CASE)
    .filter((character) => Array.from(character.toUpperCase().toLowerCase()).some((letter) => run.includes(letter)))
    .map((character) => literal(Buffer.from(character).toString('latin1')));
  return new RegExp([(isWhole ? `(?!${literal(typed)})` : '') + inEitherCase(run), ...others].join('|'));
}

/**
 * Finds where `text` may appear with at least one byte as a URL escape. With `orPlain`, it may also appear without any
 * escape.
 */
export function hintOfUrlEscapes(text: Buffer, orPlain: boolean): RegExp {
  const escapes = [...new Set(text)].map((byte) => inEitherCase(byte.toString(16).padStart(2, '0')));
  const escaped = `%(?:${escapes.join('|')})`;
  return new RegExp(orPlain ? `${escaped}|${literal(text.toString('latin1', 0, MOST_LOOKED_FOR))}` : escaped);
}

function longestOfAscii(bytes: Buffer): string {
  let [bestStart, bestEnd, start] = [0, 0, 0];
  for (let at = 0; at <= bytes.length; at += 1) {
    if ((bytes[at] ?? FIRST_BEYOND_ASCII) < FIRST_BEYOND_ASCII) continue;
    if (at - start > bestEnd - bestStart) [bestStart, bestEnd] = [start, at];
    start = at + 1;
  }
  return bytes.toString('latin1', bestStart, bestEnd);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function inEitherCase(ascii: string): string {
  return ascii.replace(/[^]/g, (character) =>
    /[a-z]/.test(character) ? `[${character}${character.toUpperCase()}]` : literal(character),
  );
}

/** Writes each character by its number, so that none is read as an operator of the expression. */
function literal(latin1: string): string {
  return latin1.replace(/[^]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
