/** The events as several pages get them: all of them, again after a reload, and within bounds. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { EventLog } from '../../src/lab/event-log.js';
import type { LabEvent, Numbered } from '../../src/lab/events.js';
import { startLabServer, type LabServer } from '../../src/lab/server.js';

const RUN: LabEvent = {
  type: 'run',
  run: 1,
  setting: { mode: 'plaintext', integrity: null, attack: null, insists: false, elsewhere: null },
  attacks: [],
};
const said = (text: string): LabEvent => ({ type: 'said', side: 'client', text });

let log: EventLog;
let server: LabServer;
beforeEach(async () => {
  log = new EventLog({ most: 2_000_000 });
  log.add(RUN);
  server = await startLabServer({
    port: 0,
    pageDirectory: '.',
    log,
    course: { experiments: [], words: [] },
    act: () => Promise.resolve(),
  });
});
afterEach(() => server.close());

/** A page, as a browser's EventSource reads it. */
class Page {
  readonly events: Numbered[] = [];
  lastId = '';
  readonly #request: http.ClientRequest;
  #waiting: (() => void) | null = null;
  status: number | null = null;
  text = '';
  readonly ended: Promise<void>;

  constructor(lastEventId: string | null = null) {
    const headers = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    this.#request = http.get(`${server.url}events`, { headers, agent: false });
    this.#request.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.#request.on('close', resolve));
    this.#request.on('response', (response: http.IncomingMessage) => {
      this.status = response.statusCode!;
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => {
        this.text += chunk;
        this.#read();
        this.#waiting?.();
      });
    });
  }

  #read(): void {
    for (let end = this.text.indexOf('\n\n'); end !== -1; end = this.text.indexOf('\n\n')) {
      const fields = new Map(
        this.text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      this.text = this.text.slice(end + 2);
      const data = fields.get('data');
      if (data === undefined) continue;
      this.lastId = fields.get('id')!;
      this.events.push(JSON.parse(data) as Numbered);
    }
  }

  async has(count: number): Promise<readonly number[]> {
    while (this.events.length < count) await new Promise<void>((resolve) => (this.#waiting = resolve));
    return this.events.map(({ number }) => number);
  }

  close(): void {
    this.#request.destroy();
  }
}

test('a page gets what was, and then what comes, each with its number', async () => {
  log.add(said('one'));
  const page = new Page();
  expect(await page.has(2)).toEqual([1, 2]);
  log.add(said('two'));
  log.add(said('three'));
  expect(await page.has(4)).toEqual([1, 2, 3, 4]);
  expect(page.events.map(({ event }) => event)).toEqual([RUN, said('one'), said('two'), said('three')]);
  expect(page.lastId).toBe('4');
});

test('after a lost connection, it gets exactly what it has missed', async () => {
  const page = new Page();
  await page.has(1);
  page.close();
  for (const text of ['one', 'two']) log.add(said(text));
  const again = new Page(page.lastId);
  expect(await again.has(2)).toEqual([2, 3]);
});

test.each(['0', '-1', 'x', '1e99', '99999999', '1.5', ''])(
  'a number that no event has, %s: all from the beginning',
  async (id) => {
    log.add(said('one'));
    expect(await new Page(id).has(2)).toEqual([1, 2]);
  },
);

test('a reload and a second page get the same run', async () => {
  for (let count = 0; count < 100; count += 1) log.add(said(`message ${count}`));
  const pages = [new Page(), new Page()];
  for (const page of pages) expect(await page.has(101)).toHaveLength(101);
  expect(pages[0]!.events).toEqual(pages[1]!.events);
});

test('a text with line ends and marks of HTML is one line of JSON', async () => {
  const text = 'data: x\n\nid: 99\r\u2028</script>\u0000';
  log.add(said(text));
  const page = new Page();
  await page.has(2);
  expect(page.events[1]!.event).toEqual(said(text));
});

test('at most eight pages; a place becomes free when one is closed', async () => {
  const pages = Array.from({ length: 8 }, () => new Page());
  for (const page of pages) await page.has(1);
  const ninth = new Page();
  await ninth.ended;
  expect(ninth.status).toBe(503);
  expect(ninth.text).toMatch(/Close one of them\.\n$/);
  pages[0]!.close();
  await pages[0]!.ended;
  const tenth = await eventually(async () => {
    const page = new Page();
    await Promise.race([page.ended, page.has(1)]);
    return page.status === 200 ? page : null;
  });
  expect(tenth.events).toHaveLength(1);
});

/** The server may notice a moment later that a connection is closed. */
async function eventually<Found>(look: () => Promise<Found | null>): Promise<Found> {
  for (let found = await look(); ; found = await look()) if (found !== null) return found;
}

test('a page that does not read is let go; nothing is queued for it, and others get everything', async () => {
  const url = new URL(server.url);
  const socket = net.connect(Number(url.port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(`GET ${url.pathname}events HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`);
  socket.pause();
  const quick = new Page();
  await quick.has(1);
  // More than the system keeps for a connection, and far more than the log keeps.
  const text = 'x'.repeat(100_000);
  for (let count = 2; count <= 300; count += 1) {
    log.add(said(text));
    await quick.has(count);
  }
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
  await once(socket, 'close');
  expect(bytes).toBeLessThan(150 * text.length);
});
