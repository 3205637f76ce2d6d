/** The page of a check: what it says of which frame, and that nothing in it is alive. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, test } from '@jest/globals';

import { checkPage } from '../../../src/lesson/check/check-page.js';
import { crossingsOf } from '../../../src/lesson/check/crossings.js';
import { madeCheck } from '../../clinic/made-check.js';
import { newContext, startBrowser, violations } from '../../in-browser.js';
import { describeWithTool } from '../../tools.js';
import { HOSTILE } from '../hostile.js';

const pageOf = (text: string): string =>
  checkPage({
    check: madeCheck(text),
    name: text,
    captureOf: (run, half) => `${text}/run-${run}-${half}-side.pcap`,
  });

/** How often each tag and each attribute's name is in a page, besides our own style and script. */
function markup(html: string): readonly string[] {
  const own = html.replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, '');
  return [
    ...new Set([...own.matchAll(/<[a-z][^>]*>/gi)].flatMap(([tag]) => tag.match(/^<[a-z0-9]+|\s[a-z-]+=/gi) ?? [])),
  ];
}

test('no text of a program becomes markup, or obeys', () => {
  const known = new Set(markup(pageOf('a word')));
  for (const text of HOSTILE) {
    const html = pageOf(text);
    expect({ text, more: markup(html).filter((each) => !known.has(each)) }).toEqual({ text, more: [] });
    expect(html).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
  }
});

test('the policy allows the style and the script of the page, and nothing else', () => {
  const html = pageOf('a word');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!.replaceAll('&#x27;', "'");
  const hash = (tag: string): string =>
    createHash('sha256')
      .update(new RegExp(`<${tag}(?: type="module")?>([^]*?)</${tag}>`).exec(html)![1]!)
      .digest('base64');
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${hash('style')}'; script-src 'sha256-${hash('script')}'; base-uri 'none'; form-action 'none'`,
  );
});

test('the fault comes first, with its evidence, what it means, how to mend it, and the bytes of the frame', () => {
  const text = pageOf('otter')
    .replace(/<(style|script)[^>]*>[^]*?<\/\1>/g, '')
    .replace(/<\/?span[^>]*>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
  const order = [
    'The server showed otter. (run 3, frame 4)',
    'Compared with: alone, each was shown.',
    'What it means: Whoever says otter is misunderstood.',
    'How to mend it: Send the length first.',
    'Two programs talk',
    'client to server: 5 bytes otter',
    'server to client: 4 bytes 00 42 79 65',
    '6f 74 74 65 72',
    'otter/run-3-client-side.pcap',
    'What servchat cannot tell',
    'All that was tried',
    'does not apply Only one is heard: otter',
  ];
  // The contents at the top name the sections too.
  const from = text.indexOf('What was seen');
  expect(order.filter((each) => !text.includes(each, from))).toEqual([]);
  expect(order.map((each) => text.indexOf(each, from))).toEqual(
    order.map((each) => text.indexOf(each, from)).sort((one, other) => one - other),
  );
});

test('the crossings are those of the capture; an empty or broken one has none', () => {
  const { client } = madeCheck('otter').runs[0]!.captures;
  expect(crossingsOf(client).map(({ frame, from, bytes }) => [frame, from, bytes.toString()])).toEqual([
    [4, 'client', 'otter'],
    [5, 'server', '\0Bye'],
  ]);
  expect(crossingsOf(Buffer.alloc(0))).toEqual([]);
  expect(crossingsOf(Buffer.from('This is no capture, but it is long enough to be one.'))).toEqual([]);
});

describeWithTool('chromium', 'in a browser', () => {
  test('axe finds nothing, and on a phone nothing is too wide', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-check-page-'));
    const browser = await startBrowser();
    try {
      const file = path.join(folder, 'page.html');
      fs.writeFileSync(file, pageOf('<b>a text of some length</b>'));
      for (const look of [
        { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
        { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
      ] as const) {
        const context = await newContext(browser, look);
        const page = await context.newPage();
        await page.goto(pathToFileURL(file).href);
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(look.viewport.width);
        await context.close();
      }
    } finally {
      await browser.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});
