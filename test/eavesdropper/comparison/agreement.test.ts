/**
 * Captures of the same chat, and captures of different chats: what can be known of that, and what the comparison says
 * if they differ.
 */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { compareCaptures, hasEncrypted } from '../../../src/eavesdropper/comparison/compare.js';
import { comparisonJson } from '../../../src/faces/comparison-json.js';
import { comparisonTable } from '../../../src/faces/comparison-table.js';
import { gatherLesson } from '../../../src/lesson/gather.js';
import { parseKeyLog } from '../../../src/protocol/keylog.js';
import {
  CONVERSATION,
  FINGERPRINT,
  SESSION_KEY,
  conversationOf,
  encryptedChat,
  handshake,
  plaintextChat,
  withFiles,
} from '../chats.js';
import { client, pcapOf, server } from '../wire.js';
import type { Comparison } from '../../../src/eavesdropper/findings/findings.js';
import type { Packet } from '../wire.js';
import type { Said, Sent } from '../chats.js';
import { openerWith } from '../../../src/keyholder/opening.js';

const KEYS = parseKeyLog(`SERVCHAT_SESSION_KEY ${FINGERPRINT} ${SESSION_KEY.toString('hex')}\n`);
const SAMPLE_TLS = 'captures/samples/tls.pcap';

/** `sent`, then FIN from both sides: the capture holds the whole chat. */
function closed(sent: readonly Sent[]): Packet[] {
  const packets = conversationOf(sent);
  const next = (side: 'client' | 'server'): number =>
    (side === 'client' ? 101 : 501) +
    sent.filter((each) => each.side === side).reduce((sum, { bytes }) => sum + Buffer.byteLength(bytes), 0);
  return [
    ...packets,
    client(next('client'), next('server'), 'FA'),
    server(next('server'), next('client') + 1, 'FA'),
    client(next('client') + 1, next('server') + 1, 'A'),
  ];
}

function onPort(packets: readonly Packet[], clientPort: number): Packet[] {
  return packets.map((packet) => ({ ...packet, clientPort }));
}

function compared(plain: readonly Packet[], sealed: readonly Packet[], keys = false): Promise<Comparison> {
  return withFiles({ 'plain.pcap': pcapOf(plain), 'sealed.pcap': pcapOf(sealed) }, async (path) =>
    compareCaptures(
      path('plain.pcap'),
      path('sealed.pcap'),
      keys ? { openers: { opener: await openerWith(KEYS) } } : {},
    ),
  );
}

const ONE: readonly Said[] = [
  { side: 'client', text: 'first message' },
  { side: 'server', text: 'so it is' },
];
const plainOne = closed(plaintextChat(ONE));

describe('another conversation', () => {
  const others: readonly (readonly [string, readonly Said[], boolean, RegExp])[] = [
    [
      'one message more',
      [...ONE, { side: 'client', text: 'x' }],
      false,
      /^the chat has 2 messages in plaintext and 3 in encrypted mode$/,
    ],
    ['one message less', ONE.slice(0, 1), false, /^the chat has 2 messages in plaintext and 1 in encrypted mode$/],
    [
      'another order',
      ONE.toReversed(),
      false,
      /^message 1 is the client’s in plaintext and the server’s in encrypted mode$/,
    ],
    // 16 bytes of text need two blocks, which hold 16 to 31 bytes (PKCS#7). 13 bytes need one.
    [
      'another length',
      [{ side: 'client', text: 'sixteen letters!' }, ONE[1]!],
      false,
      /^message 1, “first message”, has 13 bytes in plaintext, and the token at the same turn holds 16 to 31$/,
    ],
    [
      'another text, by its key',
      [{ side: 'client', text: 'other message' }, ONE[1]!],
      true,
      /^message 1 is “first message” in plaintext, but decrypted with the key it is “other message”$/,
    ],
  ];

  test.each(others)('%s', async (_, said, keys, why) => {
    const comparison = await compared(plainOne, closed(encryptedChat(said)), keys);
    expect(comparison.agreement.encrypted).toEqual({ agrees: false, why: expect.stringMatching(why) });
    // No face shows a verdict that needs a control.
    expect(
      comparison.messages.map(({ encrypted, sealed }) => [
        encrypted?.readable,
        encrypted?.readable === false && encrypted.control.proves,
        sealed,
      ]),
    ).toEqual([
      [false, false, null],
      [false, false, null],
    ]);
    const table = comparisonTable(comparison, { width: 200, colour: false });
    expect(table).toMatch(
      /^Not the same conversation\n {2}The encrypted capture contains a different conversation from the plaintext one: /,
    );
    expect(table).not.toContain('not found');
    expect(table).toContain('2 of 2 messages readable in plaintext.');
    const document = JSON.parse(comparisonJson(comparison)) as { tally: unknown; agreement: unknown };
    expect(document.tally).toEqual({
      messages: 2,
      plaintext: { readable: 2, notFound: 0, cannotTell: 0 },
      encrypted: { readable: 0, notFound: 0, cannotTell: 2 },
      tls: null,
    });
    expect(document.agreement).toEqual({ encrypted: { agrees: false, why: expect.stringMatching(why) }, tls: null });
  });

  test('in TLS: lengths to the byte', async () => {
    const said = CONVERSATION.map((each) => (each.text === 'Hello' ? { ...each, text: 'Hallo!' } : each));
    const comparison = await withFiles({ 'plain.pcap': pcapOf(closed(plaintextChat(said))) }, (path) =>
      compareCaptures(path('plain.pcap'), SAMPLE_TLS),
    );
    expect(comparison.agreement.tls).toEqual({
      agrees: false,
      why: 'message 1, “Hallo!”, has 6 bytes in plaintext, and has 5 in TLS',
    });
  });

  // The capture holds nine messages, and a goodbye of each side that looks like a message of one letter.
  test('in TLS: goodbyes are not counted as messages', async () => {
    const said = CONVERSATION.slice(0, 3);
    const comparison = await withFiles({ 'plain.pcap': pcapOf(closed(plaintextChat(said))) }, (path) =>
      compareCaptures(path('plain.pcap'), SAMPLE_TLS),
    );
    expect(comparison.agreement.tls).toEqual({
      agrees: false,
      why: 'the chat has 3 messages in plaintext and 9 to 11 in TLS',
    });
  });
});

