/** The web server of the lab against requests that it must not answer. Each of its checks has a test. */
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { LabCommand } from '../../src/lab/commands.js';
import { EventLog } from '../../src/lab/event-log.js';
import { startLabServer, type LabServer } from '../../src/lab/server.js';
import { temporaryDirectory } from '../servchat-process.js';

const BODY_LIMIT_MS = 200;
const PAGE = temporaryDirectory();
fs.writeFileSync(path.join(PAGE, 'index.html'), '<!doctype html><title>lab</title>');
fs.writeFileSync(path.join(PAGE, 'page.js'), 'export {};');
fs.writeFileSync(path.join(PAGE, 'secret.txt'), 'not for a browser');

let log: EventLog;
let server: LabServer;
let url: URL;
const acted: LabCommand[] = [];

beforeAll(async () => {
  log = new EventLog({ most: 200_000 });
  server = await startLabServer({
    port: 0,
    pageDirectory: PAGE,
    log,
    course: { experiments: [], words: [] },
    act: (command) => {
      acted.push(command);
      return Promise.resolve();
    },
    bodyLimits: { milliseconds: BODY_LIMIT_MS },
  });
  url = new URL(server.url);
});

afterAll(() => server.close());

/** Whether somebody listens there. */
function isTaken(port: number): Promise<boolean> {
  const other = net.createServer();
  return new Promise((resolve) => {
    other.once('error', () => {
      resolve(true);
    });
    other.listen(port, '127.0.0.1', () => {
      other.close(() => {
        resolve(false);
      });
    });
  });
}

test('the usual port if it is free, or else another', async () => {
  const start = (port: number | null): Promise<LabServer> =>
    startLabServer({
      port,
      pageDirectory: PAGE,
      log,
      course: { experiments: [], words: [] },
      act: () => Promise.resolve(),
    });
  // Another program of this machine may have it.
  const first = await start(null);
  expect(new URL(first.url).port === '4750' || (await isTaken(4750))).toBe(true);
  const second = await start(null);
  expect(['0', '4750', new URL(first.url).port]).not.toContain(new URL(second.url).port);
  await expect(start(Number(new URL(second.url).port))).rejects.toThrow('another program listens there');
  await Promise.all([first.close(), second.close()]);
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
}

async function ask({ path: name = '', method = 'GET', headers = {}, body = '' }: Asked): Promise<Answer> {
  const target = name.startsWith('/') ? name : `${url.pathname}${name}`;
  const length = body === '' || 'transfer-encoding' in headers ? {} : { 'content-length': Buffer.byteLength(body) };
  const request = http.request({
    host: '127.0.0.1',
    port: url.port,
    path: target,
    method,
    headers: { ...length, ...headers },
    agent: false,
  });
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, headers: response.headers, text };
}

const CUT = JSON.stringify({ do: 'cut' });
const command = (asked: Asked = {}): Promise<Answer> =>
  ask({
    path: 'command',
    method: 'POST',
    body: CUT,
    ...asked,
    headers: { 'content-type': 'application/json', ...asked.headers },
  });

/** Whatever was refused must also not have acted. */
async function expectRefused(answer: Promise<Answer>, status: number): Promise<void> {
  const before = acted.length;
  const { status: was, headers, text } = await answer;
  expect(was).toBe(status);
  expect(acted.length).toBe(before);
  // One sentence for a person; and nobody may guess what it is.
  expect(text).toMatch(/^[A-Z][^\n]+\.\n$/);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'content-type': 'text/plain; charset=utf-8' });
  expect(text).not.toContain(url.pathname.slice(1, -1));
}

test('the address is on loopback and holds 32 random bytes', async () => {
  expect(url.hostname).toBe('127.0.0.1');
  expect(url.pathname).toMatch(/^\/[A-Za-z0-9_-]{43}\/$/);
  const other = await startLabServer({
    port: 0,
    pageDirectory: PAGE,
    log,
    course: { experiments: [], words: [] },
    act: () => Promise.resolve(),
  });
  expect(new URL(other.url).pathname).not.toBe(url.pathname);
  await other.close();
});

test('it does not listen on any other address of the machine', async () => {
  const socket = net.connect(Number(url.port), '127.0.0.2');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the page: a strict policy, nothing kept, and no address told to others', async () => {
  const { status, headers, text } = await ask({});
  expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>lab</title>' });
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  const policy = new Map(
    headers['content-security-policy']!.toString()
      .split('; ')
      .map((each) => [each.split(' ')[0], each]),
  );
  expect(policy.get('default-src')).toBe("default-src 'none'");
  expect(policy.get('script-src')).toBe("script-src 'self'");
  expect(policy.get('connect-src')).toBe("connect-src 'self'");
  expect(policy.get('frame-ancestors')).toBe("frame-ancestors 'none'");
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect((await ask({ path: 'page.js' })).headers['content-type']).toBe('text/javascript; charset=utf-8');
});

