/**
 * `&#252;` and `&#xfc;` in a line: how HTML and XML write any character by its number (HTML Standard, section 13.1.4).
 */
import type { Disguise, Disguised } from './disguise.js';

export const HTML_ESCAPES: Disguise<'HTML escapes'> = {
  name: 'HTML escapes',
  recognised: { within: 'line', sign: 0x26, of: htmlEscapesOf },
  patterns: () => [],
};

const ESCAPE = /&#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));/gi;

function htmlEscapesOf(bytes: Buffer, start: number, end: number): Disguised<'HTML escapes'> | null {
  if (!bytes.toString('latin1', start, end).match(ESCAPE)) return null;
  const decoded = (most: number): Buffer => {
    const text = bytes.toString('utf8', start, Math.min(end, start + most));
    return Buffer.from(text.replace(ESCAPE, (all, hex?: string, decimal?: string) => characterOf(all, hex, decimal)));
  };
  return { as: 'HTML escapes', decoded, otherwise: 'words' };
}

/** A number that is not a character stays as it is. */
function characterOf(all: string, hex?: string, decimal?: string): string {
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? all : String.fromCodePoint(code);
}
