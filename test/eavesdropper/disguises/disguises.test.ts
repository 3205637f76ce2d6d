/**
 * For each disguise of the table: the search finds what the listener shows, and the listener shows what the search
 * finds.
 */
import { describe, expect, test } from '@jest/globals';
import * as zlib from 'node:zlib';
import { Readability } from '../../../src/eavesdropper/content/readability.js';
import { DISGUISES } from '../../../src/eavesdropper/disguises/disguises.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { CONTROLS } from './controls.js';
import { held } from './held.js';

function shown(wire: Buffer): string[] {
  const readability = new Readability();
  readability.take(wire, 0, wire.length, true);
  return readability.findings().samples.map(({ as, text }) => `${as}: ${text}`);
}

function found(text: string, wire: Buffer): string[] {
  const hits = search(text, [new Haystack(0, 'client', held(wire), 'unknown')]);
  return hits.filter(({ meaning }) => meaning === 'text').map(({ shape }) => shape);
}

/** Node 20 has no Zstandard. */
const KNOWN = [...new Set(DISGUISES.map(({ name }) => name))].filter(
  (name) => name !== 'zstd' || 'zstdDecompressSync' in zlib,
);

describe.each(KNOWN)('%s', (name) => {
  const { text, wire, as: told = name } = CONTROLS[name];

  test('text from another program is shown and found', () => {
    // The brackets of a list and the head of HTTP are text. What is found only in base64 is reported with base64.
    const [as = '', ...said] = shown(wire)
      .filter((line) => !line.startsWith('text: '))
      .join('|')
      .split(': ');
    expect([as.replace(/ in base64$/, ''), said]).toEqual([told, [text]]);
    // From the second byte on, it is also UTF-16 in the other byte order.
    expect(found(text, wire)).toContain(as);
  });

  test('each word that is shown is found', () => {
    const missed = text.split(' ').filter((word) => word.length > 4 && found(word, wire).length === 0);
    expect(missed).toEqual([]);
  });

  test('a text that is not in it is not found', () => {
    expect(found(`${text}!`, wire)).toEqual([]);
    expect(found('Güße aus Ulm', wire)).toEqual([]);
  });
});
