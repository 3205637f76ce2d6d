/** Opens TLS of openssl, curl and Python with a key log, and compares every byte with what tshark opens. */
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { TlsKeyLog } from '../../../src/keyholder/tls/tls-key-log.js';
import { writePlaintextTwin } from '../../../src/wireshark/plaintext-twin.js';
import { tsharkFollow, tsharkWarnings } from '../../packets/tshark.js';
import { temporaryDirectory } from '../../servchat-process.js';
import { describeWithTool, testWithTool, PYTHON } from '../../tools.js';
import {
  certificate,
  freePort,
  opened,
  opensslClient,
  opensslServer,
  recorded,
  tsharkInside,
  type Certificate,
} from './recording.js';

const PSK = '0123456789abcdef0123456789abcdef';
const LINES = ['Nice to Meet you', 'Ünï👋 and\ttabbed', 'x'.repeat(300)];

/** Cipher suites by their openssl name, and the number that tshark shows for them. */
const NEW_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];
const OLD_SUITES = [
  'AES128-GCM-SHA256',
  'AES256-GCM-SHA384',
  'AES128-CCM',
  'AES256-CCM8',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-CCM',
  'DHE-RSA-CHACHA20-POLY1305',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'PSK-AES128-GCM-SHA256',
  'PSK-CHACHA20-POLY1305',
  'DHE-PSK-AES256-CCM8',
  'RSA-PSK-AES256-GCM-SHA384',
  'ECDHE-PSK-CHACHA20-POLY1305',
];
const EC_SUITES = ['ECDHE-ECDSA-AES128-CCM8', 'ECDHE-ECDSA-AES256-CCM', 'ECDHE-ECDSA-CHACHA20-POLY1305'];

