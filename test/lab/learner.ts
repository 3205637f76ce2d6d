/** A learner who has only the page of the lab: real chromium, and the real `servchat lab` behind it. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { expect } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';

import { newContext } from '../in-browser.js';
import { MAIN, TestProcess, temporaryDirectory } from '../servchat-process.js';

export type Side = 'client' | 'server';

export interface OpenLab {
  readonly process: TestProcess;
  readonly url: string;
  /** The folder into which it saves. */
  readonly out: string;
}

export async function startLab(): Promise<OpenLab> {
  const out = path.join(temporaryDirectory(), 'lab');
  const lab = new TestProcess(process.execPath, [MAIN, 'lab', '--out', out]);
  return { process: lab, url: await lab.shows('http://'), out };
}

/** Ends the lab as its user does. */
export async function endLab({ process: lab }: OpenLab): Promise<void> {
  lab.kill('SIGINT');
  expect({ status: await lab.ended, errors: lab.errors }).toEqual({ status: 0, errors: '' });
}

/** A row of the wire, and its bytes as the page shows them when it is chosen. */
export interface ShownRow {
  /** Its frame at the client and at the server. null where it did not cross that half. */
  readonly client: number | null;
  readonly server: number | null;
  readonly label: string;
  readonly hex: string;
}

/** Runs in the page: chooses row after row, and reads what the page shows of it. */
const READ_ROWS = `(async () => {
  const rows = [];
  for (const button of document.querySelectorAll('#wire-rows button.choose')) {
    button.click();
    do await new Promise(requestAnimationFrame); while (button.getAttribute('aria-current') !== 'true');
    const [client, server] = [...button.querySelectorAll('.frame')].map(({ textContent }) => {
      const digits = /\\d+/.exec(textContent);
      return digits === null ? null : Number(digits[0]);
    });
    const hex = [...document.querySelectorAll('#hex [data-byte]')].map(({ textContent }) => textContent).join('');
    rows.push({ client, server, label: button.querySelector('.label').textContent.trim(), hex });
  }
  return rows;
})()`;

/** Runs in the page: resolves when the client is not in a chat, which is so when a new one begins. */
const CLIENT_LEAVES = `new Promise((resolve) => {
  const look = () => {
    if (document.querySelector('.client .seat').textContent === 'in the chat') requestAnimationFrame(look);
    else resolve();
  };
  look();
})`;

export interface ChatToStart {
  readonly mode: 'plaintext' | 'encrypted' | 'tls';
  readonly check?: 'sha256' | 'hmac-sha256' | 'hmac-sha256-seq';
  readonly attack?: string;
}

