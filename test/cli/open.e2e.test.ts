/** lesson --open on a machine without a display, with a browser that works, and with one that fails. */
import fs from 'node:fs';
import path from 'node:path';

import { expect, test } from '@jest/globals';

import { run, temporaryDirectory } from '../servchat-process.js';

function opener(directory: string, script: string): string {
  fs.writeFileSync(path.join(directory, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${directory}:${process.env['PATH'] ?? ''}`;
}

test.each([
  [
    'without a display',
    'exit 0',
    { DISPLAY: '', WAYLAND_DISPLAY: '', BROWSER: '' },
    'this machine has no display here',
  ],
  ['where the page cannot be opened', 'exit 3', { DISPLAY: ':0' }, 'xdg-open could not'],
  ['where it can', 'exit 0', { DISPLAY: ':0' }, null],
] as const)('%s', async (_, script, env, why) => {
  if (process.platform !== 'linux') return;
  const directory = temporaryDirectory();
  const page = path.join(directory, 'page.html');
  const { status, errors } = await run(['lesson', '--out', page, '--open'], {
    ...env,
    PATH: opener(directory, script),
  });
  expect({ status, errors }).toEqual({
    status: 0,
    errors: why === null ? '' : `servchat: Cannot open a browser: ${why}. Open this page yourself: ${page}\n`,
  });
});
