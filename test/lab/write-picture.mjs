/* global URL */
/**
 * `npm run pictures`: takes the picture of the lab for the project's README. It needs Debian's chromium.
 *
 * The learner has flipped a bit of a message that waits, so all parts of the page show something.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const out = mkdtempSync(path.join(os.tmpdir(), 'servchat-picture-'));
const lab = spawn(execPath, [program, 'lab', '--port', '0', '--out', out], { stdio: ['ignore', 'pipe', 'inherit'] });
const address = await new Promise((resolve) => {
  createInterface({ input: lab.stdout }).on('line', (line) => {
    const [found] = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line) ?? [];
    if (found !== undefined) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByLabel('Mode').selectOption('encrypted');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.locator('.chair.server .seat.chatting').waitFor();
  for (const [side, text] of [
    ['client', 'Hello'],
    ['server', 'Hi, who is there?'],
  ]) {
    await page.locator(`#${side}-says`).fill(text);
    await page.locator(`#${side}-says`).press('Enter');
    await page.locator('.lines .shown', { hasText: text }).waitFor();
  }
  await page.getByRole('button', { name: 'Hold each message' }).click();
  await page.locator('#client-says').fill('Meet me at noon');
  await page.locator('#client-says').press('Enter');
  await page.locator('.rows .held').waitFor();
  await page.getByRole('button', { name: 'Inside: the token' }).click();
  // The first byte of the ciphertext.
  await page.getByLabel('Byte', { exact: true }).fill('25');
  await page.getByRole('button', { name: 'flip bit 2' }).click();
  await page.locator('.bench h3', { hasText: 'You changed it.' }).waitFor();
  await page
    .locator('.listener .missing', { hasText: 'Meet me at noon' })
    .or(page.locator('.listener .unknown'))
    .waitFor();
  await page.screenshot({ path: fileURLToPath(new URL('../../lessons/pictures/lab.png', import.meta.url)) });
} finally {
  await browser.close();
  lab.kill('SIGINT');
  rmSync(out, { recursive: true, force: true });
}
