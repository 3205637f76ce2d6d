/** The lab in Debian's chromium, live: real processes, and a learner at the mouse and the keyboard. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { newContext, startBrowser, violations } from '../../in-browser.js';
import { MAIN, TestProcess, temporaryDirectory } from '../../servchat-process.js';
import { describeWithTool } from '../../tools.js';
import { LOOKS, STICKS_OUT, type Look } from './looks.js';

describeWithTool('chromium', 'the live page', () => {
  let browser: Browser;
  let lab: Lab;

  beforeAll(async () => {
    browser = await startBrowser();
    lab = await startLab();
  });
  afterAll(async () => {
    await browser.close();
    lab.process.kill('SIGINT');
    expect(await lab.process.ended).toBe(0);
  });

  interface Lab {
    readonly process: TestProcess;
    readonly url: string;
  }

  async function startLab(): Promise<Lab> {
    const process_ = new TestProcess(process.execPath, [MAIN, 'lab', '--port', '0', '--out', temporaryDirectory()]);
    return { process: process_, url: await process_.shows('http://127.0.0.1:') };
  }

  async function opened(look: Look, { url } = lab): Promise<{ page: Page; troubles: string[] }> {
    const context = await newContext(browser, { ...LOOKS[look], reducedMotion: 'reduce' });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (said) => troubles.push(`console: ${said.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    await page.goto(url);
    await page.locator('form.setting').waitFor({ state: 'attached' });
    return { page, troubles };
  }

  async function sound(page: Page, when: string): Promise<void> {
    expect([when, await page.evaluate(STICKS_OUT)]).toEqual([when, []]);
    expect([when, await violations(page)]).toEqual([when, []]);
  }

  /** Starts a chat, and waits until both sides are in it. */
  async function start(page: Page, mode: string, attack = ''): Promise<void> {
    const before = await page.locator('main').getAttribute('data-run');
    const menu = page.getByRole('button', { name: 'Set up and save' });
    if (await menu.isVisible()) await menu.click();
    await page.getByLabel('Mode').selectOption(mode);
    await page.getByLabel('Attacker').selectOption(attack);
    await page.locator('form.setting button').click();
    await page.locator(`main:not([data-run="${before}"])`).waitFor();
    if (await menu.isVisible()) {
      await sound(page, 'open menu');
      await menu.click();
    }
    for (const side of ['client', 'server']) await page.locator(`.${side} .seat`, { hasText: 'in the chat' }).waitFor();
  }

  async function say(page: Page, side: 'client' | 'server', text: string): Promise<void> {
    await page.getByLabel(`Say something as the ${side}`).fill(text);
    await page.keyboard.press('Enter');
  }

  async function hold(page: Page, on: boolean): Promise<void> {
    const button = page.getByRole('button', { name: 'Hold each message' });
    if ((await button.getAttribute('aria-pressed')) !== String(on)) await button.click();
    await page.locator(`button[aria-pressed="${on}"]`, { hasText: 'Hold each message' }).waitFor();
  }

  const tab = (page: Page, name: string): Promise<void> =>
    page.locator('.tabs').getByText(name, { exact: true }).click();

  test('what one chair says, the other shows, the wire carries, and the listener reads', async () => {
    const { page, troubles } = await opened('projector');
    await start(page, 'plaintext');
    await say(page, 'client', 'Meet me at <b>noon</b>.');
    await page.locator('#server-lines .shown', { hasText: 'Meet me at <b>noon</b>.' }).waitFor();
    await page.locator('.listener .found').waitFor();
    expect(await page.locator('#wire-rows li').allTextContents()).toEqual([
      expect.stringMatching(/Meet me at <b>noon/),
    ]);
    await sound(page, 'plaintext');
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('a bit of a held message is flipped inside its token, and the server refuses it', async () => {
    const { page } = await opened('projector');
    await start(page, 'encrypted');
    await hold(page, true);
    await say(page, 'client', 'Meet me at noon.');
    await page.locator('.bench').waitFor();
    await page.getByRole('button', { name: 'Inside: the token' }).click();
    // 0x80 is Fernet's version byte.
    await page.locator('#hex [data-byte="0"]', { hasText: '80' }).waitFor();
    const byte = page.locator('#hex [data-byte="30"]');
    const before = parseInt((await byte.textContent())!, 16);
    await byte.click();
    await page.getByRole('button', { name: /flip bit 0$/ }).click();
    await page.locator('#hex .differs').waitFor();
    expect(parseInt((await byte.textContent())!, 16)).toBe(before ^ 1);
    await sound(page, 'held and changed');
    await page.locator('#wire-rows .held .choose').first().focus();
    await page.keyboard.press('p');
    await page.locator('#server-lines .complained').waitFor();
    expect(await page.locator('#server-lines .shown').count()).toBe(0);
    await sound(page, 'refused');
    await hold(page, false);
    await page.context().close();
  });

  test('a plaintext message is written anew, and nobody notices', async () => {
    const { page } = await opened('enlarged');
    await start(page, 'plaintext');
    await tab(page, 'Wire');
    await hold(page, true);
    await tab(page, 'Chat');
    await say(page, 'client', 'Meet me at noon.');
    await tab(page, 'Bytes');
    await page.getByLabel('Change the message').fill('Meet me at dusk.');
    await page.getByRole('button', { name: 'Change these bytes' }).click();
    await page.getByText('You changed it.').waitFor();
    await sound(page, 'enlarged bench');
    await page.getByRole('button', { name: 'Pass it on' }).click();
    await tab(page, 'Chat');
    await page.locator('#server-lines .shown', { hasText: 'Meet me at dusk.' }).waitFor();
    // Who writes and passes it on at once means what they wrote.
    await say(page, 'client', 'Meet me at one.');
    await tab(page, 'Bytes');
    await page.locator('input[aria-label="Change the message"]').fill('Meet me at two.');
    await page.getByRole('button', { name: 'Pass it on' }).click();
    await tab(page, 'Chat');
    await page.locator('#server-lines .shown', { hasText: 'Meet me at two.' }).waitFor();
    expect(await page.locator('.complained').count()).toBe(0);
    await tab(page, 'Wire');
    await sound(page, 'enlarged wire');
    await hold(page, false);
    await page.context().close();
  });

  test('a reload and a second tab show the same run, and what waits there', async () => {
    const { page } = await opened('projector');
    await start(page, 'plaintext');
    await hold(page, true);
    await say(page, 'server', 'I wait.');
    await page.locator('#wire-rows .held').waitFor();
    const rows = await page.locator('#wire-rows li').allTextContents();
    await page.reload();
    await page.locator('#wire-rows .held').waitFor();
    expect(await page.locator('#wire-rows li').allTextContents()).toEqual(rows);
    const other = await opened('projector');
    await other.page.locator('#wire-rows .held').waitFor();
    await other.page.getByRole('button', { name: 'Pass', exact: true }).click();
    // The first tab hears of what the second did.
    await page.locator('#client-lines .shown', { hasText: 'I wait.' }).waitFor();
    expect(await page.locator('#wire-rows .held').count()).toBe(0);
    await hold(page, false);
    await other.page.context().close();
    await page.context().close();
  });

  test('menus, a ready-made attack, and a chat in TLS: axe finds nothing', async () => {
    const { page } = await opened('dark');
    await start(page, 'plaintext', 'modify');
    await page.getByText('To see it:').waitFor();
    await sound(page, 'an attack');
    for (const menu of ['Save…', 'Keyboard…']) {
      await page.getByRole('button', { name: menu }).click();
      await sound(page, menu);
      await page.keyboard.press('Escape');
    }
    await start(page, 'tls');
    await page.locator('#wire-rows li', { hasText: 'ClientHello' }).waitFor();
    await sound(page, 'TLS');
    await page.context().close();
  });

  test('a lost lab: the page says so, keeps what happened, and says that a command did not arrive', async () => {
    const own = await startLab();
    const { page } = await opened('projector', own);
    await start(page, 'plaintext');
    await say(page, 'client', 'Are you there?');
    await page.locator('#server-lines .shown').waitFor();
    own.process.kill('SIGKILL');
    await page.locator('.notices .lost').waitFor();
    expect(await page.locator('#server-lines').textContent()).toContain('Are you there?');
    await say(page, 'client', 'Hello?');
    await page.locator('.notices', { hasText: 'Not done:' }).waitFor();
    await sound(page, 'lost');
    await page.context().close();
  });
});
