/** Captures that explain themselves: tshark reads the comments back, and the packets are those of the source. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { TapRecorder } from '../../src/capture/tap.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { VERSION } from '../../src/protocol/frames.js';
import { annotateCapture } from '../../src/wireshark/annotate.js';
import { frameComments } from '../../src/wireshark/frame-comments.js';
import { clientRandomIn, secretsOf } from '../../src/wireshark/tls-secrets.js';
import { client, pcapOf, server as serverPacket } from '../eavesdropper/wire.js';
import { tshark, tsharkFields, tsharkWarnings } from '../packets/tshark.js';
import { run, servchat, server, temporaryDirectory } from '../servchat-process.js';
import { describeWithTool } from '../tools.js';
import { dissect, tsharkWithDissector, written } from './dissection.js';
import { packetsOf, payloadsOf, record, recut, type Recorded } from './recorded.js';

test('a message that is spread over packets has a comment at the first and at the last', async () => {
  const file = written(
    'cut.pcap',
    pcapOf([
      client(1, 1, 'PA', 'Nice '),
      client(6, 1, 'PA', 'to Meet'),
      serverPacket(1, 6, 'PA', 'Hi\n'),
      client(13, 4, 'PA', ' you\n'),
    ]),
  );
  const comments = frameComments((await inspectCapture(file)).findings);
  expect([...comments]).toEqual([
    [
      1,
      [
        expect.stringMatching(
          /^Message 1, from the client: "Nice to Meet you"\. Anyone .*\(It goes on, up to frame 4\.\)$/,
        ),
      ],
    ],
    [4, ['The end of message 1, which begins in frame 1.']],
    [3, [expect.stringMatching(/^Message 2, from the server: "Hi"/)]],
  ]);
});

test('text from the wire is escaped and shortened, and the comments of a packet are limited', async () => {
  const file = written(
    'odd.pcap',
    pcapOf([client(1, 1, 'PA', `\x1b[2J\u202e${'👋'.repeat(500)}\n${'x\n'.repeat(100)}`)]),
  );
  const [comments] = [...frameComments((await inspectCapture(file)).findings).values()];
  expect(comments).toHaveLength(21);
  expect(comments![0]).toContain('"\\x1b[2J\\u{202e}👋👋');
  expect(comments![0]).toContain('👋…"');
  expect(comments![0]!.length).toBeLessThan(1200);
});

describe('the secrets of one capture from a key log', () => {
  const random = 'ab'.repeat(32);

  test('only lines of its connections, with any label', () => {
    const lines = [`CLIENT_RANDOM ${random} 00ff`, `SERVER_TRAFFIC_SECRET_0 ${random.toUpperCase()} 01`];
    const others = [
      '# comment',
      `CLIENT_RANDOM ${'cd'.repeat(32)} 00`,
      `SERVCHAT_SESSION_KEY ${'ef'.repeat(32)} 00`,
      'RSA 00 11',
    ];
    expect(secretsOf([...others, ...lines].join('\r\n'), new Set([random]))).toBe(`${lines.join('\n')}\n`);
    expect(secretsOf(others.join('\n'), new Set([random]))).toBe('');
  });

  test('a ClientHello is recognized by its record', () => {
    const hello = Buffer.concat([Buffer.from('16030100310100002d0303', 'hex'), Buffer.from(random, 'hex')]);
    expect(clientRandomIn(hello)).toBe(random);
    expect(clientRandomIn(hello.subarray(0, -1))).toBeNull();
    hello[5] = 2;
    expect(clientRandomIn(hello)).toBeNull();
  });
});

test('a capture does not overwrite itself', async () => {
  const file = written('one.pcap', pcapOf([client(1, 1, 'PA', 'Hi\n')]));
  const before = fs.readFileSync(file);
  const link = path.join(temporaryDirectory(), 'link.pcap');
  fs.symlinkSync(file, link);
  expect(await run(['annotate', file, link])).toEqual({
    status: 1,
    output: '',
    errors: expect.stringMatching(/^servchat: Cannot write over the capture that is being read; .*\n$/),
  });
  expect(fs.readFileSync(file).equals(before)).toBe(true);
});

describeWithTool(['tshark', 'editcap'], 'in tshark', () => {
  let encrypted: Recorded;
  beforeAll(async () => {
    encrypted = await record('encrypted');
  });

  test('every comment is read back, the packets are those of the source, and tshark shows no warning', async () => {
    const source = encrypted.capture;
    const annotated = path.join(temporaryDirectory(), 'annotated.pcapng');
    const { status, output, errors } = await run(['annotate', source, annotated]);
    expect([status, errors]).toEqual([0, '']);
    expect(output).toMatch(/^Annotated: .*, \d+ packets; 10 of them have a comment\.\n$/);

    const comments = frameComments((await inspectCapture(source)).findings);
    const rows = tsharkFields(annotated, ['frame.number', 'frame.comment']);
    expect(rows.filter(([, comment]) => comment !== '')).toEqual(
      [...comments].sort(([a], [b]) => a - b).map(([frame, [comment]]) => [String(frame), comment]),
    );
    const kinds = rows.flatMap(([, comment]) => (comment === '' ? [] : comment!.split(/[ :,]/)[0]!));
    expect(kinds).toEqual(['HELLO', 'PUBLIC-KEY', 'SESSION-KEY', ...Array<string>(7).fill('Message')]);
    expect(tsharkWarnings(annotated)).toBe('');

    const back = path.join(temporaryDirectory(), 'back.pcap');
    execFileSync('editcap', ['-F', 'pcap', annotated, back], { stdio: 'ignore' });
    expect(fs.readFileSync(back).equals(fs.readFileSync(source))).toBe(true);
    const text = fs.readFileSync(annotated, 'latin1');
    expect(text).toContain('mode encrypted, client 127.0.0.1 port');
    expect(text).toContain('Nobody knows how it was captured');
    // Option 4 of the section names the application, with the package's version (draft-ietf-opsawg-pcapng, section
    // 4.1).
    const application = `servchat ${(JSON.parse(fs.readFileSync('package.json', 'utf8')) as { version: string }).version}`;
    expect(text).toContain(`\x04\0${String.fromCharCode(application.length)}\0${application}`);
  });

  test('--capture FILE.pcapng: the direction of each packet, how it was captured, what was rebuilt', async () => {
    const directory = temporaryDirectory();
    const [file, serverFile] = [path.join(directory, 'chat.pcapng'), path.join(directory, 'server.pcapng')];
    const { chair, port } = await server(['--mode', 'plaintext', '--capture', serverFile]);
    const other = servchat(['connect', `127.0.0.1:${port}`, '--mode', 'plaintext', '--capture', file]);
    await other.shows('Connected to SERVCHAT');
    other.say('Nice to Meet you');
    await chair.shows('client: Nice');
    other.say('Exit');
    expect([await other.ended, await chair.ended]).toEqual([0, 0]);
    expect(fs.readdirSync(directory).sort()).toEqual(['.servchat', 'chat.pcapng', 'server.pcapng']);

    for (const [capture, out, back] of [
      [file, '0x00000002', '0x00000001'],
      [serverFile, '0x00000001', '0x00000002'],
    ] as const) {
      const rows = tsharkFields(capture, [
        'tcp.dstport',
        'frame.packet_flags_direction',
        'frame.comment',
        'frame.interface_name',
        'frame.interface_description',
      ]);
      for (const [destination, direction, , name] of rows)
        expect([direction, name]).toEqual([
          destination === String(port) ? out : back,
          `servchat-tap-${capture === file ? 'client' : 'server'}`,
        ]);
      expect(rows.flatMap(([, , comment]) => (comment === '' ? [] : [comment!.slice(0, 44)]))).toEqual([
        'Message 1, from the client: "Nice to Meet yo',
        'Message 2, from the client: "Exit". Anyone o',
      ]);
      expect(
        tsharkWithDissector(['-r', capture, '-d', 'tcp.port==1-65535,servchat', '-q', '-z', 'expert,warn']).trim(),
      ).toBe('');
      expect(fs.readFileSync(capture, 'latin1')).toContain('Rebuilt around them: the Ethernet, IP and TCP headers');
    }
  });

  test('a capture in another link type, cut into pieces, keeps its packets and its comments', async () => {
    const source = written('raw.pcap', pcapOf(packetsOf(recut(await payloadsOf(encrypted.capture), () => 90))));
    const annotated = path.join(temporaryDirectory(), 'raw.pcapng');
    const { packets, commented } = await annotateCapture(source, annotated, {
      provenance: { way: 'live', tool: 'dumpcap', interfaceName: 'lo' },
    });
    const names = ['frame.time_epoch', 'frame.len', 'ip.src', 'tcp.seq_raw', 'tcp.payload'];
    expect(tsharkFields(annotated, names)).toEqual(tsharkFields(source, names));
    expect(tsharkFields(annotated, ['frame.comment']).filter(([comment]) => comment !== '')).toHaveLength(commented);
    expect(commented).toBeLessThan(packets);
  });

  test('an annotated capture that is annotated again keeps its comments and repeats none', async () => {
    const directory = temporaryDirectory();
    const [once, noted, twice] = ['once', 'noted', 'twice'].map((name) => path.join(directory, `${name}.pcapng`)) as [
      string,
      string,
      string,
    ];
    await annotateCapture(encrypted.capture, once, {
      provenance: { way: 'live', tool: 'dumpcap', interfaceName: 'lo' },
    });
    execFileSync('editcap', ['-a', '2:A note of the teacher', once, noted], { stdio: 'ignore' });
    await annotateCapture(noted, twice, { provenance: { way: 'unknown' } });
    const names = ['frame.time_epoch', 'frame.len', 'tcp.payload', 'frame.interface_name', 'frame.comment'];
    expect(tsharkFields(twice, names)).toEqual(tsharkFields(noted, names));
    expect(tshark(['-r', twice, '-T', 'fields', '-e', 'frame.comment']).split('\n')[1]).toBe('A note of the teacher');
    expect(fs.readFileSync(twice, 'latin1')).toContain(
      'A comment in the original capture: A servchat capture, annotated',
    );
  });

  test('demo --annotate writes a second capture, with comments', async () => {
    const directory = temporaryDirectory();
    const { status, output, errors } = await run([
      'demo',
      'plaintext',
      '--capture-with',
      'tap',
      '--annotate',
      '--out',
      directory,
    ]);
    expect([status, errors]).toEqual([0, '']);
    expect(output).toContain(`Annotated: ${path.join(directory, 'plaintext.pcapng')}, `);
    const comments = tsharkFields(path.join(directory, 'plaintext.pcapng'), ['frame.comment'])
      .flat()
      .filter((comment) => comment !== '');
    expect(comments).toHaveLength(9);
    expect(comments[4]).toContain('Message 5, from the client: "Nice to Meet you"');
  });

  test('tls mode with --with-secrets: the capture opens decrypted, and the output says so', async () => {
    const directory = temporaryDirectory();
    const [file, keyLog] = [path.join(directory, 'chat.pcapng'), path.join(directory, 'keys')];
    const { chair, port } = await server(['--mode', 'tls']);
    const other = servchat([
      'connect',
      `127.0.0.1:${port}`,
      '--mode',
      'tls',
      '--capture',
      file,
      '--keylog',
      keyLog,
      '--with-secrets',
    ]);
    await other.shows('Connected to SERVCHAT');
    other.say('Nice to Meet you');
    await chair.shows('client: Nice');
    other.say('Exit');
    expect([await other.ended, await chair.ended]).toEqual([0, 0]);
    expect(other.errors).toMatch(/^servchat: Annotated: .* IT HOLDS ITS KEYS \(\d+ TLS secrets\): .*\n$/);
    // Another protocol may claim a free port of the system. And if both ports are such ports, only the preference says
    // which one is the server's.
    const asTls = ['-d', 'tcp.port==1-65535,tls', '-o', `servchat.port:${port}`];
    expect(
      dissect(file, asTls).map(({ fields }) => [
        fields['servchat.mode'],
        fields['servchat.side'],
        fields['servchat.opened'],
      ]),
    ).toEqual([
      ['tls', 'client', 'Nice to Meet you'],
      ['tls', 'client', 'Exit'],
    ]);
    expect(tsharkWithDissector(['-r', file, ...asTls, '-q', '-z', 'expert,warn']).trim()).toBe('');
  });

  test('TLS: the hellos and each encrypted record; the content only with the key', async () => {
    const source = 'captures/samples/tls.pcap';
    const keyLog = 'captures/samples/tls.keylog';
    const directory = temporaryDirectory();
    const [closed, told] = [path.join(directory, 'closed.pcapng'), path.join(directory, 'told.pcapng')];
    expect((await run(['annotate', source, closed])).output).not.toContain('KEY');
    expect((await run(['annotate', source, told, '--keys', keyLog])).output).toMatch(/ITS COMMENTS SAY WHAT THE KEY/);
    const comments = (file: string): readonly (readonly [string, string])[] =>
      tsharkFields(file, ['frame.number', 'frame.comment']).map(([frame, comment]) => [frame!, comment!]);
    const texts = [closed, told].map((file) =>
      comments(file)
        .map(([, comment]) => comment)
        .join('\n'),
    );
    expect(texts[0]).toMatch(
      /^ClientHello: .*it offers TLS 1\.3; it names no server; .*"servchat\/1"; key shares: x25519/m,
    );
    expect(texts[0]).toMatch(/^ServerHello: the server chooses TLS 1\.3 and the suite TLS_AES_256_GCM_SHA384/m);
    expect(texts[0]).toMatch(/^TLS record of the client, sealed: \d+ bytes\. Its header says application data\./m);
    expect(texts[0]).not.toMatch(/key log|Nice to Meet/);
    // tshark opens the same records with the same key log, and finds each line in the same frame.
    const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'data.data'];
    const opened = tshark(['-r', source, '-o', `tls.keylog_file:${keyLog}`, ...fields])
      .split('\n')
      .map((row) => row.split('\t'))
      .filter(([, data = '']) => data !== '')
      .map(([frame, data]) => [frame, Buffer.from(data!, 'hex').toString('utf8').trimEnd()]);
    expect(opened.length).toBeGreaterThan(5);
    const ours = comments(told).flatMap(([frame, comment]) => {
      const said = /With the key log it says: "(.*)"\.$/.exec(comment)?.[1];
      return said === undefined ? [] : [[frame, said]];
    });
    expect(ours).toEqual(opened);
    for (const file of [closed, told]) expect(tsharkWarnings(file)).toBe('');
  });

  test('with --keys the comment on a token gives its content', async () => {
    const told = path.join(temporaryDirectory(), 'told.pcapng');
    const args = ['captures/samples/encrypted.pcap', told, '--keys', 'captures/samples/encrypted.keylog'];
    expect((await run(['annotate', ...args])).status).toBe(0);
    const comments = tsharkFields(told, ['frame.comment']).flat();
    expect(comments.filter((comment) => comment.endsWith('With the key it says: "Nice to Meet you".'))).toHaveLength(1);
    expect(tsharkWarnings(told)).toBe('');
  });

  test('a TLS capture opens decrypted only with its secrets, and no other secrets are added', async () => {
    const { capture, keyLog } = await tlsChat('Nice to Meet you over TLS');
    const directory = temporaryDirectory();
    const [closed, open] = [path.join(directory, 'closed.pcapng'), path.join(directory, 'open.pcapng')];
    expect((await run(['annotate', capture, closed])).output).not.toContain('KEYS');
    expect((await run(['annotate', capture, open, '--with-secrets', keyLog])).output).toMatch(
      /IT HOLDS ITS KEYS \(\d+ TLS secrets\): anyone who gets this file can read the chat\.\n$/,
    );
    const followed = (file: string): string => tshark(['-r', file, '-q', '-z', 'follow,tls,ascii,0']);
    expect(followed(open)).toContain('Nice to Meet you over TLS');
    expect(followed(closed)).not.toContain('Nice to Meet you over TLS');
    expect(
      dissect(open).map(({ fields }) => [fields['servchat.mode'], fields['servchat.opened'], fields['servchat.text']]),
    ).toEqual([['tls', 'Nice to Meet you over TLS', undefined]]);
    expect(dissect(closed)).toEqual([]);
    expect(fs.readFileSync(open, 'latin1')).not.toContain('11'.repeat(32));

    const foreign = written('foreign.keylog', Buffer.from(`CLIENT_RANDOM ${'11'.repeat(32)} 22\n`));
    const refused = await run(['annotate', capture, path.join(directory, 'no.pcapng'), '--with-secrets', foreign]);
    expect([refused.status, refused.errors]).toEqual([
      1,
      expect.stringMatching(/^servchat: Cannot put secrets into the capture: .*\n$/),
    ]);
  });
});

test('a format that cannot hold secrets gets none', async () => {
  const file = path.join(temporaryDirectory(), 'chat.pcap');
  for (const args of [
    ['--capture', file, '--keylog', `${file}.keys`, '--mode', 'tls'],
    ['--capture', `${file}ng`, '--keylog', `${file}.keys`],
    ['--mode', 'tls', '--capture', `${file}ng`],
  ]) {
    const { status, errors } = await run(['serve', '--port', '0', '--with-secrets', ...args]);
    expect([status, errors]).toEqual([
      2,
      expect.stringMatching(/^error: --with-secrets has no effect without --mode tls, .*\n/),
    ]);
  }
});

/** A line over TLS with a key that both sides share, so that no certificate is needed. Recorded on its way. */
async function tlsChat(text: string): Promise<{ capture: string; keyLog: string }> {
  const directory = temporaryDirectory();
  const [capture, keyLog] = [path.join(directory, 'tls.pcap'), path.join(directory, 'tls.keylog')];
  fs.writeFileSync(keyLog, `CLIENT_RANDOM ${'11'.repeat(32)} 22\n`);
  const shared = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2', ALPNProtocols: [VERSION] } as const;
  const psk = Buffer.alloc(16, 7);
  const listening = tls.createServer({ ...shared, pskCallback: () => psk }, (socket) => socket.resume());
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as net.AddressInfo;

  const recorder = TapRecorder.open(capture);
  const proxy = net.createServer((inner) => {
    const outer = net.connect(port, '127.0.0.1');
    const ends = { client: { address: '127.0.0.1', port: 50_000 }, server: { address: '127.0.0.1', port: 4747 } };
    const tap = recorder.connection(ends, 'client');
    inner.on('data', (bytes) => {
      tap.sent(bytes);
      outer.write(bytes);
    });
    outer.on('data', (bytes) => {
      tap.received(bytes);
      inner.write(bytes);
    });
    inner.on('end', () => outer.end());
    outer.on('end', () => inner.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = proxy.address() as net.AddressInfo;
  const secure = tls.connect({
    port: through.port,
    host: '127.0.0.1',
    ...shared,
    pskCallback: () => ({ psk, identity: 'pupil' }),
    checkServerIdentity: () => undefined,
  });
  secure.on('keylog', (line) => {
    fs.appendFileSync(keyLog, line);
  });
  secure.resume().end(`${text}\n`);
  await new Promise((resolve) => secure.once('close', resolve));
  recorder.close();
  await Promise.all([listening, proxy].map((each) => new Promise((resolve) => each.close(resolve))));
  return { capture, keyLog };
}
