/** The import rules of src/README.md, held against every import in the source: whoever listens can never reach the keys. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const SRC = path.resolve('src');

/** The table in src/README.md: what each room may import of ours. */
const ALLOWED: ReadonlyMap<string, readonly string[]> = new Map(
  fs
    .readFileSync(path.join(SRC, 'README.md'), 'utf8')
    .split('\n')
    .flatMap((line): [string, string[]][] => {
      const [, room, may] = /^\| `(\w+)\/` \| .* \| ([^|]+) \|$/.exec(line) ?? [];
      if (room === undefined || may === undefined) return [];
      return [[room, may === 'all' ? ['*'] : may === '–' ? [] : may.split(', ')]];
    }),
);

/** Packages of others that belong to one room each; the rest of the code need not know that they exist. */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['commander', ['cli']],
  ['pcap-parser', ['packets']],
  ['fernet', ['eavesdropper']],
  ['cli-table3', ['lesson']],
  ['string-width', ['lesson', '']],
  ['cli-progress', ['cli']],
  ['csv-parse/sync', ['lesson']],
  ['d3-scale', ['lesson']],
  ['d3-shape', ['lesson']],
  ['hast', ['lesson']],
  ['hast-util-to-html', ['lesson']],
  ['hastscript', ['lesson']],
  ['mdast', ['lesson']],
  ['mdast-util-directive', ['lesson']],
  ['mdast-util-from-markdown', ['lesson']],
  ['mdast-util-gfm-table', ['lesson']],
  ['mdast-util-to-hast', ['lesson']],
  ['mdast-util-to-markdown', ['lesson']],
  ['micromark-extension-directive', ['lesson']],
  ['micromark-extension-gfm-table', ['lesson']],
  ['@peculiar/x509', ['crypto']],
  ['reflect-metadata', ['crypto']],
]);

const files = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort();

function importsOf(file: string): readonly string[] {
  return ts.preProcessFile(fs.readFileSync(path.join(SRC, file), 'utf8')).importedFiles.map(({ fileName }) => fileName);
}

function roomOf(file: string): string {
  return file.includes(path.sep) ? file.split(path.sep)[0]! : '';
}

test('the table names every room that there is', () => {
  const rooms = fs.readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect([...ALLOWED.keys()].sort()).toEqual(rooms.map(({ name }) => name).sort());
});

test('the listener may reach neither crypto, session nor endpoints', () => {
  expect(ALLOWED.get('eavesdropper')).toEqual(['protocol', 'packets']);
});

describe.each(files)('%s', (file) => {
  test('imports only what its room may', () => {
    const room = roomOf(file);
    const allowed = ALLOWED.get(room) ?? [];
    for (const name of importsOf(file)) {
      if (name.startsWith('node:')) continue;
      if (!name.startsWith('.')) {
        expect({ room, name, rooms: PACKAGES.get(name) }).toEqual({ room, name, rooms: expect.arrayContaining([room]) });
        continue;
      }
      const target = roomOf(path.relative(SRC, path.resolve(SRC, path.dirname(file), name)));
      const fine = target === room || target === '' || allowed.includes(target) || (allowed.includes('*') && room !== '');
      expect({ name, fine }).toEqual({ name, fine: true });
    }
  });
});
