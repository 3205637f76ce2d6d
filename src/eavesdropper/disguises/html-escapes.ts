/**
 * `&#252;` and `&#xfc;` in a line: how HTML and XML write any character by its number (HTML Standard, section 13.1.4).
 */
import type { Disguise, Disguised } from './disguise.js';

const AMPERSAND = 0x26;

export const HTML_ESCAPES: Disguise<'HTML escapes'> = {
  name: 'HTML escapes',
  recognised: { within: 'line', sign: AMPERSAND, of: htmlEscapesOf },
  patterns: () => [],
  madeOf: { needs: Buffer.of(AMPERSAND) },
  ofMessage: (message) => htmlEscapesOf(message, 0, message.length)?.decoded(message.length) ?? null,
};

/** The characters of Latin-1 from U+00A0 on, by their names (HTML 4.01, section 24.2). */
const LATIN_1 = `
nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro
para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil
Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave
Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml
igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute
thorn yuml
`;
const OTHERS = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", euro: '€', ndash: '–', mdash: '—', hellip: '…' };
const QUOTES = { lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', bdquo: '„', sbquo: '‚' };
const NAMED: ReadonlyMap<string, string> = new Map([
  ...(LATIN_1.match(/\S+/g) ?? []).map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...Object.entries({ ...OTHERS, ...QUOTES }),
]);

const ESCAPE = /&(?:#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))|([a-z]{2,6}[0-9]{0,2}));/gi;

function htmlEscapesOf(bytes: Buffer, start: number, end: number): Disguised<'HTML escapes'> | null {
  const escapes = bytes.toString('latin1', start, end).match(ESCAPE) ?? [];
  if (!escapes.some((escape) => escape[1] === '#' || NAMED.has(escape.slice(1, -1)))) return null;
  const decoded = (most: number): Buffer => {
    const text = bytes.toString('utf8', start, Math.min(end, start + most));
    return Buffer.from(
      text.replace(ESCAPE, (all, hex?: string, decimal?: string, name?: string) =>
        name === undefined ? characterOf(all, hex, decimal) : (NAMED.get(name) ?? all),
      ),
    );
  };
  return { as: 'HTML escapes', decoded, otherwise: 'words' };
}

/** A number that is not a character stays as it is. */
function characterOf(all: string, hex?: string, decimal?: string): string {
  const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
  return code < 0x20 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? all : String.fromCodePoint(code);
}
