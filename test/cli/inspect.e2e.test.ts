/** `servchat inspect` as a process: what each format prints, how it fails, and what it does at a terminal. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { beforeAll, describe, expect, test } from '@jest/globals';

import type { CaptureFindings, ConversationFindings } from '../../src/eavesdropper/findings/findings.js';
import type { Find } from '../../src/eavesdropper/inspect.js';
import { atTerminal, noTerminal } from '../at-terminal.js';
import { CONVERSATION, captureOf, conversationOf, plaintextChat } from '../eavesdropper/chats.js';
import { client, pcapOf, pcapOfFrames, pcapngOf, server } from '../eavesdropper/wire.js';
import { tsharkInside } from '../keyholder/tls/recording.js';
import { tshark, tsharkFollow } from '../packets/tshark.js';
import { MAIN, TestProcess, run, servchat, temporaryDirectory } from '../servchat-process.js';
import { TmuxWindow } from '../tmux.js';
import { describeWithTool, testUnless, testWithTool } from '../tools.js';

const PLAINTEXT = 'captures/samples/plaintext.pcap';
const ENCRYPTED = 'captures/samples/encrypted.pcap';
const KEY_LOG = 'captures/samples/encrypted.keylog';

let folder: string;
const fileOf = (name: string, bytes: Buffer | string): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, bytes);
  return file;
};
beforeAll(() => {
  folder = temporaryDirectory();
});

/** Runs `inspect` and returns what it prints. It must succeed. */
async function printed(...args: readonly string[]): Promise<string> {
  const { status, output, errors } = await run(['inspect', ...args]);
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  return output;
}

/** Three conversations. The second is the longest. */
const THREE = [
  ...conversationOf(plaintextChat(CONVERSATION.slice(0, 2))),
  ...conversationOf(plaintextChat(CONVERSATION)).map((packet) => ({ ...packet, clientPort: 40_001 })),
  client(1, 0, 'S', '', { clientPort: 40_002 }),
];