describeWithTool(['openssl', 'tshark'], 'openssl on both sides', () => {
  let rsa: Certificate;
  let ec: Certificate;
  const stops: (() => void)[] = [];
  beforeAll(() => {
    rsa = certificate('rsa');
    ec = certificate('ec');
  });
  afterAll(() => {
    for (const stop of stops) stop();
  });

  async function talk(
    serving: readonly string[],
    asking: readonly string[],
    lines: readonly string[] = LINES,
    cert = rsa,
  ): Promise<{ capture: string; keyLog: string }> {
    const server = await opensslServer(['-cert', cert.cert, '-key', cert.key, '-rev', ...serving]);
    stops.push(server.stop);
    return recorded(server.port, (port, keyLog) => opensslClient(port, ['-keylogfile', keyLog, ...asking], lines));
  }

  async function agrees(
    { capture, keyLog }: { capture: string; keyLog: string },
    stream = 0,
  ): Promise<Awaited<ReturnType<typeof opened>>[number]> {
    const all = await opened(capture, keyLog);
    const conversation = all[stream]!;
    expect(conversation.inside).toEqual(tsharkInside(capture, keyLog, stream));
    return conversation;
  }

  const hex = (lines: readonly string[]): string =>
    Buffer.from(lines.map((line) => `${line}\n`).join('')).toString('hex');

  test.each(NEW_SUITES)('TLS 1.3, %s', async (suite) => {
    const conversation = await agrees(await talk(['-ciphersuites', suite], ['-ciphersuites', suite]));
    expect(conversation.tls?.serverHello).toMatchObject({ version: 'TLS 1.3', cipherSuite: { name: suite } });
    expect(conversation.tls?.opening).toMatchObject({ keyFound: true, refused: 0, why: null });
    expect(conversation.inside.client).toBe(hex(LINES));
  });

  test.each(OLD_SUITES)('TLS 1.2, %s', async (suite) => {
    const psk = suite.includes('PSK') ? ['-psk', PSK] : [];
    const both = ['-tls1_2', '-cipher', `${suite}:@SECLEVEL=0`, ...psk];
    const conversation = await agrees(await talk(both, both));
    expect(conversation.tls?.serverHello).toMatchObject({ version: 'TLS 1.2' });
    expect(conversation.tls?.opening).toMatchObject({ keyFound: true, refused: 0, why: null });
    expect(conversation.inside.client).toBe(hex(LINES));
  });

  test.each(EC_SUITES)('TLS 1.2, %s', async (suite) => {
    const both = ['-tls1_2', '-cipher', `${suite}:@SECLEVEL=0`];
    const conversation = await agrees(await talk(both, both, LINES, ec));
    expect(conversation.inside.client).toBe(hex(LINES));
  });

  const records = (conversation: Awaited<ReturnType<typeof opened>>[number]): string[] =>
    conversation.tls!.records.map(
      ({ place, sealed, messages, opened: inner }) =>
        `${place.side} ${sealed ? (inner?.ok === true ? `${inner.type} ${inner.messages.join(' ')}`.trim() : (inner?.why ?? 'sealed')) : messages.join(' ')}`,
    );

  test('TLS 1.3 with key updates from both sides', async () => {
    const conversation = await agrees(
      await talk([], [], ['before the update', 'K', 'after it', 'k', 'and after another', 'K', 'the last']),
    );
    expect(conversation.inside.client).toBe(hex(['before the update', 'after it', 'and after another', 'the last']));
    expect(records(conversation).filter((each) => each.includes('KeyUpdate'))).toEqual(
      expect.arrayContaining(['client handshake KeyUpdate', 'server handshake KeyUpdate']),
    );
    expect(conversation.tls?.opening).toMatchObject({ refused: 0 });
  });

  test('TLS 1.3 with a HelloRetryRequest', async () => {
    const conversation = await agrees(await talk(['-groups', 'P-384'], ['-groups', 'X25519:P-384']));
    expect(conversation.tls).toMatchObject({
      retry: true,
      clientHello: { keyShares: ['x25519'] },
      serverHello: { keyShare: 'secp384r1', retry: false },
    });
    expect(conversation.inside.client).toBe(hex(LINES));
  });

  test.each(['-tls1_3', '-tls1_2'])('a client certificate, %s', async (version) => {
    const conversation = await agrees(
      await talk(['-Verify', '1', version], [version, '-cert', ec.cert, '-key', ec.key]),
    );
    expect(conversation.inside.client).toBe(hex(LINES));
    expect(records(conversation).join('\n')).toMatch(
      /server.*CertificateRequest[^]*client.*Certificate\b[^]*client.*CertificateVerify/,
    );
    expect(conversation.tls?.opening).toMatchObject({ refused: 0 });
  });

  test('records padded to hide their length', async () => {
    const conversation = await agrees(await talk([], ['-record_padding', '512']));
    expect(conversation.inside.client).toBe(hex(LINES));
    const said = conversation.tls!.records.flatMap(({ place, bytes, opened: inner }) =>
      place.side === 'client' && inner?.ok === true && inner.type === 'application data'
        ? [{ all: bytes, sum: inner.bytes + inner.padding }]
        : [],
    );
    // openssl also counts the byte of the type. The tag has 16 bytes.
    expect(said).toEqual(LINES.map(() => ({ all: 512 + 16, sum: 511 })));
  });

  test.each([
    ['-tls1_3', true],
    ['-tls1_2', false],
    ['-tls1_2', true],
  ])('a session that goes on with an earlier one, %s, tickets: %s', async (version, tickets) => {
    const session = path.join(temporaryDirectory(), 'session');
    const server = await opensslServer([
      '-cert',
      rsa.cert,
      '-key',
      rsa.key,
      '-rev',
      version,
      ...(tickets ? [] : ['-no_ticket']),
    ]);
    stops.push(server.stop);
    const recording = await recorded(server.port, async (port, keyLog) => {
      await opensslClient(port, [version, '-keylogfile', keyLog, '-sess_out', session], ['the first session']);
      await opensslClient(port, [version, '-keylogfile', keyLog, '-sess_in', session], ['the second session']);
    });
    for (const [stream, line] of ['the first session', 'the second session'].entries()) {
      const conversation = await agrees(recording, stream);
      expect(conversation.inside.client).toBe(hex([line]));
      const hasCertificate = records(conversation).some((each) => / Certificate\b/.test(each));
      expect(hasCertificate).toBe(stream === 0);
    }
  });

  test('a second handshake inside TLS 1.2', async () => {
    const both = ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'];
    const conversation = await agrees(
      await talk([...both, '-client_renegotiation'], both, ['before', 'R', 'after it was made again']),
    );
    expect(conversation.inside.client).toBe(hex(['before', 'after it was made again']));
    expect(conversation.tls?.opening).toMatchObject({ refused: 0 });
  });

  test('data that the client sends at once (0-RTT) is opened, if the key log has its secret', async () => {
    const folder = temporaryDirectory();
    const [session, early] = [path.join(folder, 'session'), path.join(folder, 'early')];
    fs.writeFileSync(early, 'sent before the answer\n');
    const server = await opensslServer(['-cert', rsa.cert, '-key', rsa.key, '-early_data', '-no_anti_replay']);
    stops.push(server.stop);
    const recording = await recorded(server.port, async (port, keyLog) => {
      await opensslClient(port, ['-keylogfile', keyLog, '-sess_out', session], ['']);
      await opensslClient(port, ['-keylogfile', keyLog, '-sess_in', session, '-early_data', early], ['']);
    });
    const conversation = await agrees(recording, 1);
    expect(Buffer.from(conversation.inside.client, 'hex').toString()).toMatch(/^sent before the answer\n/);
    expect(records(conversation)).toContain('client handshake EndOfEarlyData');
    expect(JSON.stringify(conversation.tls)).not.toContain('earlyDataRefused');
    const without = fs.readFileSync(recording.keyLog, 'utf8').replace(/^CLIENT_EARLY.*$/gm, '');
    const [, again] = await opened(recording.capture, Buffer.from(without));
    expect(records(again!)).toContainEqual(expect.stringMatching(/0-RTT.*no CLIENT_EARLY_TRAFFIC_SECRET/));
    expect(again!.tls?.opening).toMatchObject({ refused: 2 });
    expect(again!.tls?.opening?.opened).toBeGreaterThan(4);
  });

  test.each([
    ['its ticket is of another server', [], [], true],
    ['it asks for another group first', ['-groups', 'P-384'], ['-groups', 'X25519:P-384'], false],
  ])('data that the server refused (0-RTT) is opened, and called refused: %s', async (_, serving, asking, isOther) => {
    const folder = temporaryDirectory();
    const [session, early] = [path.join(folder, 'session'), path.join(folder, 'early')];
    fs.writeFileSync(early, 'sent before the answer\n');
    const serverWith = async () => {
      const server = await opensslServer(['-cert', rsa.cert, '-key', rsa.key, '-early_data', ...serving]);
      stops.push(server.stop);
      return server;
    };
    const first = await serverWith();
    await recorded(first.port, (port, keyLog) =>
      opensslClient(port, [...asking, '-keylogfile', keyLog, '-sess_out', session], ['']),
    );
    // Another server has another key for its tickets.
    const second = isOther ? await serverWith() : first;
    const recording = await recorded(second.port, (port, keyLog) =>
      opensslClient(port, [...asking, '-keylogfile', keyLog, '-sess_in', session, '-early_data', early], ['']),
    );
    const conversation = await agrees(recording);
    expect(Buffer.from(conversation.inside.client, 'hex').toString()).toMatch(/^sent before the answer\n/);
    const said = conversation.tls!.records.flatMap(({ opened: inner }) =>
      inner?.ok === true && inner.type === 'application data' ? [[inner.earlyData, inner.earlyDataRefused]] : [],
    );
    expect(said[0]).toEqual([true, true]);
    expect(said.slice(1).every(([isEarly, isRefused]) => isEarly === undefined && isRefused === undefined)).toBe(true);
    expect(conversation.tls?.opening).toMatchObject({ refused: 0 });
  });

  test.each([
    ['CBC', 'ECDHE-RSA-AES128-SHA256', /CBC/],
    ['no cipher', 'NULL-SHA256', /seals nothing/],
  ])('%s is called what it is', async (_, suite, why) => {
    const both = ['-tls1_2', '-cipher', `${suite}:@SECLEVEL=0`];
    const { capture, keyLog } = await talk(both, both);
    const [conversation] = await opened(capture, keyLog);
    expect(conversation!.tls?.opening).toEqual({
      keyFound: true,
      opened: 0,
      refused: 0,
      why: expect.stringMatching(why),
    });
    expect(conversation!.tls?.records.every(({ opened: inner }) => inner === null)).toBe(true);
    expect(conversation!.tls?.records.some(({ sealed }) => sealed)).toBe(suite !== 'NULL-SHA256');
  });
});

