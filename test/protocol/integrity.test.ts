/** What must be true for the table of checks, whatever rows it has. */
import fs from 'node:fs';

import { expect, test } from '@jest/globals';

import { ALGORITHMS, INTEGRITY_KINDS, INTEGRITY_NAMES, WEAKEST_INTEGRITY } from '../../src/protocol/integrity.js';

test("the protocol's description has a row for each check, in the same order", () => {
  const description = fs.readFileSync(new URL('../../src/protocol/README.md', import.meta.url), 'utf8');
  const [, rows = ''] =
    /\| integrity \| check \| worth \|\n\| --- \| --- \| --- \|\n((?:\|.*\n)+)/.exec(description) ?? [];
  expect([...rows.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, name]) => name)).toEqual(INTEGRITY_NAMES);
});

test('no two checks have the same column heading, and anyone can compute the weakest', () => {
  const heads = INTEGRITY_NAMES.map((name) => INTEGRITY_KINDS[name].short);
  expect(new Set(heads).size).toBe(INTEGRITY_NAMES.length);
  expect(ALGORITHMS[INTEGRITY_KINDS[WEAKEST_INTEGRITY].algorithm].keyed).toBe(false);
});
