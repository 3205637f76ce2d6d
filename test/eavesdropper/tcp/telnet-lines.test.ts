/** Telnet as a client sends it: Enter is CR NUL, and commands stand among the letters (RFC 854). */
import { expect, test } from '@jest/globals';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { saidIn } from '../../../src/eavesdropper/tcp/telnet-lines.js';
import { captureOf, withFiles, type Sent } from '../chats.js';
import type { ConversationFindings } from '../../../src/eavesdropper/findings/findings.js';

const DO_ECHO = [0xff, 0xfd, 1];
const WILL_ECHO = [0xff, 0xfb, 1];
/** IAC SB TERMINAL-TYPE IS xterm IAC SE (RFC 1091). */
const TERMINAL = [0xff, 0xfa, 24, 0, ...Buffer.from('xterm'), 0xff, 0xf0];

async function inspected(sent: readonly Sent[]): Promise<ConversationFindings> {
  return withFiles({ 'made.pcap': captureOf(sent) }, async (path) => {
    const { findings } = await inspectCapture(path('made.pcap'));
    return findings.conversations[0]!;
  });
}

function keyByKey(text: string): Sent[] {
  const typed = text.split(/(?<=\r\0)|(?=[^\0])/).filter((piece) => piece !== '');
  return typed.map((bytes) => ({ side: 'client', bytes }));
}

test('a line that ends in CR NUL is a line of text, typed key by key, and a command is none', async () => {
  const { protocol, messages, streams } = await inspected([
    { side: 'server', bytes: Buffer.from([...WILL_ECHO, ...Buffer.from('login: ')]) },
    { side: 'client', bytes: Buffer.from([...DO_ECHO, ...TERMINAL]) },
    ...keyByKey('ann\r\0'),
    { side: 'server', bytes: 'ann\r\nPassword: ' },
    ...keyByKey('tulip\r\0'),
    { side: 'server', bytes: '\r\nWelcome\r\n$ ' },
    ...keyByKey('ls -l\r\0'),
    { side: 'server', bytes: 'ls -l\r\ntotal 0\r\n$ ' },
  ]);
  expect(protocol!.name).toBe('Telnet');
  const texts = messages.flatMap((message) =>
    message.kind === 'readable' && message.place.side === 'client' ? [message.text] : [],
  );
  expect(texts).toEqual(['ann', 'tulip', 'ls -l']);
  // 3 lines with CR NUL; the negotiation is not text.
  expect(streams.client.readability).toMatchObject({ framing: DO_ECHO.length + TERMINAL.length, other: 0 });
  expect(streams.client.readability.text).toBe('ann\r\0tulip\r\0ls -l\r\0'.length);
});

test.each([
  ['delete', 'anma\x7f\x7fna\r\0', 'anna'],
  ['backspace', 'helo\blo\r\n', 'hello'],
  ['a character of two bytes', 'grüü\x7fße\r\0', 'grüße'],
  ['a word', 'say nope\x17yes\r\0', 'say yes'],
  ['the line', 'wrong\x15right\r\0', 'right'],
  ['more than there is', 'a\x7f\x7f\x7fok\r\0', 'ok'],
])('what was typed and taken back is shown as it was read: %s', async (_, typed, read) => {
  const sent: Sent[] = [
    { side: 'server', bytes: Buffer.from([...WILL_ECHO, ...Buffer.from('login: ')]) },
    { side: 'client', bytes: Buffer.from(DO_ECHO) },
    ...[...Buffer.from(typed)].map((byte): Sent => ({ side: 'client', bytes: Buffer.from([byte]) })),
  ];
  await withFiles({ 'made.pcap': captureOf(sent) }, async (path) => {
    const { findings, finds } = await inspectCapture(path('made.pcap'), { find: [read, 'pineapple'] });
    const { messages, streams } = findings.conversations[0]!;
    const [said] = messages.filter(({ place }) => place.side === 'client');
    expect(said).toMatchObject({ text: read, as: 'corrected typing' });
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true, false]);
    expect(streams.client.readability).toMatchObject({ framing: DO_ECHO.length, other: 0 });
  });
});

test('commands are taken out of what is said', () => {
  expect(saidIn(Buffer.from([...DO_ECHO, 0x61, ...TERMINAL, 0x62, 0xff, 0xf1, 0x63]))!.toString()).toBe('abc');
  expect(saidIn(Buffer.from([0x61, 0xff, 0xff, 0x62]))).toEqual(Buffer.from([0x61, 0xff, 0x62]));
  expect(saidIn(Buffer.from(DO_ECHO))).toBeNull();
  expect(saidIn(Buffer.from([]))).toEqual(Buffer.alloc(0));
  // A command that is cut.
  expect(saidIn(Buffer.from([0x61, 0xff, 0xfa, 24]))!.toString()).toBe('a');
});

test('the numbers of cipher suites in a hello are no UTF-16, and the same bytes outside of one are', async () => {
  // A ClientHello of TLS 1.2 with 16 suites whose numbers are the units of a text in UTF-16.
  const hello = Buffer.from(
    '160301004b01000047030364656667' +
      '68696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828300' +
      '00204e00690063006500200074006f0020004d00650065007400200079006f0075000100',
    'hex',
  );
  const line = { side: 'client', bytes: 'a line before\n' } as const;
  const within = await inspected([line, { side: 'client', bytes: hello }, { side: 'server', bytes: 'ready' }]);
  expect(Object.keys(within.streams.client.readability.disguised)).toEqual([]);
  await withFiles({ 'hello.pcap': captureOf([line, { side: 'client', bytes: hello }]) }, async (path) => {
    const { finds } = await inspectCapture(path('hello.pcap'), { find: ['Nice to Meet you'] });
    expect(finds[0]!.verdict.readable).toBe(false);
  });
  // The same bytes without the first byte of a handshake's header.
  const other = Buffer.concat([Buffer.from([99]), hello.subarray(1)]);
  const outside = await inspected([line, { side: 'client', bytes: other }, { side: 'server', bytes: 'ready' }]);
  expect(Object.keys(outside.streams.client.readability.disguised)).toEqual([expect.stringContaining('UTF-16')]);
});
