import { expect, test } from '@jest/globals';

import { readChapter } from '../../src/lesson/chapters.js';
import { readGlossary } from '../../src/lesson/glossary.js';
import { reportHtml } from '../../src/lesson/report/report-html.js';
import { reportMarkdown } from '../../src/lesson/report/report-markdown.js';
import { ownGlossary, reportOf } from '../../src/lesson/write-report.js';
import { lesson } from './fixture.js';

const terms = readGlossary({
  file: 'glossary.md',
  text: '# Glossary\n\n- **key, keys**: opens a lock\n- **public key, public keys**: may be *known*\n- **HMAC**: a hash with a key\n',
});

function faces(text: string): { readonly html: string; readonly markdown: string } {
  const chapters = [readChapter({ file: '01-a.md', text }, lesson())];
  return {
    html: reportHtml({ chapters, glossary: terms, picture: null, run: '0'.repeat(32) }, { style: '', script: '' }),
    markdown: reportMarkdown(chapters, terms),
  };
}

test('the first use of a word links to its meaning and has it as a title; a later use does not', () => {
  const { html, markdown } = faces('# T\n\nTwo keys: each public key, and a key. An HMAC.\n');
  expect(markdown).toContain('Two [keys](#glossary): each [public key](#glossary), and a key. An [HMAC](#glossary).');
  expect(html).toContain(
    'Two <a href="#term-key" title="opens a lock" class="term" rel="noreferrer">keys</a>: each <a href="#term-public-key" title="may be known"',
  );
  expect(html).toContain('<dt id="term-public-key">public key</dt><dd>may be <em>known</em></dd>');
  expect(markdown).toMatch(/## Glossary\n\n- \*\*key\*\*: opens a lock\n- \*\*public key\*\*: may be \*known\*\n/);
});

test('a word that first occurs in an optional box is linked again outside the box', () => {
  const { html } = faces(
    '# T\n\n:::curious[More]\nAn HMAC, and the HMAC.\n:::\n\nAn HMAC, a HMAC.\n\n:::curious[Still more]\nAn HMAC.\n:::\n',
  );
  const [before, inside, after] = html.split(/<details class="curious">|<\/details>/);
  expect([before, inside, after].map((each) => each?.split('href="#term-hmac"').length)).toEqual([1, 2, 2]);
  expect(html.split('href="#term-hmac"')).toHaveLength(3);
});

test('a capital first letter matches; other words, another case, headings, code, tables and links do not', () => {
  const left =
    '# T\n\n## A key\n\nmonkey, key-like, hmac, `key`, [a key](https://www.rfc-editor.org/rfc/rfc2104)\n\n| a key |\n| --- |\n| key |\n';
  expect(faces(left).markdown).not.toContain('](#glossary)');
  expect(faces('# T\n\nKeys open.\n').markdown).toContain('[Keys](#glossary) open.');
});

test('text from a capture is never linked', () => {
  const { markdown } = faces('# T\n\nSaid: :run[longest message].\n');
  const about = reportMarkdown(
    [
      readChapter(
        { file: '01-a.md', text: '# T\n\nSaid: :run[longest message].\n' },
        lesson([['client', 'the public key is under the mat']]),
      ),
    ],
    terms,
  );
  expect(markdown + about).not.toContain('](#glossary)');
});

test.each([
  ['no word', '# G\n\n- nothing\n'],
  ['no meaning', '# G\n\n- **word**\n'],
])('an entry with %s is an error with its line', (_, text) => {
  expect(() => readGlossary({ file: 'g.md', text })).toThrow(
    /^g\.md, line 3: an entry is \*\*word, other form\*\*: what it means$/,
  );
});

test('the program’s own glossary: in order, each word used in a chapter, each link with an entry', () => {
  const own = readGlossary(ownGlossary());
  const names = own.map(({ name }) => name);
  expect(names).toEqual([...names].sort((one, other) => one.localeCompare(other, 'en', { sensitivity: 'base' })));
  const { html } = reportOf(lesson());
  const linked = new Set(Array.from(html.matchAll(/<a href="#(term-[^"]+)"/g), ([, id]) => id));
  expect([...linked].filter((id) => !html.includes(`<dt id="${id}">`))).toEqual([]);
  // The fixture has no TLS capture and no private key. Words that only their parts use do not occur.
  expect(own.filter(({ id }) => !linked.has(id)).map(({ name }) => name)).toEqual([]);
});
