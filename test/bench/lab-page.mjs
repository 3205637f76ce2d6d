/* global document, performance */
/**
 * `npm run bench:lab`: what a new row of the wire costs the browser, in a page that has 2,000 rows, on a processor that
 * is slowed down six times. The page, its server and the events are the real ones; only the chat is made up. The
 * numbers come from the browser's own tracing: how long its main thread worked for one row, from the event to the paint.
 * Beside it, in the same run, the least that any page needs: a bare list that gets a row.
 */
import { Buffer } from 'node:buffer';
import os from 'node:os';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { URL, fileURLToPath } from 'node:url';

import { chromium } from 'playwright-core';

import { EventLog } from '../../dist/lab/event-log.js';
import { startLabServer } from '../../dist/lab/server.js';

const SLOWER = 6;
const TRIES = 40;
/** One frame of a screen that draws 60 a second. */
const FRAME = 1000 / 60;
/** Longer than the page works for one row, so that two rows never share a frame. */
const BETWEEN = 250;

const VIEWPORT = { width: 1280, height: 800 };

const TOKEN = 'gAAAAABqG3iAAAECAwQFBgcICQoLDA0OD0wwvkzvd6b7H8cE5EzEvKFxv1zGm9eT7p0JY1dJr2S8nC4nQy1xkE2m8oHnq3c0ZQ==';
const CHECK = '5b1f6c30a2d94e7788c1aa03b7e9f1254c6d8e90a1b2c3d4e5f60718293a4b5c';

/** A message as it comes to the relay, and as it goes on. */
function eventsOf(number) {
  const line = `MESSAGE ${TOKEN} ${CHECK}\n`;
  const piece = (id, half) => ({
    id,
    from: number % 2 === 0 ? 'client' : 'server',
    half,
    frame: 2 * number + 4,
    kind: 'frame',
    label: 'MESSAGE',
    legible: 'outside',
    message: number >> 1,
    length: line.length,
    hex: Buffer.from(line).toString('hex'),
    fields: [{ name: 'line', offset: 0, length: line.length, meaning: 'a message', edit: null }],
    inside: null,
  });
  const [here, there] = number % 2 === 0 ? ['client', 'server'] : ['server', 'client'];
  return [
    { type: 'said', side: here, text: `This is message ${number}.` },
    { type: 'came', piece: piece(2 * number + 1, here), held: false },
    { type: 'went', of: 2 * number + 1, deed: 'passed on', piece: piece(2 * number + 2, there) },
    { type: 'shown', side: there, text: `This is message ${number}.` },
  ];
}

const SETTING = { mode: 'encrypted', integrity: 'hmac-sha256-seq', attack: null, insists: false, elsewhere: null };

/** The page of the lab, with so many rows. */
async function lab(browser, rows) {
  const log = new EventLog();
  const server = await startLabServer({
    port: 0,
    pageDirectory: fileURLToPath(new URL('../../dist/lab/page', import.meta.url)),
    log,
    act: async () => undefined,
    course: { experiments: [], words: [] },
  });
  log.add({ type: 'run', run: 1, setting: SETTING, attacks: [] });
  const addRow = (number) => {
    for (const event of eventsOf(number)) log.add(event);
  };
  for (let number = 0; number < rows; number += 1) addRow(number);
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(server.url);
  await page.waitForFunction((all) => document.querySelectorAll('#wire-rows li').length === all, rows);
  return { page, addRow, isWhole: (all) => hasRows(page, all), close: () => server.close() };
}

/** The least that a page can do: lines of text in a list that shows its end. */
async function bareList(browser, rows) {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.setContent(
    '<!doctype html><title>bare</title><ol id="wire-rows" style="height: 30rem; overflow: auto"></ol>',
  );
  const add = (count) => {
    const list = document.getElementById('wire-rows');
    for (let at = 0; at < count; at += 1) {
      const row = document.createElement('li');
      row.textContent = 'a row';
      list.append(row);
    }
    list.scrollTop = list.scrollHeight;
  };
  await page.evaluate(add, rows);
  return {
    page,
    addRow: () => page.evaluate(add, 1),
    isWhole: (all) => hasRows(page, all),
    close: async () => undefined,
  };
}

async function hasRows(page, all) {
  return (await page.locator('#wire-rows li').count()) === all;
}

/** The work of the main thread for each new row, in milliseconds, in a page that has so many rows already. */
async function measured(browser, opened, rows) {
  const { page, addRow, isWhole, close } = await opened(browser, rows);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await sleep(2000);
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
  });
  for (let number = rows; number < rows + TRIES; number += 1) {
    await page.evaluate(() => performance.mark('row'));
    await addRow(number);
    await sleep(BETWEEN);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  if (!(await isWhole(rows + TRIES))) throw new Error(`the page does not show ${rows + TRIES} rows`);
  await page.close();
  await close();
  return workOf(traceEvents);
}

/**
 * Adds up the main thread's tasks for each row: the processor's time, which other programs do not lengthen much, and the
 * time on the clock. A row is drawn when the browser commits the first frame after its events; what follows is work that
 * comes after it on the screen.
 */
function workOf(events) {
  const marks = events.filter(({ name, cat }) => name === 'row' && cat.includes('user_timing'));
  const { pid, tid } = marks[0];
  const own = events.filter((event) => event.pid === pid && event.tid === tid && event.dur !== undefined);
  const tasks = own.filter(({ name }) => name === 'RunTask');
  const commits = own.filter(({ name }) => name === 'Commit');
  return marks.map(({ ts }, at) => {
    const end = marks[at + 1]?.ts ?? ts + BETWEEN * 1000;
    const drawn = commits.find((commit) => commit.ts > ts && commit.ts < end)?.ts ?? end;
    const sum = (which, before) =>
      tasks.reduce((all, task) => (task.ts > ts && task.ts < before ? all + (task[which] ?? 0) : all), 0) / 1000;
    return { drawn: sum('tdur', drawn), all: sum('tdur', end), clock: sum('dur', drawn) };
  });
}

function quantile(numbers, part) {
  return numbers.toSorted((one, other) => one - other)[Math.min(numbers.length - 1, Math.floor(part * numbers.length))];
}

const inMs = (value) => `${value.toFixed(1)} ms`;

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
process.stdout.write(
  `${os.cpus()[0].model}, slowed down ${SLOWER} times. One frame at 60 Hz is ${inMs(FRAME)}. Work of the main thread for a new row, median of ${TRIES} and slowest tenth:\n`,
);
for (const rows of [20, 2000]) {
  const medians = [];
  for (const [name, opened] of [
    ['a bare list', bareList],
    ['the lab', lab],
  ]) {
    const work = await measured(browser, opened, rows);
    const [drawn, all, clock] = ['drawn', 'all', 'clock'].map((which) => work.map((each) => each[which]));
    const both = (numbers) => `${inMs(quantile(numbers, 0.5))}, ${inMs(quantile(numbers, 0.9))}`;
    medians.push(quantile(drawn, 0.5));
    process.stdout.write(
      `  ${name.padEnd(12)} ${String(rows).padStart(5)} rows   until it is drawn ${both(drawn)} (clock ${both(clock)})   all ${both(all)}\n`,
    );
  }
  process.stdout.write(`  the lab needs ${(medians[1] / medians[0]).toFixed(1)} times as long as the bare list\n`);
}
await browser.close();
