/** What is shown is found, and what is found is shown, for each disguise of the table. */
import { describe, expect, test } from '@jest/globals';
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

describe.each(DISGUISES.map(({ name }) => name))('%s', (name) => {
  const { text, wire } = CONTROLS[name];

  test('another program’s text is shown, and found', () => {
    // The brackets of a list are text, and what is only found in base64 is told with it.
    const [as = '', ...said] = shown(wire)
      .filter((line) => line !== 'text: [' && line !== 'text: ]')
      .join('|')
      .split(': ');
    expect([as.replace(/ in base64$/, ''), said]).toEqual([name, [text]]);
    // UTF-16 stands in it in the other order too, from the second byte on.
    expect(found(text, wire)).toContain(as);
  });

  test('each word of what is shown is found', () => {
    const missed = text.split(' ').filter((word) => word.length > 4 && found(word, wire).length === 0);
    expect(missed).toEqual([]);
  });

  test('a text that is not in it is not found', () => {
    expect(found(`${text}!`, wire)).toEqual([]);
    expect(found('Güße aus Ulm', wire)).toEqual([]);
  });
});
