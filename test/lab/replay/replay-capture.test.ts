/** A captured chat as the lab's events: frames and bytes are tshark's, and what was said is what the script says. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { openersFor } from '../../../src/cli/keys.js';
import type { InspectOptions } from '../../../src/eavesdropper/inspect.js';
import type { LabEvent, WirePiece } from '../../../src/lab/events.js';
import { replayCapture, type ReplayedChat } from '../../../src/lab/replay/replay-capture.js';
import type { Mode } from '../../../src/protocol/modes.js';
import { captureOf, encryptedChat, noise, withFiles, type Sent } from '../../eavesdropper/chats.js';
import { testWithTool } from '../../tools.js';

const sample = (mode: Mode, ending = 'pcap'): string => `captures/samples/${mode}.${ending}`;
const SAID = fs
  .readFileSync('demos/nice-to-meet-you.txt', 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, side, text] = /^(client|server): (.*)$/.exec(line) ?? [];
    return side === undefined ? [] : [{ side, text }];
  });

async function replayed(
  file: string,
  mode: Mode,
  openers: Pick<InspectOptions, 'opener' | 'tlsOpener'> = {},
): Promise<ReplayedChat> {
  const chat = await replayCapture({ file, conversation: 0, mode, openers });
  if (chat === null) throw new Error('there is no such conversation');
  return chat;
}

function all<Type extends LabEvent['type']>({ events }: ReplayedChat, type: Type): Extract<LabEvent, { type: Type }>[] {
  return events.flatMap(({ event }) => (event.type === type ? [event as Extract<LabEvent, { type: Type }>] : []));
}

const piecesIn = (chat: ReplayedChat): WirePiece[] => all(chat, 'came').map(({ piece }) => piece);
const sent = (side: Sent['side'], ...lines: string[]): Sent[] =>
  lines.map((line) => ({ side, bytes: Buffer.from(line, 'latin1') }));

describe.each([
  ['plaintext', null],
  ['encrypted', sample('encrypted', 'keylog')],
  ['tls', sample('tls', 'keylog')],
] as const)('the sample in %s mode', (mode, keyLog) => {
  const opened = async (): Promise<ReplayedChat> =>
    replayed(sample(mode), mode, keyLog === null ? {} : await openersFor(keyLog));

  testWithTool('tshark', 'each frame has the bytes that tshark shows', async () => {
    const shown = execFileSync(
      'tshark',
      ['-r', sample(mode), '-Y', 'tcp.len > 0', '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.payload'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const frames = new Map<string, string>();
    for (const { frame, hex } of piecesIn(await opened())) {
      const key = String(frame);
      frames.set(key, (frames.get(key) ?? '') + hex);
    }
    expect([...frames].map(([frame, hex]) => `${frame}\t${hex}`)).toEqual(shown.trim().split('\n'));
  });

  test('says what the script says, shows it to the other side, and is whole', async () => {
    const chat = await opened();
    expect(all(chat, 'said').map(({ side, text }) => ({ side, text }))).toEqual(SAID);
    const shown = SAID.slice(0, -1).map(({ side, text }) => ({ side: side === 'client' ? 'server' : 'client', text }));
    expect(all(chat, 'shown').map(({ side, text }) => ({ side, text }))).toEqual(shown);
    expect(chat.isWhole).toBe(true);
    expect(chat.events[0]!.event).toMatchObject({ type: 'run', setting: { mode }, capture: `${mode}.pcap` });
    expect(all(chat, 'seat').slice(-2)).toEqual([
      { type: 'seat', side: 'client', state: 'over' },
      { type: 'seat', side: 'server', state: 'over' },
    ]);
  });

  test('the listener knows what it can know at that moment, and not more', async () => {
    const chat = await opened();
    for (const [at, { event }] of chat.events.entries()) {
      if (event.type !== 'listener') continue;
      const before = chat.events.slice(0, at).flatMap(({ event: one }) => (one.type === 'came' ? [one.piece] : []));
      const said = chat.events.slice(0, at).filter(({ event: one }) => one.type === 'said').length;
      expect(event.knows.packets).toBe(before.at(-1)!.frame);
      expect(event.knows.messages).toHaveLength(mode === 'plaintext' ? said : 0);
      expect(event.knows.searched).toHaveLength(said);
      const found = event.knows.searched.filter(({ frames }) => frames.length > 0);
      expect(found).toHaveLength(mode === 'plaintext' ? said : 0);
    }
    expect(all(chat, 'listener').length).toBeGreaterThan(5);
  });
});

test.each(['encrypted', 'tls'] as const)(
  '%s without a key: the wire is there, and the chairs are empty',
  async (mode) => {
    const chat = await replayed(sample(mode), mode);
    expect([all(chat, 'said'), all(chat, 'shown'), chat.hasTexts]).toEqual([[], [], false]);
    expect(piecesIn(chat).length).toBeGreaterThan(9);
    expect(JSON.stringify(chat.events)).not.toContain('Nice to Meet you');
  },
);

test('lines that share a packet, a line over several packets, CR LF, and a last line without an end', async () => {
  const bytes = captureOf(sent('client', 'one\ntw', 'o\r\n', 'th', 'ree\nfour'));
  await withFiles({ 'c.pcap': bytes }, async (file) => {
    const chat = await replayed(file('c.pcap'), 'plaintext');
    const [first] = piecesIn(chat);
    const frame = first!.frame!;
    expect(piecesIn(chat).map((piece) => [piece.frame! - frame, Buffer.from(piece.hex, 'hex').toString()])).toEqual([
      [0, 'one\n'],
      [0, 'two\r\n'],
      [2, 'three\n'],
      [3, 'four'],
    ]);
    // What is a message is the listener's guess here: one side is silent, and the other ends without an end of line.
    expect(
      all(chat, 'said')
        .map(({ text }) => text)
        .join(''),
    ).toMatch(/^one.*four$/);
    expect(chat.isWhole).toBe(true);
  });
});

test('a message whose check is wrong is shown to nobody', async () => {
  const [hello, key, envelope, good, bad] = encryptedChat([
    { side: 'client', text: 'good' },
    { side: 'client', text: 'bad' },
  ]);
  const forged = {
    side: bad!.side,
    bytes: String(bad!.bytes).replace(/..\n$/, (end) => `${end === '00\n' ? '11' : '00'}\n`),
  };
  await withFiles({ 'c.pcap': captureOf([hello!, key!, envelope!, good!, forged]) }, async (file) => {
    const openers = await openersOfTheFixture();
    const chat = await replayed(file('c.pcap'), 'encrypted', openers);
    expect(all(chat, 'shown').map(({ text }) => text)).toEqual(['good']);
    expect(piecesIn(chat)).toHaveLength(5);
  });
});

async function openersOfTheFixture(): Promise<Pick<InspectOptions, 'opener'>> {
  const [{ openerWith }, { FINGERPRINT, SESSION_KEY }] = await Promise.all([
    import('../../../src/keyholder/opening.js'),
    import('../../eavesdropper/chats.js'),
  ]);
  return { opener: await openerWith(new Map([[FINGERPRINT, SESSION_KEY]])) };
}

test('a chat of any length gives a page of a size that opens, and says that it is not whole', async () => {
  const many = Array.from({ length: 400 }, (_, at) => sent('client', `message ${at}\n`)).flat();
  const long = Array.from({ length: 60 }, () => sent('server', `${noise(24_000).toString('base64')}\n`)).flat();
  await withFiles({ 'many.pcap': captureOf(many), 'long.pcap': captureOf(long) }, async (file) => {
    for (const name of ['many.pcap', 'long.pcap']) {
      const chat = await replayed(file(name), 'plaintext');
      expect(piecesIn(chat).length).toBeLessThanOrEqual(300);
      expect(JSON.stringify(chat.events).length).toBeLessThan(3e6);
      expect(all(chat, 'listener').length).toBeLessThanOrEqual(20);
      expect(name === 'many.pcap' ? chat.isWhole : false).toBe(false);
    }
  });
});

test('what has control characters or turns the direction of text is shown as an escape', async () => {
  const bytes = captureOf([{ side: 'client', bytes: Buffer.from('a\x1b[2Jb\u202e</script>\n') }]);
  await withFiles({ 'c.pcap': bytes }, async (file) => {
    const chat = await replayed(file('c.pcap'), 'plaintext');
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(JSON.stringify(all(chat, 'said'))).not.toMatch(/[\u0000-\u001f\u202e]|\\u001b/);
    expect(all(chat, 'said')[0]!.text).toContain('</script>');
  });
});

test('a conversation that is not there is none', async () => {
  expect(
    await replayCapture({ file: sample('plaintext'), conversation: 7, mode: 'plaintext', openers: {} }),
  ).toBeNull();
});
