/** The catcher passes on everything but what it was told to catch. */
import { expect, test } from '@jest/globals';

import type { Side } from '../../../src/protocol/side.js';
import { Catcher } from '../../../src/clinic/wire/catching.js';
import type { Control } from '../../../src/clinic/wire/treatment.js';

test('it catches one side of one connection, until it is told to let go', () => {
  const passed: string[] = [];
  const control: Control = {
    send: (link, to, bytes) => passed.push(`${link} ${to} ${Buffer.from(bytes).toString()}`),
    end: () => undefined,
    reset: () => undefined,
  };
  const catcher = new Catcher(0);
  let number = 0;
  const came = (link: number, from: Side, text: string): void => {
    catcher.came({ number: number++, link, from, bytes: Buffer.from(text), at: 0, frame: null }, control);
  };
  came(0, 'client', 'one');
  expect(catcher.hasCaught(0)).toBe(false);
  catcher.catch(0, 'client');
  came(0, 'client', 'two');
  came(0, 'server', 'three');
  came(1, 'client', 'four');
  came(0, 'client', 'five');
  expect(catcher.hasCaught(0)).toBe(true);
  expect(catcher.hasCaught(60_000)).toBe(false);
  expect(catcher.release().map(({ bytes }) => bytes.toString())).toEqual(['two', 'five']);
  came(0, 'client', 'six');
  expect(catcher.hasCaught(0)).toBe(false);
  expect(passed).toEqual(['0 server one', '0 client three', '1 server four', '0 server six']);
});
