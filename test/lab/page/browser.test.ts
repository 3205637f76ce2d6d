/** The lab's page in Debian's chromium, with a recorded run: how it looks, by keyboard, and with hostile text. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import type { LabEvent, Numbered, RecordedRun } from '../../../src/lab/events.js';
import { oneFilePage } from '../../../src/lab/one-file-page.js';
import { HOSTILE } from '../../lesson/hostile.js';
import { newContext, startBrowser, violations } from '../../in-browser.js';
import { describeWithTool } from '../../tools.js';
import { COURSE, EXPERIMENTS, SOLVED } from './experiments.js';
import { LOOKS, STICKS_OUT, type Look } from './looks.js';
import { RECORDED, RUN, hello, message, numbered, record, text } from './recorded.js';

/** Everything that a page complained about or asked for. */
interface Opened {
  readonly page: Page;
  readonly troubles: string[];
}

test('the page weighs less than 200 KB, and loads nothing', () => {
  const html = oneFilePage([], 'A run');
  expect(Buffer.byteLength(html)).toBeLessThan(200_000);
  expect(html).not.toMatch(/(?:src|href)="(?!data:)/);
  // The licence asks for it.
  expect(html).toContain('SPDX-License-Identifier: BSD-3-Clause');
});

test('a run whose text holds markup stays one element', () => {
  const said = '</script><script>alert(1)</script><!--';
  const runs = [{ title: said, heading: said, events: numbered([RUN, { type: 'said', side: 'client', text: said }]) }];
  const html = oneFilePage(runs, '</title><script>');
  const [, packed] = /<script type="application\/gzip" id="runs">(.*?)<\/script>/s.exec(html) ?? [];
  expect(JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString())).toEqual(runs);
  expect(html).not.toContain('alert(1)');
  expect(html).toContain('<title>&lt;/title>&lt;script></title>');
});

