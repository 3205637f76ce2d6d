/**
 * The dissector is another program in another language. Its facts about the protocol are generated from the protocol's
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

test('the generated part replaces the old one, and nothing else', () => {
  const older = LUA.replace(/^local CHECKS = \{\n(?: .*\n)*\}\n/m, 'local CHECKS = {}\n');
  expect(older).not.toBe(LUA);
  expect(withTables(older)).toBe(LUA);
  expect(() => withTables('local CHECKS = {}\n')).toThrow('Cannot find where');
});

test('it expects a chat on servchat’s default port', () => {
  expect(/^local DEFAULT_PORT = (\d+)$/m.exec(LUA)?.[1]).toBe(String(DEFAULT_PORT));
});

test.each(INTEGRITY_NAMES)('it knows the check %s', (name) => {
  expect(LUA).toContain(`\n  ['${name}'] = { algorithm = `);
});

/**
 * These are written by hand in Lua, since the dissector computes them itself. dissector.test.ts tries each of them with
 * tshark.
 */
test.each([...Object.keys(ALGORITHMS), ...Object.keys(COVERS)])('it can compute what a check needs: %s', (name) => {
  expect(LUA).toContain(`\n  ['${name}'] = function(`);
});
