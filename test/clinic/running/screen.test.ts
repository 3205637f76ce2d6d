/** What is kept of what a program has shown. */
import { expect, test } from '@jest/globals';

import { Screen } from '../../../src/clinic/running/screen.js';

const FLOOD = Buffer.from('no message yet...\n'.repeat(3_000));

test('between two floods of the same line, a message is kept, whatever came since', () => {
  const screen = new Screen((text) => text);
  for (let at = 0; at < 50; at += 1) screen.add(FLOOD);
  const mark = screen.mark();
  screen.add(Buffer.concat([FLOOD, Buffer.from('Client: Otter swims\n'), FLOOD]));
  for (let at = 0; at < 200; at += 1) screen.add(FLOOD);
  expect(screen.since(mark)).toContain('Client: Otter swims\n');
  expect(screen.since(mark).length).toBeLessThan(20_000);
  expect(screen.bytes).toBe(252 * FLOOD.length + 'Client: Otter swims\n'.length);
});

test('a line that is cut between two pieces is whole', () => {
  const screen = new Screen((text) => text);
  screen.add(FLOOD);
  screen.add(FLOOD);
  screen.add(Buffer.concat([FLOOD, Buffer.from('Client: Otter ')]));
  const mark = screen.mark();
  screen.add(Buffer.concat([Buffer.from('swims\n'), FLOOD]));
  expect(screen.since(0)).toContain('\nClient: Otter swims\n');
  expect(screen.since(mark)).toMatch(/^swims\n/);
  expect(screen.lastLine()).toBe('');
});

test('of much that differs, the beginning and the end are kept', () => {
  const screen = new Screen((text) => text);
  for (let at = 0; at < 2_000; at += 1) screen.add(Buffer.from(`${'x'.repeat(1_000)} ${at}\n`));
  const shown = screen.since(0);
  expect(shown).toMatch(/^x+ 0\n/);
  expect(shown).toMatch(/ 1999\n$/);
  expect(shown).not.toContain(' 900\n');
});

test('a program that says the same a few times is shown as it is', () => {
  const screen = new Screen((text) => text);
  const text = `${'Client: yes\n'.repeat(40)}${'y'.repeat(3_000)}\n`;
  screen.add(Buffer.from(text));
  expect(screen.since(0)).toBe(text);
});
