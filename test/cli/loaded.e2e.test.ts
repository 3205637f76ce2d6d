/**
 * What the program loads when it starts. Loading takes nearly all of the time of a small command. The modules of `src/`
 * are in the program's parts, whose source maps name them.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

import { expect, test } from '@jest/globals';

import { captureOf } from '../eavesdropper/chats.js';
import { MAIN, run, temporaryDirectory } from '../servchat-process.js';

/**
 * A hook that writes the name of each module to standard error when it is loaded:
 * https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload
 */
const HOOK = dataUrl(`
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    writeSync(2, 'loads ' + url + '\\n');
    return next(url, context);
  }`);
/** What is loaded by `require` does not come to the hook: its files are named at the end. */
const NAMING = dataUrl(`
  import { writeSync } from 'node:fs';
  import { createRequire, register } from 'node:module';
  import { pathToFileURL } from 'node:url';
  register(${JSON.stringify(HOOK)});
  const { cache } = createRequire(pathToFileURL('/'));
  process.on('exit', () => {
    for (const file of Object.keys(cache)) writeSync(2, 'loads ' + pathToFileURL(file) + '\\n');
  });`);

function dataUrl(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/**
 * The modules that `servchat` with `args` loads: ours as files below `src/`, and the names of packages and of Node's
 * own modules.
 */
async function loadedBy(args: readonly string[], expected = 0): Promise<readonly string[]> {
  const { status, errors } = await run(args, { NODE_OPTIONS: `--import=${NAMING}` });
  expect(status).toBe(expected);
  const urls = [...errors.matchAll(/^loads (.*)$/gm)].map(([, url = '']) => url);
  expect(urls.length).toBeGreaterThan(0);
  return [...new Set(urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? modulesIn(url)))];
}

const DIST = pathToFileURL(`${path.dirname(path.dirname(MAIN))}/`).href;

/** The modules that a file of the program was made of. What is not such a file is a module by itself. */
function modulesIn(url: string): readonly string[] {
  if (!url.startsWith(DIST)) return [url];
  const { sources } = JSON.parse(fs.readFileSync(`${fileURLToPath(url)}.map`, 'utf8')) as { sources: string[] };
  return sources.map((source) => new URL(source, url).href.replace(new URL('../src/', DIST).href, ''));
}

test('a chat through pipes without a capture needs neither the writer of captures nor the terminal', async () => {
  const nobody = ['connect', '127.0.0.1:1', '--mode', 'plaintext'];
  const plain = await loadedBy(nobody, 1);
  expect(plain).toContain('endpoints/driver.ts');
  const captured = await loadedBy([...nobody, '--capture', path.join(temporaryDirectory(), 'chat.pcap')], 1);
  for (const name of ['capture/tap.ts', 'packets/headers/decode.ts']) {
    expect(plain).not.toContain(name);
    expect(captured).toContain(name);
  }
  expect(plain).not.toContain('endpoints/terminal/person-at-terminal.ts');
});

test('help and the version load the names of the commands, but no command', async () => {
  for (const option of ['--help', '--version']) {
    expect((await loadedBy([option])).filter((name) => !name.startsWith('node:')).sort()).toEqual([
      'cli/commands.ts',
      'cli/help.ts',
      'cli/main.ts',
      'commander',
      'version.ts',
    ]);
  }
});

test('a small capture does not load what only a large or a compressed one needs', async () => {
  const loaded = await loadedBy(['inspect', path.resolve('captures/samples/encrypted.pcap'), '--format', 'ndjson']);
  expect(loaded).toContain('packets/file/read-capture.ts');
  for (const name of [
    'eavesdropper/content/examining-thread.ts',
    'node:worker_threads',
    'packets/file/gunzip.ts',
    'node:zlib',
    'string-width',
    'cli-table3',
    'fernet',
    'pako',
  ]) {
    expect(loaded).not.toContain(name);
  }
  const packed = path.join(temporaryDirectory(), 'packed.pcap');
  fs.writeFileSync(packed, captureOf([{ side: 'client', bytes: gzipSync('meet me at nine') }]));
  expect(await loadedBy(['inspect', packed])).toContain('pako');
});

test('a small capture at a terminal does not load the search, other file formats or other faces', async () => {
  const capture = path.resolve('captures/samples/encrypted.pcap');
  const unless: readonly (readonly [module: string, args: readonly string[]])[] = [
    ['eavesdropper/search/search.ts', ['--find', 'Nice']],
    ['faces/inspection-json.ts', ['--format', 'json']],
    ['faces/inspection-lines.ts', ['--format', 'ndjson']],
  ];
  const loaded = await loadedBy(['inspect', capture]);
  expect(loaded).toContain('packets/file/parsed-pcap.ts');
  expect(loaded).not.toContain('packets/file/capture-reader.ts');
  for (const [name, args] of unless) {
    expect(loaded).not.toContain(name);
    expect(await loadedBy(['inspect', capture, ...args])).toContain(name);
  }
});
