/**
 * Makes the program that the user starts: `dist/cli/main.js`, the second thread of `inspect`, and their parts in
 * `dist/parts`. `npm run build` runs it.
 *
 *     node src/cli/bundle.mjs
 *
 * To find and read a module takes Node about as long as to run it, and a small command needs 200 of them. Here, modules
 * that are always loaded together become one part. Source maps say which lines of `src/` are where.
 */
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const [src, dist] = [join(root, 'src'), join(root, 'dist')];
const PARTS = 'parts';
/** Folders in `dist` between a part and `dist`, which {@link whereItWas} relies on. */
const DEPTH = 1;
const OWN_ADDRESS = /\bimport\.meta\.url\b/g;

/** A module finds its worker or its files by its own address. So it keeps the address that it has without its part. */
const whereItWas = {
  name: 'where it was',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const address = `${'../'.repeat(DEPTH)}${slashed(relative(src, path)).replace(/\.ts$/, '.js')}`;
      const own = `new URL(${JSON.stringify(address)}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replace(OWN_ADDRESS, own), loader: 'ts' };
    });
  },
};

function slashed(path) {
  return path.split(sep).join('/');
}

const { outputFiles, metafile } = await build({
  entryPoints: ['cli/main.ts', 'eavesdropper/content/examining-worker.ts'].map((file) => join(src, file)),
  outbase: src,
  outdir: dist,
  chunkNames: `${PARTS}/[hash]`,
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  write: false,
  logLevel: 'warning',
  plugins: [whereItWas],
});

for (const [file, { inputs }] of Object.entries(metafile.outputs)) {
  const depth = slashed(relative(dist, dirname(join(root, file)))).split('/').length;
  const lost = Object.keys(inputs).filter(
    (input) => readFileSync(join(root, input), 'utf8').search(OWN_ADDRESS) !== -1,
  );
  if (depth !== DEPTH && lost.length > 0)
    throw new Error(`In ${file}, the address of ${lost.join(', ')} would be wrong`);
}

// Other processes may run what stands here. So a file that is the same is left alone, and another one is replaced whole.
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.next`;
  // npx makes the program executable only once, when it meets it for the first time.
  writeFileSync(next, contents, { mode: isProgram(contents) ? 0o755 : 0o644 });
  renameSync(next, path);
}
function isProgram(contents) {
  return contents[0] === 0x23 && contents[1] === 0x21;
}

const kept = new Set(outputFiles.map(({ path }) => path));
for (const file of readdirSync(join(dist, PARTS)))
  if (!kept.has(join(dist, PARTS, file))) rmSync(join(dist, PARTS, file), { force: true });
