/** `--format ndjson`: what programs read from the two chairs. */
import { once } from 'node:events';
import net from 'node:net';

import { describe, expect, test } from '@jest/globals';

import { TestProcess, run, servchat } from '../servchat-process.js';

const NDJSON = ['--format', 'ndjson'];

/** Starts a server on a free port, whose events the test reads. */
async function listening(args: readonly string[]): Promise<{ chair: TestProcess; port: number }> {
  const chair = servchat(['serve', '--port', '0', ...NDJSON, ...args]);
  const { port } = JSON.parse(await chair.shows('"listening"')) as { port: number };
  return { chair, port };
}

const client = (port: number, args: readonly string[]): TestProcess =>
  servchat(['connect', `127.0.0.1:${port}`, ...NDJSON, ...args]);
const events = ({ output }: TestProcess): Record<string, unknown>[] =>
  output.map((line) => JSON.parse(line) as Record<string, unknown>);

test.each([
  ['plaintext', ['--mode', 'plaintext'], null, []],
  ['encrypted', ['--mode', 'encrypted'], 'hmac-sha256-seq', ['client']],
  ['tls', ['--mode', 'tls'], null, ['server']],
] as const)('a chat in %s, as both ends tell it', async (mode, args, integrity, fingerprints) => {
  const { chair, port } = await listening(args);
  const other = client(port, args);
  await Promise.all([chair.shows('"connected"'), other.shows('"connected"')]);
  other.say('Hello');
  await chair.shows('"message"');
  chair.say('Hi 👋');
  await other.shows('"message"');
  other.say('Exit');
  expect([await chair.ended, await other.ended, chair.errors, other.errors]).toEqual([0, 0, '', '']);
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  const shown = fingerprints.map((of) => ({ type: 'fingerprint', of, sha256, insisted: false, kept: false }));
  expect(events(other)).toEqual([
    { type: 'format', format: 'servchat chat', version: 1, side: 'client', mode },
    { type: 'connected', address: '127.0.0.1', port, mode, integrity },
    ...shown,
    { type: 'sent', text: 'Hello' },
    { type: 'message', from: 'server', text: 'Hi 👋' },
    { type: 'sent', text: 'Exit' },
    { type: 'left', by: 'client' },
    { type: 'over', ok: true },
  ]);
  expect(events(chair).filter(({ type }) => type !== 'fingerprint')).toEqual([
    { type: 'format', format: 'servchat chat', version: 1, side: 'server', mode },
    { type: 'listening', address: '127.0.0.1', port, mode, certificate: mode === 'tls' ? sha256 : null },
    { type: 'connected', address: '127.0.0.1', port: expect.any(Number), mode, integrity },
    { type: 'message', from: 'client', text: 'Hello' },
    { type: 'sent', text: 'Hi 👋' },
    { type: 'left', by: 'client' },
    { type: 'over', ok: true },
  ]);
});

describe('a problem is an event too', () => {
  test('a port in use, and a port where nobody listens', async () => {
    const { chair, port } = await listening(['--mode', 'plaintext']);
    const second = await run(['serve', '--port', String(port), ...NDJSON]);
    const failed = {
      type: 'failed',
      what: 'listen',
      address: '127.0.0.1',
      port,
      cause: 'EADDRINUSE',
      says: expect.any(String),
    };
    expect(
      second.output
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([failed, { type: 'over', ok: false }]);
    chair.kill('SIGTERM');
    await chair.ended;
    const { status, output } = await run(['connect', `127.0.0.1:${port}`, ...NDJSON]);
    expect(status).toBe(1);
    expect(output).toContain('"type":"failed","what":"connect"');
    expect(output).toContain('"cause":"ECONNREFUSED"');
  });

  test('events tell a stranger at the door from the person in the chat', async () => {
    const { chair, port } = await listening(['--mode', 'plaintext']);
    const first = client(port, ['--mode', 'plaintext']);
    await chair.shows('"connected"');
    const second = client(port, ['--mode', 'plaintext']);
    expect(await second.ended).toBe(1);
    expect(events(second)).toContainEqual({ type: 'reported', code: 'busy', says: expect.any(String) });
    first.say('exit');
    expect(await chair.ended).toBe(0);
    expect(events(chair)).toContainEqual({
      type: 'refused',
      reason: 'busy',
      at: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      says: expect.any(String),
    });
  });

  test('of a crowd at the door the first three are reported, and at the end the number of the others', async () => {
    const { chair, port } = await listening(['--mode', 'plaintext']);
    const first = client(port, ['--mode', 'plaintext']);
    await chair.shows('"connected"');
    const crowd = Array.from({ length: 200 }, () => net.connect(port, '127.0.0.1').resume());
    await Promise.all(crowd.map((socket) => once(socket, 'close')));
    first.say('exit');
    expect(await chair.ended).toBe(0);
    expect(events(chair).filter(({ reason }) => reason === 'busy')).toHaveLength(3);
    expect(events(chair)).toContainEqual({ type: 'turned-away', clients: 197, seconds: expect.any(Number) });
  });

  test('a peer that disappears', async () => {
    const { chair, port } = await listening([]);
    const other = client(port, []);
    await chair.shows('"connected"');
    other.kill('SIGKILL');
    expect(await chair.ended).toBe(1);
    expect(events(chair).slice(-2)).toEqual([
      expect.objectContaining({ type: expect.stringMatching(/^(cut-off|lost)$/) }),
      { type: 'over', ok: false },
    ]);
  });
});
