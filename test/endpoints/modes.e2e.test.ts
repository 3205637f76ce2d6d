/** Two ends in different modes. Both people learn at once which modes they are in and what to do. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { MODES } from '../../src/protocol/modes.js';
import { TestProcess, USUAL_LIMITS, servchat, server, temporaryDirectory } from '../servchat-process.js';
import { testWithTool } from '../tools.js';

const PAIRS = MODES.flatMap((serving) =>
  MODES.flatMap((connecting) => (serving === connecting ? [] : [[serving, connecting] as const])),
);

describe.each(PAIRS)('a server in %s mode, a client in %s mode', (serving, connecting) => {
  const atServer = `The client seems to be in ${connecting} mode, this side in ${serving}: give both the same --mode`;
  const atClient = `The server seems to be in ${serving} mode, this side in ${connecting}: give both the same --mode`;

  test('both ends name both modes, and do not show the other’s bytes as chat', async () => {
    const capture = path.join(temporaryDirectory(), 'server.pcap');
    const { chair, port } = await server(['--mode', serving, '--capture', capture]);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', connecting]);
    // In plaintext mode nothing is sent before someone types, so the mode cannot be known earlier.
    if (connecting === 'plaintext') other.say('Hello');
    expect(await other.ended).toBe(1);
    await chair.complains('--mode');
    chair.kill('SIGTERM');
    await chair.ended;
    expect(other.errors).toBe(`servchat: ${atClient}\n`);
    expect(chair.errors).toMatch(new RegExp(`^servchat: (127\\.0\\.0\\.1:\\d+: )?${atServer}\n$`));
    expect([...chair.output, ...other.output].filter((line) => /^(client|Server): /.test(line))).toEqual([]);
    expect(fs.statSync(capture).size).toBeGreaterThan(24);
  });

  test('also when the client’s person leaves before the answer comes', async () => {
    const { chair, port } = await server(['--mode', serving]);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', connecting]);
    other.say('Hello');
    other.say('exit');
    expect(await other.ended).toBe(1);
    expect(other.errors).toBe(`servchat: ${atClient}\n`);
    expect(other.output).not.toContain('You have left the chat.');
    chair.kill('SIGTERM');
    await chair.ended;
  });

  test('also when the server’s person typed first', async () => {
    const { chair, port } = await server(['--mode', serving]);
    chair.say('Hi');
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', connecting]);
    if (connecting === 'plaintext') other.say('Hello');
    expect(await other.ended).toBe(1);
    await chair.complains(atServer);
    expect(other.errors).toBe(`servchat: ${atClient}\n`);
    chair.kill('SIGTERM');
    await chair.ended;
  });
});

test.each(MODES)('a client in %s mode that leaves at once is told that the server is busy', async (mode) => {
  const { chair, port } = await server(['--mode', mode]);
  const first = servchat(['connect', `127.0.0.1:${port}`, '--mode', mode]);
  await chair.shows('Client connected');
  const second = servchat(['connect', `127.0.0.1:${port}`, '--mode', mode]);
  second.say('Hello');
  second.say('exit');
  expect(await second.ended).toBe(1);
  expect(second.errors).toContain('The server is in another chat');
  first.say('exit');
  expect(await first.ended).toBe(0);
  expect(await chair.ended).toBe(0);
});

describe('the bytes that show the mode can come one at a time', () => {
  /** Sends these bytes one at a time and returns the answer. */
  async function slowly(port: number, bytes: Buffer): Promise<string> {
    const socket = net.connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await closed;
    return answer;
  }
  const clientHello = Buffer.from('1603010200010001fc0303', 'hex');

  test.each([
    ['plaintext', clientHello, 'ERROR plaintext-mode\n', 'tls'],
    ['plaintext', Buffer.from('HELLO servchat/1 sha256\n'), 'ERROR plaintext-mode\n', 'encrypted'],
    ['encrypted', clientHello, 'ERROR mode-mismatch\n', 'tls'],
    ['encrypted', Buffer.from('HELLO World\n'), 'ERROR mode-mismatch\n', 'plaintext'],
    ['tls', Buffer.from('HELLO servchat/1 sha256\n'), 'ERROR tls-mode\n', 'encrypted'],
    ['tls', Buffer.from('Hi\n'), 'ERROR tls-mode\n', 'plaintext'],
  ] as const)('to a server in %s mode', async (serving, bytes, answer, theirs) => {
    const { chair, port } = await server(['--mode', serving]);
    expect(await slowly(port, bytes)).toBe(answer);
    await chair.complains(`seems to be in ${theirs} mode, this side in ${serving}`);
    chair.kill('SIGTERM');
    await chair.ended;
    expect(chair.output.filter((line) => line.startsWith('client:'))).toEqual([]);
  });
});

describe('a client in plaintext mode that says nothing, which is allowed', () => {
  test.each(['encrypted', 'tls'] as const)('a server in %s mode tells both people after a while', async (serving) => {
    const { chair, port } = await server(['--mode', serving], USUAL_LIMITS);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', 'plaintext']);
    expect(await other.ended).toBe(1);
    expect(other.errors).toBe(
      `servchat: The server seems to be in ${serving} mode, this side in plaintext: give both the same --mode\n`,
    );
    await chair.complains(`This side is in ${serving} mode: give both the same --mode`);
    chair.kill('SIGTERM');
    await chair.ended;
  });
});

testWithTool('nc', 'netcat can still send anything, and a server’s person can type HELLO', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const nc = new TestProcess('nc', ['127.0.0.1', String(port)]);
  nc.say('HELLO World');
  await chair.shows('client: HELLO World');
  nc.say('HELLO servchat/1 sha256');
  await chair.shows('client: HELLO servchat/1 sha256');
  chair.say('HELLO servchat/1 sha256');
  expect(await nc.shows('')).toBe('HELLO servchat/1 sha256');
  nc.say('EXIT');
  expect(await chair.ended).toBe(0);

  const second = await server(['--mode', 'plaintext']);
  const other = servchat(['connect', `127.0.0.1:${second.port}`, '--mode', 'plaintext']);
  await other.shows('Connected');
  second.chair.say('HELLO servchat/1 sha256');
  await other.shows('Server: HELLO servchat/1 sha256');
  other.say('exit');
  expect(await second.chair.ended).toBe(0);
});
