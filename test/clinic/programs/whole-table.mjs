/**
 * `npm run clinic:table`: asks all questions about all pairs, or about those that are named, and prints where an answer
 * is not that of the table. Several pairs are checked side by side. All of them take half an hour.
 */
import { build } from 'esbuild';
import { Buffer } from 'node:buffer';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const HERE = path.resolve('test/clinic/programs');
const SOURCE = path.resolve('src') + path.sep;
/** The table is TypeScript that is not built. What it imports from `src` is. */
const built = {
  name: 'built',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path: asked, resolveDir }) => {
      const file = path.resolve(resolveDir, asked);
      if (!file.startsWith(SOURCE)) return null;
      return { path: pathToFileURL(file.replace(SOURCE, path.resolve('dist') + path.sep)).href, external: true };
    });
  },
};

async function loaded(contents) {
  const stdin = { contents, resolveDir: HERE, loader: 'ts' };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [built],
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { check, describedPair, PAIRS, ...checked } = await loaded(`
  export { check } from '../../../src/clinic/check.js';
  export { describedPair } from '../../../src/clinic/pair.js';
  export { PAIRS } from './table.js';
  export { checkedPair, differences, missingFor } from './checked.js';
`);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !PAIRS.some((pair) => pair.name === name));
if (unknown.length > 0) throw new Error(`There is no pair ${unknown.join(', ')}`);
const waiting = PAIRS.filter(({ name }) => names.length === 0 || names.includes(name));

async function work() {
  for (let pair = waiting.shift(); pair !== undefined; pair = waiting.shift()) {
    const lacks = checked.missingFor(pair);
    const began = performance.now();
    const found =
      lacks === null ? checked.differences(pair, await checked.checkedPair({ check, describedPair }, pair, {})) : [];
    const result = lacks === null ? `${found.length} differences` : `left out: ${lacks} is not installed`;
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(
      [`${pair.name}: ${result} (${seconds} s)`, ...found.map(({ said }) => `  ${said}`), ''].join('\n'),
    );
    if (found.length > 0) process.exitCode = 1;
  }
}

await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