const run = promisify(execFile);

/** A mail server that changes to TLS after STARTTLS, and its client. Both use Python's ssl. */
const STARTTLS = `
import socket, ssl, sys, threading
role, port, cert, key, keylog = sys.argv[1:6]
def line(s):
    got = b''
    while not got.endswith(b'\\n'): got += s.recv(1)
    return got
if role == 'server':
    listener = socket.create_server(('127.0.0.1', int(port)))
    print('ready', flush=True)
    s, _ = listener.accept()
    s.sendall(b'220 mail.example ESMTP\\r\\n')
    line(s); s.sendall(b'250-mail.example\\r\\n250 STARTTLS\\r\\n')
    line(s); s.sendall(b'220 go ahead\\r\\n')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain(cert, key)
    t = context.wrap_socket(s, server_side=True)
    line(t); t.sendall(b'250 inside\\r\\n')
    line(t); t.sendall(b'221 bye\\r\\n'); t.unwrap(); s.close()
else:
    s = socket.create_connection(('127.0.0.1', int(port)))
    line(s); s.sendall(b'EHLO me\\r\\n'); line(s); line(s); s.sendall(b'STARTTLS\\r\\n'); line(s)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
    context.keylog_filename = keylog
    t = context.wrap_socket(s, server_hostname='mail.example')
    t.sendall(b'EHLO me\\r\\n'); line(t); t.sendall(b'QUIT\\r\\n'); line(t)
    try: t.unwrap()
    except OSError: pass
    t.close()
`;

