/** tls mode: two real processes, what they record, and what tshark reads in it. */
import { execFileSync } from 'node:child_process';
import { X509Certificate, createPrivateKey, createPublicKey } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { describe, expect, test } from '@jest/globals';

import { makeCertificate } from '../../src/crypto/certificate.js';
import { describeWithTool } from '../tools.js';
import { TestProcess, run, servchat, server, temporaryDirectory } from '../servchat-process.js';

const TLS = ['--mode', 'tls'];
const client = (port: number, args: readonly string[] = []): TestProcess =>
  servchat(['connect', `127.0.0.1:${port}`, ...TLS, ...args]);

async function fingerprintOf(chair: TestProcess): Promise<string> {
  await chair.shows('Fingerprint of the server');
  return `${(await chair.shows('  ')).trim()} ${(await chair.shows('  ')).trim()}`;
}

test('a certificate is signed by its own key, and other programs compute the same fingerprint', async () => {
  const { certificate, privateKey, fingerprint } = await makeCertificate();
  const parsed = new X509Certificate(certificate);
  expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
  expect(parsed.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  expect(parsed.verify(createPublicKey(privateKey))).toBe(true);
  expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.now());
  expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
});

describe('a chat', () => {
  test('both see the same fingerprint and what the other says', async () => {
    const { chair, port } = await server(TLS);
    const shown = await fingerprintOf(chair);
    const other = client(port);
    await Promise.all([chair.shows('Client connected.'), other.shows('Connected to SERVCHAT')]);
    expect(await fingerprintOf(other)).toBe(shown);
    await other.shows('Encrypted, but to whom?');
    other.say('Hello');
    await chair.shows('client: Hello');
    chair.say('Hi \u{1f44b}');
    await other.shows('Server: Hi \u{1f44b}');
    other.say('Exit');
    await chair.shows('client has left the chat.');
    expect([await chair.ended, await other.ended, chair.errors, other.errors]).toEqual([0, 0, '', '']);
  });

  test.each([
    ['as it is shown', (shown: string) => shown],
    ['as OpenSSL writes it', (shown: string) => shown.replaceAll(' ', '').toUpperCase().match(/../g)!.join(':')],
  ])('a pin that fits: %s', async (_, spelled) => {
    const { chair, port } = await server(TLS);
    const other = client(port, ['--pin', spelled(await fingerprintOf(chair))]);
    await other.shows('Connected to SERVCHAT');
    other.say('exit');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
    expect(other.output.join('\n')).not.toContain('to whom');
  });

  test('a pin that does not match: the client sends nothing, and the server keeps waiting', async () => {
    const { chair, port } = await server(TLS);
    chair.say('For a friend');
    const other = client(port, ['--pin', '0'.repeat(64)]);
    other.say('Hello');
    expect(await other.ended).toBe(1);
    expect(other.errors).toMatch(/^servchat: The chat did not start: .* and --pin names another; nothing was sent\n$/);
    await chair.complains(
      'The chat did not start: the client closed the connection during the TLS handshake. It may have refused our certificate',
    );
    const friend = client(port);
    await friend.shows('Server: For a friend');
    friend.say('exit');
    expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
    expect(chair.output.join('\n')).not.toContain('Hello');
    expect(chair.output.filter((line) => line.startsWith('Client connected'))).toHaveLength(1);
  });

  describeWithTool('openssl', 'a client that is not ours', () => {
    test.each([
      // OpenSSL looks at the certificate in the handshake and sends an alert.
      ['refuses the certificate', ['-verify_return_error'], 'the client refused our certificate'],
      ['looks at it and leaves', [], 'before anyone had said anything; it may have refused our certificate'],
    ])('%s: the server says so and waits on', async (_, options, words) => {
      const { chair, port } = await server(TLS);
      const other = new TestProcess('openssl', [
        's_client',
        '-connect',
        `127.0.0.1:${port}`,
        '-alpn',
        'servchat/1',
        ...options,
      ]);
      other.endInput();
      await chair.complains(words);
      await other.ended;
      const friend = client(port);
      await friend.shows('Connected to SERVCHAT');
      friend.say('exit');
      expect([await chair.ended, await friend.ended]).toEqual([0, 0]);
    });

    test('only listens: it has the seat, and when it leaves, a chat has ended', async () => {
      const { chair, port } = await server(TLS);
      const other = new TestProcess('openssl', [
        's_client',
        '-quiet',
        '-connect',
        `127.0.0.1:${port}`,
        '-alpn',
        'servchat/1',
      ]);
      await chair.shows('Client connected.');
      chair.say('Listen');
      await other.shows('Listen');
      other.kill('SIGINT');
      await chair.ended;
      expect(chair.output.join('\n') + chair.errors).not.toContain('before anyone');
    });
  });

  test('a client that verifies with node:tls leaves during the handshake without a reason', async () => {
    const { chair, port } = await server(TLS);
    const socket = tls.connect({ port, host: '127.0.0.1', ALPNProtocols: ['servchat/1'] });
    socket.on('error', () => undefined);
    await chair.complains('closed the connection during the TLS handshake');
    chair.kill('SIGTERM');
    expect(await chair.ended).toBe(0);
  });

  // The message depends on whether the killed process had read everything. In the matrix, an attack cuts the stream
  // cleanly.
  test('a stream that ends without TLS’s close_notify was cut off', async () => {
    const { chair, port } = await server(TLS);
    const other = client(port);
    await Promise.all([chair.shows('Client connected.'), other.shows('Connected to SERVCHAT')]);
    other.kill('SIGKILL');
    expect(await chair.ended).toBe(1);
    expect(chair.errors).toMatch(
      /^servchat: The (chat was cut off: .* goodbye of TLS|connection to the other side was lost)/,
    );
  });

  test('the server does not wait for a client that keeps sending after EXIT', async () => {
    const { chair, port } = await server(TLS);
    const tcp = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    tcp.on('error', () => undefined);
    const socket = tls.connect({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['servchat/1'] });
    socket.on('error', () => undefined);
    await chair.shows('Client connected.');
    chair.say('EXIT');
    // Writes below TLS, because TLS itself would close.
    const noise = setInterval(() => tcp.write('noise'), 200);
    expect(await chair.ended).toBe(0);
    clearInterval(noise);
    tcp.destroy();
  });

  test('a client that sends close_notify without EXIT has left', async () => {
    const { chair, port } = await server(TLS);
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['servchat/1'] });
    socket.write('Hello\n');
    await chair.shows('client: Hello');
    socket.end();
    await chair.shows('client has left the chat.');
    expect(await chair.ended).toBe(0);
  });
});

