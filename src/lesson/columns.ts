/**
 * How many columns of a terminal a text takes, and where to break it.
 *
 * Table packages were tried for this (cli-table3 0.6.5 with the string-width 4 that it brings): words longer than a
 * column lose their end, an emoji at the cut is split into half a surrogate pair, and emoji younger than Unicode 13 count
 * as one column. What a listener saw must be shown whole, so it is measured here by grapheme, as people count.
 */
import { printable } from '../printable.js';
import { counted } from './phrases.js';

/** Characters of one text that are shown; the JSON faces have it whole. */
export const MOST_SHOWN = 400;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

const ASCII = /^[ -~]*$/;

/** Emoji that are wide by themselves, are made so by U+FE0F, or are flags. */
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Regional_Indicator}/u;

/** Takes no column: marks on the letter before, joiners, and the vowels and finals of conjoining Hangul. */
const NO_WIDTH = /^(?:[\p{Mn}\p{Me}\u1160-\u11ff]|(?!\u00ad)\p{Cf})$/u;

/** East Asian Wide and Fullwidth by block (Unicode Annex 11). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{20000}-\u{3fffd}]/u;

export function displayWidth(text: string): number {
  // Nearly all that is ever shown, and a hundred times faster than asking for graphemes.
  if (ASCII.test(text)) return text.length;
  return splitGraphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
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
    for (const grapheme of splitGraphemes(piece)) {
      const graphemeColumns = graphemeWidth(grapheme);
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

/** The first `count` graphemes of a long text, and how many were left out; a text that fits comes back as it is. */
export function shortened(text: string, count: number): string {
  if (text.length <= count) return text;
  const all = splitGraphemes(text);
  if (all.length <= count) return text;
  return `${all.slice(0, count).join('')}… (${counted(all.length - count, 'more character')})`;
}

/** Letters that a font might join without end, such as a thousand Hangul initials, are taken one by one. */
function splitGraphemes(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment).flatMap((grapheme) =>
    graphemeWidth(grapheme) > 2 ? Array.from(grapheme) : [grapheme],
  );
}

function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2;
  return Array.from(grapheme).reduce((sum, character) => sum + characterWidth(character), 0);
}

function characterWidth(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