testWithTool(
  ['openssl', 'tshark', 'python3-cryptography'],
  'Python’s ssl, which changes to TLS after STARTTLS',
  async () => {
    const { cert, key } = certificate();
    const port = await freePort();
    const server = spawn(PYTHON, ['-c', STARTTLS, 'server', String(port), cert, key, ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => server.stdout.once('data', resolve));
    const { capture, keyLog } = await recorded(port, async (relay, log) => {
      await run(PYTHON, ['-c', STARTTLS, 'client', String(relay), cert, key, log]);
    });
    const [conversation] = await opened(capture, keyLog);
    expect(conversation!.inside).toEqual(tsharkInside(capture, keyLog));
    expect(Buffer.from(conversation!.inside.server, 'hex').toString()).toBe('250 inside\r\n221 bye\r\n');
    expect(conversation!.tls?.clientHello).toMatchObject({ serverName: 'mail.example' });
    // The bytes before the first record are unencrypted. The first record starts after them.
    expect(conversation!.tls?.records[0]?.place).toMatchObject({
      side: 'client',
      offset: 'EHLO me\r\nSTARTTLS\r\n'.length,
    });
    const bytes = fs.readFileSync(keyLog);
    const twin = path.join(temporaryDirectory(), 'twin.pcap');
    const keys = { sessions: new Map<string, Buffer>(), tls: new TlsKeyLog(bytes) };
    await writePlaintextTwin(capture, twin, () => keys);
    const followed = tsharkFollow(twin, 0);
    expect(followed.client.toString()).toBe('EHLO me\r\nSTARTTLS\r\nEHLO me\r\nQUIT\r\n');
    expect(followed.server.toString()).toBe(
      '220 mail.example ESMTP\r\n250-mail.example\r\n250 STARTTLS\r\n220 go ahead\r\n250 inside\r\n221 bye\r\n',
    );
    expect(tsharkWarnings(twin)).toBe('');
  },
);

/** Each side prints what it received. The server asks for a certificate in the middle of the chat (RFC 8446, 4.6.2). */
const ASKED_LATER = `
import socket, ssl, sys
side, port, cert, key, own, own_key, log = sys.argv[1:]
if side == 'server':
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(own)
    context.post_handshake_auth = True
    listener = socket.create_server(('127.0.0.1', int(port)))
    print('ready', flush=True)
    tls = context.wrap_socket(listener.accept()[0], server_side=True)
    print(tls.recv(99).decode(), end='')
    tls.sendall(b'first answer\\n')
    tls.verify_client_post_handshake()
    tls.sendall(b'who are you?\\n')
    print(tls.recv(99).decode(), end='')
    print('with a certificate' if tls.getpeercert() else 'without', flush=True)
    tls.close()
else:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.keylog_filename = log
    context.post_handshake_auth = True
    context.load_cert_chain(own, own_key)
    tls = context.wrap_socket(socket.create_connection(('127.0.0.1', int(port))))
    tls.sendall(b'first question\\n')
    print(tls.recv(99).decode() + tls.recv(99).decode(), end='')
    tls.sendall(b'this is Ann\\n')
    tls.recv(99)
`;

testWithTool(
  ['openssl', 'python3-cryptography'],
  'Python’s ssl, where the server asks for a certificate after the handshake',
  async () => {
    const [{ cert, key }, own] = [certificate(), certificate('ec')];
    const port = await freePort();
    const parameters = [cert, key, own.cert, own.key];
    const server = spawn(PYTHON, ['-c', ASKED_LATER, 'server', String(port), ...parameters, ''], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let received = '';
    await new Promise<void>((resolve) =>
      server.stdout.on('data', (bytes: Buffer) => {
        received += bytes.toString();
        resolve();
      }),
    );
    let answers = '';
    const { capture, keyLog } = await recorded(port, async (relay, log) => {
      const { stdout } = await run(PYTHON, ['-c', ASKED_LATER, 'client', String(relay), ...parameters, log]);
      answers = stdout;
    });
    // tshark 4.0.17 opens nothing of the client after this point, so what the two ends received is the measure.
    const [conversation] = await opened(capture, keyLog);
    const said = (side: 'client' | 'server'): string => Buffer.from(conversation!.inside[side], 'hex').toString();
    expect(received).toBe(`ready\n${said('client')}with a certificate\n`);
    expect(answers).toBe(said('server'));
    expect(said('client')).toBe('first question\nthis is Ann\n');
    expect(conversation!.tls?.opening).toMatchObject({ refused: 0, why: null });
    const names = conversation!.tls!.records.flatMap(({ opened: inner }) => (inner?.ok === true ? inner.messages : []));
    expect(names.join(' ')).toMatch(/NewSessionTicket.*CertificateRequest.*Certificate CertificateVerify Finished/);
  },
);

testWithTool(['openssl', 'tshark'], 'curl, which gets 300 kB from openssl', async () => {
  const { cert, key } = certificate();
  const folder = temporaryDirectory();
  const page = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at) % 251));
  fs.writeFileSync(path.join(folder, 'page'), page);
  const port = await freePort();
  const server = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key, '-WWW'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise((resolve) => server.stdout.once('data', resolve));
  try {
    const { capture, keyLog } = await recorded(port, async (relay, log) => {
      await run(
        'curl',
        ['-sk', '--max-time', '20', `https://127.0.0.1:${relay}/page`, '-o', path.join(folder, 'got')],
        { env: { ...process.env, SSLKEYLOGFILE: log } },
      );
    });
    const [conversation] = await opened(capture, keyLog);
    expect(conversation!.inside).toEqual(tsharkInside(capture, keyLog));
    expect(conversation!.inside.server).toContain(page.toString('hex'));
    expect(Buffer.from(conversation!.inside.client, 'hex').toString()).toMatch(/^GET \/page HTTP/);
  } finally {
    server.kill('SIGKILL');
  }
});
