/**
 * Markdown in which captured text stays text, in GitHub's flavour (https://github.github.com/gfm/) and in CommonMark.
 *
 * Simple text becomes a code span, where neither `<script>` nor `](` nor emphasis means anything. Other text becomes a
 * `<code>` element, with everything that could end a code span or a table cell as numeric entities. Such characters are
 * a backtick, a pipe, and a backslash before one, where programs differ. Entities never open or close a structure
 * (CommonMark 0.31, section 2.5).
 */
import { printable } from '../printable.js';
import { visibleText } from '../faces/phrases.js';

/**
 * Letters, digits, marks, symbols such as emoji, and the punctuation that no Markdown dialect reads inside a code span.
 */
const PLAIN = /^[\p{L}\p{N}\p{M}\p{So}\u200d ,.;:!?'"’“”–…()/@#%+=_-]+$/u;

/** These stay as they are in a `<code>` element. All other characters become entities. */
const INERT = /[\p{L}\p{N} ]/u;

/** Captured text, inline or in a table cell: one line, shown as it is, never markup. */
export function code(text: string): string {
  const shown = printable(visibleText(text));
  if (PLAIN.test(shown) && shown.trim() === shown) return `\`${shown}\``;
  return `<code>${Array.from(shown, entity).join('')}</code>`;
}

/**
 * A block of lines, shown as they are. Control characters are made visible. No line can close the block, because its
 * fence is longer than any run of tildes inside.
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