describeWithTool('chromium', 'in a browser', () => {
  let browser: Browser;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-lab-page-'));

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** The page with a recording, at its end. */
  async function opened(events: readonly Numbered[], look: Look): Promise<Opened> {
    const made = await asked(events, look);
    await toEnd(made.page);
    return made;
  }

  /** The page with a recording, as it opens. */
  function asked(events: readonly Numbered[], look: Look): Promise<Opened> {
    return holding([{ title: 'A run', heading: '', events }], look);
  }

  async function holding(runs: readonly RecordedRun[], look: Look): Promise<Opened> {
    const file = path.join(folder, 'run.html');
    fs.writeFileSync(file, oneFilePage(runs, 'A run', COURSE));
    const context = await newContext(browser, { ...LOOKS[look], reducedMotion: 'reduce' });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('console', (said) => troubles.push(`console: ${said.text()}`));
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) troubles.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, troubles };
  }

  async function toEnd(page: Page): Promise<void> {
    const place = page.getByLabel('Place in the recording');
    await place.focus();
    await page.keyboard.press('End');
    await page.locator('.playback .primary', { hasText: 'Play again' }).waitFor();
  }

  const tabs = async (page: Page): Promise<string[]> => {
    const names = await page.locator('.tabs button').allTextContents();
    return (await page.locator('.tabs').isVisible()) ? names.map((name) => name.trim()) : [''];
  };

  describe.each(Object.keys(LOOKS) as Look[])('%s', (look) => {
    test('axe finds nothing, nothing sticks out, nothing is loaded, in every part', async () => {
      const { page, troubles } = await opened(RECORDED, look);
      for (const tab of await tabs(page)) {
        if (tab !== '') await page.locator('.tabs').getByText(tab, { exact: true }).click();
        expect([tab, await page.evaluate(STICKS_OUT)]).toEqual([tab, []]);
        expect([tab, await violations(page)]).toEqual([tab, []]);
      }
      expect(troubles).toEqual([]);
      await page.context().close();
    });
  });

  test('several runs: each is chosen under its heading, and shows its own rows, and what came of it', async () => {
    const runs = ['one', 'two', 'three'].map((word, at) => ({
      title: `it says ${word}`,
      heading: at < 2 ? 'first' : 'second',
      events: numbered([
        RUN,
        { type: 'came', piece: text(1, 'client', 'client', 4, word), held: false },
        { type: 'outcome', says: `Read ${word}.` },
      ]),
    }));
    const { page, troubles } = await holding(runs, 'phone');
    expect(
      await page.locator('.run optgroup').evaluateAll((all) => all.map(({ label }: { label: string }) => label)),
    ).toEqual(['first', 'second']);
    await page.locator('.tabs').getByText('Wire', { exact: true }).click();
    for (const word of ['one', 'three', 'two']) {
      await page.getByLabel('Run').selectOption(`it says ${word}`);
      await toEnd(page);
      // The end of the run before looks the same until the page is drawn anew.
      await page.locator('#wire-rows li', { hasText: `Read ${word}.` }).waitFor();
      const rows = (await page.locator('#wire-rows li').allTextContents()).map((row) =>
        row.replace(/\s+/g, ' ').trim(),
      );
      expect(rows).toHaveLength(2);
      expect(rows[0]).toContain(word);
      expect(rows[1]).toBe(`⚑ What came of it: Read ${word}.`);
      expect(await page.locator('[role=log]').textContent()).toContain(`What came of the attack: Read ${word}.`);
    }
    expect(await page.evaluate(STICKS_OUT)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  test('at 1280 by 800 nothing scrolls but the parts', async () => {
    const { page } = await opened(RECORDED, 'projector');
    const sizes = await page.evaluate('[document.documentElement.scrollHeight, document.documentElement.scrollWidth]');
    expect(sizes).toEqual([800, 1280]);
    await page.context().close();
  });

  test('the newest row is in view, until somebody scrolls up, and again when they are back at the end', async () => {
    const events = Array.from({ length: 60 }, (_, at): LabEvent[] => [
      { type: 'said', side: 'client', text: `message ${at}` },
      { type: 'came', piece: text(at + 1, 'client', 'client', at + 4, `message ${at}`), held: false },
    ]).flat();
    const { page } = await asked(numbered([RUN, ...events]), 'projector');
    const goTo = (messages: number): Promise<void> =>
      page.getByLabel('Place in the recording').fill(String(2 * messages + 1));
    const nextFrame = (): Promise<unknown> =>
      page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
    /** Resolves when the list has so many rows, and the last one is in view, or is not. */
    const shows = async (list: string, rows: number, inView = true): Promise<void> => {
      const isSo = `(() => {
        const all = document.querySelectorAll('${list} li');
        if (all.length !== ${rows}) return false;
        const bottoms = [all[${rows - 1}], all[0].closest('.scroller')].map((each) => each.getBoundingClientRect().bottom);
        return (bottoms[0] <= bottoms[1] + 1) === ${inView};
      })()`;
      while (!(await page.evaluate(isSo))) await nextFrame();
    };
    const lists = ['#client-lines', '#wire-rows'];
    await goTo(40);
    for (const list of lists) await shows(list, 40);
    await page.evaluate("document.querySelector('#wire-rows').closest('.scroller').scrollTop = 50");
    // Only then the page hears of the scrolling.
    await nextFrame();
    await goTo(41);
    await shows('#client-lines', 41);
    await shows('#wire-rows', 41, false);
    await page.evaluate("document.querySelector('#wire-rows').closest('.scroller').scrollTop = 1e6");
    await nextFrame();
    await goTo(42);
    for (const list of lists) await shows(list, 42);
    // On a phone the wire is hidden while the rows come.
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator('.tabs').getByText('Chat', { exact: true }).click();
    await goTo(60);
    await shows('#client-lines', 60);
    await page.locator('.tabs').getByText('Wire', { exact: true }).click();
    await shows('#wire-rows', 60);
    await page.context().close();
  });

  test('by keyboard: Tab reaches one row, arrows move, Enter shows its bytes, and the focus stays when rows come', async () => {
    const { page } = await opened(RECORDED, 'projector');
    expect(await page.locator('#wire-rows .choose[tabindex="0"]').count()).toBe(1);
    await page.locator('#wire-rows .choose[tabindex="0"]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('#bytes-name', { hasText: 'PUBLIC-KEY' }).waitFor();
    expect(await page.locator('#hex').textContent()).toContain('50 55 42 4c 49 43');
    const focused = 'document.activeElement.textContent.replace(/\\s+/g, " ").trim()';
    expect(await page.evaluate(focused)).toMatch(
      /^frame 6 at the client, →to the server: PUBLIC-KEY MIIB\S+ 276 B ○ readable frame 6 at the server,$/,
    );
    await page.keyboard.press('Home');
    await page.evaluate("document.querySelectorAll('.playback button')[1].click()");
    await page.locator('.server .seat', { hasText: 'in the chat' }).waitFor();
    expect(await page.evaluate(focused)).toContain('HELLO');
    await page.context().close();
  });

  test('a field, its bytes and its meaning light up together', async () => {
    const { page } = await opened(RECORDED, 'projector');
    await page.locator('#wire-rows .choose').first().click();
    await page.locator('.fields button', { hasText: 'check' }).click();
    await page.locator('.stretch.kept').first().waitFor();
    const lit = await page.locator('.stretch.kept').allTextContents();
    expect(Buffer.from(lit.join('').replaceAll(' ', ''), 'hex').toString()).toBe('hmac-sha256-seq');
    expect(await page.locator('.fields li.kept').textContent()).toContain('the check that the client asks for');
    await page.context().close();
  });

  describe.each(['projector', 'dark phone', 'enlarged'] as const)('an experiment, %s', (look) => {
    test('is answered before it plays; the answer stays locked, and right or wrong is told at the end', async () => {
      const { page, troubles } = await asked(SOLVED, look);
      const part = page.locator('.experiment');
      const sound = async (when: string): Promise<void> => {
        expect([when, await page.evaluate(STICKS_OUT)]).toEqual([when, []]);
        expect([when, await violations(page)]).toEqual([when, []]);
      };
      await sound('asked');
      expect(await page.locator('#wire-rows li').count()).toBe(0);
      expect(await part.textContent()).not.toContain('Not so');
      await page.getByLabel(EXPERIMENTS[0]!.question.choices[0]!).check();
      await page.getByRole('button', { name: 'Lock it in' }).click();
      await page.getByRole('button', { name: 'A hint' }).click();
      await page.getByRole('button', { name: 'One more hint' }).click();
      await part.getByText('MESSAGE <token> <check>').waitFor();
      await sound('locked');
      await toEnd(page);
      await part.getByText('Not so').waitFor();
      expect(await part.textContent()).toContain('Here a check follows each token, and you cannot compute it.');
      expect(await part.textContent()).toContain('Only the two sides have its key.');
      await sound('reached');
      // A second look does not unlock it.
      await page.reload();
      await part.getByText('You predicted').waitFor();
      expect(await part.getByRole('radio').count()).toBe(0);
      await page.evaluate('localStorage.clear()');
      expect(troubles.filter((each) => !each.startsWith('request: file:'))).toEqual([]);
      await page.context().close();
    });
  });

  test('there is one live region, and it says what the chat shows', async () => {
    const { page } = await opened(RECORDED, 'projector');
    expect(await page.locator('[aria-live], [role=log], [role=status], [role=alert]').count()).toBe(1);
    expect(await page.locator('[role=log]').textContent()).toContain('Server has a problem: Message 2 was changed');
    await page.context().close();
  });

  test.each(['projector', 'phone'] as const)('%s: hostile text stays text, and nothing grows', async (look) => {
    const markup = ['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', ...HOSTILE];
    const texts = [...new Set(markup)].filter((each) => each !== '');
    const { page, troubles } = await opened(hostileRun(texts), look);
    for (const tab of await tabs(page)) {
      if (tab !== '') await page.locator('.tabs').getByText(tab, { exact: true }).click();
      expect([tab, await page.evaluate(STICKS_OUT)]).toEqual([tab, []]);
      expect([tab, await violations(page)]).toEqual([tab, []]);
    }
    const made = "['script', 'img', 'svg', 'iframe', 'h1'].map((name) => document.querySelectorAll(name).length)";
    expect(await page.evaluate(made)).toEqual([3, 0, 0, 0, 1]);
    // No character that turns the direction of what follows, and no control.
    const raw = "/[\\u202a-\\u202e\\u2066-\\u2069\\x00-\\x08\\x1b]/.test(document.querySelector('#lab').textContent)";
    expect(await page.evaluate(raw)).toBe(false);
    expect(await page.locator('#client-lines').textContent()).toContain('<script>alert(1)</script>');
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});

/** Hostile text wherever an event can hold text. */
function hostileRun(texts: readonly string[]): readonly Numbered[] {
  const events = texts.flatMap((said, at): LabEvent[] => [
    { type: 'said', side: 'client', text: said },
    { type: 'came', piece: text(at, 'client', 'client', at, said, at), held: at % 2 === 0 },
    { type: 'shown', side: 'server', text: said },
    { type: 'complained', side: 'server', reason: said, says: said },
    { type: 'fingerprint', side: 'client', of: 'server', sha256: said },
    { type: 'understood', from: 'client', text: said },
    { type: 'declined', says: said },
    { type: 'saved', files: [{ path: said, what: 'capture', says: said }] },
  ]);
  const piece = text(9999, 'client', 'client', 1, 'x'.repeat(2048));
  const evil: LabEvent = {
    type: 'came',
    piece: { ...piece, fields: piece.fields.map((field) => ({ ...field, name: texts[0]!, meaning: texts[1]! })) },
    held: true,
  };
  const knows: LabEvent = {
    type: 'listener',
    knows: {
      packets: 1e9,
      takenFor: texts.join(' '),
      messages: texts.map((said, frame) => ({ from: 'client', frame, text: said })),
      earlierMessages: 5,
      earlierSearched: 5,
      anyway: texts,
      keys: texts,
      searched: texts.map((said, at) => ({
        side: 'client',
        text: said,
        frames: at % 2 === 0 ? [] : [at],
        control: at % 4 === 0 ? { text: said, frame: 1 } : null,
      })),
    },
  };
  const others: LabEvent[] = [
    hello(10_000, 'client', 1),
    message(10_001, 'server', 'server', 2, 0),
    record(10_002, 'client', 'client', 3),
  ].map((each) => ({ type: 'came', piece: each, held: false }));
  return numbered([RUN, ...events, ...others, knows, evil]);
}
