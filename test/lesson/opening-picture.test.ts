/** The picture at the top of the page: it shows the situation of this run, and answers no question. */
import { describe, expect, test } from '@jest/globals';
import { toHtml } from 'hast-util-to-html';

import type { Lesson } from '../../src/lesson/lesson.js';
import { openingPicture } from '../../src/lesson/parts/opening-picture.js';
import { lesson } from './fixture.js';

function drawn(data: Lesson): string {
  const picture = openingPicture(data);
  return picture === null ? '' : toHtml(picture);
}

/** Its text for readers who cannot see it, once for each of its two sizes. */
function described(data: Lesson): string[] {
  return Array.from(drawn(data).matchAll(/<desc[^>]*>([^<]*)<\/desc>/g), ([, text]) => text!);
}

describe('the opening picture', () => {
  test('it has a wire for each captured mode, and asks what the listener can read', () => {
    const [wide, slim] = described(lesson());
    expect(wide).toBe(slim);
    expect(wide).toContain('A message crosses the wire: in plaintext, then encrypted.');
    expect(wide).toContain('What can they read?');
  });

  test('it answers no question of the chapters: it has no text, no token, no frame and no length', () => {
    const whole = lesson();
    const words = drawn(whole).replace(/<[^>]*>/g, ' ');
    for (const { text } of whole.verdicts) expect(words).not.toContain(text);
    expect(words).not.toMatch(/\d|gAAAA|reads|\bsees|found/);
  });

  test('a screen reader finds its title and its description', () => {
    const page = drawn(lesson());
    for (const attribute of ['aria-labelledby', 'aria-describedby']) {
      const ids = Array.from(page.matchAll(new RegExp(`${attribute}="([^"]+)"`, 'g')), ([, id]) => id!);
      expect(ids).toHaveLength(2);
      for (const id of ids) expect(page.split(` id="${id}"`)).toHaveLength(2);
    }
  });

  test('one capture has one wire; without a capture there is no picture', () => {
    const none = { ...lesson(), comparison: null, verdicts: [] };
    expect(described({ ...none, encrypted: null, keys: null })[0]).toMatch(
      /^A message crosses the wire: in plaintext\. /,
    );
    expect(described({ ...none, plaintext: null })[0]).toMatch(/^A message crosses the wire: encrypted\. /);
    expect(openingPicture({ ...none, plaintext: null, encrypted: null, keys: null })).toBeNull();
  });
});
