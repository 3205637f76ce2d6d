/**
 * The lab's page with recorded runs inside it: one HTML file that replays them in any browser, without servchat.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import type { RecordedRun } from './events.js';
import type { Course } from './experiments/experiment.js';

const NO_COURSE: Course = { experiments: [], words: [] };

/** `npm run build` makes the page's program and its style sheet. The tests run the source, which has none beside it. */
const BUILT = new URL('../../dist/lab/page/', import.meta.url);

/** Of the page's program and of its style sheet, as a policy names them. They are the same in each page. */
export function programHashes(): { readonly script: string; readonly style: string } {
  return { script: hashOf(built('page.js')), style: hashOf(built('page.css')) };
}

/**
 * @param runs of which the first is shown. There is at least one.
 * @param course has the experiments whose questions the page asks where the run opens one of them.
 * @param title of the window, as text.
 * @returns the whole file. Its policy allows this program and this style sheet by their hashes, and no connection.
 * @throws if the page was never built.
 */
export function oneFilePage(runs: readonly RecordedRun[], title: string, course: Course = NO_COURSE): string {
  return document(runs, title, course, ['img-src data:'], '<link rel="icon" href="data:,">\n');
}

/** The same for a frame in a page whose policy allows no image. */
export function framedPage(runs: readonly RecordedRun[], title: string): string {
  return document(runs, title, NO_COURSE, [], '');
}

/** @param icon without one, a browser would ask a server for it. */
function document(
  runs: readonly RecordedRun[],
  title: string,
  course: Course,
  images: readonly string[],
  icon: string,
): string {
  const [script, style] = [built('page.js'), built('page.css')];
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    ...images,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${asText(title)}</title>
${icon}<style>${style}</style>
</head>
<body>
<noscript>To play this run, the page needs JavaScript.</noscript>
<script type="application/gzip" id="runs">${packed(runs)}</script>
<script type="application/json" id="course">${jsonOf(course)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function built(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, BUILT)), 'utf8');
}

/** As base64 of JSON in gzip: frames with their explanations are long, and say the same again and again. */
function packed(runs: readonly RecordedRun[]): string {
  return gzipSync(JSON.stringify(runs), { level: 9 }).toString('base64');
}

/** A “<” inside the JSON could end its element. As an escape it is the same JSON. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** A hash as the policy of a page names it (CSP 3, section 2.3.1). */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function asText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
