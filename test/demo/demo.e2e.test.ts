/** The demo as a process. tshark checks its captures. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { CaptureFindings, Comparison, Verdict } from '../../src/eavesdropper/findings/findings.js';
import { whyNoLiveCapture } from '../live-available.js';
import { describeWithTool, testUnless, testWithTool } from '../tools.js';
import { run, temporaryDirectory } from '../servchat-process.js';
import { recordedScript, type Recorded } from './recorded-script.js';

const SCRIPT = [
  'client: Hi',
  'server: HELLO servchat/1 MESSAGE',
  'client: \x1b[31mred\x1b[0m, a | pipe, `code` and <b>markup</b>',
  'server: Grüße 👋 from the other side, in a message that is long enough to be split over several blocks of the cipher',
  'client: a',
  'server: SGVsbG8gdGhlcmUsIHRoaXMgaXMgYmFzZTY0',
  'client: a',
  'server: end',
];
const MESSAGES = SCRIPT.map((line) => line.replace(/^\w+: /, ''));

const tshark = (args: readonly string[]): string =>
  execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 });

const recorded = (captureWith: 'tap' | 'live'): Promise<Recorded> => recordedScript(SCRIPT, captureWith);

/** The frame where a message was found readable; NaN if it was not. */
function frameOf(verdict: Verdict): number {
  return verdict.readable ? verdict.hit.place.frame : NaN;
}

function checkedByTshark(recording: () => Recorded): void {
  const file = (mode: string): string => path.join(recording().directory, `${mode}.pcap`);
  const json = async (args: readonly string[]): Promise<unknown> =>
    JSON.parse((await run([...args, '--format', 'json'])).output);
  const inspected = async (args: readonly string[]): Promise<CaptureFindings> =>
    (await json(['inspect', ...args])) as CaptureFindings;
  const compared = async (args: readonly string[]): Promise<Comparison> =>
    (await json(['compare', ...args])) as Comparison;

  test('each message is in the frames that tshark finds', async () => {
    const { messages } = await compared([
      file('plaintext'),
      file('encrypted'),
      '--script',
      path.join(recording().directory, 'script.txt'),
    ]);
    expect(messages.map((message) => message.text)).toEqual(MESSAGES);
    const server = (await inspected([file('plaintext')])).conversations[0]!.server.port;
    const fields = ['frame.number', 'tcp.srcport', 'tcp.dstport', 'tcp.payload'];
    const rows = tshark(['-r', file('plaintext'), '-T', 'fields', ...fields.flatMap((name) => ['-e', name])]);
    const packets = rows.split('\n').map((row) => row.split('\t'));
    for (const { text, side, plaintext, encrypted } of messages) {
      const frames = packets
        .filter(([, from, to]) => Number(side === 'client' ? to : from) === server)
        .filter(([, , , payload = '']) => Buffer.from(payload, 'hex').includes(`${text}\n`))
        .map(([frame]) => Number(frame));
      expect(frames).toContain(frameOf(plaintext));
      // One or two letters can be in a token by chance, so nothing can be said about such a message.
      expect(encrypted).toMatchObject(
        text.length > 2 ? { readable: false, control: { proves: true } } : { readable: false },
      );
    }
    // `a` is sent twice. Each time it is found where it was sent.
    expect(frameOf(messages[4]!.plaintext)).toBeLessThan(frameOf(messages[6]!.plaintext));
  });

  test.each(['plaintext', 'encrypted'])('Follow TCP Stream gives the same bytes: %s', async (mode) => {
    const { conversations } = await inspected([file(mode)]);
    expect(conversations).toHaveLength(1);
    const { streams } = conversations[0]!;
    const followed = tshark(['-r', file(mode), '-q', '-z', 'follow,tcp,raw,0'])
      .split('\n')
      .filter((line) => /^\t?[0-9a-f]+$/.test(line));
    const sha256 = (lines: readonly string[]): string =>
      createHash('sha256')
        .update(Buffer.from(lines.join(''), 'hex'))
        .digest('hex');
    expect(streams.client.sha256).toBe(sha256(followed.filter((line) => !line.startsWith('\t'))));
    expect(streams.server.sha256).toBe(
      sha256(followed.filter((line) => line.startsWith('\t')).map((line) => line.trim())),
    );
    if (mode === 'plaintext') {
      const lines = SCRIPT.filter((line) => line.startsWith('client')).map((line) => `${line.replace(/^\w+: /, '')}\n`);
      expect(streams.client.sha256).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
    }
  });

  test('with the key log, the encrypted capture can be read, and every check is verified', async () => {
    const { conversations } = await inspected([
      file('encrypted'),
      '--keys',
      path.join(recording().directory, 'encrypted.keylog'),
    ]);
    expect(conversations[0]!.messages.map((message) => (message.kind === 'sealed' ? message.opened : null))).toEqual(
      MESSAGES.map((text) => ({ ok: true, text, check: 'verified' })),
    );
  });
}

