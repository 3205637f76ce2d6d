/** The two chairs as real processes on real sockets. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { INTEGRITY_NAMES } from '../../src/protocol/integrity.js';
import { PYTHON, testWithTool } from '../tools.js';
import { TestProcess, USUAL_LIMITS, run, servchat, server, temporaryDirectory } from '../servchat-process.js';

const client = (port: number, args: readonly string[]): TestProcess =>
  servchat(['connect', `127.0.0.1:${port}`, ...args]);

/** A peer that sends only the bytes that the test gives it. */
async function raw(port: number): Promise<{ socket: net.Socket; received: () => Promise<string> }> {
  const socket = net.connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (bytes: Buffer) => (text += bytes.toString('latin1')));
  const closed = new Promise<string>((resolve) => {
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', () => undefined);
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, received: () => closed };
}

describe.each([
  ['plaintext', ['--mode', 'plaintext'], ['--mode', 'plaintext']],
  ['encrypted', [], []],
  ['encrypted with sha256', ['--allow-integrity', 'sha256'], ['--integrity', 'sha256']],
  ['encrypted with 3072 bits', [], ['--rsa-bits', '3072']],
])('a chat in %s', (_, serverArgs, clientArgs) => {
  test('both sides see what the other says, and how the chat ends', async () => {
    const { chair, port } = await server(serverArgs);
    const other = client(port, clientArgs);
    await Promise.all([chair.shows('Client connected.'), other.shows('Connected to SERVCHAT')]);
    other.say('Hello');
    await chair.shows('client: Hello');
    chair.say('Hi \u{1f44b}');
    await other.shows('Server: Hi \u{1f44b}');
    other.say('Exit');
    expect(await other.shows('left')).toBe('You have left the chat.');
    expect(await chair.shows('left')).toBe('client has left the chat.');
    expect([await chair.ended, await other.ended, chair.errors, other.errors]).toEqual([0, 0, '', '']);
  });

  test('the server may leave first', async () => {
    const { chair, port } = await server(serverArgs);
    const other = client(port, clientArgs);
    await other.shows('Connected to SERVCHAT');
    chair.say(' end ');
    expect(await chair.shows('left')).toBe('You have left the chat.');
    expect(await other.shows('left')).toBe('Server has left the chat.');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
  });

  test('the end of standard input does not end the chat; a signal does', async () => {
    const { chair, port } = await server(serverArgs);
    const other = client(port, clientArgs);
    other.write('Hello\nHow are you?');
    other.endInput();
    await chair.shows('client: Hello');
    await chair.shows('client: How are you?');
    chair.say('Fine');
    await other.shows('Server: Fine');
    chair.kill('SIGINT');
    await other.shows('Server has left the chat.');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
  });
});

test('both ends show the fingerprint that is in the key log', async () => {
  const keylog = path.join(temporaryDirectory(), 'keys');
  const { chair, port } = await server([]);
  const other = client(port, ['--keylog', keylog]);
  await Promise.all([chair.shows('Fingerprint'), other.shows('Fingerprint')]);
  const lines = [await chair.shows('  '), await chair.shows('  ')];
  expect([await other.shows('  '), await other.shows('  ')]).toEqual(lines);
  expect(fs.readFileSync(keylog, 'utf8').split(' ')[1]).toBe(lines.join('').replaceAll(' ', ''));
  expect(fs.statSync(keylog).mode & 0o777).toBe(0o600);
  other.say('EXIT');
  expect(await chair.ended).toBe(0);
});

test.each([
  ['in netcat’s form', (port: number) => ['127.0.0.1', String(port)]],
  ['as an option', (port: number) => ['--port', String(port)]],
])('the port behind a space or as an option: %s', async (_, where) => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const other = servchat(['connect', ...where(port), '--mode', 'plaintext']);
  await other.shows('Connected to SERVCHAT');
  other.say('exit');
  expect([await chair.ended, await other.ended]).toEqual([0, 0]);
});

test('SERVCHAT_MODE sets the mode, and --mode overrides it', async () => {
  const { chair, port } = await server([], { SERVCHAT_MODE: 'plaintext' });
  const other = client(port, ['--mode', 'plaintext']);
  await other.shows('Connected to SERVCHAT');
  other.say('exit');
  expect(await chair.ended).toBe(0);
  const wrong = await run(['serve'], { SERVCHAT_MODE: 'secret' });
  expect(wrong.status).toBe(2);
});

