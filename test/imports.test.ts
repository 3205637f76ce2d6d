/**
 * The import rules of src/README.md, held against every import in the source: whoever listens can never reach the keys.
 */
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
      const [, room, may] = /^\| `([\w/]+)\/` \| .* \| ([^|]+) \|$/.exec(line) ?? [];
      if (room === undefined || may === undefined) return [];
      return [[room, may === 'all' ? ['*'] : may === '–' ? [] : may.split(', ')]];
    }),
);

/**
 * Packages of others that belong to one room each, its subrooms included; the rest of the code need not know that they
 * exist.
 */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['commander', ['cli']],
  ['pcap-parser', ['packets/file']],
  ['fernet', ['keyholder']],
  ['cli-table3', ['faces']],
  ['string-width', ['faces', '']],
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

/** Who may hold a key. */
const KEY_ROOMS: readonly string[] = ['crypto', 'keyholder', 'attacker'];
/** What node:crypto gives to everybody: hashes of public bytes, dice, and what a public key says of itself. */
const KEYLESS: readonly string[] = ['createHash', 'Hash', 'randomBytes', 'randomInt', 'createPublicKey'];

const files = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort();

interface Import {
  readonly from: string;
  /** null for all of it, as in `import * as all` and `import()`. */
  readonly names: readonly string[] | null;
}

/** Every import and re-export of a file, those of types and those that are made later (`import()`) included. */
function importsOf(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, fs.readFileSync(path.join(SRC, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push({ from: (node.moduleSpecifier as ts.StringLiteral).text, names: namesIn(node) });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push({ from: (node.argument.literal as ts.StringLiteral).text, names: null });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      found.push({ from: (node.arguments[0] as ts.StringLiteral).text, names: null });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function namesIn(node: ts.ImportDeclaration | ts.ExportDeclaration): readonly string[] | null {
  const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause;
  if (named === undefined || !(ts.isNamedImports(named) || ts.isNamedExports(named))) return null;
  return named.elements.map(({ name, propertyName }) => (propertyName ?? name).text);
}

/** The folder that a file of ours stands in, below src/: `''` for those beside the rooms. */
function roomOf(file: string): string {
  const room = path.posix.dirname(file);
  return room === '.' ? '' : room;
}

/** Where a relative import leads: a file below src/. */
function targetOf(file: string, name: string): string {
  return path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts');
}

const isWithin = (room: string, whole: string): boolean => room === whole || room.startsWith(`${whole}/`);

test('the table names every room that there is', () => {
  expect([...ALLOWED.keys()].sort()).toEqual([...new Set(files.map(roomOf))].filter((room) => room !== '').sort());
});

test('the table allows nothing that nobody takes', () => {
  for (const [room, allowed] of ALLOWED) {
    if (allowed.includes('*')) continue;
    const taken = new Set(
      files
        .filter((file) => roomOf(file) === room)
        .flatMap((file) =>
          importsOf(file)
            .filter(({ from }) => from.startsWith('.'))
            .map(({ from }) => roomOf(targetOf(file, from))),
        ),
    );
    expect({ room, unused: allowed.filter((other) => !taken.has(other)) }).toEqual({ room, unused: [] });
  }
});

test('the listener may reach nobody who has a key', () => {
  const listening = [...ALLOWED].filter(([room]) => isWithin(room, 'eavesdropper'));
  expect(listening.length).toBeGreaterThan(1);
  for (const [room, allowed] of listening) {
    const fine = allowed.every((other) => /^(bytes|protocol|packets|eavesdropper)(\/|$)/.test(other));
    expect({ room, allowed, fine }).toEqual({ room, allowed, fine: true });
  }
});

test('who has a leaked key reads by other code than the chat is written with', () => {
  expect(ALLOWED.get('keyholder')).not.toEqual(expect.arrayContaining(['crypto']));
});

test('no imports run in a circle', () => {
  const state = new Map<string, 'on the way' | 'done'>();
  const circles: string[] = [];
  const follow = (file: string, way: readonly string[]): void => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'on the way') {
      circles.push([...way.slice(way.indexOf(file)), file].join(' > '));
      return;
    }
    state.set(file, 'on the way');
    for (const { from } of importsOf(file)) if (from.startsWith('.')) follow(targetOf(file, from), [...way, file]);
    state.set(file, 'done');
  };
  for (const file of files) follow(file, []);
  expect(circles).toEqual([]);
});

describe.each(files)('%s', (file) => {
  const room = roomOf(file);

  test('imports only what its room may', () => {
    const allowed = ALLOWED.get(room) ?? [];
    for (const { from } of importsOf(file)) {
      if (from.startsWith('node:')) continue;
      if (!from.startsWith('.')) {
        const rooms = PACKAGES.get(from) ?? [];
        const fine = rooms.some((its) => (its === '' ? room === '' : isWithin(room, its)));
        expect({ from, rooms, fine }).toEqual({ from, rooms, fine: true });
        continue;
      }
      const target = roomOf(targetOf(file, from));
      const fine =
        target === room || target === '' || allowed.includes(target) || (allowed.includes('*') && room !== '');
      expect({ from, fine }).toEqual({ from, fine: true });
    }
  });

  test('takes of node:crypto what works with keys only where keys may be', () => {
    if (KEY_ROOMS.some((its) => isWithin(room, its))) return;
    for (const { from, names } of importsOf(file)) {
      if (from !== 'node:crypto' && from !== 'crypto') continue;
      expect(KEYLESS).toEqual(expect.arrayContaining([...(names ?? ['all of it'])]));
    }
  });
});