describe('one conversation', () => {
  test('--conversation: only that conversation', async () => {
    const output = await printed(fileOf('three.pcap', pcapOf(THREE)), '--conversation', '1', '--format', 'json');
    const { conversations } = JSON.parse(output) as CaptureFindings;
    expect(conversations.map(({ number, client: { port } }) => [number, port])).toEqual([[1, 40_001]]);
    expect(await printed(path.join(folder, 'three.pcap'), '--conversation', '1')).toContain('3 TCP conversations');
    expect(conversations[0]!.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(
      CONVERSATION.map(({ text }) => text),
    );
  });

  test('--follow: both sides in turn, and the reader can tell them apart without colour', async () => {
    const output = await printed(fileOf('chat.pcap', captureOf(plaintextChat(CONVERSATION))), '--follow', '0');
    const lines = output.split('\n').filter((line) => line !== '' && !line.trim().startsWith('['));
    expect(lines).toEqual(CONVERSATION.map(({ side, text }) => `${side === 'client' ? '> ' : '    < '}${text}`));
  });

  describeWithTool('tshark', 'as Follow TCP Stream has it', () => {
    test.each([PLAINTEXT, ENCRYPTED, 'captures/samples/tls.pcap'])('--follow --hex: %s', async (file) => {
      const output = await printed(file, '--follow', '0', '--hex');
      const theirs = tsharkFollow(file, 0);
      for (const [side, row] of [
        ['client', /^> ([0-9a-f]{6}) {2}((?:[0-9a-f]{2} ?){1,16}) {2}/gm],
        ['server', /^ {4}< ([0-9a-f]{6}) {2}((?:[0-9a-f]{2} ?){1,16}) {2}/gm],
      ] as const) {
        const bytes = Buffer.alloc(theirs[side].length);
        let count = 0;
        for (const [, offset, hex] of output.matchAll(row))
          count += bytes.write(hex!.replaceAll(' ', ''), parseInt(offset!, 16), 'hex');
        expect(count).toBe(theirs[side].length);
        expect(bytes.equals(theirs[side])).toBe(true);
      }
    });
  });
});

describe('--follow --keys: what a TLS key log opens', () => {
  const [capture, keyLog] = ['captures/samples/tls.pcap', 'captures/samples/tls.keylog'];

  testWithTool('tshark', '--hex: byte by byte, as Follow TLS Stream has it', async () => {
    const output = await printed(capture, '--follow', '0', '--hex', '--keys', keyLog);
    const theirs = tsharkInside(capture, keyLog, 0, 4747);
    const bytesOf = (row: RegExp): string =>
      [...output.matchAll(row)].map(([, hex]) => hex!.replaceAll(' ', '')).join('');
    expect(bytesOf(/^> [0-9a-f]{6} {2}((?:[0-9a-f]{2} ?){1,16}) {2}/gm)).toBe(theirs.client);
    expect(bytesOf(/^ {4}< [0-9a-f]{6} {2}((?:[0-9a-f]{2} ?){1,16}) {2}/gm)).toBe(theirs.server);
    // The lengths are those of the texts with their LF.
    expect(output).toMatch(/\[client, frame 10: application data, 6 bytes, opened\]\n> 000000 {2}48 65 6c 6c 6f 0a /);
    expect(output).toMatch(/\[client, frame \d+: handshake: ClientHello, unencrypted\]/);
  });

  test('the texts', async () => {
    const output = await printed(capture, '--follow', '0', '--keys', keyLog);
    const lines = output.split('\n').filter((line) => line !== '' && !line.trim().startsWith('['));
    expect(lines).toEqual(CONVERSATION.map(({ side, text }) => `${side === 'client' ? '> ' : '    < '}${text}`));
  });

  test.each([
    [PLAINTEXT, keyLog, /^servchat: Cannot open conversation 0: it is not in TLS; /],
    [
      capture,
      'captures/samples/encrypted.keylog',
      /^servchat: Cannot open conversation 0: the key log has no line for /,
    ],
  ])('%s with %s: says why not', async (file, keys, says) => {
    const { status, errors } = await run(['inspect', file, '--follow', '0', '--keys', keys]);
    expect(status).toBe(1);
    expect(errors).toMatch(says);
  });
});

describe('how much', () => {
  const messages = (output: string): number => [...output.matchAll(/^ +\d+ +\d+ +(?:client|server) /gm)].length;

  test('--limit: that many rows, and the number of rows that are left', async () => {
    const file = fileOf('chat.pcap', captureOf(plaintextChat(CONVERSATION)));
    const few = await printed(file, '--limit', '2');
    expect(messages(few)).toBe(2);
    expect(few).toContain(`… and ${CONVERSATION.length - 2} more; --limit 0 shows all`);
    const lines = (await printed(file, '--follow', '0', '--limit', '3')).trimEnd().split('\n');
    expect(lines).toHaveLength(3 + 1);
    expect(lines[3]).toBe('… --limit 0 shows all');
  });

  test('--limit 0: all rows, even where there are more than the default shows', async () => {
    const said = Array.from({ length: 120 }, (_, index) => ({ side: 'client', text: `line ${index}` }) as const);
    const file = fileOf('long.pcap', captureOf(plaintextChat(said)));
    expect(messages(await printed(file))).toBe(100);
    expect(messages(await printed(file, '--limit', '0'))).toBe(120);
  });

  test('with several conversations, fewer messages of each are shown by default', async () => {
    const one = conversationOf(
      plaintextChat(Array.from({ length: 30 }, (_, index) => ({ side: 'client', text: `line ${index}` }) as const)),
    );
    const file = fileOf('two-long.pcap', pcapOf([...one, ...one.map((packet) => ({ ...packet, clientPort: 40_001 }))]));
    expect(messages(await printed(file))).toBe(2 * 20);
    expect(messages(await printed(file, '--limit', '25'))).toBe(2 * 25);
    expect(messages(await printed(file, '--conversation', '1'))).toBe(30);
  });
});

test('--find, given twice: the place of a text that is there, and none of a text that is not', async () => {
  const output = await printed(PLAINTEXT, '--find', 'Nice to Meet you', '--find', 'not there');
  expect(output).toContain('“Nice to Meet you”: readable');
  expect(output).toContain('“not there”: not found');
});

/** The fields that the README lists. */
const README = fs.readFileSync('src/lesson/README.md', 'utf8');

function section(heading: string): string {
  return README.split(/^##+ /m).find((text) => text.startsWith(`${heading}\n`))!;
}

/** The names in the first column of a table, up to the first dot. */
function documented(heading: string): string[] {
  const rows = section(heading).matchAll(/^\| (`.*?) \|/gm);
  const names = [...rows].flatMap(([, fields]) => [...fields!.matchAll(/`(\w+)[^`]*`/g)].map(([, name]) => name!));
  return [...new Set(names)].sort();
}

/** All names in the row that starts with `field`. */
function row(heading: string, field: string): string[] {
  const [line] = new RegExp(`^\\| .*\`${field}\`.*$`, 'm').exec(section(heading))!;
  return [
    ...line
      .split(' | ')
      .slice(1)
      .join()
      .matchAll(/`(\w+)(?:\[\])?`/g),
  ]
    .map(([, name]) => name!)
    .sort();
}

const CAPTURE = 'A *capture*';
const CONVERSATIONS = 'A *conversation*';
const INSPECTION = '`servchat inspection`';

/**
 * The names of all fields in `value`. Some keys stand for something in the capture: kinds of packets, disguises. Those
 * are left out.
 */
function fieldsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(fieldsIn);
  return Object.entries(value).flatMap(([name, part]) =>
    name === 'otherPackets' || name === 'disguised' ? [name] : [name, ...fieldsIn(part)],
  );
}

describe('JSON has exactly the documented fields', () => {
  const args = [ENCRYPTED, '--keys', KEY_LOG, '--find', 'Nice to Meet you', '--find', 'HELLO'];
  let json: CaptureFindings & { readonly finds: readonly Find[] };
  let lines: Record<string, unknown>[];
  beforeAll(async () => {
    json = JSON.parse(await printed(...args, '--format', 'json')) as typeof json;
    lines = (await printed(...args, '--format', 'ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  });

  // Fields that are there only for some conversations, such as `tls`. These captures have none of them.
  const seldom = ['unlistedMessages', 'tls', 'tlsFrom', 'guessedBorders', 'guessedSides', 'wireKeysUnsought'];
  const ofOthers = [...seldom, 'disguise', 'sameBytes', 'wireKeys'];
  // A capture without UDP has no `udp`.
  const inCapture = documented(CAPTURE).filter((name) => name !== 'udp');
  const inConversation = documented(CONVERSATIONS).filter((name) => !ofOthers.includes(name));

  test('json', () => {
    expect(Object.keys(json).sort()).toEqual([...documented(INSPECTION), ...inCapture].sort());
    expect(Object.keys(json.leftOut).sort()).toEqual(
      [...section(CAPTURE).matchAll(/`leftOut\.(\w+)`/g)].map(([, name]) => name).sort(),
    );
    const [conversation] = json.conversations;
    expect(Object.keys(conversation!).sort()).toEqual(inConversation);
    for (const stream of Object.values(conversation!.streams)) {
      expect(Object.keys(stream).sort()).toEqual(row(CONVERSATIONS, 'streams.client'));
      const ofSome = ['letters', 'controls', 'framing', 'marks', 'notUnpacked'];
      expect(Object.keys(stream.readability).sort()).toEqual(
        documented('`readability`').filter((name) => !ofSome.includes(name)),
      );
    }
  });

  test('ndjson: a line for the conversation, then one for the file', () => {
    expect(lines.map(({ type }) => type)).toEqual(['conversation', 'file']);
    expect(Object.keys(lines[0]!).sort()).toEqual(['type', ...inConversation].sort());
    expect(Object.keys(lines[1]!).sort()).toEqual(
      ['type', ...documented(INSPECTION), ...inCapture].filter((name) => name !== 'conversations').sort(),
    );
  });

  test('ndjson says the same as json', () => {
    const [conversation, file] = lines;
    expect({ ...file, conversations: [conversation] }).toEqual({
      ...json,
      type: 'file',
      conversations: json.conversations.map((each) => ({ ...each, type: 'conversation' })),
    });
  });

  test('for every message, to the last', async () => {
    const tls = JSON.parse(await printed('captures/samples/tls.pcap', '--format', 'json')) as unknown;
    const written = new Set([...README.matchAll(/`([^`\n]+)`/g)].flatMap(([, text]) => text!.split(/\W+/)));
    expect([...new Set(fieldsIn([json, tls]))].filter((name) => !written.has(name))).toEqual([]);
  });

  test('bytes, hash, gap and conflict of each side', async () => {
    const packets = [
      ...conversationOf([
        { side: 'client', bytes: 'abcd' },
        { side: 'server', bytes: 'yes' },
      ]),
      client(103, 504, 'PA', 'XXef'),
      server(510, 107, 'PA', 'late'),
      client(107, 514, 'A'),
    ];
    const { conversations } = JSON.parse(
      await printed(fileOf('gap.pcap', pcapOf(packets)), '--format', 'json'),
    ) as CaptureFindings;
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(conversations[0]).toMatchObject({
      number: 0,
      client: { address: '10.0.0.1', port: 40_000 },
      server: { address: '10.0.0.2', port: 4747 },
      frames: packets.length,
      streams: {
        client: { bytes: 6, sha256: sha256('abcdef'), missing: 0, conflicts: 1 },
        server: { bytes: 7, sha256: sha256('yeslate'), missing: 6, conflicts: 0 },
      },
    });
  });
});

describe('standard input', () => {
  test.each([
    ['pcap', (bytes: Buffer) => bytes, false],
    ['gzip', (bytes: Buffer) => gzipSync(bytes), true],
  ])('%s: as from a file', async (_, packed, compressed) => {
    const child = servchat(['inspect', '-', '--format', 'json']);
    await child.feed(packed(fs.readFileSync(PLAINTEXT)));
    child.endInput();
    expect(await child.ended).toBe(0);
    const fromFile = JSON.parse(await printed(PLAINTEXT, '--format', 'json')) as CaptureFindings;
    expect(JSON.parse(child.raw)).toEqual({ ...fromFile, file: '-', contents: { ...fromFile.contents, compressed } });
  });

  test.each([
    ['pcap', pcapOf],
    ['pcapng', pcapngOf],
  ])('ndjson: a conversation is told when it ends, not when the capture does: %s', async (_, fileFor) => {
    const chat = [...conversationOf(plaintextChat(CONVERSATION)), client(9000, 9000, 'R')];
    // One packet a second. A minute after its end, a conversation is released from memory.
    const others = Array.from({ length: 70 }, () => client(1, 0, 'S', '', { clientPort: 50_000 }));
    const child = servchat(['inspect', '-', '--format', 'ndjson']);
    await child.feed(fileFor([...chat, ...others]));
    const line = JSON.parse(await child.shows('"type":"conversation"')) as ConversationFindings;
    expect([line.number, line.ending, line.messages.length]).toEqual([0, 'reset', CONVERSATION.length]);
    child.endInput();
    expect(await child.ended).toBe(0);
    expect(child.output.map((each) => (JSON.parse(each) as { type: string }).type)).toEqual([
      'conversation',
      'conversation',
      'file',
    ]);
  });
});

describe('a failure is one line and an exit status', () => {
  const cut = (): string => fileOf('cut.pcap', fs.readFileSync(PLAINTEXT).subarray(0, 1000));

  test.each<[string, () => readonly string[], RegExp]>([
    ['no capture', () => ['README.md'], /^servchat: Cannot read the capture README\.md: .*not a capture/],
    ['an empty file', () => [fileOf('empty', '')], /^servchat: Cannot read the capture .*empty: it is empty/],
    ['no file', () => [path.join(folder, 'none')], /^servchat: Cannot read the capture .*none: there is no such file/],
    ['a folder', () => [folder], /^servchat: Cannot read the capture .*: this is a folder/],
    ['nothing on standard input', () => ['-'], /^servchat: Cannot read the capture on standard input: it is empty/],
    [
      'no key log',
      () => [PLAINTEXT, '--keys', path.join(folder, 'none')],
      /^servchat: Cannot read the key log .*none: there is no such file/,
    ],
    [
      'a key log that is a folder',
      () => [PLAINTEXT, '--keys', folder],
      /^servchat: Cannot read the key log .*: this is a folder/,
    ],
    [
      'no such conversation',
      () => [PLAINTEXT, '--conversation', '1'],
      /^servchat: Cannot show conversation 1: the capture has no conversation with this number/,
    ],
    [
      'no such conversation, ndjson',
      () => [PLAINTEXT, '--conversation', '1', '--format', 'ndjson'],
      /^servchat: Cannot show conversation 1: the capture has no conversation with this number/,
    ],
    [
      'none to follow',
      () => [PLAINTEXT, '--follow', '7'],
      /^servchat: Cannot follow conversation 7: the capture has no conversation with this number/,
    ],
  ])('%s: 1, and nothing printed', async (_, args, complaint) => {
    const { status, output, errors } = await run(['inspect', ...args()]);
    expect({ status, output }).toEqual({ status: 1, output: '' });
    expect(errors).toMatch(complaint);
    expect(errors.trimEnd()).not.toContain('\n');
  });

  testUnless(process.getuid?.() === 0 ? 'root may read everything' : null, 'no permission: 1', async () => {
    const file = fileOf('secret.pcap', fs.readFileSync(PLAINTEXT));
    fs.chmodSync(file, 0);
    expect(await run(['inspect', file])).toMatchObject({
      status: 1,
      output: '',
      errors: expect.stringMatching(/^servchat: Cannot read the capture .*: permission denied[^\n]*\n$/),
    });
  });

  test.each([['table'], ['json'], ['ndjson']])(
    'a capture that is cut short: status 1, and everything before the cut: %s',
    async (format) => {
      const { status, output, errors } = await run(['inspect', cut(), '--format', format]);
      expect(status).toBe(1);
      expect(output).toContain('I am from cyber security department');
      expect(errors).toMatch(/^servchat: Packet \d+, at byte \d+ of the file, is cut[^\n]*\n$/);
    },
  );

  test.each([
    ['--conversation', 'x'],
    ['--conversation', '-1'],
    ['--follow', '1.5'],
    ['--follow', ''],
    ['--limit', '99999999999'],
    ['--format', 'xml'],
    ['--nonsense', '1'],
  ])('wrong usage is 2: %s %s', async (option, value) => {
    const { status, output, errors } = await run(['inspect', PLAINTEXT, option, value]);
    expect({ status, output }).toEqual({ status: 2, output: '' });
    expect(errors).toMatch(new RegExp(`^error: .*${option}`));
  });

  test.each([
    ['--follow', ['--follow', '0', '--find', 'Hello']],
    ['--follow', ['--follow', '0', '--format', 'json']],
    ['--follow', ['--follow', '0', '--conversation', '0']],
    ['--hex', ['--hex']],
  ])('options that do not go together are wrong usage: %s in %j', async (option, options) => {
    const { status, output, errors } = await run(['inspect', PLAINTEXT, ...options]);
    expect({ status, output }).toEqual({ status: 2, output: '' });
    expect(errors).toMatch(new RegExp(`^error: .*${option}`));
  });
});

test('Ctrl-C, which also ends the capturing program: everything up to its end is reported', async () => {
  const inspecting = new TestProcess(process.execPath, [MAIN, 'inspect', '-', '--format', 'ndjson']);
  // The pipe holds less than this, so when it is empty, the first bytes have been read.
  const padding = pcapOf(Array.from({ length: 8000 }, (_, index) => client(1, 0, 'S', '', { clientPort: 1 + index })));
  await inspecting.feed(padding);
  inspecting.kill('SIGINT');
  await inspecting.feed(pcapOf([client(1, 0, 'S', 'x', { clientPort: 60_000 })]).subarray(24));
  inspecting.endInput();
  expect(await inspecting.ended).toBe(0);
  expect(inspecting.output).toHaveLength(8002);
});

test('a disguised text in a line is shown without its disguise', async () => {
  const login = pcapOf([
    client(100, 0, 'S'),
    server(500, 101, 'SA'),
    client(101, 501, 'A', `Authorization: Basic ${Buffer.from('alice:hunter2').toString('base64')}\n`),
  ]);
  expect(await printed(fileOf('login.pcap', login))).toMatch(/base64 +alice:hunter2/);
});

test('a search without a hit says what that proves', async () => {
  const said = async (mode: string, text: string): Promise<string> =>
    (await run(['inspect', `captures/samples/${mode}.pcap`, '--find', text])).output.replace(/\s+/g, ' ');
  expect(await said('plaintext', 'xyzzy')).toMatch(
    /“xyzzy”: not found all 137 bytes searched are text that anyone can read, and what you searched for is not among them in any form/,
  );
  expect(await said('tls', 'xyzzy')).toMatch(
    /“xyzzy”: not found no control, so “not found” proves nothing: \d+ of the \d+ bytes searched are not text\./,
  );
  expect(await said('tls', 'servchat')).toMatch(
    /“servchat”: not found in any message .* in the TLS handshake \(ClientHello: ALPN\)/,
  );
});

test('a text that is too long for the search is refused', async () => {
  const { status, errors } = await run(['inspect', 'captures/samples/plaintext.pcap', '--find', 'z'.repeat(1025)]);
  expect([status, errors]).toEqual([
    1,
    'servchat: Cannot search for a text of 1025 bytes: 1024 is the most; search for a part of it\n',
  ]);
});

test('a file that is not a key log is refused', async () => {
  const { status, errors } = await run(['inspect', 'captures/samples/encrypted.pcap', '--keys', 'README.md']);
  expect([status, errors]).toEqual([
    1,
    expect.stringMatching(
      /^servchat: Cannot use the key log README\.md: it has no line that begins with SERVCHAT_SESSION_KEY, and no TLS secret; give .*\n$/,
    ),
  ]);
});

test('a TLS capture and its key log: the table and the JSON show what was typed, and no secret', async () => {
  const [capture, keyLog] = ['captures/samples/tls.pcap', 'captures/samples/tls.keylog'];
  const { output } = await run(['inspect', capture, '--keys', keyLog]);
  expect(output).toMatch(/client +application data +23 +Hello ↵[^]*server +application data +20 +Hi ↵/);
  const { output: json } = await run(['inspect', capture, '--keys', keyLog, '--format', 'json']);
  const secrets = fs
    .readFileSync(keyLog, 'utf8')
    .split(/\s+/)
    .filter((word) => /^[0-9a-f]{64,}$/.test(word));
  const random = (JSON.parse(json) as { conversations: { tls: { clientHello: { random: string } } }[] })
    .conversations[0]!.tls.clientHello.random;
  for (const secret of secrets)
    if (secret !== random) expect([output.includes(secret), json.includes(secret)]).toEqual([false, false]);
});

describe('a search with a key: what anyone can read, and what the key opens', () => {
  const found = async (mode: string, keyLog: string, ...texts: string[]): Promise<string> => {
    const args = [`captures/samples/${mode}.pcap`, '--keys', `captures/samples/${keyLog}.keylog`];
    return (await printed(...args, ...texts.flatMap((text) => ['--find', text])))
      .split('\nSearch\n')[1]!
      .replace(/\s+/g, ' ');
  };

  test.each([
    ['tls', 'a TLS record of the client'],
    ['encrypted', 'message 5 of the client'],
  ])('%s: the wire does not show it, the key does', async (mode, where) => {
    const both = await found(mode, mode, 'Nice to Meet you', 'never said');
    expect(both).toMatch(/“Nice to Meet you”: on the wire: not found no control, so “not found” proves nothing: /);
    expect(both).toMatch(new RegExp(`with the key: in ${where}, frame \\d+, as typed “never said”: on the wire: not`));
    expect(both).toMatch(/with the key: not found in any message, although it opens everything $/);
  });

  test('the key of another chat opens nothing, and the output says so', async () => {
    expect(await found('tls', 'encrypted', 'Hello')).toMatch(
      /with the key: it opens no message in which the text could be/,
    );
  });

  test('as JSON: a key does not change the verdict, and ndjson says the same as json', async () => {
    const [capture, keyLog] = ['captures/samples/tls.pcap', 'captures/samples/tls.keylog'];
    const args = [capture, '--keys', keyLog, '--find', 'Meet you too', '--find', 'never said'];
    const { finds } = JSON.parse(await printed(...args, '--format', 'json')) as { finds: readonly Find[] };
    expect(finds.map(({ verdict, among }) => [verdict.readable, among])).toEqual([
      [false, 'opaque'],
      [false, 'opaque'],
    ]);
    expect(finds[0]!.withKey).toMatchObject({
      found: true,
      message: null,
      shape: 'as typed',
      place: { side: 'server' },
    });
    // Only the chat's lines count, each in its own record. The handshake and the alert do not.
    expect(finds[1]!.withKey).toEqual({ found: false, opened: 9, isWhole: true });
    const lines = (await printed(...args, '--format', 'ndjson')).trimEnd().split('\n');
    expect((JSON.parse(lines.at(-1)!) as { finds: unknown }).finds).toEqual(finds);
    const { finds: without } = JSON.parse(await printed(capture, '--find', 'Meet', '--format', 'json')) as {
      finds: readonly Find[];
    };
    expect(without[0]).not.toHaveProperty('withKey');
  });

  describeWithTool(['tshark'], 'beside tshark', () => {
    test('tshark finds the text in the same frame', async () => {
      const [capture, keyLog] = ['captures/samples/tls.pcap', 'captures/samples/tls.keylog'];
      const args = [capture, '--keys', keyLog, '--find', 'Meet you too', '--format', 'json'];
      const { finds } = JSON.parse(await printed(...args)) as { finds: readonly Find[] };
      const hex = Buffer.from('Meet you too').toString('hex');
      const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'data.data'];
      const rows = tshark(['-r', capture, '-o', `tls.keylog_file:${keyLog}`, ...fields]).split('\n');
      const frames = rows.filter((row) => row.includes(hex)).map((row) => Number.parseInt(row, 10));
      expect(frames).toHaveLength(1);
      expect(finds[0]!.withKey).toMatchObject({ place: { frame: frames[0], lastFrame: frames[0] } });
    });
  });
});

test('a key log inside a pcapng is reported, and is used only if the user asks', async () => {
  const inside = path.join(folder, 'inside.pcapng');
  await run(['annotate', 'captures/samples/tls.pcap', inside, '--with-secrets', 'captures/samples/tls.keylog']);
  const { output: listening } = await run(['inspect', inside]);
  expect(listening).toMatch(/the file itself holds a TLS key log/);
  expect(listening).not.toContain('Nice to Meet you');
  const { output: asked } = await run(['inspect', inside, '--keys', inside]);
  expect(asked).toContain('Nice to Meet you too ↵');
  const { status, errors } = await run(['inspect', inside, '--keys', 'captures/samples/plaintext.pcapng']);
  expect([status, errors]).toEqual([1, expect.stringMatching(/^servchat: Cannot (use|read) .*plaintext\.pcapng/)]);
});

test('a search says that it covers only TCP and UDP, if the capture holds more', async () => {
  // UDP that says Hi, and ICMP.
  const packet = Buffer.from('4500001e00004000401100007f0000017f00000100010002000a00004869', 'hex');
  const ping = Buffer.from('4500001c00004000400100007f0000017f0000010800f7ff00000000', 'hex');
  const udp = pcapOfFrames([packet, ping].map((data) => ({ data, originalLength: data.length })));
  expect(await printed(fileOf('udp.pcap', udp), '--find', 'Hi')).toMatch(/“Hi”: readable[^]*1 +UDP 0 /);
  expect(await printed(fileOf('udp.pcap', udp), '--find', 'Bye')).toMatch(
    /only TCP and UDP were searched; 1 other packet was not/,
  );
});

test('a reader that leaves after one line is not a failure', async () => {
  // More than a pipe holds.
  const many = fileOf(
    'many.pcap',
    pcapOf(Array.from({ length: 2000 }, (_, index) => client(1, 0, 'S', '', { clientPort: 1 + index }))),
  );
  const shell = new TestProcess('bash', [
    '-c',
    'set -o pipefail; "$0" "$1" inspect "$2" --format ndjson | head -1',
    process.execPath,
    MAIN,
    many,
  ]);
  shell.endInput();
  expect({ status: await shell.ended, errors: shell.errors }).toEqual({ status: 0, errors: '' });
  expect(shell.output.map((line) => (JSON.parse(line) as ConversationFindings).number)).toEqual([0]);
});

describe('at a terminal', () => {
  const escapes = '\x1b';

  testUnless(noTerminal, '--follow uses colour, unless NO_COLOR is set', async () => {
    const shown = async (env: NodeJS.ProcessEnv): Promise<string> => {
      const person = atTerminal(['inspect', PLAINTEXT, '--follow', '0'], { env });
      expect(await person.ended).toBe(0);
      return person.raw;
    };
    expect(await shown({})).toContain(escapes);
    const plain = await shown({ NO_COLOR: '1' });
    expect(plain).not.toContain(escapes);
    expect(plain.replaceAll('\r', '')).toBe(await printed(PLAINTEXT, '--follow', '0'));
  });

  /** As many packets as are read between two progress reports. */
  const batch = (): Buffer =>
    pcapOfFrames(Array.from({ length: 16_384 }, () => ({ data: Buffer.alloc(1), originalLength: 1 })));
  const FILE_HEADER = 24;

  testUnless(
    noTerminal,
    'a run of more than a second shows its progress and wipes it; without a terminal it is silent',
    async () => {
      const pipe = path.join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [first, next] = [batch(), batch().subarray(FILE_HEADER)];
      const unseen = servchat(['inspect', '-']);
      // It has read more than a pipe holds, so it is running. It started before the other one.
      await unseen.feed(first);
      const seen = atTerminal(['inspect', pipe], { output: path.join(folder, 'seen') });
      const feed = fs.createWriteStream(pipe);
      const give = (bytes: Buffer): Promise<unknown> =>
        Promise.all([
          unseen.feed(bytes),
          new Promise((resolve) => {
            feed.write(bytes, resolve);
          }),
        ]);
      await new Promise((resolve) => {
        feed.write(first, resolve);
      });
      while (!seen.raw.includes('packets,')) await give(next);
      await unseen.feed(next);
      feed.end();
      unseen.endInput();
      expect([await seen.ended, await unseen.ended]).toEqual([0, 0]);
      // Only progress lines. Each replaces the one before, and the last one is wiped.
      // eslint-disable-next-line no-control-regex -- what a terminal is told
      expect(seen.raw).toMatch(/^(?:\r\x1b\[K[\d,]+ packets, [\d,]+ MiB read …)+\r\x1b\[K$/);
      expect(fs.readFileSync(path.join(folder, 'seen'), 'utf8')).toContain('packets');
      expect(unseen.errors).toBe('');
    },
  );
});

describeWithTool('tmux', 'a pipe that nobody has written to yet', () => {
  test.each(['inspect', 'compare'])('%s says that it is waiting, and wipes that when input comes', async (command) => {
    const pipe = path.join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const files = command === 'inspect' ? [pipe] : [PLAINTEXT, pipe];
    const window = new TmuxWindow([command, ...files], { columns: 44 });
    const waiting = await window.until((rows) => rows.join(' ').includes('Ctrl-C'));
    expect(waiting.join('').replaceAll(' ', '')).toContain('noprogramhaswrittentoityet.');
    fs.writeFileSync(pipe, fs.readFileSync(ENCRYPTED));
    const rows = await window.until((now) => now.includes('ended: 0'));
    expect(rows.join(' ')).not.toMatch(/Waiting|Ctrl-C|written to/);
    expect(rows.join(' ')).toContain('encrypted');
    window.close();
  });

  test('standard input that is silent: the same', async () => {
    const window = new TmuxWindow(['inspect', '-'], { columns: 60, before: `(sleep 4; cat '${ENCRYPTED}') | ` });
    await window.shows('Waiting for a capture on standard input: no program has');
    const rows = await window.until((now) => now.includes('ended: 0'));
    expect(rows.join(' ')).not.toMatch(/Waiting|Ctrl-C|written/);
    expect(rows.join(' ')).toContain('encrypted');
    window.close();
  });

  test('standard input that is the terminal: it says how to send a capture, and Ctrl-C ends it', async () => {
    // The shell would otherwise end with a command that Ctrl-C ended.
    const window = new TmuxWindow(['inspect', '-'], { columns: 60, before: 'trap : INT; ' });
    const rows = await window.until((now) => now.join(' ').includes('Ctrl-C'));
    expect(rows.join(' ').replace(/ +/g, ' ')).toMatch(/this is your terminal\..*servchat inspect -/);
    window.press('C-c');
    await window.shows('ended: 130');
    window.close();
  });

  test('without a terminal it also waits, and is silent', async () => {
    const pipe = path.join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = servchat(['inspect', pipe]);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    fs.writeFileSync(pipe, fs.readFileSync(PLAINTEXT));
    expect([await reading.ended, reading.errors]).toEqual([0, '']);
  });
});
