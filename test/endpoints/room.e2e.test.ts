/** Who gets the seat opposite the server's person, whatever strangers do. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { fingerprint, formatPrivateKey, generateKeyPair, type RsaKeyPair } from '../../src/crypto/rsa.js';
import { servchat, server, temporaryDirectory, type TestProcess } from '../servchat-process.js';

const client = (port: number, args: readonly string[] = []): TestProcess =>
  servchat(['connect', `127.0.0.1:${port}`, ...args]);

/** Opens a connection and sends only this. Returns everything that came by the time it closed. */
async function stranger(
  port: number,
  says = '',
  allowHalfOpen = false,
): Promise<{ socket: net.Socket; answer: Promise<string> }> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen });
  let came = '';
  socket.on('data', (bytes: Buffer) => (came += bytes.toString('latin1')));
  socket.on('error', () => undefined);
  const answer = new Promise<string>((resolve) => {
    socket.once('close', () => {
      resolve(came);
    });
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  if (says !== '') socket.write(says);
  return { socket, answer };
}

describe('--expect-fingerprint', () => {
  let keyPair: RsaKeyPair;
  let keyFile: string;
  beforeAll(async () => {
    keyPair = await generateKeyPair(2048);
    keyFile = path.join(temporaryDirectory(), 'me.pem');
    fs.writeFileSync(keyFile, formatPrivateKey(keyPair));
  });
  /** What anyone can send who has seen one of the client's chats. */
  const replay = (): string => `HELLO servchat/1 hmac-sha256-seq\nPUBLIC-KEY ${keyPair.spki.toString('base64')}\n`;
  const insisting = (...args: readonly string[]): ReturnType<typeof server> =>
    server(['--expect-fingerprint', fingerprint(keyPair.spki), ...args]);

  test('a copied public key cannot keep the client out, and cannot end the server', async () => {
    const { chair, port } = await insisting();
    const copy = await stranger(port, replay());
    await chair.shows('Client connected.');
    expect(await chair.shows('--expect-fingerprint')).toContain("The client's first message will prove");
    const friend = client(port, ['--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    friend.say('It is me');
    await chair.shows('The client has proved that it has the private key.');
    await chair.shows('client: It is me');
    expect(await copy.answer).toMatch(/^SESSION-KEY \S+\nERROR busy\n$/);
    expect(chair.errors).toMatch(/^servchat: 127\.0\.0\.1:\d+: turned away: another client has proved .*\n$/);
    chair.say('Good');
    await friend.shows('Server: Good');
    friend.say('exit');
    expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
  });

  test.each([
    ['hangs up', ''],
    ['invents a message', `MESSAGE gA== ${'0'.repeat(64)}\n`],
  ])('a copy that %s was no chat: the server waits on', async (_, says) => {
    const { chair, port } = await insisting();
    const copy = await stranger(port, replay());
    await chair.shows('Client connected.');
    copy.socket.end(says);
    await chair.shows('waits for the next client');
    await chair.complains(says === '' ? 'cut off' : 'Message 1 of the other side was refused');
    const friend = client(port, ['--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    friend.say('exit');
    expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
  });

  test('a client that waits behind a copy gets the seat when the copy hangs up, even without typing', async () => {
    const { chair, port } = await insisting();
    const copy = await stranger(port, replay());
    await chair.shows('Client connected.');
    const friend = client(port, ['--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    copy.socket.end();
    await chair.shows('Client connected.');
    chair.say('Are you there?');
    await friend.shows('Server: Are you there?');
    friend.say('exit');
    expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
  });

  test('a copy that was refused and does not hang up gets no seat later, and cannot delay the server', async () => {
    const { chair, port } = await insisting('--keep-open');
    const copy = await stranger(port, replay(), true);
    await chair.shows('Client connected.');
    const friend = client(port, ['--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    friend.say('It is me');
    await chair.shows('client: It is me');
    friend.say('exit');
    await chair.shows('waits for the next client');
    expect(chair.output.filter((line) => line.startsWith('Client connected.'))).toHaveLength(2);
    chair.kill('SIGTERM');
    expect(await chair.ended).toBe(0);
    copy.socket.destroy();
  });

  test('a client that proves its key while the server’s person leaves is too late, and learns it', async () => {
    const { chair, port } = await insisting();
    const copy = await stranger(port, replay(), true);
    await chair.shows('Client connected.');
    const friend = client(port, ['--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    const left = new Promise((resolve) => copy.socket.once('end', resolve));
    chair.say('exit');
    await left;
    friend.say('It is me');
    expect(await friend.ended).toBe(1);
    expect(friend.errors).toContain('The server is in another chat');
    expect(await chair.ended).toBe(0);
    expect(chair.output.slice(-1)).toEqual(['You have left the chat.']);
    copy.socket.destroy();
  });

  test('the server’s person can type first; a client that has proved its key keeps the seat', async () => {
    const { chair, port } = await insisting();
    const friend = client(port, ['--private-key', keyFile]);
    await chair.shows('Client connected.');
    chair.say('Hi');
    await friend.shows('Server: Hi');
    friend.say('Hello');
    await chair.shows('client: Hello');
    const copy = await stranger(port, replay());
    expect(await copy.answer).toBe('ERROR busy\n');
    friend.say('exit');
    expect(await chair.ended).toBe(0);
  });

  test('without it a client keeps the seat even if it says nothing', async () => {
    const { chair, port } = await server([]);
    const first = client(port);
    await Promise.all([chair.shows('Client connected.'), first.shows('Connected to SERVCHAT')]);
    const second = client(port);
    expect(await second.ended).toBe(1);
    chair.say('Hi');
    await first.shows('Server: Hi');
    first.say('exit');
    expect(await chair.ended).toBe(0);
  });
});

describe('a crowd at the door', () => {
  test.each(['encrypted', 'tls'])('silent connections cannot keep a client out, in %s mode', async (mode) => {
    const { chair, port } = await server(['--mode', mode]);
    const crowd = await Promise.all(Array.from({ length: 100 }, () => stranger(port)));
    const other = client(port, ['--mode', mode]);
    await other.shows('Connected to SERVCHAT');
    // The server has not given them all up, so the client did not wait for that.
    expect(crowd.some(({ socket }) => !socket.closed)).toBe(true);
    other.say('exit');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
    await Promise.all(crowd.map(({ answer }) => answer));
    expect(chair.errors).toBe('');
  });

  test('nor can connections that started a handshake, in encrypted mode', async () => {
    const { chair, port } = await server([]);
    await Promise.all(Array.from({ length: 100 }, () => stranger(port, 'HELLO servchat/1 hmac-')));
    const other = client(port);
    await other.shows('Connected to SERVCHAT');
    other.say('exit');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
  });
});

describe('a flood of clients during a chat', () => {
  test('the first few are reported, then the number of the others; the chat goes on', async () => {
    const { chair, port } = await server(['--mode', 'plaintext']);
    const friend = client(port, ['--mode', 'plaintext']);
    await chair.shows('Client connected.');
    const crowd = await Promise.all(Array.from({ length: 200 }, () => stranger(port, 'Let me in\n')));
    expect(new Set(await Promise.all(crowd.map(({ answer }) => answer)))).toEqual(new Set(['ERROR busy\n']));
    friend.say('Still here');
    await chair.shows('client: Still here');
    await chair.complains('more clients were turned away');
    const one = /^servchat: 127\.0\.0\.1:\d+: turned away, because the server talks to one client at a time$/;
    const lines = chair.errors.trim().split('\n');
    expect(lines.slice(0, -1)).toEqual([
      expect.stringMatching(one),
      expect.stringMatching(one),
      expect.stringMatching(one),
    ]);
    expect(lines.at(-1)).toBe(`servchat: 197 more clients were turned away in the last 10 s`);
    // The next one is reported in full again.
    expect(await (await stranger(port)).answer).toBe('ERROR busy\n');
    await chair.complains('10 s\nservchat: 127.0.0.1:');
    friend.say('exit');
    expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
  });
});

test('both ends show it when a relay asks for a weaker check than the client did', async () => {
  const { chair, port } = await server(['--allow-integrity', 'sha256']);
  const relay = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    near.on('data', (bytes: Buffer) =>
      far.write(bytes.toString('latin1').replace('HELLO servchat/1 hmac-sha256-seq', 'HELLO servchat/1 sha256')),
    );
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const other = client((relay.address() as net.AddressInfo).port);
  expect(await other.shows('Integrity check')).toBe(
    'Integrity check: hmac-sha256-seq (both sides should see the same)',
  );
  expect(await chair.shows('Integrity check')).toBe('Integrity check: sha256 (both sides should see the same)');
  other.kill('SIGKILL');
  await chair.ended;
  await new Promise((resolve) => relay.close(resolve));
});

test('a client in another mode had no chat: the server keeps waiting for one in its own mode', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  expect(await client(port, ['--mode', 'tls']).ended).toBe(1);
  await chair.shows('waits for the next client');
  const other = client(port, ['--mode', 'plaintext']);
  other.say('Hello');
  await chair.shows('client: Hello');
  other.say('exit');
  expect(await chair.ended).toBe(0);
});