describe('a client that does not speak TLS 1.3 and servchat', () => {
  test.each([
    ['a line of text', 'Hello\n', /seems to be in plaintext mode, this side in tls/],
    ['a HELLO', 'HELLO servchat/1 sha256\nPUBLIC-KEY AAAA\n', /seems to be in encrypted mode, this side in tls/],
  ])('a client with %s; the server waits on', async (_, bytes, words) => {
    const { chair, port } = await server(TLS);
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await chair.complains('give both the same --mode');
    expect(chair.errors).toMatch(words);
    const other = client(port);
    await other.shows('Connected to SERVCHAT');
    other.say('exit');
    expect(await chair.ended).toBe(0);
  });

  test.each([
    ['TLS 1.2 only', { maxVersion: 'TLSv1.2', ALPNProtocols: ['servchat/1'] } as const],
    ['another application', { ALPNProtocols: ['http/1.1'] } as const],
    ['no application', {} as const],
  ])('a TLS client with %s', async (_, options) => {
    const { chair, port } = await server(TLS);
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    socket.on('error', () => undefined);
    await chair.complains('The chat did not start');
    socket.destroy();
    chair.kill('SIGTERM');
    expect(await chair.ended).toBe(0);
  });
});

test('a text that is not a fingerprint is wrong usage', async () => {
  const { status, errors } = await run(['connect', '--mode', 'tls', '--pin', 'abc']);
  expect([status, errors]).toEqual([2, expect.stringContaining('64 hex digits')]);
});

describe("the client's key in encrypted mode", () => {
  test('is saved so that only its owner can read it, can be used again, and can be required by a server', async () => {
    const keyFile = path.join(temporaryDirectory(), 'key.pem');
    const first = await server([]);
    const saving = servchat(['connect', `127.0.0.1:${first.port}`, '--save-private-key', keyFile]);
    await saving.shows('Fingerprint');
    const fingerprint = [await saving.shows('  '), await saving.shows('  ')].join('');
    saving.say('exit');
    expect(await first.chair.ended).toBe(0);
    expect(fs.statSync(keyFile).mode & 0o777).toBe(0o600);

    const second = await server(['--expect-fingerprint', fingerprint]);
    const stranger = servchat(['connect', `127.0.0.1:${second.port}`]);
    expect(await stranger.ended).toBe(1);
    await second.chair.complains('--expect-fingerprint names another');
    const friend = servchat(['connect', `127.0.0.1:${second.port}`, '--private-key', keyFile]);
    await friend.shows('Connected to SERVCHAT');
    friend.say('exit');
    expect(await second.chair.ended).toBe(0);

    const again = await run(['connect', '127.0.0.1:1', '--save-private-key', keyFile]);
    expect([again.status, again.errors]).toEqual([
      1,
      expect.stringContaining('there is already a file with that name'),
    ]);
  });
});

describeWithTool('tshark', 'what the tap records', () => {
  test('contains only TLS 1.3, and the key log decrypts it', async () => {
    const directory = temporaryDirectory();
    const [capture, ours, keylog, theirs] = ['client.pcap', 'server.pcap', 'client.keylog', 'server.keylog'].map(
      (name) => path.join(directory, name),
    );
    const { chair, port } = await server([...TLS, '--capture', ours!, '--keylog', theirs!]);
    const other = client(port, ['--capture', capture!, '--keylog', keylog!]);
    await Promise.all([chair.shows('Client connected.'), other.shows('Connected to SERVCHAT')]);
    other.say('Meet me at noon');
    await chair.shows('Meet me at noon');
    other.say('Exit');
    expect([await chair.ended, await other.ended]).toEqual([0, 0]);
    expect(fs.readFileSync(capture!).includes('Meet me')).toBe(false);
    expect(fs.statSync(keylog!).mode & 0o777).toBe(0o600);
    for (const [file, keys] of [
      [capture!, keylog!],
      [ours!, theirs!],
    ] as const) {
      const tshark = (...args: string[]): string =>
        execFileSync('tshark', ['-r', file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      expect(tshark('-Y', 'tcp.len > 0 && !tls')).toBe('');
      expect(
        tshark(
          '-Y',
          'tls.handshake.type == 2',
          '-T',
          'fields',
          '-e',
          'tls.handshake.extensions.supported_version',
        ).trim(),
      ).toBe('0x0304');
      expect(tshark('-q', '-z', 'expert,warn').trim()).toBe('');
      expect(tshark('-q', '-z', 'follow,tls,ascii,0')).not.toContain('Meet me');
      const opened = tshark('-o', `tls.keylog_file:${keys}`, '-q', '-z', 'follow,tls,ascii,0');
      expect(opened).toContain('Meet me at noon');
      expect(opened).toContain('Exit');
    }
  });
});