describe('the same conversation', () => {
  test('as far as the lengths show, and for certain with the key', async () => {
    const sealed = closed(encryptedChat(ONE));
    expect((await compared(plainOne, sealed)).agreement.encrypted).toEqual({
      agrees: true,
      by: 'lengths',
      messages: 2,
      isWhole: true,
    });
    expect((await compared(plainOne, sealed, true)).agreement.encrypted).toEqual({
      agrees: true,
      by: 'texts',
      messages: 2,
      isWhole: true,
    });
  });

  test('a capture that is cut short holds the start of it, and the result says so', async () => {
    const comparison = await compared(plainOne, conversationOf(encryptedChat(ONE.slice(0, 1))));
    expect(comparison.agreement.encrypted).toEqual({ agrees: true, by: 'lengths', messages: 1, isWhole: false });
    expect(comparison.messages.map(({ encrypted }) => encrypted)).toMatchObject([
      { readable: false, control: { proves: true } },
      {
        readable: false,
        control: { proves: false, why: 'the encrypted capture holds no message of the server at this turn' },
      },
    ]);
    expect(comparisonTable(comparison, { width: 200, colour: false })).toContain(
      'One of them ends before the chat does.',
    );
  });

  test('plaintext beside only TLS', async () => {
    const comparison = await compareCaptures('captures/samples/plaintext.pcap', SAMPLE_TLS);
    expect(hasEncrypted(comparison)).toBe(false);
    expect(comparison.agreement).toEqual({
      encrypted: null,
      tls: { agrees: true, by: 'lengths', messages: 9, isWhole: true },
    });
    expect(comparisonTable(comparison, { width: 120, colour: false })).toContain(
      '0 of 9 in TLS; each of the 9 “not found” has its control.',
    );
  });
});

describe('a failed attempt in the same capture', () => {
  const mismatch: Sent = { side: 'server', bytes: 'ERROR mode-mismatch\n' };
  const failed = {
    plaintext: onPort(closed([{ side: 'client', bytes: 'Hello\n' }, mismatch]), 50_000),
    encrypted: onPort(closed([...handshake('sha256').slice(0, 2), mismatch]), 50_001),
  };

  test('is not compared as the chat', async () => {
    const plain = [...failed.plaintext, ...closed(plaintextChat(CONVERSATION))];
    const sealed = [...failed.encrypted, ...closed(encryptedChat(CONVERSATION))];
    const comparison = await compared(plain, sealed);
    expect(comparison.conversations).toEqual({ plaintext: 1, encrypted: 1, tls: null });
    expect(comparison.agreement.encrypted).toMatchObject({ agrees: true, messages: 9, isWhole: true });
    expect(comparison.notes).toEqual([
      expect.stringMatching(/plain\.pcap holds 2 conversations: number 1 is compared$/),
      expect.stringMatching(/sealed\.pcap holds 2 conversations: number 1 is compared$/),
    ]);
  });

  test('alone, is not a chat to compare', async () => {
    const nothing = /sealed\.pcap holds no encrypted or TLS conversation, only attempts that failed$/;
    await expect(compared(closed(plaintextChat(CONVERSATION)), failed.encrypted)).rejects.toThrow(nothing);
    await expect(compared(failed.plaintext, closed(encryptedChat(CONVERSATION)))).rejects.toThrow(
      /plain\.pcap holds no plaintext conversation, only attempts that failed:/,
    );
  });

  test('alone beside the chat, is not one of a lesson’s chats', async () => {
    const data = pcapOf([...failed.plaintext, ...closed(encryptedChat(CONVERSATION))]);
    const lesson = await withFiles({ 'all.pcap': data }, (path) =>
      gatherLesson({
        captures: [{ file: path('all.pcap'), captured: { way: 'given' } }],
        keyLog: null,
        privateKey: null,
        attacks: null,
        stream: { few: { writes: [], reads: [] }, long: { write: 0, reads: [] } },
        command: 'servchat',
      }),
    );
    expect([lesson.plaintext, lesson.encrypted?.conversation.number, lesson.disagreements]).toEqual([null, 1, []]);
  });

  test('of two chats, the one that agrees is compared', async () => {
    const longer = [...CONVERSATION, ...CONVERSATION];
    const sealed = [...onPort(closed(encryptedChat(longer)), 50_000), ...closed(encryptedChat(CONVERSATION))];
    expect((await compared(closed(plaintextChat(CONVERSATION)), sealed)).conversations.encrypted).toBe(1);
  });
});

