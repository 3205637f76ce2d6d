/** The code pages in which one byte is one character, and what each byte is in them. */
import { ebcdic } from './ebcdic.js';
import type { Script } from './letters.js';

export const PAGE_NAMES = [
  'Latin-1 or Windows-1252',
  'Windows-1252',
  'Mac Roman',
  'code page 437 or 850',
  'Windows-1250',
  'ISO-8859-2',
  'Windows-1254',
  'Windows-1251',
  'KOI8-R',
  'code page 866',
  'ISO-8859-5',
  'Mac Cyrillic',
  'Windows-1253',
  'Windows-1255',
  'Windows-1256',
  'Windows-874',
  'EBCDIC',
] as const;
export type PageName = (typeof PAGE_NAMES)[number];

export interface CodePage {
  readonly name: PageName;
  /** What is mostly written in it. */
  readonly script: Script;
  /** The first 128 are those of ASCII. */
  readonly extendsAscii: boolean;
  /** By byte: the character, or null for a control or where there is none. */
  readonly characters: readonly (string | null)[];
}

/** The names that Node's TextDecoder knows them by. */
const ROWS: readonly (readonly [label: string, name: PageName, script: Script])[] = [
  ['windows-1252', 'Windows-1252', 'western'],
  ['macintosh', 'Mac Roman', 'western'],
  ['windows-1250', 'Windows-1250', 'polish'],
  ['windows-1250', 'Windows-1250', 'czech'],
  ['windows-1250', 'Windows-1250', 'hungarian'],
  ['iso-8859-2', 'ISO-8859-2', 'polish'],
  ['iso-8859-2', 'ISO-8859-2', 'czech'],
  ['windows-1254', 'Windows-1254', 'turkish'],
  ['windows-1251', 'Windows-1251', 'cyrillic'],
  ['koi8-u', 'KOI8-R', 'cyrillic'],
  ['ibm866', 'code page 866', 'cyrillic'],
  ['iso-8859-5', 'ISO-8859-5', 'cyrillic'],
  ['x-mac-cyrillic', 'Mac Cyrillic', 'cyrillic'],
  ['windows-1253', 'Windows-1253', 'greek'],
  ['windows-1255', 'Windows-1255', 'hebrew'],
  ['windows-1256', 'Windows-1256', 'arabic'],
  ['windows-874', 'Windows-874', 'thai'],
];

let pages: readonly CodePage[] | null = null;

/** Made on first use: most captures do not need them. */
export function codePages(): readonly CodePage[] {
  pages ??= [
    ...ROWS.map(([label, name, script]) => ({ name, script, extendsAscii: true, characters: charactersOf(label) })),
    { name: 'code page 437 or 850', script: 'western', extendsAscii: true, characters: OF_850 },
    ...([37, 500, 1047] as const).map((page): CodePage => {
      return { name: 'EBCDIC', script: 'western', extendsAscii: false, characters: ebcdic(page) };
    }),
  ];
  return pages;
}

const PRINTED = /^[^\p{C}\ufffd]$/u;
/** Windows-1252 from 0x80 to 0x9f, `.` for none: some versions of Node decode it as Latin-1, which has controls. */
const OF_1252 = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';

const FROM_0X80_OF_850 = Array.from(
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´.±‗¾¶§÷¸°¨·¹³²■.',
);

/** The code page of DOS in western Europe. 437, that of the USA, has the same small letters, and fewer capitals. */
const OF_850 = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return FROM_0X80_OF_850[byte - 0x80] ?? null;
  const character = String.fromCharCode(byte);
  return PRINTED.test(character) || '\t\n\r\f'.includes(character) ? character : null;
});

function charactersOf(label: string): readonly (string | null)[] {
  const all = new TextDecoder(label).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const right = label === 'windows-1252' ? all.slice(0, 0x80) + OF_1252 + all.slice(0xa0) : all;
  return Array.from(right, (character, byte) => {
    const isNone = label === 'windows-1252' && byte >= 0x80 && character === '.';
    return !isNone && (PRINTED.test(character) || '\t\n\r\f'.includes(character)) ? character : null;
  });
}

/** `text` in this code page; null if it has a character that is not in it. */
export function encoded(text: string, page: CodePage): Buffer | null {
  const byteOf = bytesByCharacter(page);
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (const character of text) {
    const byte = byteOf.get(character);
    if (byte === undefined) return null;
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}

const byteMaps = new Map<CodePage, ReadonlyMap<string, number>>();

/** A search encodes in every page, and the text may be long. */
function bytesByCharacter(page: CodePage): ReadonlyMap<string, number> {
  const known = byteMaps.get(page);
  if (known !== undefined) return known;
  const byteOf = new Map<string, number>();
  for (const [byte, character] of page.characters.entries()) {
    if (character !== null && !byteOf.has(character)) byteOf.set(character, byte);
  }
  byteMaps.set(page, byteOf);
  return byteOf;
}

/** `bytes` read in this code page, as UTF-8. */
export function decoded(bytes: Buffer, { characters }: Pick<CodePage, 'characters'>): string {
  let text = '';
  for (const byte of bytes) text += characters[byte] ?? '\ufffd';
  return text;
}