test('--keep-open waits for the next client', async () => {
  const { chair, port } = await server(['--mode', 'plaintext', '--keep-open']);
  for (const text of ['first', 'second']) {
    const other = client(port, ['--mode', 'plaintext']);
    other.write(`${text}\nexit\n`);
    await chair.shows(`client: ${text}`);
    await chair.shows('client has left the chat.');
    expect(await other.ended).toBe(0);
  }
  chair.kill('SIGTERM');
  expect(await chair.ended).toBe(0);
});

test('what follows EXIT in a pipe goes to the next chat', async () => {
  const { chair, port } = await server(['--mode', 'plaintext', '--keep-open']);
  chair.write('first\nexit\nsecond\nexit\n');
  for (const text of ['first', 'second']) {
    const other = client(port, ['--mode', 'plaintext']);
    await other.shows(`Server: ${text}`);
    await other.shows('Server has left the chat.');
    expect(await other.ended).toBe(0);
  }
  chair.kill('SIGTERM');
  expect(await chair.ended).toBe(0);
});

testWithTool('nc', 'netcat can be either side of a chat in plaintext mode', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const nc = new TestProcess('nc', ['127.0.0.1', String(port)]);
  nc.say('Hello');
  await chair.shows('client: Hello');
  chair.say('Hi');
  expect(await nc.shows('')).toBe('Hi');
  nc.say('EXIT');
  expect([await chair.ended, nc.output]).toEqual([0, ['Hi']]);

  const free = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => free.once('listening', resolve));
  const ncPort = (free.address() as net.AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  const listener = new TestProcess('nc', ['-v', '-l', '127.0.0.1', String(ncPort)]);
  await listener.complains('istening');
  const other = client(ncPort, ['--mode', 'plaintext']);
  other.say('Hello');
  await listener.shows('Hello');
  listener.say('Hi');
  await other.shows('Server: Hi');
  other.say('Exit');
  expect(await other.ended).toBe(0);
});

testWithTool('nc', 'after EXIT the server does not wait for a netcat that never closes', async () => {
  const { chair, port } = await server(['--mode', 'plaintext']);
  // The person at netcat types nothing, and its input stays open.
  const nc = new TestProcess('nc', ['127.0.0.1', String(port)]);
  await chair.shows('Client connected.');
  chair.say('EXIT');
  await nc.shows('EXIT');
  expect(await chair.ended).toBe(0);
});

describe.each(INTEGRITY_NAMES)('a peer in Python, written only from the protocol’s page, with %s', (integrity) => {
  const peer = path.resolve('test/peer/peer.py');

  testWithTool('python3-cryptography', 'as client', async () => {
    // The server needs no option to allow the check that clients use by default.
    const { chair, port } = await server(integrity === 'hmac-sha256-seq' ? [] : ['--allow-integrity', integrity]);
    const python = new TestProcess(PYTHON, [peer, 'client', '127.0.0.1', String(port), integrity]);
    for (const [question, answer] of [
      ['Hello', 'Hi'],
      ['Ünïcødé 👋', 'x'.repeat(20_000)],
      ['', ' spaces '],
    ] as const) {
      python.say(question);
      await chair.shows(`client: ${question}`);
      chair.say(answer);
      expect(await python.shows('')).toBe(answer);
    }
    python.say('Exit');
    await chair.shows('client has left the chat.');
    expect([await chair.ended, await python.ended, python.errors]).toEqual([0, 0, '']);
  });

  testWithTool('python3-cryptography', 'as server', async () => {
    const python = new TestProcess(PYTHON, [peer, 'server', integrity]);
    const port = Number(await python.shows(''));
    const chair = client(port, ['--integrity', integrity]);
    await chair.shows('Connected to SERVCHAT');
    for (const [question, answer] of [
      ['Hello', 'Hi'],
      ['Ünïcødé 👋', 'x'.repeat(20_000)],
    ] as const) {
      chair.say(question);
      expect(await python.shows('')).toBe(question);
      python.say(answer);
      await chair.shows(`Server: ${answer}`);
    }
    chair.say('END');
    expect([await chair.ended, await python.ended, python.errors]).toEqual([0, 0, '']);
  });
});

