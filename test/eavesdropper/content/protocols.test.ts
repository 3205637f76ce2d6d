import { expect, test } from '@jest/globals';
import { protocolOf } from '../../../src/eavesdropper/content/protocols.js';
import { describe } from '@jest/globals';
import { connect, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { noise } from '../chats.js';

const named = (client: string | Buffer, server: string | Buffer) =>
  protocolOf({ client: Buffer.from(client as string), server: Buffer.from(server as string) });

test.each([
  ['HTTP', 'GET /index.html HTTP/1.1\r\nHost: example.org\r\n\r\n', ''],
  ['HTTP', '', 'HTTP/1.1 304 Not Modified\r\n'],
  ['HTTP', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ''],
  ['SMTP', 'EHLO client.example\r\n', '220 mail.example ESMTP Postfix\r\n'],
  ['SMTP', 'HELO client.example\r\n', ''],
  ['FTP', 'USER anonymous\r\n', '220 (vsFTPd 3.0.3)\r\n'],
  ['POP', 'USER ann\r\n', '+OK POP3 ready <1896.697170952@example>\r\n'],
  ['IMAP', 'a001 LOGIN ann secret\r\n', '* OK IMAP4rev1 Service Ready\r\n'],
  ['IRC', 'NICK ann\r\nUSER ann 0 * :Ann\r\n', ''],
  ['IRC', '', ':irc.example NOTICE * :*** Looking up your hostname\r\n'],
  ['Telnet', Buffer.from('fffb18fffb1f', 'hex'), Buffer.from('fffd18fffd20', 'hex')],
])('%s is known by its first bytes, and is not encrypted', (name, client, server) => {
  expect(named(client, server)).toEqual({ name, encrypts: false });
});

test.each([
  ['SMTP', 'EHLO a.example\nMAIL FROM:<ann@a.example>\n', '220 mail.example ESMTP\n'],
  ['SMTP', 'EHLO a.example\r\nAUTH LOGIN\r\nYW5u\r\n', '220 mail.example ESMTP\r\n'],
  ['POP', 'USER ann\nPASS tulip\n', '+OK ready\n'],
  ['POP', 'AUTH PLAIN\r\nAGFubgB0dWxpcA==\r\n', '+OK ready\r\n'],
  ['IMAP', 'a1 LOGIN "ann b" tulip\na2 SELECT INBOX\n', '* OK ready\n'],
  ['IMAP', 'a1 AUTHENTICATE PLAIN\r\nAGFubgB0dWxpcA==\r\n', '* OK ready\r\n'],
  ['FTP', 'USER ann\nPASS tulip garden\n', '220 ready\n'],
])('%s is known by its first commands, also with plain line ends', (name, client, server) => {
  expect(named(client, server)).toEqual({ name, encrypts: false });
});

test.each([
  ['nothing', '', ''],
  ['a chat', 'Hello\n', 'Hi\n'],
  ['a chat about protocols', 'the GET / HTTP/1.1 line\n', 'HTTP is fun\n'],
  ['servchat', 'HELLO servchat/1 hmac-sha256-seq\n', ''],
  ['noise', noise(300, 'one'), noise(300, 'two')],
  ['one piece that looks like a TLS record', Buffer.concat([Buffer.from('1703030010', 'hex'), noise(10)]), ''],
  ['a mail greeting without mail', '', '221 bye\r\n'],
  ['UTF-16 with its byte-order mark', Buffer.from('\ufeffNotes', 'utf16le'), ''],
])('%s is none of them', (_, client, server) => {
  expect(named(client, server)).toBeNull();
});

test.each([
  ['please select', 'Please select a film\n', 'Which one?\n'],
  ['ann login', 'Ann login please\r\n', 'I OK that\r\n'],
  ['nick', 'Nick is here\n', 'Hi Nick\n'],
  ['cap', 'Cap ls is nice\n', ''],
  ['helo', 'Helo everybody\n', 'Hi\n'],
  ['+OK', 'Good\n', '+OK, I am here\n'],
  ['+OK, pass', 'Pass me the salt\n', '+OK\n'],
  ['220', 'Pass me the meter\n', '220 volts, careful\n'],
  ['220 alone', '', '220 volts, careful\n'],
  ['manuals', 'user manual?\nlist of parts\n', '+OK I will send it\n'],
  ['a page', 'a1 login page is broken\nthanks\n', '* OK I look\n'],
  ['a distance', 'HELO there\ndrive safely\n', '220 km to go\n250 km actually\n'],
  ['a distance, and no more yet', 'HELO there\n', '220 km to go\n'],
  ['homework', 'AUTH was hard\nSTAT homework too\n', '+OK\n'],
  ['a request line', 'GET / HTTP/1.1\n', 'is what a browser says\n'],
  ['SSH', 'SSH-2 or SSH-1?\n', 'SSH-2.0-OpenSSH, say I\n'],
  // In RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/), "+OK" is a simple string.
  ['Redis', '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n', '+OK\r\n'],
])('a word at the beginning names no protocol: %s', (_, client, server) => {
  expect(named(client, server)).toBeNull();
});

test('SSH, with the name that each side gives for its software', () => {
  expect(named('SSH-2.0-PuTTY_0.78\r\n\0\0', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')).toEqual({
    name: 'SSH',
    encrypts: true,
    banners: { client: 'SSH-2.0-PuTTY_0.78', server: 'SSH-2.0-OpenSSH_9.2p1 Debian-2' },
  });
});

describe('TLS', () => {
  /** The first bytes that Node's own client sends. */
  async function hello(options: { servername?: string; maxVersion?: 'TLSv1.2' | 'TLSv1.3' }): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.once('data', (bytes) => {
          resolve(Buffer.from(bytes));
          socket.destroy();
          server.close();
        });
      }).on('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        const client = connectTls({ socket: connect(port, '127.0.0.1'), ...options });
        client.on('error', () => undefined);
      });
    });
  }

  test('1.3, with the server name that the client asks for', async () => {
    expect(named(await hello({ servername: 'secret.example' }), '')).toEqual({
      name: 'TLS',
      encrypts: false,
      answer: 'none',
      version: 'TLS 1.3',
      serverName: 'secret.example',
    });
  });

  test('1.2, without a name', async () => {
    expect(named(await hello({ maxVersion: 'TLSv1.2' }), '')).toEqual({
      name: 'TLS',
      encrypts: false,
      answer: 'none',
      version: 'TLS 1.2',
      serverName: null,
    });
  });

  test('a hello that is cut anywhere is read up to the cut', async () => {
    const whole = await hello({ servername: 'secret.example' });
    const names = Array.from(whole, (_, length) => {
      const found = named(whole.subarray(0, length), '') as { serverName: string | null } | null;
      return found === null ? 'no TLS' : found.serverName;
    });
    // Each of the three fields is read from some length on, and never with another value.
    expect(names.filter((name, at) => name !== names[at - 1])).toEqual(['no TLS', null, 'secret.example']);
  });

  test('the server’s choice counts, not the client’s offer', async () => {
    // A ServerHello of TLS 1.2 without extensions: record, handshake header, version, random, session, cipher,
    // compression.
    const serverHello = Buffer.concat([
      Buffer.from('160303002a02000026', 'hex'),
      Buffer.from('0303', 'hex'),
      noise(32),
      Buffer.from('00c02f00', 'hex'),
    ]);
    expect(named(await hello({}), serverHello)).toMatchObject({ version: 'TLS 1.2' });
  });

  test.each([
    ['an error of servchat’s', 'ERROR mode-mismatch\n', 'other'],
    // handshake_failure (RFC 8446, section 6): 2, fatal, and 40.
    ['an alert', Buffer.from('15030300020228', 'hex'), 'alert'],
  ])('a hello answered with %s is no TLS chat', async (_, answered, answer) => {
    expect(named(await hello({}), answered)).toMatchObject({ name: 'TLS', encrypts: false, answer });
  });

  test('a client that sends encrypted records had an answer, even if the capture lacks it', async () => {
    const on = Buffer.concat([await hello({}), Buffer.from('1403030001011703030010', 'hex'), noise(16)]);
    expect(named(on, '')).toMatchObject({ encrypts: true, answer: 'none' });
  });

  test('a capture that starts later: two records, one after the other', () => {
    const record = Buffer.concat([Buffer.from('1703030010', 'hex'), noise(16)]);
    expect(named(Buffer.concat([record, record]), '')).toEqual({
      name: 'TLS',
      encrypts: true,
      answer: 'none',
      version: null,
      serverName: null,
    });
  });
});

test('TLS with a NULL cipher encrypts nothing', () => {
  // RFC 5246, section 7.4.1.3: version, random, no session, the suite, no compression.
  const chosen = (suite: string): Buffer =>
    Buffer.from(`160303002a0200002603 03${'ab'.repeat(32)}00${suite}00`.replaceAll(' ', ''), 'hex');
  // TLS_RSA_WITH_NULL_SHA256 and TLS_RSA_WITH_AES_128_GCM_SHA256, by IANA's registry.
  expect(named('', chosen('003b'))).toMatchObject({ name: 'TLS', encrypts: false, answer: 'unencrypted' });
  expect(named('', chosen('009c'))).toMatchObject({ name: 'TLS', encrypts: true, answer: 'tls' });
});
