/**
 * JSON that is safe to show in a terminal. JSON.stringify escapes only the C0 controls. This file also escapes the C1
 * controls (on many terminals U+009B begins an escape sequence), DEL, every format character, and the line and
 * paragraph separators. A parser reads the same document, and a terminal finds nothing to obey.
 */

/** Indented by two spaces. Ends in LF. */
export function jsonDocument(value: object): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED, escaped)}\n`;
}

/** Like {@link jsonDocument}, but in one line. Ends in LF. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value).replace(OBEYED, escaped)}\n`;
}

// Outside strings, the only such character in JSON is the LF that lays out the document. Inside strings, LF is escaped
// already.
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
