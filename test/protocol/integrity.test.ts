/** What must hold for the table of checks, whatever rows it has. */
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

import { INTEGRITY_KINDS, INTEGRITY_NAMES, WEAKEST_INTEGRITY } from '../../src/protocol/integrity.js';

test('the dissector for Wireshark knows the same checks', () => {
  const lua = fs.readFileSync(new URL('../../lessons/wireshark/servchat.lua', import.meta.url), 'utf8');
  const [, list = ''] = /^local KNOWN_CHECKS = \{(.*)\}$/m.exec(lua) ?? [];
  const names = [...list.matchAll(/([a-z0-9-]+)(?:'\])? = true/g)].map(([, name]) => name);
  expect(names.sort()).toEqual([...INTEGRITY_NAMES].sort());
});

test('no two checks have the same head of a column, and anybody can compute the weakest', () => {
  const heads = INTEGRITY_NAMES.map((name) => INTEGRITY_KINDS[name].short);
  expect(new Set(heads).size).toBe(INTEGRITY_NAMES.length);
  expect(INTEGRITY_KINDS[WEAKEST_INTEGRITY].keyed).toBe(false);
});
