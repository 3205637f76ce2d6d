/** Checks every import in the source against the rules of src/README.md. They keep the keys away from the listener. */
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';

const SRC = path.resolve('src');

/** The table in src/README.md: which of our rooms each room may import. */
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
 * Packages of others that only one room and its subrooms may import. The rest of the code need not know that they
 * exist.
 */
const PACKAGES: ReadonlyMap<string, readonly string[]> = new Map([
  ['commander', ['cli']],
  ['pcap-parser', ['packets/file']],
  ['fernet', ['keyholder']],
  ['pako', ['eavesdropper/framing']],
  ['@noble/ciphers/salsa', ['keyholder/wire']],
  ['cli-table3', ['faces']],
  ['string-width', ['faces', '']],
  ['cli-progress', ['cli']],
  ['csv-parse/sync', ['lesson']],
  ['jsonc-parser', ['clinic']],
  ['zod', ['clinic']],
  ['d3-scale', ['lesson']],
  ['d3-shape', ['lesson']],
  ['hast', ['lesson']],
  ['hast-util-to-html', ['lesson']],
  ['hastscript', ['lesson']],
  ['mdast', ['lesson', 'lab/experiments']],
  ['mdast-util-directive', ['lesson', 'lab/experiments']],
  ['mdast-util-from-markdown', ['lesson']],
  ['mdast-util-gfm-table', ['lesson']],
  ['mdast-util-to-hast', ['lesson']],
  ['mdast-util-to-markdown', ['lesson']],
  ['micromark-extension-directive', ['lesson']],
  ['micromark-extension-gfm-table', ['lesson']],
  ['@peculiar/x509', ['crypto']],
  ['reflect-metadata', ['crypto']],
  ['lit-html', ['lab/page']],
  ['lit-html/directives/guard.js', ['lab/page']],
  ['lit-html/directives/repeat.js', ['lab/page']],
]);

/** The rooms that may hold a key. */
const KEY_ROOMS: readonly string[] = ['crypto', 'keyholder', 'attacker'];
/**
 * What every room may import from node:crypto: hashes of public bytes, random numbers, and what a public key says about
 * itself.
 */
const KEYLESS: readonly string[] = ['createHash', 'Hash', 'randomBytes', 'randomInt', 'createPublicKey'];

const files = fs
  .readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .sort();

interface Import {
  readonly from: string;
  /** null stands for the whole module, as in `import * as all` and `import()`. */
  readonly names: readonly string[] | null;
}

const imports = new Map<string, readonly Import[]>();

/** Every import and re-export of a file, those of types and `import()` included. Several tests ask for each file. */
function importsOf(file: string): readonly Import[] {
  const known = imports.get(file) ?? readImports(file);
  imports.set(file, known);
  return known;
}

function readImports(file: string): readonly Import[] {
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

/** The folder of one of our files, below src/. Files beside the rooms have `''`. */
function roomOf(file: string): string {
  const room = path.posix.dirname(file);
  return room === '.' ? '' : room;
}

/** The file below src/ that a relative import leads to. */
function targetOf(file: string, name: string): string {
  return path.posix.join(path.posix.dirname(file), name).replace(/\.js$/, '.ts');
}

const isWithin = (room: string, whole: string): boolean => room === whole || room.startsWith(`${whole}/`);

test('the table names every room', () => {
  expect([...ALLOWED.keys()].sort()).toEqual([...new Set(files.map(roomOf))].filter((room) => room !== '').sort());
});

test('the table allows no import that is not used', () => {
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

test('the listener cannot reach a room that holds a key', () => {
  const listening = [...ALLOWED].filter(([room]) => isWithin(room, 'eavesdropper'));
  expect(listening.length).toBeGreaterThan(1);
  for (const [room, allowed] of listening) {
    const fine = allowed.every((other) => /^(bytes|protocol|packets|eavesdropper)(\/|$)/.test(other));
    expect({ room, allowed, fine }).toEqual({ room, allowed, fine: true });
  }
});

test('the code that reads with a leaked key is not the code that writes the chat', () => {
  expect(ALLOWED.get('keyholder')).not.toEqual(expect.arrayContaining(['crypto']));
});

/** The comparison of answers, and two tables. A test below reads their imports: they have none. */
const IN_THE_PAGE = ['../../answers/', '../../protocol/side.js', '../../protocol/integrity.js'];

test('the page in the browser takes only types from the rest of the source, and what imports nothing of Node', () => {
  const page = files.filter((file) => roomOf(file) === 'lab/page');
  expect(page.length).toBeGreaterThan(5);
  for (const file of page) {
    const source = ts.createSourceFile(file, fs.readFileSync(path.join(SRC, file), 'utf8'), ts.ScriptTarget.ES2022);
    const values = source.statements
      .filter((each) => ts.isImportDeclaration(each) && each.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword)
      .map((each) => ((each as ts.ImportDeclaration).moduleSpecifier as ts.StringLiteral).text)
      .filter((from) => from.startsWith('../') && !IN_THE_PAGE.some((its) => from.startsWith(its)));
    expect({ file, values }).toEqual({ file, values: [] });
  }
});

test('no imports form a circle', () => {
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

  test('imports only what its room may import', () => {
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

  test('imports key functions of node:crypto only in a room that may hold a key', () => {
    if (KEY_ROOMS.some((its) => isWithin(room, its))) return;
    for (const { from, names } of importsOf(file)) {
      if (from !== 'node:crypto' && from !== 'crypto') continue;
      expect(KEYLESS).toEqual(expect.arrayContaining([...(names ?? ['all of it'])]));
    }
  });
});
