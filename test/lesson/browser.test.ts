/** The report as a reader has it: in Debian's chromium, in light, dark and at a phone's width. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';

import { reportOf } from '../../src/lesson/write-report.js';
import { describeWithTool } from '../tools.js';
import { lesson } from './fixture.js';
import { HOSTILE } from './hostile.js';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1000, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 1000, height: 900 } },
  narrow: { colorScheme: 'light', viewport: { width: 360, height: 700 } },
} as const;

describeWithTool('chromium', 'in a browser', () => {
  let browser: Browser;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-report-'));

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  });
  afterAll(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** The page, and all that it complained of or asked for. */
  async function opened(html: string, look: keyof typeof LOOKS, javaScriptEnabled = true): Promise<{ page: Page; troubles: string[] }> {
    const file = path.join(folder, `${look}.html`);
    fs.writeFileSync(file, html);
    const context = await browser.newContext({ ...LOOKS[look], javaScriptEnabled });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (message) => troubles.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) troubles.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, troubles };
  }

  const { html } = reportOf(lesson());

  describe.each(['light', 'dark', 'narrow'] as const)('%s', (look) => {
    test('nothing is complained of, nothing leaves, nothing is wider than the window, and axe finds nothing', async () => {
      const { page, troubles } = await opened(html, look);
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
      // Put in by the browser itself, which the page's policy does not bind.
      await page.evaluate(AXE);
      const violations = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))');
      expect(violations).toEqual([]);
      expect(troubles).toEqual([]);
      await page.context().close();
    });
  });

  /** Which bytes and explanations of the token's view are lit. */
  const litFields = (page: Page): Promise<string[]> =>
    page.evaluate(`
      [...[...document.querySelectorAll('figure.bytes')].find((figure) => figure.textContent.includes('token of message')).querySelectorAll('.stretch, .fields li')]
        .filter((each) => getComputedStyle(each).outlineStyle === 'solid')
        .map((each) => (each.className + ' ' + each.dataset.field).trim())`);

  describe.each([true, false])('the byte view, with the script: %s', (scripted) => {
    test('a field, its bytes and its explanation light up together, by keyboard and by pointing', async () => {
      const { page } = await opened(html, 'light', scripted);
      const button = page.locator('figure.bytes', { hasText: 'token of message' }).locator('button[data-field="1"]');
      const stretch = page.locator('figure.bytes', { hasText: 'token of message' }).locator('.stretch[data-field="1"]').first();
      const outline = () => stretch.evaluate((element) => (globalThis as unknown as { getComputedStyle(of: unknown): { outlineStyle: string } }).getComputedStyle(element).outlineStyle);
      expect(await outline()).toBe('none');
      await button.focus();
      expect(await outline()).toBe('solid');
      await page.keyboard.press('Tab');
      expect(await outline()).toBe('none');
      await stretch.hover();
      expect(await outline()).toBe('solid');
      await page.context().close();
    });
  });

  test('the byte view by keyboard: arrows go from field to field, Enter keeps one lit, Escape lets go', async () => {
    const { page } = await opened(html, 'light');
    await page.locator('figure.bytes', { hasText: 'token of message' }).locator('button[data-field="1"]').focus();
    expect(await litFields(page)).toEqual(['stretch begins 1', '1']);
    await page.keyboard.press('ArrowDown');
    expect(await litFields(page)).toEqual(['stretch begins 2', '2']);
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    expect(new Set((await litFields(page)).map((each) => each.slice(-1)))).toEqual(new Set(['2', '5']));
    await page.keyboard.press('Escape');
    expect(new Set((await litFields(page)).map((each) => each.slice(-1)))).toEqual(new Set(['5']));
    await page.context().close();
  });

  test('hostile text stays text: no script runs, no element appears, nothing is loaded', async () => {
    const markup = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', '</code></td></table><h1>owned</h1>', '<iframe src=https://evil.example>', ...HOSTILE];
    const said = [...new Set(markup)].filter((text) => text !== '').map((text) => ['client', text] as const);
    const { page, troubles } = await opened(reportOf(lesson([...said, ['client', 'Exit']])).html, 'light');
    const counts = await page.evaluate("['script', 'img', 'iframe', 'h1'].map((name) => document.querySelectorAll(name).length)");
    expect(counts).toEqual([1, 0, 0, 1]);
    expect(await page.locator('code', { hasText: '<script>alert(1)</script>' }).count()).toBeGreaterThan(0);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('the policy holds: a script and a request put into the page are refused', async () => {
    const hacked = html.replace('</main>', '<script>document.title = "owned"</script><img src="https://evil.example/x.png"></main>');
    const { page, troubles } = await opened(hacked, 'light');
    expect(await page.title()).toBe('What a listener can read');
    expect(troubles.filter((each) => each.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2);
    await page.context().close();
  });

  test('it can be printed', async () => {
    const { page } = await opened(html, 'light');
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.context().close();
  });
});
