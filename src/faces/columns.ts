/**
 * How many columns of a terminal a text takes, and where to break it.
 *
 * The width is string-width's, which is also what cli-table3 aligns by. The breaking is done here, by grapheme:
 * cli-table3 loses the end of a word that is longer than its column, and what a listener saw must be shown whole.
 */
import stringWidth from 'string-width';

import { printable } from '../printable.js';
import { counted } from './phrases.js';

/** Characters of one text that are shown; the JSON faces have it whole. */
export const MOST_SHOWN = 400;

/** Made when first asked for, which few tables do: it takes some 20 ms. */
let graphemes: Intl.Segmenter | null = null;

const ASCII = /^[ -~]*$/;

export function displayWidth(text: string): number {
  // Nearly all that is ever shown, and a hundred times faster than asking for graphemes.
  if (ASCII.test(text)) return text.length;
  return stringWidth(text);
}

/**
 * `text` made safe to show and broken into lines of at most `width` columns (2 or more): at spaces where it can, inside
 * a word where the word is longer than a line. The spaces at a break are dropped.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of printable(text).split(/( +)/)) {
    const pieceWidth = displayWidth(piece);
    if (used + pieceWidth <= width) {
      line += piece;
      used += pieceWidth;
      continue;
    }
    if (piece.startsWith(' ')) {
      lines.push(line);
      line = '';
      used = 0;
      continue;
    }
    if (line.trim() !== '') {
      lines.push(line.trimEnd());
      line = '';
      used = 0;
    }
    if (used + pieceWidth <= width) {
      line += piece;
      used += pieceWidth;
      continue;
    }
    for (const grapheme of splitGraphemes(piece)) {
      const graphemeColumns = displayWidth(grapheme);
      if (used + graphemeColumns > width) {
        lines.push(line);
        line = '';
        used = 0;
      }
      line += grapheme;
      used += graphemeColumns;
    }
  }
  return [...lines, line];
}

/**
 * The first `count` graphemes of a long text, and how many characters were left out; a text that fits comes back as it
 * is. Only so much of the text is taken apart as can be shown: to take all of it apart takes time with the square of
 * its length.
 */
export function shortened(text: string, count: number): string {
  if (text.length <= count) return text;
  const looked = wholeCharacters(text, MOST_PER_GRAPHEME * count);
  const all = splitGraphemes(looked);
  const isAll = looked.length === text.length;
  if (isAll && all.length <= count) return text;
  const shown = all.slice(0, count).join('');
  const left = isAll ? all.length - count : charactersIn(text, shown.length);
  return `${shown}… (${counted(left, 'more character')})`;
}

/** UTF-16 units of a grapheme that are worth looking at, on average: a family of four has 11. */
const MOST_PER_GRAPHEME = 8;

/** The first `most` UTF-16 units, or one less where that would cut a character in two. */
function wholeCharacters(text: string, most: number): string {
  return text.slice(0, most < text.length && isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most);
}

/** Code points from `from` on. */
function charactersIn(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; at += 1)
    if (!isHighSurrogate(text.charCodeAt(at)) || at + 1 === text.length) count += 1;
  return count;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Letters that a font might join without end, such as a thousand Hangul initials, are taken one by one. */
function splitGraphemes(text: string): string[] {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment).flatMap((grapheme) =>
    displayWidth(grapheme) > 2 ? Array.from(grapheme) : [grapheme],
  );
}
