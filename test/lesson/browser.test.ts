/**
 * The report in Debian's chromium as readers see it: on a screen, in dark colours, on a phone, enlarged, on paper, by
 * keyboard.
 */
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { ATTACKS } from '../../src/attacker/attacks.js';
import { SETTINGS, type Cell } from '../../src/attacker/matrix.js';
import { parseAnswerSheet } from '../../src/answers/answer-sheet.js';
import { framedPage, programHashes } from '../../src/lab/one-file-page.js';
import { replayCapture } from '../../src/lab/replay/replay-capture.js';
import { choiceQuestion, typedQuestion, writtenQuestion } from '../../src/lesson/class/question.js';
import { studentPage } from '../../src/lesson/class/student-page.js';
import type { Lesson } from '../../src/lesson/lesson.js';
import { phrasing } from '../../src/lesson/parts/tree.js';
import { reportOf } from '../../src/lesson/write-report.js';
import { captureOf, withFiles } from '../eavesdropper/chats.js';
import { newContext, startBrowser, violations } from '../in-browser.js';
import { describeWithTool } from '../tools.js';
import { lesson } from './fixture.js';
import { HOSTILE } from './hostile.js';

const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  'dark phone': { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
  small: { colorScheme: 'light', viewport: { width: 320, height: 640 } },
  // A window of 1280 by 800 at 200 %.
  enlarged: { colorScheme: 'light', viewport: { width: 640, height: 400 } },
  // Just wide enough so that tables of many columns are not cards.
  middle: { colorScheme: 'light', viewport: { width: 1000, height: 700 } },
} as const;

/** Runs in the page. Returns what is wider than its container, even if the container scrolls. */
const TOO_WIDE = `
  [...document.querySelectorAll('body *:not(.skip, .unseen, script, thead, thead *)')]
    .filter((each) => each.checkVisibility() && each.getClientRects().length > 0)
    .filter((each) => {
      const { left, right } = each.getBoundingClientRect();
      return left < -0.5 || right > document.documentElement.clientWidth + 0.5 || each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX === 'auto';
    })
    .map((each) => each.outerHTML.slice(0, 80))`;

/** Runs in the page. Returns words that are broken over lines without a hyphen, although they fit a phone. */
const BROKEN_WORDS = `
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (!parentElement.checkVisibility() || parentElement.closest('script, .unseen') !== null) continue;
    for (const { 0: run, index } of data.matchAll(/\\S+/g)) {
      if (run.length > 20) continue;
      // An option of a command must not be broken after its hyphens either.
      const parts = parentElement.closest('pre') === null ? /[^-–—/]+/g : /.+/g;
      for (const word of run.matchAll(parts)) {
        const range = document.createRange();
        range.setStart(texts.currentNode, index + word.index);
        range.setEnd(texts.currentNode, index + word.index + word[0].length);
        const tops = [...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => top);
        if (Math.max(...tops) - Math.min(...tops) > 4) broken.push(run);
      }
    }
  }
  broken;`;

/** Runs in the page. Returns words of a drawing that cross its edge, where they are cut off. */
const CUT_OFF = `
  [...document.querySelectorAll('svg text')]
    .filter((text) => text.checkVisibility())
    .filter((text) => {
      const [own, drawing] = [text, text.closest('svg')].map((each) => each.getBoundingClientRect());
      return own.left < drawing.left - 0.5 || own.right > drawing.right + 0.5 || own.top < drawing.top - 0.5 || own.bottom > drawing.bottom + 0.5;
    })
    .map((text) => text.textContent)`;

/** Runs in the page. */
const OPEN_ALL = 'for (const details of document.querySelectorAll("details")) details.open = true';

/** A lesson with everything wide or long that a page can show: a key, an envelope, every attack in every setting. */
function whole(): Lesson {
  const made = lesson();
  const { encrypted } = made;
  const { handshake } = encrypted!.conversation;
  const spki = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' });
  const seat = { heard: ['Hello'], left: true, complaint: '', problems: [], status: 0 };
  const cells = ATTACKS.flatMap(({ name }) =>
    SETTINGS.map((setting): Cell => ({
      attack: name,
      setting,
      outcome: { kind: 'refused', by: 'the list of allowed checks' },
      known: null,
      said: [{ side: 'client', text: 'Hello' }],
      seats: { client: seat, server: seat },
      learned: [],
      timeline: [],
      captures: { client: 'client.pcap', server: null },
      took: 1,
    })),
  );
  return {
    ...made,
    encrypted: {
      ...encrypted!,
      conversation: {
        ...encrypted!.conversation,
        handshake: {
          ...handshake!,
          publicKey: { ...handshake!.publicKey!, spki: spki.toString('base64') },
          sessionKey: { ...handshake!.sessionKey!, envelope: Buffer.alloc(256, 0xa5).toString('base64') },
        },
      },
    },
    attacks: { file: 'captures/attacks/matrix.json', matrix: { attacks: ATTACKS, settings: SETTINGS, cells } },
  };
}