describe('an address without the token, or for something that is not there', () => {
  test.each(['/', '/events', '/command', `/${'A'.repeat(43)}/`, '/AAAA/events', '//'])('%s', async (name) => {
    await expectRefused(ask({ path: name }), 404);
    await expectRefused(command({ path: name }), 404);
  });
  test.each(['secret.txt', '../secret.txt', '%2e%2e/page.js', 'page.js/', 'page.css', 'constructor', '__proto__'])(
    '%s',
    async (name) => {
      await expectRefused(ask({ path: name }), 404);
    },
  );
  test('the token with one character changed', async () => {
    const last = url.pathname.at(-2) === 'A' ? 'B' : 'A';
    await expectRefused(ask({ path: `${url.pathname.slice(0, -2)}${last}/` }), 404);
  });
});

describe('another host: a name that resolves to 127.0.0.1', () => {
  const hosts = (): readonly string[] => [
    'evil.example',
    `evil.example:${url.port}`,
    `127.0.0.1.evil.example:${url.port}`,
    `localhost:${url.port}`,
    '127.0.0.1',
    `127.0.0.1:${Number(url.port) ^ 1}`,
  ];
  test('gets nothing', async () => {
    for (const host of hosts()) {
      for (const name of ['', 'page.js', 'events']) await expectRefused(ask({ path: name, headers: { host } }), 403);
      await expectRefused(command({ headers: { host } }), 403);
    }
  });
  test('no host at all gets nothing', async () => {
    const socket = net.connect(Number(url.port), '127.0.0.1');
    socket.end(`GET ${url.pathname} HTTP/1.0\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.[01] 403 /);
    expect(text).not.toContain('<title>');
  });
});

describe('a page of another origin', () => {
  const origins = (): readonly string[] => [
    'http://evil.example',
    'null',
    `http://localhost:${url.port}`,
    'http://127.0.0.1',
    `https://${url.host}`,
  ];
  test('gets nothing', async () => {
    for (const origin of origins()) {
      await expectRefused(command({ headers: { origin } }), 403);
      await expectRefused(ask({ path: 'events', headers: { origin } }), 403);
    }
  });
  test('gets nothing where the browser says only that it is another site', async () => {
    for (const site of ['cross-site', 'same-site'])
      await expectRefused(command({ headers: { 'sec-fetch-site': site } }), 403);
  });
  test('our own gets an answer', async () => {
    expect((await command({ headers: { origin: url.origin, 'sec-fetch-site': 'same-origin' } })).status).toBe(204);
    expect(acted.at(-1)).toEqual({ do: 'cut' });
  });
});

describe('a command', () => {
  test.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('by %s', async (method) => {
    await expectRefused(command({ method }), 405);
  });
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    '',
    'application/jsonp',
    'text/plain; application/json',
  ])('as %s', async (type) => {
    await expectRefused(command({ headers: { 'content-type': type } }), 415);
  });
  test('with a character set is fine', async () => {
    expect((await command({ headers: { 'content-type': 'application/json; charset=utf-8' } })).status).toBe(204);
  });
  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"do":"erase"}',
    '{"do":"cut","__proto__":{"do":"pass-all"}}',
    '{"__proto__":{"do":"cut"}}',
  ])('that is %s', async (body) => {
    await expectRefused(command({ body }), 400);
  });
  test('that is too long, by its header or by what comes', async () => {
    await expectRefused(command({ body: 'x'.repeat(200_000) }), 413);
    await expectRefused(command({ body: 'x'.repeat(200_000), headers: { 'transfer-encoding': 'chunked' } }), 413);
  });
  test('that never ends', async () => {
    const before = acted.length;
    const socket = net.connect(Number(url.port), '127.0.0.1');
    socket.write(
      `POST ${url.pathname}command HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{"do"`,
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(acted.length).toBe(before);
  });
  test('that breaks off does not act', async () => {
    const before = acted.length;
    const socket = net.connect(Number(url.port), '127.0.0.1');
    socket.end(
      `POST ${url.pathname}command HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n${CUT}`,
    );
    await once(socket.resume(), 'close');
    expect(acted.length).toBe(before);
  });
});

test('events and pages are only read', async () => {
  for (const name of ['', 'events', 'page.js']) await expectRefused(ask({ path: name, method: 'POST' }), 405);
});
