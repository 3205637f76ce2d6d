/** Text in another code page than UTF-8, one byte a character. */
import { codePages, encoded, PAGE_NAMES, type PageName } from './code-page.js';
import { notInUtf8, type Disguise, type Recognition, type SearchedFor } from './disguise.js';
import { nextSubstituted, type SubstitutedName } from './substituted.js';

export const SUBSTITUTED: Recognition<SubstitutedName> = { within: 'piece', next: nextSubstituted };

export const CODE_PAGES: readonly Disguise<PageName, SubstitutedName>[] = PAGE_NAMES.map((name) => {
  return { name, recognised: SUBSTITUTED, patterns: (text) => patternsIn(name, text) };
});

/** What is ASCII in the page is found as it was typed; text in EBCDIC is searched for in what comes out of it. */
function patternsIn(name: PageName, text: string): readonly SearchedFor[] {
  return codePages().flatMap((page) => {
    if (!page.extendsAscii || page.name !== (name === LATIN_1 ? 'Windows-1252' : name)) return [];
    const bytes = encoded(text, page);
    if (bytes === null || bytes.every((byte) => byte < 0x80)) return [];
    const is1252 = page.name === 'Windows-1252' && bytes.some((byte) => byte >= 0x80 && byte < 0xa0);
    return page.name === 'Windows-1252' && is1252 === (name === LATIN_1) ? [] : [notInUtf8(bytes)];
  });
}

const LATIN_1: PageName = 'Latin-1 or Windows-1252';