describeWithTool('chromium', 'in a browser', () => {
  let browser: Browser;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-report-'));

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** The page, and every complaint and every request that it made. */
  async function opened(
    html: string,
    look: keyof typeof LOOKS,
    options: BrowserContextOptions = {},
  ): Promise<{ page: Page; troubles: string[] }> {
    const file = path.join(folder, `${look}.html`);
    fs.writeFileSync(file, html);
    const context = await newContext(browser, { ...LOOKS[look], ...options });
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

  const { html } = reportOf(whole());

  describe.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('%s', (look) => {
    test('no complaint, no request, nothing too wide, no broken word, and axe finds nothing', async () => {
      const { page, troubles } = await opened(html, look);
      await page.evaluate(OPEN_ALL);
      expect(await page.evaluate(TOO_WIDE)).toEqual([]);
      expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
      expect(await page.evaluate(CUT_OFF)).toEqual([]);
      // In each state of a question: right and wrong choices, a typed answer, and opened without a prediction.
      expect(await page.locator('.prediction .verdict.opened').count()).toBeGreaterThan(20);
      // Also with a selected field in each byte view, because it has its own colours.
      await page.evaluate('for (const button of document.querySelectorAll(\'button[data-field="1"]\')) button.click()');
      expect(await violations(page)).toEqual([]);
      expect(troubles).toEqual([]);
      await page.context().close();
    });
  });

  /** The highlighted bytes and explanations in the view of the token. */
  const litFields = (page: Page): Promise<string[]> =>
    page.evaluate(`
      [...[...document.querySelectorAll('figure.bytes')].find((figure) => figure.textContent.includes('token of message')).querySelectorAll('.stretch, .fields li')]
        .filter((each) => getComputedStyle(each).outlineStyle === 'solid')
        .map((each) => (each.className + ' ' + each.dataset.field).trim())
        .filter((each, at, all) => all.indexOf(each) === at)`);

  describe.each([true, false])('the byte view, with the script: %s', (scripted) => {
    test('a field, its bytes and its explanation are highlighted together, by keyboard and by pointer', async () => {
      const { page } = await opened(html, 'light', { javaScriptEnabled: scripted });
      const button = page.locator('figure.bytes', { hasText: 'token of message' }).locator('button[data-field="1"]');
      const stretch = page
        .locator('figure.bytes', { hasText: 'token of message' })
        .locator('.stretch[data-field="1"]')
        .first();
      const outline = () =>
        stretch.evaluate(
          (element) =>
            (globalThis as unknown as { getComputedStyle(of: unknown): { outlineStyle: string } }).getComputedStyle(
              element,
            ).outlineStyle,
        );
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

  test('the byte view by keyboard: arrows move between fields, Enter selects one, Escape deselects it', async () => {
    const { page } = await opened(html, 'light');
    await page.locator('figure.bytes', { hasText: 'token of message' }).locator('button[data-field="1"]').focus();
    expect(await litFields(page)).toEqual(['stretch begins 1', '1']);
    await page.keyboard.press('ArrowDown');
    expect(await litFields(page)).toEqual(['stretch begins 2', 'stretch 2', '2']);
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    expect(new Set((await litFields(page)).map((each) => each.slice(-1)))).toEqual(new Set(['2', '5']));
    await page.keyboard.press('Escape');
    expect(new Set((await litFields(page)).map((each) => each.slice(-1)))).toEqual(new Set(['5']));
    await page.context().close();
  });

  describe('the replay', () => {
    /** The report with the replay of a chat in which somebody said this, as a listener has it. */
    async function replaying(...lines: readonly string[]): Promise<string> {
      const sent = lines.map((line) => ({ side: 'client', bytes: Buffer.from(`${line}\n`) }) as const);
      return withFiles({ 'chat.pcap': captureOf(sent) }, async (file) => {
        const chat = await replayCapture({
          file: file('chat.pcap'),
          conversation: 0,
          mode: 'plaintext',
          openers: {},
        });
        const runs = [1, 2].map((run) => ({ title: `run ${run}`, heading: '', events: chat!.events }));
        const names = { captures: ['<i>chat</i>.pcap'], keys: [], sealed: [], cut: ['chat.pcap'] };
        const replay = { page: framedPage(runs, 'The chats'), hashes: programHashes(), ...names };
        return reportOf(whole(), [], replay).html;
      });
    }
    const hostile = ['</script><script>alert(1)</script>', '<img src=x onerror=alert(1)>', '<!--'];
    const play = (page: Page) => page.getByRole('button', { name: 'Play the chats again' });

    test.each(['light', 'dark', 'phone', 'enlarged'] as const)(
      '%s: plays in a frame over the page, nothing is loaded or alive, axe finds nothing, and it closes',
      async (look) => {
        const { page, troubles } = await opened(await replaying(...hostile), look);
        await play(page).click();
        const frame = page.frameLocator('dialog iframe');
        await frame.getByLabel('Place in the recording').focus();
        await page.keyboard.press('End');
        await frame.locator('.playback .primary', { hasText: 'Play again' }).waitFor();
        expect(await frame.locator('#wire-rows li').count()).toBe(hostile.length);
        expect(await frame.locator('img, #lab script, iframe').count()).toBe(0);
        expect(await frame.locator('#client-lines').textContent()).toContain(hostile[1]);
        const inner = page.frames()[1]!;
        await expect(inner.evaluate('localStorage.length')).rejects.toThrow(/sandboxed/);
        await expect(inner.evaluate('parent.document.title')).rejects.toThrow(/Blocked/);
        expect(await inner.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        expect(await violations(page)).toEqual([]);
        expect(await violations(inner)).toEqual([]);
        expect(troubles).toEqual([]);
        await page.getByRole('button', { name: 'Close', exact: true }).click();
        await page.locator('dialog iframe').waitFor({ state: 'detached' });
        expect(await play(page).evaluate('document.activeElement.className')).toBe('open-replay');
        await page.context().close();
      },
    );

    test('another run of the page is chosen by its name, and is played from its beginning', async () => {
      const { page } = await opened(await replaying('one', 'two'), 'light');
      await play(page).click();
      const frame = page.frameLocator('dialog iframe');
      await frame.getByLabel('Place in the recording').focus();
      await page.keyboard.press('End');
      await frame.getByLabel('Run').selectOption('run 2');
      await frame.locator('.playback .primary', { hasText: 'Pause' }).waitFor();
      await frame.getByLabel('Place in the recording').focus();
      await page.keyboard.press('End');
      expect(await frame.locator('#wire-rows li').allTextContents()).toHaveLength(2);
      await page.context().close();
    });

    test('without JavaScript there is a sentence instead; on paper there is nothing', async () => {
      const html = await replaying('one');
      const { page, troubles } = await opened(html, 'light', { javaScriptEnabled: false });
      expect(await page.locator('#replay').textContent()).toContain('this page needs JavaScript');
      expect(await play(page).count()).toBe(0);
      expect(await page.locator('#replay code').first().textContent()).toBe('<i>chat</i>.pcap');
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('#replay').isVisible()).toBe(false);
      expect(troubles).toEqual([]);
      await page.context().close();
    });

    test('it adds less than 150 KB to a report', async () => {
      const [without, withIt] = [reportOf(whole(), []).html, await replaying('one', 'two', 'three')];
      expect(Buffer.byteLength(withIt) - Buffer.byteLength(without)).toBeLessThan(150_000);
    });
  });

  test('hostile text stays text: no script runs, no element appears, nothing is loaded', async () => {
    const markup = [
      '<script>alert(1)</script>',
      '<img src=x onerror=alert(1)>',
      '"><svg onload=alert(1)>',
      '</code></td></table><h1>owned</h1>',
      '<iframe src=https://evil.example>',
      ...HOSTILE,
    ];
    const texts = [...new Set(markup)].filter((text) => text !== '');
    const pageOf = (say: (text: string) => string) =>
      reportOf(lesson([...texts.map((text) => ['client', say(text)] as const), ['client', 'Exit']])).html;
    const tags = "[...new Set([...document.querySelectorAll('*')].map(({ tagName }) => tagName))].sort()";
    const benign = await opened(
      pageOf((text) => `word ${text.length}`),
      'light',
    );
    const known = await benign.page.evaluate(tags);
    await benign.page.context().close();

    const { page, troubles } = await opened(
      pageOf((text) => text),
      'light',
    );
    expect(await page.evaluate(tags)).toEqual(known);
    const counts = await page.evaluate(
      "['script', 'img', 'iframe', 'h1'].map((name) => document.querySelectorAll(name).length)",
    );
    expect(counts).toEqual([1, 0, 0, 1]);
    expect(await page.locator('code', { hasText: '<script>alert(1)</script>' }).count()).toBeGreaterThan(0);
    // The copied text is exactly the shown text.
    expect(
      await page.evaluate(`
      const copied = [];
      Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => { copied.push(text); return Promise.resolve(); } } });
      for (const button of document.querySelectorAll('.copy')) button.click();
      copied.every((text, at) => text === document.querySelectorAll('pre > code')[at].textContent) && copied.length`),
    ).toBeGreaterThan(5);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('no text makes the page wider, however long it is', async () => {
    const texts = [
      ...HOSTILE,
      'Grüße '.repeat(50),
      '漢字かな交じり文'.repeat(40),
      'مرحبا بالعالم '.repeat(30),
      '👩‍👩‍👧‍👦'.repeat(60),
      'WWWWWWWWWWWWWWWWWWWW',
    ];
    const said = [...new Set(texts)].filter((text) => text !== '').map((text) => ['server', text] as const);
    const { page } = await opened(reportOf(lesson([...said, ['client', 'Exit']])).html, 'phone');
    await page.evaluate(OPEN_ALL);
    expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  test('without its script nothing is too wide, and chapters and answers open by keyboard', async () => {
    const { page, troubles } = await opened(html, 'phone', { javaScriptEnabled: false });
    expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    const answer = page.locator('details.predict > .answer').first();
    await page.locator('details.predict > summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await answer.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Contents' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('navigation', { name: 'Chapters' }).isVisible()).toBe(true);
    expect(await page.locator('.copy').count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('the policy works: a script and a request that are inserted into the page are refused', async () => {
    const hacked = html.replace(
      '</main>',
      '<script>document.title = "owned"</script><img src="https://evil.example/x.png"></main>',
    );
    const { page, troubles } = await opened(hacked, 'light');
    expect(await page.title()).toBe('What a listener can read');
    expect(troubles.filter((each) => each.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2);
    await page.context().close();
  });

  test('a selected field looks different from one under the pointer, and its bytes scroll into view', async () => {
    const { page } = await opened(html, 'phone');
    await page.evaluate(OPEN_ALL);
    const view = page.locator('figure.bytes', { hasText: 'public key' });
    // For the first bytes of the last field: whether they are visible, and what covers them. Asked in one call, since
    // the page moves.
    const ofLast = (question: string) =>
      page.evaluate(`
      const view = [...document.querySelectorAll('figure.bytes')].find((each) => each.textContent.includes('public key'));
      const bytes = view.querySelector('.stretch[data-field="6"]');
      const [own, hex] = [bytes, view.querySelector('.hex')].map((each) => each.getBoundingClientRect());
      ${question}`);
    const inView = () => ofLast('own.top >= hex.top && own.bottom <= hex.bottom');
    const ground = () => ofLast('getComputedStyle(bytes).backgroundColor');
    await view.scrollIntoViewIfNeeded();
    const bare = await ground();
    expect(await inView()).toBe(false);
    await view.locator('button[data-field="6"]').hover();
    expect(await ground()).toBe(bare);
    await view.locator('button[data-field="6"]').click();
    expect(await inView()).toBe(true);
    expect(await ground()).not.toBe(bare);
    await page.context().close();
  });

  test('the box says that there are more bytes than fit; if all are visible, and on paper, it does not', async () => {
    const { page } = await opened(html, 'light');
    await page.evaluate(OPEN_ALL);
    await page.waitForFunction("document.querySelector('.hex.tall') !== null");
    const told = (): Promise<unknown> =>
      page.evaluate(`[...document.querySelectorAll('.hex')].map((hex) => [
      hex.scrollHeight > hex.clientHeight + 1,
      getComputedStyle(hex, '::after').content.includes('Scroll for more') && getComputedStyle(hex, '::after').display !== 'none',
    ])`);
    const onScreen = (await told()) as [boolean, boolean][];
    expect(onScreen.filter(([more, says]) => more !== says)).toEqual([]);
    expect(new Set(onScreen.map(([more]) => more)).size).toBe(2);
    await page.emulateMedia({ media: 'print' });
    expect(((await told()) as [boolean, boolean][]).filter(([, says]) => says)).toEqual([]);
    const shadows = `[...document.querySelectorAll('.hex, .scroll')].map((box) => getComputedStyle(box).boxShadow)`;
    expect(new Set(await page.evaluate<string[]>(shadows))).toEqual(new Set(['none']));
    await page.context().close();
  });

  test('a box that is scrolled to its end says that there is more only above, or only to the left', async () => {
    const { page } = await opened(html, 'phone');
    await page.evaluate(OPEN_ALL);
    await page.locator('.hex.tall').first().waitFor();
    // No table of the report is too wide for a phone, so one is made so.
    await page.evaluate(`
      const table = document.querySelector('.scroll > table');
      table.style.width = '60rem';
      table.parentElement.style.width = '15rem';
      table.parentElement.id = 'too-wide';`);
    await page.locator('#too-wide.wide').waitFor();
    for (const [box, part, before, after] of [
      ['.hex.tall', '::after', '↓', '↑'],
      ['#too-wide', '::before', '→', '←'],
    ] as const) {
      const look = `(() => {
        const { content } = getComputedStyle(document.querySelector('${box}'), '${part}');
        return [content.replace(/[^↓↑→←]/g, ''), getComputedStyle(document.querySelector('${box}')).boxShadow];
      })()`;
      const [start, shadowAtStart] = await page.evaluate<[string, string]>(look);
      await page.evaluate(`document.querySelector('${box}').scrollBy({ left: 1e6, top: 1e6, behavior: 'instant' })`);
      await page.locator(`${box}.end`).waitFor();
      const [end, shadowAtEnd] = await page.evaluate<[string, string]>(look);
      expect([start, end]).toEqual([before, after]);
      expect(shadowAtEnd).not.toBe(shadowAtStart);
      await page.evaluate(`document.querySelector('${box}').scrollBy({ left: -9, top: -9, behavior: 'instant' })`);
      await page.locator(`${box}.end`).waitFor({ state: 'detached' });
    }
    await page.context().close();
  });

  test('on paper a command stays on the page of the sentence that announces it', async () => {
    const { page } = await opened(html, 'light');
    await page.emulateMedia({ media: 'print' });
    const breaks = `[...document.querySelectorAll('pre')]
      .flatMap((pre) => [pre.previousElementSibling, pre.previousElementSibling?.previousElementSibling])
      .filter((each) => each?.matches('p:has(+ pre), p:has(+ p)'))
      .map((each) => getComputedStyle(each).breakAfter)`;
    expect(new Set(await page.evaluate<string[]>(breaks))).toEqual(new Set(['avoid']));
    await page.context().close();
  });

  describe('commands and filters can be copied', () => {
    test('through the clipboard', async () => {
      const { page, troubles } = await opened(html, 'light', { permissions: ['clipboard-read', 'clipboard-write'] });
      const line = page.locator('pre', { hasText: 'frame contains' }).first();
      await line.getByRole('button', { name: 'Copy' }).click();
      await page.getByText('Copied', { exact: true }).first().waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(await line.locator('code').textContent());
      expect(troubles).toEqual([]);
      await page.context().close();
    });

    test('if the browser refuses, the text is selected for Ctrl+C, and the page says so', async () => {
      const { page } = await opened(html, 'light');
      await page.evaluate(`
        Object.defineProperty(navigator, 'clipboard', { value: undefined });
        document.execCommand = () => false`);
      const line = page.locator('pre', { hasText: 'frame contains' }).first();
      await line.getByRole('button', { name: 'Copy' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').filter({ hasText: 'Ctrl+C' }).waitFor({ state: 'attached' });
      expect(await page.evaluate('getSelection().toString()')).toBe(await line.locator('code').textContent());
      await page.context().close();
    });
  });

  test('on a phone the list of chapters opens over the page by keyboard, and its links work', async () => {
    const { page } = await opened(html, 'phone', { reducedMotion: 'reduce' });
    const chapters = page.getByRole('navigation', { name: 'Chapters' });
    expect(await chapters.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Contents' }).focus();
    await page.keyboard.press('Enter');
    expect(await chapters.isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await chapters.isVisible()).toBe(false);
    await page.keyboard.press('Enter');
    await chapters.getByRole('link', { name: 'Inside a Fernet token' }).click();
    expect(await chapters.isVisible()).toBe(false);
    const heading = await page.getByRole('heading', { name: 'Inside a Fernet token' }).boundingBox();
    const bar = await page.getByRole('banner').boundingBox();
    expect(heading!.y).toBeGreaterThanOrEqual(bar!.height);
    expect(heading!.y).toBeLessThan(200);
    await page.context().close();
  });

  test('nothing moves by itself if the reader asked for reduced motion', async () => {
    for (const [reducedMotion, behaviour] of [
      ['reduce', 'auto'],
      ['no-preference', 'smooth'],
    ] as const) {
      const { page } = await opened(html, 'light', { reducedMotion });
      expect(await page.evaluate('getComputedStyle(document.documentElement).scrollBehavior')).toBe(behaviour);
      await page.context().close();
    }
  });

  describe('a prediction', () => {
    const box = (page: Page, id: string) => page.locator(`.prediction[data-question*='"${id}"']`);
    const READS = 'two-programs-talk/how-many-reads';
    const READABLE = 'what-a-listener-reads/readable-in-plaintext';
    const RIGHT = /^Once, twice or more often/;

    const choose = async (page: Page, choice: RegExp | string): Promise<void> => {
      await box(page, READS).getByLabel(choice).check();
      await box(page, READS).getByRole('button', { name: 'Lock it in' }).click();
    };
    const type = async (page: Page, words: string): Promise<void> => {
      await box(page, READABLE).getByLabel('Your answer').fill(words);
      await box(page, READABLE).getByRole('button', { name: 'Lock it in' }).click();
    };
    const saved = async (page: Page): Promise<ReturnType<typeof parseAnswerSheet>> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save my answers' }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^servchat-answers-[0-9a-f]{8}\.json$/);
      return parseAnswerSheet(fs.readFileSync(await download.path(), 'utf8'));
    };

    test('a wrong choice is locked, told with its reason, and the answer opens', async () => {
      const { page, troubles } = await opened(html, 'light');
      expect(await box(page, READS).locator('.answer').isVisible()).toBe(false);
      await choose(page, /^Twice/);
      expect(await box(page, READS).locator('.verdict').textContent()).toMatch(/Not this time\. .*queue of bytes/);
      expect(await page.evaluate('document.activeElement.className')).toBe('verdict wrong');
      expect(await box(page, READS).locator('.answer').isVisible()).toBe(true);
      expect(await box(page, READS).locator('form').isVisible()).toBe(false);
      expect(await box(page, READS).locator('li', { hasText: 'your answer' }).textContent()).toMatch(/^Twice/);
      expect(
        await box(page, READS)
          .locator('.choices li', { hasText: /right$/ })
          .textContent(),
      ).toMatch(RIGHT);
      expect(troubles).toEqual([]);
      await page.context().close();
    });

    test('by keyboard: an arrow chooses, Enter locks it in', async () => {
      const { page } = await opened(html, 'light');
      await box(page, READS).getByRole('radio').first().focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await box(page, READS).locator('.verdict').textContent()).toBe('✓ Right.');
      await page.context().close();
    });

    test('nothing is locked before something is chosen, or while a number is asked for and none is there', async () => {
      const { page } = await opened(html, 'light');
      await box(page, READS).getByRole('button', { name: 'Lock it in' }).click();
      await type(page, 'many');
      expect(await page.locator('.verdict:not(:empty)').count()).toBe(0);
      expect(await page.evaluate('localStorage.length')).toBe(0);
      await type(page, ' 0x09 messages ');
      expect(await box(page, READABLE).locator('.verdict').textContent()).toMatch(/Right/);
      await page.context().close();
    });

    test('answers are there after a reload, and only in a report of the same run', async () => {
      const { page } = await opened(html, 'light');
      await choose(page, RIGHT);
      await type(page, '8');
      await box(page, 'two-programs-talk/where-a-message-ends').locator('summary').click();
      await page.reload();
      expect(await box(page, READS).locator('.verdict').textContent()).toBe('✓ Right.');
      expect(await box(page, READABLE).locator('.verdict').textContent()).toBe('✗ Not this time. You predicted: 8.');
      expect(await page.locator('.verdict.opened').count()).toBe(1);
      expect(await page.locator('#your-answers p').first().textContent()).toMatch(
        /^You answered 2 of \d+ questions, 1 /,
      );
      // The same browser, another run. Only the time of its first packet differs.
      const made = whole();
      const later = { ...made.plaintext!.conversation, started: made.plaintext!.conversation.started + 1 };
      const other = reportOf({ ...made, plaintext: { ...made.plaintext!, conversation: later } }).html;
      fs.writeFileSync(path.join(folder, 'other.html'), other);
      await page.goto(pathToFileURL(path.join(folder, 'other.html')).href);
      expect(await page.locator('.verdict:not(:empty)').count()).toBe(0);
      await page.context().close();
    });

    test('opening the answer first counts as no prediction, and there is no way back but to start again', async () => {
      const { page } = await opened(html, 'light');
      await box(page, READS).locator('summary').click();
      await page.locator('.verdict.opened').waitFor();
      await box(page, READS).locator('summary').click();
      expect(await box(page, READS).locator('form').isVisible()).toBe(false);
      expect((await saved(page)).answers).toMatchObject([{ question: READS, answer: null, right: null }]);
      await page.getByRole('button', { name: 'Start again' }).click();
      await page.getByRole('button', { name: 'Keep them' }).click();
      expect(await page.locator('.verdict.opened').count()).toBe(1);
      await page.getByRole('button', { name: 'Start again' }).click();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Forget them' }).click();
      expect(await page.locator('.verdict:not(:empty)').count()).toBe(0);
      expect(await box(page, READS).locator('form').isVisible()).toBe(true);
      expect(await page.evaluate('localStorage.length')).toBe(0);
      await choose(page, RIGHT);
      await page.context().close();
    });

    test('the file holds run, question, answer, whether it is right, and when', async () => {
      const before = Date.now();
      const { page } = await opened(html, 'light');
      await choose(page, /^Twice/);
      await type(page, '9');
      const { run, answers } = await saved(page);
      expect(run).toBe(await page.locator('main').getAttribute('data-run'));
      expect(answers.map(({ question, answer, right }) => [question, answer, right])).toEqual([
        [READS, 'Twice, once for each write', false],
        [READABLE, '9', true],
      ]);
      for (const { time } of answers) expect(Date.parse(time) - before).toBeLessThan(60_000);
      expect(answers[0]!.asked).toMatch(/^A program sends “Meet me at noon”/);
      await page.context().close();
    });

    test.each([
      [
        'is refused',
        `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })`,
      ],
      ['is full', `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`],
    ])('where storage %s, answers work, and the page says that they are not kept', async (_, script) => {
      const context = await newContext(browser, LOOKS.light);
      await context.addInitScript(script);
      const page = await context.newPage();
      fs.writeFileSync(path.join(folder, 'refused.html'), html);
      await page.goto(pathToFileURL(path.join(folder, 'refused.html')).href);
      await choose(page, RIGHT);
      expect(await box(page, READS).locator('.verdict').textContent()).toBe('✓ Right.');
      expect(await page.locator('#your-answers .trouble').isVisible()).toBe(true);
      expect((await saved(page)).answers).toHaveLength(1);
      await context.close();
    });

    test.each(['{', 'null', '{"format":"servchat answers","version":1,"run":"x","answers":3}', '[1]'])(
      'what is broken in storage is no answer: %s',
      async (kept) => {
        const { page, troubles } = await opened(html, 'light');
        await page.evaluate(
          `localStorage.setItem('servchat answers ' + document.querySelector('main').dataset.run, ${JSON.stringify(kept)})`,
        );
        await page.reload();
        expect(await page.locator('.verdict:not(:empty)').count()).toBe(0);
        await choose(page, RIGHT);
        expect(await box(page, READS).locator('.verdict').textContent()).toBe('✓ Right.');
        expect(troubles).toEqual([]);
        await page.context().close();
      },
    );

    test('two tabs of one report do not lose each other’s answers', async () => {
      const { page } = await opened(html, 'light');
      const other = await page.context().newPage();
      await other.goto(page.url());
      await choose(page, RIGHT);
      await other.locator('.verdict.right').waitFor();
      await type(other, '9');
      await page.locator('.verdict.right').nth(1).waitFor();
      expect((await saved(page)).answers).toHaveLength(2);
      await page.context().close();
    });

    test.each(['light', 'dark', 'phone', 'dark phone', 'small', 'enlarged'] as const)(
      '%s: axe finds nothing while and after answering, and nothing is too wide',
      async (look) => {
        const { page } = await opened(html, look);
        await box(page, READS)
          .getByLabel(/^Twice/)
          .check();
        expect(await violations(page)).toEqual([]);
        await choose(page, /^Twice/);
        await type(page, `9 ${'of the messages '.repeat(20)}`);
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate(TOO_WIDE)).toEqual([]);
        expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
        await page.context().close();
      },
    );

    test('the page of a student in a class: it locks answers in, does not judge them, and its file has a name', async () => {
      const student = { name: '<b>Ada</b>', folder: '01-ada' };
      const choices = [
        { content: phrasing('This'), reason: phrasing('No.') },
        { content: phrasing('That'), reason: [] },
      ];
      const questions = [
        typedQuestion('where', 'frame', ['12'], { asked: ['Where?'], answer: [] }),
        choiceQuestion('which', choices, { asked: ['Which?'], answer: [] }),
        writtenQuestion({ asked: ['Why?'], answer: [] }),
      ];
      const { page, troubles } = await opened(studentPage(student, questions, 'a'.repeat(32)), 'phone');
      await page.getByRole('textbox', { name: 'Your answer' }).fill('13');
      await page.getByRole('button', { name: 'Lock it in' }).first().click();
      await page.getByLabel('That').check();
      await page.getByRole('button', { name: 'Lock it in' }).click();
      expect(await page.locator('.verdict').allTextContents()).toEqual([
        '✓ Locked in. Your answer: 13',
        '✓ Locked in. Your answer: That',
      ]);
      expect(await page.locator('.prediction').allInnerTexts()).not.toContain('No.');
      const data = `[...document.querySelectorAll('[data-question]')].map((box) => JSON.parse(box.dataset.question).key)`;
      expect(await page.evaluate(data)).toEqual([null, null]);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(TOO_WIDE)).toEqual([]);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save my answers' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('answers-01-ada.json');
      const { answers } = parseAnswerSheet(fs.readFileSync(await download.path(), 'utf8'));
      expect(answers.map(({ question, answer, right }) => [question, answer, right])).toEqual([
        ['class/where', '13', null],
        ['class/which', 'That', null],
      ]);
      expect(troubles).toEqual([]);
      await page.context().close();
    });

    test('without the script, the choices are listed and the answer opens; on paper there are boxes to tick', async () => {
      const { page } = await opened(html, 'light', { javaScriptEnabled: false });
      expect(await box(page, READS).locator('.choices li').count()).toBe(4);
      expect(await box(page, READS).locator('.choices').isVisible()).toBe(true);
      await box(page, READS).locator('summary').click();
      expect(await box(page, READS).locator('.right-answer').textContent()).toMatch(/^Right: Once, twice/);
      expect(await box(page, READS).locator('.reasons li').count()).toBe(3);
      await page.context().close();
      const scripted = await opened(html, 'light');
      await scripted.page.emulateMedia({ media: 'print' });
      expect(await box(scripted.page, READS).locator('.choices').isVisible()).toBe(true);
      expect(await box(scripted.page, READS).locator('form').isVisible()).toBe(false);
      await scripted.page.context().close();
    });
  });

  test('paper shows only the answers that the reader opened', async () => {
    const { page } = await opened(html, 'light');
    await page.emulateMedia({ media: 'print' });
    const answers = page.locator('details.predict > .answer');
    const count = await answers.count();
    const visible = async () =>
      (await Promise.all(Array.from({ length: count }, (_, at) => answers.nth(at).isVisible()))).filter(Boolean).length;
    expect(await visible()).toBe(0);
    await page.evaluate('document.querySelector("details.predict").open = true');
    expect(await visible()).toBe(1);
    await page.emulateMedia({ media: 'screen' });
    await page.getByRole('button', { name: 'Open all answers' }).click();
    await page.emulateMedia({ media: 'print' });
    expect(await visible()).toBe(count);
    // The width between the margins of an A4 page, at 96 pixels per inch.
    await page.setViewportSize({ width: 672, height: 1000 });
    expect(await page.evaluate(TOO_WIDE)).toEqual([]);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.context().close();
  });
});
