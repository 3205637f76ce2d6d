/**
 * The dissector is another program, in another language: what it says of the protocol is made from the protocol's
 * tables.
 */
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

import { DEFAULT_PORT } from '../../src/cli/options.js';
import { ALGORITHMS, COVERS, INTEGRITY_NAMES } from '../../src/protocol/integrity.js';
import { withTables } from '../../src/wireshark/dissector-tables.js';

const LUA = fs.readFileSync(new URL('../../lessons/wireshark/servchat.lua', import.meta.url), 'utf8');

test('the dissector has the tables of src/protocol/ as they are now; if this fails, run: npm run dissector', () => {
  expect(LUA).toBe(withTables(LUA));
});

test('what is made replaces what stood there before, and nothing else', () => {
  const older = LUA.replace(/^local CHECKS = \{\n(?: .*\n)*\}\n/m, 'local CHECKS = {}\n');
  expect(older).not.toBe(LUA);
  expect(withTables(older)).toBe(LUA);
  expect(() => withTables('local CHECKS = {}\n')).toThrow('Cannot find where');
});

test('it expects a chat on the port that servchat takes', () => {
  expect(/^local DEFAULT_PORT = (\d+)$/m.exec(LUA)?.[1]).toBe(String(DEFAULT_PORT));
});

test.each(INTEGRITY_NAMES)('it knows the check %s', (name) => {
  expect(LUA).toContain(`\n  ['${name}'] = { algorithm = `);
});

/** By hand in Lua, since it computes them itself. With tshark, dissector.test.ts tries each of them. */
test.each([...Object.keys(ALGORITHMS), ...Object.keys(COVERS)])(
  'it can compute what a check has to do with: %s',
  (name) => {
    expect(LUA).toContain(`\n  ['${name}'] = function(`);
  },
);