describe('bad input gets a clear answer and does not disturb other chats', () => {
  test('random bytes, half a frame and strangers at the door do not stop a chat', async () => {
    const { chair, port } = await server([]);
    const silent = await raw(port);
    silent.socket.write('HELLO servchat/1 hmac');
    const noisy = await raw(port);
    noisy.socket.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0x0a]));
    expect(await noisy.received()).toBe('ERROR mode-mismatch\n');
    const endless = await raw(port);
    endless.socket.write('HELLO servchat/1 ');
    endless.socket.write(Buffer.alloc(1 << 20, 0x78));
    expect(await endless.received()).toMatch(/^(ERROR line-too-long\n)?$/);
    const other = client(port, []);
    await other.shows('Connected to SERVCHAT');
    other.say('Exit');
    await chair.shows('client has left the chat.');
    expect([await chair.ended, await silent.received()]).toEqual([0, '']);
  });

  test('both sides give up a handshake that is not finished', async () => {
    const { chair, port } = await server([], USUAL_LIMITS);
    const silentServer = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => silentServer.once('listening', resolve));
    const waiting = servchat(
      ['connect', `127.0.0.1:${(silentServer.address() as net.AddressInfo).port}`],
      USUAL_LIMITS,
    );
    const slow = await raw(port);
    slow.socket.write('HELLO servchat/1 ');
    const silent = await raw(port);
    expect(await silent.received()).toBe('ERROR mode-mismatch\n');
    await chair.complains('said nothing for 5 s');
    expect(await slow.received()).toBe('ERROR timeout\n');
    await chair.complains('handshake took longer');
    chair.kill('SIGTERM');
    expect([await chair.ended, await waiting.ended]).toEqual([0, 1]);
    expect(waiting.errors).toMatch(/^servchat: The handshake took longer than 10 s.*\n$/);
    await new Promise((resolve) => silentServer.close(resolve));
  });

  test.each([
    ['plaintext', ['--mode', 'plaintext']],
    ['encrypted', []],
  ])('a second client while one chats, in %s', async (_, args) => {
    const { chair, port } = await server(args);
    const first = client(port, args);
    await first.shows('Connected to SERVCHAT');
    await chair.shows('Client connected.');
    const second = client(port, args);
    expect(await second.ended).toBe(1);
    expect(second.errors).toBe('servchat: The server is in another chat: try again when it is over (ERROR busy)\n');
    first.say('still here');
    await chair.shows('client: still here');
    first.say('exit');
    expect(await chair.ended).toBe(0);
  });

  test('the peer disappears during the chat', async () => {
    const { chair, port } = await server([]);
    const other = client(port, []);
    await chair.shows('Client connected.');
    other.kill('SIGKILL');
    expect(await chair.ended).toBe(1);
    expect(chair.errors).toMatch(/^servchat: The (chat was cut off|connection to the other side was lost).*\n$/);
  });

  test('escape codes are shown, not obeyed', async () => {
    const { chair, port } = await server(['--mode', 'plaintext']);
    const { socket } = await raw(port);
    socket.write(Buffer.from('\x1b]0;owned\x07\x1b[2J\xff\n', 'latin1'));
    expect(await chair.shows('client:')).toBe('client: \\x1b]0;owned\\x07\\x1b[2J\\xff');
    socket.end('EXIT\n');
    expect(await chair.ended).toBe(0);
  });

  test('a port in use', async () => {
    const { chair, port } = await server([]);
    const second = await run(['serve', '--port', String(port)]);
    expect(second).toEqual({
      status: 1,
      output: '',
      errors: expect.stringMatching(/^servchat: Cannot listen on 127\.0\.0\.1:\d+: the port is in use.*--port\n$/),
    });
    chair.kill('SIGTERM');
    await chair.ended;
  });

  test('nobody listens', async () => {
    const { chair, port } = await server([]);
    chair.kill('SIGTERM');
    await chair.ended;
    expect(await run(['connect', `127.0.0.1:${port}`])).toEqual({
      status: 1,
      output: '',
      errors: expect.stringMatching(/^servchat: Cannot connect to 127\.0\.0\.1:\d+: nobody listens there.*\n$/),
    });
  });

  test.each([
    ['--capture', 'Cannot write the capture'],
    ['--keylog', 'Cannot write the key log'],
  ])('a path that cannot be written: %s', async (option, message) => {
    const result = await run(['serve', '--port', '0', option, temporaryDirectory()]);
    expect(result).toEqual({
      status: 1,
      output: '',
      errors: expect.stringMatching(new RegExp(`^servchat: ${message}.*\\n$`)),
    });
  });

  test.each([
    [['serve', '--port', '70000']],
    [['serve', '--port', 'http']],
    [['connect', 'a:b:c']],
    [['connect', '127.0.0.1:1', '2']],
    [['connect', '127.0.0.1', '1', '--port', '2']],
    [['connect', '--rsa-bits', '1024']],
    [['connect', '--integrity', 'md5']],
    [['serve', '--mode', 'tls13']],
    [['chat']],
    [['serve', '--no-such-option']],
  ])('wrong usage: %j', async (args) => {
    const { status, output, errors } = await run(args);
    expect([status, output]).toEqual([2, '']);
    expect(errors).toMatch(/^error: /);
    expect(errors).not.toMatch(/^\s+at /m);
  });
});