describeWithTool('tshark', 'captured by a tap', () => {
  let recording: Recorded;
  beforeAll(async () => {
    recording = await recorded('tap');
  });
  checkedByTshark(() => recording);

  test.each(['plaintext', 'encrypted'])('Wireshark shows no warning, checksums included: %s', (mode) => {
    const file = path.join(recording.directory, `${mode}.pcap`);
    // If port 4747 is in use, the demo takes any free port. Wireshark may know that port for another protocol.
    const [port] = tshark(['-r', file, '-T', 'fields', '-e', 'tcp.dstport']).split('\n');
    expect(
      tshark([
        '-r',
        file,
        '-d',
        `tcp.port==${port!},data`,
        '-o',
        'tcp.check_checksum:TRUE',
        '-o',
        'ip.check_checksum:TRUE',
        '-q',
        '-z',
        'expert,warn',
      ]).trim(),
    ).toBe('');
  });

  test('the terminal and the report say how it was captured and what was rebuilt, and print no escape code', () => {
    const report = fs.readFileSync(path.join(recording.directory, 'report.md'), 'utf8');
    for (const text of [recording.output, report]) {
      expect(text).toMatch(/tap/);
      expect(text).toMatch(/checksums/);
      expect(text).not.toContain('\x1b');
    }
    expect(report.replace(/^~~~text\n.*?^~~~$/gms, '')).not.toContain('<b>markup');
    expect(recording.output).toContain('8 of 8 messages readable in plaintext, 0 of 8 encrypted');
  });
});

const why = await whyNoLiveCapture();

describeWithTool('tshark', 'captured live', () => {
  let recording: Recorded;
  beforeAll(async () => {
    if (why === null) recording = await recorded('live');
  });
  if (why === null) checkedByTshark(() => recording);

  testUnless(why, 'the terminal and the report say so', () => {
    expect(recording.output).toMatch(/live, the kernel's packets/);
    expect(fs.readFileSync(path.join(recording.directory, 'report.md'), 'utf8')).toMatch(
      /captured live by `(tcpdump|dumpcap)`/,
    );
  });
});

describe('what can go wrong', () => {
  test('a port in use: the demo takes another one and says which filter to type', async () => {
    const blocker = net.createServer();
    // If another program has 4747 already, the demo is in the same position.
    await new Promise<void>((resolve) => {
      blocker.once('error', () => {
        resolve();
      });
      blocker.listen(4747, '127.0.0.1', () => {
        resolve();
      });
    });
    const { status } = await run(['demo', 'plaintext', '--capture-with', 'tap', '--out', temporaryDirectory()]);
    await new Promise((resolve) => blocker.close(resolve));
    expect(status).toBe(0);
  });

  test.each([
    [
      'no such conversation',
      ['--script', 'no/such/file'],
      /^servchat: Cannot read the conversation no\/such\/file: there is no such file or folder; check the path, or give the name of one that comes with servchat: .*\n$/,
    ],
    [
      'a file that is not a conversation',
      ['--script', 'package.json'],
      /^servchat: Cannot use the conversation package\.json: line 1 is neither .*\n$/,
    ],
    [
      'a folder that cannot be made',
      ['--out', 'package.json/x'],
      /^servchat: Cannot write to the folder package\.json\/x: a part of the path is not a folder; check the path\n$/,
    ],
  ])('%s', async (_, args, errors) => {
    expect(await run(['demo', 'compare', ...args])).toEqual({
      status: 1,
      output: expect.any(String),
      errors: expect.stringMatching(errors),
    });
  });
});

describe('while port 4747 is in use', () => {
  let holder: net.Server;
  beforeAll(async () => {
    holder = net.createServer();
    await new Promise<void>((resolve) => {
      // Another program may use the port already. That is just as good.
      holder.once('error', () => {
        resolve();
      });
      holder.listen(4747, '127.0.0.1', () => {
        resolve();
      });
    });
  });
  afterAll(() => {
    holder.close();
  });

  testWithTool(
    'tshark',
    'the demo says what to type instead; with that, Wireshark recognizes every message of the chat',
    async () => {
      const out = temporaryDirectory();
      const { status, output } = await run(['demo', 'plaintext', '--capture-with', 'tap', '--out', out]);
      expect(status).toBe(0);
      const port =
        /Port 4747 was in use, so this chat went over port (\d+): where a filter says tcp\.port == 4747, type tcp\.port == \1\./.exec(
          output,
        )![1]!;
      const [, option, file] = / {2}wireshark -C servchat -o (servchat\.port:\d+) (\S+)\n/.exec(output)!;
      const shown = (...more: readonly string[]): number =>
        execFileSync(
          'tshark',
          [
            '-r',
            file!,
            '-X',
            'lua_script:lessons/wireshark/servchat.lua',
            ...more,
            '-Y',
            'servchat',
            '-T',
            'fields',
            '-e',
            'frame.number',
          ],
          { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
        )
          .split('\n')
          .filter((line) => line !== '').length;
      expect(shown()).toBe(0);
      expect(shown('-o', option!)).toBe(9);
      expect(output).toContain('Decode As…');
      expect(shown('-d', `tcp.port==${port},servchat`)).toBe(9);

      const encrypted = await run(['demo', 'encrypted', '--capture-with', 'tap', '--out', out]);
      expect(encrypted.output).toMatch(/Port 4747 was in use, so this chat went over port \d+/);
      expect(encrypted.output).not.toContain('-o servchat.port');
    },
  );
});
