/**
 * Makes the lab's page for the browser: `index.html`, `page.js` and `page.css` in `dist/lab/page`. `npm run build` runs it.
 *
 *     node src/lab/page/bundle.mjs
 */
import { build } from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = dirname(fileURLToPath(import.meta.url));
const out = join(page, '../../../dist/lab/page');

mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(page, 'main.ts'), join(page, 'page.css')],
  outdir: out,
  entryNames: 'page',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  // The licence of lit-html asks that its notice stays.
  legalComments: 'inline',
  logLevel: 'warning',
});
copyFileSync(join(page, 'index.html'), join(out, 'index.html'));