export class Learner {
  readonly page: Page;
  /** What the browser complained about. */
  readonly troubles: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.troubles.push(error.message));
  }

  static async at(url: string, browser: Browser): Promise<Learner> {
    const context = await newContext(browser, { viewport: { width: 1280, height: 800 } });
    const learner = new Learner(await context.newPage());
    await learner.page.goto(url);
    await learner.page.locator('form.setting').waitFor();
    return learner;
  }

  async leave(): Promise<void> {
    await this.page.context().close();
  }

  /** Starts a chat with the controls at the top, and waits until both sides are in it. */
  async start({ mode, check, attack = '' }: ChatToStart): Promise<void> {
    await this.choose('Mode', mode);
    if (check !== undefined) await this.choose('Check', check);
    await this.choose('Attacker', attack);
    const begins = this.page.evaluate(CLIENT_LEAVES);
    await this.button(/^(?:Start|Restart)$/).click();
    await begins;
    await this.chatting();
  }

  /** Chooses in one of the lists at the top. */
  async choose(list: string, value: string): Promise<void> {
    await this.page.getByRole('combobox', { name: list, exact: true }).selectOption(value);
  }

  /** Waits until both sides are in the chat. */
  async chatting(): Promise<void> {
    for (const side of ['client', 'server'] as const)
      await this.page.locator(`.${side} .seat`, { hasText: 'in the chat' }).waitFor();
  }

  async say(side: Side, text: string): Promise<void> {
    const field = this.page.getByLabel(`Say something as the ${side}`);
    await field.fill(text);
    await field.press('Enter');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  async hold(on: boolean): Promise<void> {
    const button = this.button('Hold each message');
    await button.click();
    await this.page.locator(`.wire button[aria-pressed="${on}"]`, { hasText: 'Hold each message' }).waitFor();
  }

  /** Says something, and waits until the relay holds it. The page then shows its bytes. */
  async sayAndHold(side: Side, text: string): Promise<void> {
    const held = await this.held.count();
    await this.say(side, text);
    await this.held.nth(held).waitFor();
    await this.page.locator('.bench').waitFor();
  }

  get held(): Locator {
    return this.page.locator('#wire-rows .held');
  }

  /** What this chair shows of the other person. */
  shown(side: Side): Locator {
    return this.page.locator(`#${side}-lines .shown bdi`);
  }

  complaints(side: Side): Locator {
    return this.page.locator(`#${side}-lines .complained bdi`);
  }

  /** Waits until this chair shows these messages of the other person, and no others. */
  async sees(side: Side, texts: readonly string[]): Promise<void> {
    if (texts.length > 0)
      await this.shown(side)
        .nth(texts.length - 1)
        .waitFor();
    expect(await this.shown(side).allTextContents()).toEqual(texts);
  }

  rows(): Promise<readonly ShownRow[]> {
    return this.page.evaluate(READ_ROWS);
  }

  /** Saves the capture. @returns the paths of the files, as the page tells them. */
  async save(): Promise<readonly string[]> {
    await this.button('Save…').click();
    await this.button('Save the capture').click();
    const paths = this.page.locator('.notices code');
    await paths.first().waitFor();
    await this.page.keyboard.press('Escape');
    return paths.allTextContents();
  }

  /** The panel of the experiment that is open. */
  get experiment(): Locator {
    return this.page.getByRole('region', { name: /^Experiment/ });
  }

  /** Opens an experiment with the list at the bottom. */
  async open({ name, title }: { readonly name: string; readonly title: string }): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Choose an experiment' }).selectOption(name);
    await this.opened(title);
  }

  /** Waits until this experiment is the open one. */
  async opened(title: string): Promise<void> {
    await this.page.getByRole('heading', { name: `: ${title}` }).waitFor();
  }

  /** Locks a prediction, and waits until the experiment's own chat has begun. */
  async predict(choice: string): Promise<void> {
    await this.page.getByRole('radio', { name: choice, exact: true }).check();
    await this.newRun(() => this.button('Lock it in').click());
  }

  /** Does something that begins a new chat, and waits until the page shows it. */
  async newRun(begin: () => Promise<void>): Promise<void> {
    const before = await this.page.locator('main').getAttribute('data-run');
    await begin();
    await this.page.locator(`main:not([data-run="${before}"])`).waitFor();
  }

  /** What the page says of each goal: `reached` or `not yet`. */
  async goals(): Promise<readonly string[]> {
    const all = await this.experiment.locator('.goals li').allTextContents();
    return all.map((text) => /(reached|not yet)\s*$/.exec(text)?.[1] ?? text);
  }

  /** Waits until the goal with this number, from 0, has its tick. */
  async reaches(goal: number): Promise<void> {
    await this.experiment.locator('.goals li').nth(goal).getByText(', reached').waitFor({ state: 'attached' });
  }

  /** The rows of the wire whose name has this in it. */
  row(name: string | RegExp): Locator {
    return this.page.getByRole('group', { name: /^What crossed the wire/ }).getByRole('button', { name });
  }

  /** Passes the piece with this name on, when it waits and is the chosen one. */
  async pass(name: string): Promise<void> {
    await this.page.getByRole('region', { name, exact: true }).getByRole('button', { name: 'Pass it on' }).waitFor();
    await this.passOn();
  }

  /** Passes the chosen piece on, and waits until it has gone. */
  async passOn(): Promise<void> {
    const key = await this.page.locator('.held:has([aria-current="true"])').getAttribute('data-key');
    await this.button('Pass it on').click();
    await this.page.locator(`[data-key="${key}"]:not(.held)`).waitFor();
  }

  /** Waits until the page shows all that has happened in the lab until now. Only where the learner is the attacker. */
  async caughtUp(): Promise<void> {
    const isOn = (await this.button('Hold each message').getAttribute('aria-pressed')) === 'true';
    await this.hold(!isOn);
  }

  /** Passes on what the two say before they can chat. */
  async handshake(): Promise<void> {
    for (const name of ['HELLO', 'PUBLIC-KEY', 'SESSION-KEY']) await this.pass(name);
    await this.chatting();
  }

  /** Flips a bit of a byte of the chosen piece, which waits. */
  async flip(byte: number, bit: number): Promise<void> {
    await this.page.getByRole('spinbutton', { name: 'Byte' }).fill(String(byte));
    await this.page.locator(`#hex .picked[data-byte="${byte}"]`).waitFor();
    await this.button(new RegExp(`flip bit ${bit}$`)).click();
    await this.page.getByRole('heading', { name: 'You changed it.' }).waitFor();
  }
}

/** The bytes of each frame of a capture that carries any, as tshark reads them. */
export function payloadsIn(file: string): ReadonlyMap<number, string> {
  const printed = execFileSync('tshark', ['-r', file, '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.payload'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const rows = printed.split('\n').map((row) => row.split('\t'));
  return new Map(
    rows.flatMap(([frame = '', hex = '']): [number, string][] => (hex === '' ? [] : [[Number(frame), hex]])),
  );
}

/** The bytes of each frame of one half, as the rows show them. A frame may carry several pieces. */
export function payloadsOf(rows: readonly ShownRow[], half: Side): ReadonlyMap<number, string> {
  const frames = new Map<number, string>();
  for (const { [half]: frame, hex } of rows) if (frame !== null) frames.set(frame, (frames.get(frame) ?? '') + hex);
  return frames;
}
