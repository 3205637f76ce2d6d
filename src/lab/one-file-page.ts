/**
 * The lab's page with the events of a run inside it: one HTML file that replays the run in any browser, without
 * servchat.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Numbered } from './events.js';
import type { Experiment } from './experiments/experiment.js';

/** `npm run build` makes the page's program and its style sheet. The tests run the source, which has none beside it. */
const BUILT = new URL('../../dist/lab/page/', import.meta.url);

/**
 * @param experiments whose questions the page asks where the run opens one of them.
 * @param title of the window, as text.
 * @returns the whole file. Its policy allows this program and this style sheet by their hashes, and no connection.
 * @throws if the page was never built.
 */
export function oneFilePage(
  events: readonly Numbered[],
  title: string,
  experiments: readonly Experiment[] = [],
): string {
  const [script, style] = [built('page.js'), built('page.css')];
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
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
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>To play this run, the page needs JavaScript.</noscript>
<script type="application/json" id="events">${jsonOf(events)}</script>
<script type="application/json" id="experiments">${jsonOf(experiments)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function built(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, BUILT)), 'utf8');
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
