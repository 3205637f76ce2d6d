/**
 * Writes the modules of `src/` to `dist/`, with tsc, unless those that stand there were made from the same. `npm run
 * build` runs it. With `--noCheck` no types are checked.
 *
 *     node src/cli/modules.mjs [--noCheck]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [src, dist] = [join(root, 'src'), join(root, 'dist')];
/** What `dist/` was made from, and whether the types were checked. */
const NOTE = join(dist, '.made-from.json');
const PROJECT = 'tsconfig.build.json';

const options = process.argv.slice(2);
const isChecked = !options.includes('--noCheck');
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const note = existsSync(NOTE) ? JSON.parse(readFileSync(NOTE, 'utf8')) : null;
const digest = digestOf([
  ...['tsconfig.json', PROJECT, 'package.json', 'package-lock.json'].map((name) => join(root, name)),
  ...sources.sort().map((name) => join(src, name)),
]);

const isWhole = note?.made.every((name) => existsSync(join(dist, name))) ?? true;
if (note?.digest !== digest || (isChecked && !note.isChecked) || !isWhole) {
  // tsc looks only at the sources, and would not write a module again that was removed.
  if (!isWhole) rmSync(join(dist, '.tsbuildinfo'), { force: true });
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', PROJECT, ...options], { cwd: root, stdio: 'inherit' });
  process.exitCode = status ?? 1;
  const made = sources.map((name) => name.replace(/ts$/, 'js')).filter((name) => existsSync(join(dist, name)));
  // With other options, something else was made.
  const isUsual = status === 0 && options.every((option) => option === '--noCheck');
  mkdirSync(dist, { recursive: true });
  writeFileSync(NOTE, `${JSON.stringify({ digest: isUsual ? digest : null, isChecked, made })}\n`);
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.slice(root.length)}\0${readFileSync(file, 'utf8')}\0`);
  return hash.digest('hex');
}
