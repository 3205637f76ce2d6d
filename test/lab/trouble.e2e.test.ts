/** What goes wrong while a learner is at the page: it says what is true, and goes on. */
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';

import { startBrowser } from '../in-browser.js';
import { HOSTILE } from '../lesson/hostile.js';
import { describeWithTool } from '../tools.js';
import { Learner, endLab, startLab, type OpenLab } from './learner.js';

describeWithTool('chromium', 'a learner', () => {
  let browser: Browser;
  let lab: OpenLab;

  beforeAll(async () => {
    [browser, lab] = await Promise.all([startBrowser(), startLab()]);
  });
  afterAll(async () => {
    await browser.close();
    await endLab(lab);
  });

  test('loses the lab for a while: the page says so, and then has what happened meanwhile, once', async () => {
    const line = await Interruptible.before(new URL(lab.url));
    const learner = await Learner.at(line.url, browser);
    const other = await Learner.at(lab.url, browser);
    await learner.chatting();
    await learner.say('client', 'Before');
    await learner.sees('server', ['Before']);
    await line.interrupt();
    await learner.page.getByText('The lab cannot be reached.').first().waitFor();
    await other.say('client', 'Meanwhile');
    await other.sees('server', ['Before', 'Meanwhile']);
    await learner.say('client', 'Lost');
    await learner.page.locator('.notices', { hasText: 'Not done:' }).waitFor();
    await line.restore();
    await learner.sees('server', ['Before', 'Meanwhile']);
    await learner.page.locator('.notices .lost').waitFor({ state: 'detached' });
    await learner.say('client', 'After');
    await learner.sees('server', ['Before', 'Meanwhile', 'After']);
    await Promise.all([learner.leave(), other.leave()]);
    await line.interrupt();
  });

  test('sees that a program has ended that somebody ended, and starts a new chat', async () => {
    const learner = await Learner.at(lab.url, browser);
    await learner.start({ mode: 'encrypted' });
    process.kill(chair(lab, 'connect'), 'SIGKILL');
    await learner.page.locator('.client .seat', { hasText: 'the program has ended' }).waitFor();
    await learner.complaints('server').first().waitFor();
    await learner.say('client', 'Hello?');
    await learner.page.locator('.notices', { hasText: 'The client has left. Start a new chat.' }).waitFor();
    await learner.start({ mode: 'encrypted' });
    await learner.say('client', 'Hello again');
    await learner.sees('server', ['Hello again']);
    await learner.leave();
  });

  test('switches the mode while a message waits: the new chat holds, and has nothing of the old one', async () => {
    const learner = await Learner.at(lab.url, browser);
    await learner.start({ mode: 'plaintext' });
    await learner.hold(true);
    await learner.sayAndHold('client', 'Left behind');
    await learner.choose('Mode', 'tls');
    await learner.button('Start').click();
    await learner.page.locator('#wire-rows .held', { hasText: 'ClientHello' }).waitFor();
    expect(await learner.page.locator('main').textContent()).not.toContain('Left behind');
    await learner.hold(false);
    await learner.page.locator('.client .seat', { hasText: 'in the chat' }).waitFor();
    await learner.say('client', 'Here we are');
    await learner.sees('server', ['Here we are']);
    await learner.leave();
  });

  test('plays a conversation with a ready-made attack: its moves are rows of the same wire', async () => {
    const learner = await Learner.at(lab.url, browser);
    await learner.start({ mode: 'plaintext', attack: 'modify' });
    await learner.page.getByText('To see it:').waitFor();
    await learner.button('Play a chat').click();
    await learner.page.locator('#wire-rows li', { hasText: 'changed by the attacker' }).first().waitFor();
    const changed = (await learner.rows()).find(({ client, server }) => client === null && server !== null);
    const text = Buffer.from(changed!.hex, 'hex').toString().trimEnd();
    await learner.shown('server').getByText(text, { exact: true }).waitFor();
    expect(await learner.page.locator('#client-lines .said', { hasText: text }).count()).toBe(0);
    expect(await learner.page.locator('.complained').count()).toBe(0);
    await learner.leave();
  });

  test('says hostile things: they stay text, and a text that is too long is refused in plain words', async () => {
    const learner = await Learner.at(lab.url, browser);
    await learner.start({ mode: 'plaintext' });
    const sayable = HOSTILE.filter((text) => text.trim() !== '' && !/[\n\r]/.test(text) && text !== '\ud83d');
    for (const text of sayable) await learner.say('client', text);
    await learner
      .shown('server')
      .nth(sayable.length - 1)
      .waitFor();
    const long = 'ä<b>'.repeat(9_000);
    await learner.say('server', long);
    await learner.shown('client').first().waitFor();
    expect((await learner.shown('client').first().textContent())!.startsWith('ä<b>ä<b>')).toBe(true);
    await learner.say('server', 'x'.repeat(60_000));
    await learner.page.locator('.notices', { hasText: 'This text has 60000 bytes' }).waitFor();
    const made = "['main script', 'main img', 'main svg', 'h1'].map((name) => document.querySelectorAll(name).length)";
    expect(await learner.page.evaluate(made)).toEqual([0, 0, 0, 1]);
    const raw = '/[\\u202a-\\u202e\\u2066-\\u2069\\x00-\\x08\\x1b]/.test(document.body.textContent)';
    expect(await learner.page.evaluate(raw)).toBe(false);
    expect(learner.troubles).toEqual([]);
    await learner.leave();
  });
});

/** The process of one chair, found among the children of the lab. */
function chair({ process: { pid } }: OpenLab, command: 'serve' | 'connect'): number {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(pid)], { encoding: 'utf8' });
  const line = children.split('\n').find((each) => each.includes(` ${command} `));
  return Number(/^\s*(\d+)/.exec(line ?? '')?.[1]);
}

/** A way to the lab that can be interrupted. The lab takes only its own name, so that is what it gets. */
class Interruptible {
  readonly #lab: URL;
  #server: http.Server;
  #port = 0;

  private constructor(lab: URL) {
    this.#lab = lab;
    this.#server = this.#make();
  }

  static async before(lab: URL): Promise<Interruptible> {
    const line = new Interruptible(lab);
    await line.restore();
    return line;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}${this.#lab.pathname}`;
  }

  async restore(): Promise<void> {
    this.#server = this.#make();
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async interrupt(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #make(): http.Server {
    return http.createServer((request, response) => {
      const { host, origin } = this.#lab;
      const headers = { ...request.headers, host, ...(request.headers.origin === undefined ? {} : { origin }) };
      const onward = http.request({
        method: request.method,
        path: request.url,
        host: '127.0.0.1',
        port: this.#lab.port,
        headers,
      });
      onward.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
  }
}
