/**
 * Measures how many terminal columns a text needs, and finds where to break it.
 *
 * string-width measures the width, because cli-table3 aligns with it too. This file breaks the lines itself, between
 * graphemes. cli-table3 cuts off the end of a word that is longer than its column, and we must show all of what a
 * listener saw.
 */
import stringWidth from 'string-width';

import { printable } from '../printable.js';
import { counted } from './phrases.js';

/** How many characters of one text are shown. The JSON faces contain all of it. */
export const MOST_SHOWN = 400;

/** Created on first use, because this takes about 20 ms and few tables need it. */
let graphemes: Intl.Segmenter | null = null;

const ASCII = /^[ -~]*$/;

export function displayWidth(text: string): number {
  // Almost every text is ASCII, and this is a hundred times faster than splitting it into graphemes.
  if (ASCII.test(text)) return text.length;
  return stringWidth(text);
}

/**
 * Makes `text` safe to show and breaks it into lines of at most `width` columns (2 or more). It breaks at spaces if
 * possible. A word that is longer than a line is broken inside. The spaces at a break are dropped.
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
 * Gives the first `count` graphemes of a long text, and how many characters were left out. A text that fits is returned
 * unchanged. We split only as much of the text as can be shown, because the time to split grows with the square of the
 * length.
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

/** How many UTF-16 units we look at for each grapheme, on average. The emoji of a family of four has 11. */
const MOST_PER_GRAPHEME = 8;

/** The first `most` UTF-16 units, or one fewer if that would split a character. */
function wholeCharacters(text: string, most: number): string {
  return text.slice(0, most < text.length && isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most);
}

/** Counts the code points from `from` to the end. */
function charactersIn(text: string, from: number): number {
  let count = 0;
  for (let at = from; at < text.length; at += 1)
    if (!isHighSurrogate(text.charCodeAt(at)) || at + 1 === text.length) count += 1;
  return count;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** Splits one by one the letters that could form an endless grapheme, such as a thousand Hangul initials. */
function splitGraphemes(text: string): string[] {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment).flatMap((grapheme) =>
    displayWidth(grapheme) > 2 ? Array.from(grapheme) : [grapheme],
  );
}
