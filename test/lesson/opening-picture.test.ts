/** The picture at the head of the page: it shows this run, and says in words what it shows. */
import { describe, expect, test } from '@jest/globals';
import { toHtml } from 'hast-util-to-html';

import type { Lesson } from '../../src/lesson/lesson.js';
import { openingPicture } from '../../src/lesson/parts/opening-picture.js';
import { lesson } from './fixture.js';

function drawn(data: Lesson): string {
  const picture = openingPicture(data);
  return picture === null ? '' : toHtml(picture);
}

/** What it says to who cannot see it, once for each of its two sizes. */
function described(data: Lesson): string[] {
  return Array.from(drawn(data).matchAll(/<desc[^>]*>([^<]*)<\/desc>/g), ([, text]) => text!);
}

describe('the opening picture', () => {
  test('the longest message that fits on a slip, as it crossed in each mode', () => {
    const [wide, slim] = described(lesson());
    expect(wide).toBe(slim);
    expect(wide).toContain('In plaintext “Nice to Meet you too” crosses as it is: the listener reads it, in frame 14.');
    expect(wide).toMatch(/Encrypted it crosses as a token that begins with gAAAA\S{7}: the listener sees its length: 16–31 bytes\./);
  });

  test('who cannot see it is led to its title and its description', () => {
    const page = drawn(lesson());
    for (const attribute of ['aria-labelledby', 'aria-describedby']) {
      const ids = Array.from(page.matchAll(new RegExp(`${attribute}="([^"]+)"`, 'g')), ([, id]) => id!);
      expect(ids).toHaveLength(2);
      for (const id of ids) expect(page.split(` id="${id}"`)).toHaveLength(2);
    }
  });

  test('a message that the search found in the encrypted capture is not called sealed from the listener', () => {
    const whole = lesson();
    const leaky = whole.verdicts.map((each) => ({ ...each, encrypted: each.plaintext }));
    expect(described({ ...whole, verdicts: leaky })[0]).toMatch(/token that begins with \S+: the listener reads it, in frame 14\./);
  });

  test('one capture alone has one wire; without any there is no picture', () => {
    const none = { ...lesson(), comparison: null, verdicts: [] };
    expect(described({ ...none, encrypted: null, keys: null })[0]).toMatch(/^In plaintext “Hello” crosses as it is: the listener reads it\. The attacker/);
    expect(described({ ...none, plaintext: null })[0]).toMatch(/^Encrypted it crosses as a token/);
    expect(openingPicture({ ...none, plaintext: null, encrypted: null, keys: null })).toBeNull();
  });

  test('a token is not set beside a text that it may not hold', () => {
    const whole = lesson();
    const without = whole.verdicts.map((each) => ({ ...each, encrypted: null, sealed: null }));
    for (const verdicts of [[], without]) {
      const data = { ...whole, comparison: null, verdicts };
      expect(described(data)[0]).toMatch(/^In plaintext/);
      expect(described(data)[0]).not.toContain('Encrypted');
    }
  });

  test('a text longer than any slip is cut, and control characters are shown', () => {
    const long = lesson([['client', `${'wide '.repeat(40)}\u202e`], ['server', `\x1b[2J${'x'.repeat(60)}`]]);
    expect(drawn(long)).toContain('>wide wide wide wid…<');
    for (const control of ['\x1b', '\u202e']) expect(drawn(long)).not.toContain(control);
  });
});
