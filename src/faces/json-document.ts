/**
 * JSON that is safe to look at. JSON.stringify escapes the C0 controls alone; here the C1 controls (U+009B begins an
 * escape sequence on many terminals), DEL, and every format character, line and paragraph separator are escaped as
 * well: the same document to a parser, and nothing that a screen obeys.
 */

/** Indented by two, ends in LF. */
export function jsonDocument(value: object): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED, escaped)}\n`;
}

/** {@link jsonDocument} in one line, which ends in LF. */
export function jsonLine(value: object): string {
  return `${JSON.stringify(value).replace(OBEYED, escaped)}\n`;
}

// Outside of strings JSON has nothing of this but LF, which is what lays the document out; within strings it is
// escaped.
const OBEYED = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