describe('where a message can be', () => {
  test('nothing can be said about a letter that also occurs in its own ciphertext', async () => {
    const said = Array.from('abcdefghijklmnopqrstuvwxyz', (text): Said => ({ side: 'client', text }));
    const chat = encryptedChat(said);
    const isThere = chat.slice(-said.length).map(({ bytes }, index) => {
      const [, token] = bytes.toString().split(' ');
      // Version, time and IV come before the ciphertext, and the HMAC after it (Fernet's specification).
      const ciphertext = Buffer.from(token!, 'base64url').subarray(25, -32).toString('latin1');
      return ciphertext.toLowerCase().includes(said[index]!.text);
    });
    expect(new Set(isThere)).toEqual(new Set([true, false]));
    const { messages } = await compared(closed(plaintextChat(said)), closed(chat));
    expect(messages.map(({ encrypted }) => encrypted?.readable)).toEqual(said.map(() => false));
    const told = messages.map(({ encrypted }) => encrypted?.readable === false && encrypted.control.proves);
    // One letter in base64, for example, is one letter too. So the number without a verdict is higher than the hits as
    // typed alone would give.
    expect(told.filter((held, index) => held && isThere[index])).toEqual([]);
    expect(told.filter((held) => held).length).toBeGreaterThan(said.length / 2);
    expect(messages[isThere.indexOf(true)]!.encrypted).toMatchObject({
      control: {
        why: expect.stringMatching(
          /^it is too short: its letters are in its own ciphertext, but by accident they are also in \d+ % of the ciphertexts of that length$/,
        ),
      },
    });
  });

  test('the base64 letters of a token are not its text: a hit in them is called chance', async () => {
    const said: readonly Said[] = [
      { side: 'client', text: 'gAAAA' },
      { side: 'server', text: 'HELLO' },
      { side: 'client', text: 'servchat' },
      { side: 'server', text: 'hmac-sha256' },
      { side: 'client', text: 'MESSAGE' },
      { side: 'server', text: 'ERROR' },
    ];
    const { messages } = await compared(closed(plaintextChat(said)), closed(encryptedChat(said, 'hmac-sha256')));
    expect(messages.map(({ encrypted }) => encrypted?.readable)).toEqual([false, false, false, false, false, false]);
    expect(messages.map(({ encrypted }) => encrypted?.readable === false && encrypted.control.proves)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(messages[3]!.encrypted!.others).toMatchObject([
      { meaning: 'protocol word', within: 'the handshake (HELLO)' },
    ]);
  });

  test('a line that was cut off in the middle of a token is not text', async () => {
    const said: readonly Said[] = [
      { side: 'client', text: 'MESSAGE' },
      { side: 'client', text: 'q' },
    ];
    const chat = encryptedChat(said);
    const last = chat.at(-1)!;
    const cut = [...chat.slice(0, -1), { ...last, bytes: last.bytes.toString().slice(0, 60) }];
    const { messages } = await compared(closed(plaintextChat(said)), conversationOf(cut));
    expect(messages.map(({ encrypted }) => encrypted?.readable)).toEqual([false, false]);
  });
});

test('a changed token that the key log opens does not make the chats differ', async () => {
  const chat = encryptedChat(ONE);
  const changed = chat.map((sent, index) =>
    index === 3
      ? { ...sent, bytes: sent.bytes.toString().replace(/[0-9a-f]\n$/, (end) => (end.startsWith('0') ? '1\n' : '0\n')) }
      : sent,
  );
  expect((await compared(plainOne, closed(changed), true)).agreement.encrypted).toMatchObject({
    agrees: true,
    by: 'lengths',
  });
});

test('the samples’ own key log shows the same texts', async () => {
  const keys = parseKeyLog(readFileSync('captures/samples/encrypted.keylog', 'utf8'));
  const { agreement } = await compareCaptures('captures/samples/plaintext.pcap', 'captures/samples/encrypted.pcap', {
    openers: { opener: await openerWith(keys) },
    tls: SAMPLE_TLS,
  });
  expect(agreement).toMatchObject({ encrypted: { agrees: true, by: 'texts' }, tls: { agrees: true, by: 'lengths' } });
});
