/** The picture at the head of the page: it shows the situation of this run, and answers nothing. */
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
  test('a wire for each mode that was captured, and what the listener makes of it is asked', () => {
    const [wide, slim] = described(lesson());
    expect(wide).toBe(slim);
    expect(wide).toContain('A message crosses the wire: in plaintext, then encrypted.');
    expect(wide).toContain('What can they read?');
  });

  test('it answers none of the questions that the chapters ask: no text, no token, no frame, no length', () => {
    const whole = lesson();
    const words = drawn(whole).replace(/<[^>]*>/g, ' ');
    for (const { text } of whole.verdicts) expect(words).not.toContain(text);
    expect(words).not.toMatch(/\d|gAAAA|reads|\bsees|found/);
  });

  test('who cannot see it is led to its title and its description', () => {
    const page = drawn(lesson());
    for (const attribute of ['aria-labelledby', 'aria-describedby']) {
      const ids = Array.from(page.matchAll(new RegExp(`${attribute}="([^"]+)"`, 'g')), ([, id]) => id!);
      expect(ids).toHaveLength(2);
      for (const id of ids) expect(page.split(` id="${id}"`)).toHaveLength(2);
    }
  });

  test('one capture alone has one wire; without any there is no picture', () => {
    const none = { ...lesson(), comparison: null, verdicts: [] };
    expect(described({ ...none, encrypted: null, keys: null })[0]).toMatch(
      /^A message crosses the wire: in plaintext\. /,
    );
    expect(described({ ...none, plaintext: null })[0]).toMatch(/^A message crosses the wire: encrypted\. /);
    expect(openingPicture({ ...none, plaintext: null, encrypted: null, keys: null })).toBeNull();
  });
});
