/**
 * Markdown in which text from a wire stays text, in GitHub's flavour (https://github.github.com/gfm/) as well as in
 * CommonMark.
 *
 * A plain text becomes a code span, where neither `<script>` nor `](` nor emphasis means anything. What could end the
 * span or a table's cell (a backtick, a pipe, a backslash before it: implementations differ) becomes a `<code>` element
 * with those characters as numeric entities, which never open or close a structure (CommonMark 0.31, section 2.5).
 */
import { printable } from '../printable.js';
import { visibleText } from '../faces/phrases.js';

/**
 * Letters, digits, marks, symbols such as emoji, and the punctuation that no Markdown dialect reads inside a code span.
 */
const PLAIN = /^[\p{L}\p{N}\p{M}\p{So}\u200d ,.;:!?'"’“”–…()/@#%+=_-]+$/u;

/** Kept as they are in a `<code>` element: everything else of ASCII becomes an entity. */
const INERT = /[\p{L}\p{N} ]/u;

/** Captured text, inline or in a table's cell: one line, shown as it is, never markup. */
export function code(text: string): string {
  const shown = printable(visibleText(text));
  if (PLAIN.test(shown) && shown.trim() === shown) return `\`${shown}\``;
  return `<code>${Array.from(shown, entity).join('')}</code>`;
}

/**
 * A block shown as it is, to read or to paste. Lines are made safe, and none of them can close the block: its fence is
 * longer than any run of tildes within.
 */
export function block(lines: readonly string[]): string {
  const shown = lines.map(printable);
  const longest = Math.max(2, ...shown.flatMap((line) => Array.from(line.matchAll(/~+/g), ([run]) => run.length)));
  const fence = '~'.repeat(longest + 1);
  return [`${fence}text`, ...shown, fence].join('\n');
}

function entity(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0x7f || INERT.test(character) ? character : `&#${code};`;
}
