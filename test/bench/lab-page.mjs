/* global document, performance */
/**
 * `npm run bench:lab`: what a new row of the wire costs the browser, in a page that has 2,000 rows, on a processor that
 * is slowed down six times. The page, its server and the events are the real ones; only the chat is made up. The
 * numbers come from the browser's own tracing: how long its main thread worked for one row, from the event to the paint.
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

/** The work of the main thread for each new row, in milliseconds, in a page that has so many rows already. */
async function measured(browser, rows) {
  const log = new EventLog();
  const server = await startLabServer({
    port: 0,
    pageDirectory: fileURLToPath(new URL('../../dist/lab/page', import.meta.url)),
    log,
    act: async () => undefined,
    experiments: [],
  });
  log.add({ type: 'run', run: 1, setting: SETTING, attacks: [] });
  for (let number = 0; number < rows; number += 1) for (const event of eventsOf(number)) log.add(event);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(server.url);
  await page.waitForFunction((all) => document.querySelectorAll('#wire-rows li').length === all, rows);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await sleep(2000);
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'],
  });
  for (let number = rows; number < rows + TRIES; number += 1) {
    await page.evaluate(() => performance.mark('row'));
    for (const event of eventsOf(number)) log.add(event);
    await sleep(BETWEEN);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const shown = await page.locator('#wire-rows li').count();
  if (shown !== rows + TRIES) throw new Error(`the page shows ${shown} rows of ${rows + TRIES}`);
  await page.close();
  await server.close();
  return workOf(traceEvents);
}

/**
 * Adds up the main thread's tasks from each mark to the next: the processor's time, which other programs do not lengthen
 * much, and the time on the clock.
 */
function workOf(events) {
  const marks = events.filter(({ name, cat }) => name === 'row' && cat.includes('user_timing'));
  const { pid, tid } = marks[0];
  const tasks = events.filter((event) => event.name === 'RunTask' && event.pid === pid && event.tid === tid);
  return marks.map(({ ts }, at) => {
    const end = marks[at + 1]?.ts ?? ts + BETWEEN * 1000;
    const own = tasks.filter((task) => task.ts > ts && task.ts < end && task.dur !== undefined);
    const sum = (which) => own.reduce((all, task) => all + (task[which] ?? 0), 0) / 1000;
    return { processor: sum('tdur'), clock: sum('dur') };
  });
}

function quantile(numbers, part) {
  return numbers.toSorted((one, other) => one - other)[Math.min(numbers.length - 1, Math.floor(part * numbers.length))];
}

const inMs = (value) => `${value.toFixed(1)} ms`;

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
process.stdout.write(
  `${os.cpus()[0].model}, slowed down ${SLOWER} times. One frame at 60 Hz is ${inMs(FRAME)}. The median of ${TRIES} rows, and the slowest tenth:\n`,
);
for (const rows of [20, 2000]) {
  const work = await measured(browser, rows);
  const [processor, clock] = ['processor', 'clock'].map((which) => work.map((each) => each[which]));
  process.stdout.write(
    `  a new row among ${String(rows).padStart(5)}   processor ${inMs(quantile(processor, 0.5))}, ${inMs(quantile(processor, 0.9))}   clock ${inMs(quantile(clock, 0.5))}, ${inMs(quantile(clock, 0.9))}\n`,
  );
}
await browser.close();
