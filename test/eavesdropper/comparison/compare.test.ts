import { describe, expect, test } from '@jest/globals';
import { compareCaptures, hasEncrypted } from '../../../src/eavesdropper/comparison/compare.js';
import { comparisonTable } from '../../../src/faces/comparison-table.js';
import {
  CONVERSATION,
  captureOf,
  conversationOf,
  encryptedChat,
  handshake,
  plaintextChat,
  withFiles,
} from '../chats.js';
import { client, pcapOf } from '../wire.js';
import type { EncryptedComparison, Verdict } from '../../../src/eavesdropper/findings/findings.js';
import type { Said } from '../chats.js';

async function compared(plain: Buffer, encrypted: Buffer, script?: readonly Said[]): Promise<EncryptedComparison> {
  const comparison = await withFiles({ 'plain.pcap': plain, 'encrypted.pcap': encrypted }, (path) =>
    compareCaptures(path('plain.pcap'), path('encrypted.pcap'), script === undefined ? {} : { script }),
  );
  if (!hasEncrypted(comparison)) throw new Error('no encrypted capture was compared');
  return comparison;
}

/** `frame/offset disguise` if the message is readable. Otherwise whether the control proves anything. */
function told(verdict: Verdict): string {
  if (verdict.readable) return `${verdict.hit.place.frame}/${verdict.hit.place.offset} ${verdict.hit.shape}`;
  return verdict.control.proves
    ? `not found, control ${verdict.control.hit.place.frame}`
    : `not found, ${verdict.control.why}`;
}

const PLAIN = captureOf(plaintextChat(CONVERSATION));
const ENCRYPTED = captureOf(encryptedChat(CONVERSATION));

test.each([
  ['the script', CONVERSATION],
  ['the messages of the plaintext capture', undefined],
])('by %s: all readable in one, none in the other, each with its control', async (_, script) => {
  const { messages, notes } = await compared(PLAIN, ENCRYPTED, script);
  expect(notes).toBeUndefined();
  // Packets 1 to 3 open the connection, then each message is one packet. An offset is the total length of the side's
  // earlier lines.
  const offsets = { client: 0, server: 0 };
  expect(
    messages.map(({ number, side, text, plaintext, encrypted, sealed }) => [
      number,
      side,
      text,
      told(plaintext),
      told(encrypted),
      sealed?.number,
    ]),
  ).toEqual(
    CONVERSATION.map(({ side, text }, index) => {
      const offset = offsets[side];
      offsets[side] += text.length + 1;
      return [index + 1, side, text, `${index + 4}/${offset} as typed`, `not found, control ${index + 4}`, index + 1];
    }),
  );
});

test('words of the protocol and chance hits are reported and prove nothing', async () => {
  const { messages } = await compared(PLAIN, ENCRYPTED);
  const hello = messages[0]!.encrypted;
  expect(hello.others.map(({ meaning, place }) => [meaning, place.frame])).toContainEqual(['protocol word', 4]);
});

test('a message is found after the one before it, and a whole line is preferred', async () => {
  const said: readonly Said[] = [
    { side: 'client', text: 'Ok Bye' },
    { side: 'client', text: 'Bye' },
    { side: 'server', text: 'Bye' },
    { side: 'client', text: 'Bye' },
  ];
  const { messages } = await compared(captureOf(plaintextChat(said)), captureOf(encryptedChat(said)), said);
  expect(messages.map(({ plaintext }) => told(plaintext))).toEqual([
    '4/0 as typed',
    '5/7 as typed',
    '6/0 as typed',
    '7/11 as typed',
  ]);
});

test('a message inside a longer line, or in a disguise, is found too', async () => {
  const wire: readonly Said[] = [
    { side: 'client', text: '<alice> Hello' },
    { side: 'client', text: Buffer.from('attack at dawn').toString('hex') },
  ];
  const script: readonly Said[] = [
    { side: 'client', text: 'Hello' },
    { side: 'client', text: 'attack at dawn' },
  ];
  const { messages } = await compared(captureOf(plaintextChat(wire)), ENCRYPTED, script);
  expect(messages.map(({ plaintext }) => told(plaintext))).toEqual(['4/8 as typed', '5/14 hex']);
});

describe('no control, no proof', () => {
  test('a message that is not in the plaintext capture', async () => {
    const script = [{ side: 'client', text: 'Attack at dawn' }] as const;
    const { messages } = await compared(PLAIN, ENCRYPTED, script);
    expect(told(messages[0]!.plaintext)).toMatch(/^not found, this is the plaintext capture itself/);
    expect(told(messages[0]!.encrypted)).toMatch(/^not found, the same search does not find it/);
    const table = (said?: readonly Said[]) =>
      compared(PLAIN, ENCRYPTED, said).then((found) => comparisonTable(found, { width: 300, colour: false }));
    expect(await table([...script, ...CONVERSATION])).toContain(
      'The plaintext capture does not contain 1 of the 10 messages to search for.',
    );
    expect(await table()).not.toContain('does not hold');
  });

  test('a message that is not in the encrypted capture', async () => {
    const { messages } = await compared(PLAIN, captureOf(encryptedChat(CONVERSATION).slice(0, -1)));
    expect(told(messages[7]!.encrypted)).toBe('not found, control 11');
    expect(messages[8]!.sealed).toBeNull();
    expect(told(messages[8]!.encrypted)).toMatch(/holds no message of the client at this turn/);
  });

  test('an empty message', async () => {
    const said: readonly Said[] = [
      { side: 'client', text: 'Hello' },
      { side: 'client', text: '' },
    ];
    const { messages } = await compared(captureOf(plaintextChat(said)), captureOf(encryptedChat(said)));
    expect(told(messages[1]!.encrypted)).toMatch(/an empty message cannot be searched for/);
  });

  test('bytes that are not UTF-8: the text on the screen is not what was sent', async () => {
    const plain = captureOf([{ side: 'client', bytes: Buffer.from('Hello you\n\xff\xfe\n', 'latin1') }]);
    const { messages } = await compared(plain, ENCRYPTED);
    expect(messages[1]!.encrypted).toMatchObject({ readable: false, control: { proves: false } });
  });
});

test('encryption that leaks is noticed', async () => {
  const leak = [
    ...encryptedChat(CONVERSATION),
    { side: 'server' as const, bytes: 'I am from Computer science department\n' },
  ];
  const { messages } = await compared(PLAIN, captureOf(leak));
  expect(messages.map(({ encrypted }) => encrypted.readable)).toEqual([
    false,
    false,
    false,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('several conversations: the first one in that mode is compared, and a note says so', async () => {
  const other = conversationOf(handshake('sha256')).map((packet) => ({ ...packet, clientPort: 50_000 }));
  const both = pcapOf([...other, ...conversationOf(plaintextChat(CONVERSATION))]);
  const { messages, notes } = await compared(both, ENCRYPTED);
  expect(messages).toHaveLength(CONVERSATION.length);
  expect(messages[0]!.plaintext).toMatchObject({ readable: true, hit: { place: { conversation: 1 } } });
  expect(notes).toEqual([expect.stringMatching(/plain\.pcap holds 2 conversations: number 1 is compared/)]);
});

describe('refused with one line', () => {
  test.each([
    [
      'the captures in the wrong order',
      ENCRYPTED,
      PLAIN,
      /^Cannot compare: .*encrypted\.pcap the plaintext one: give them in the other order$/,
    ],
    [
      'two plaintext captures',
      PLAIN,
      PLAIN,
      /^Cannot compare: .*encrypted\.pcap holds no encrypted or TLS conversation, only plaintext$/,
    ],
    [
      'two encrypted captures',
      ENCRYPTED,
      ENCRYPTED,
      /^Cannot compare: .*plain\.pcap holds no plaintext conversation, only encrypted: .* give it first$/,
    ],
    [
      'a capture without a conversation',
      pcapOf([]),
      ENCRYPTED,
      /^Cannot compare: .*plain\.pcap holds no TCP conversation: .* give it first$/,
    ],
  ])('%s', async (_, plain, encrypted, message) => {
    await expect(compared(plain, encrypted)).rejects.toThrow(message);
  });

  test('too much work', async () => {
    // 30,000 different lines, each to search for in 3 MB.
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index}\n`).join('');
    const plain = captureOf([
      { side: 'client', bytes: lines.slice(0, 60_000) },
      { side: 'client', bytes: lines.slice(60_000, 120_000) },
      { side: 'client', bytes: lines.slice(120_000) },
    ]);
    const filler = Array.from({ length: 50 }, (_, index) =>
      client(101 + 60_000 * index, 501, 'A', Buffer.alloc(60_000, 'x')),
    );
    const hello = Buffer.from('HELLO servchat/1 sha256\n');
    filler[0] = client(101, 501, 'A', Buffer.concat([hello, Buffer.alloc(60_000 - hello.length, 'x')]));
    await expect(compared(plain, pcapOf([client(100, 0, 'S'), ...filler]))).rejects.toThrow(
      /^Cannot compare: 30000 different messages are too many/,
    );
  });
});

describe('what a capture lacks', () => {
  test('the beginning: compare says that client and server are a guess', async () => {
    // Neither side greets or asks, so what they say does not show who is who.
    const packets = conversationOf(plaintextChat(CONVERSATION)).slice(3);
    const comparison = await compared(pcapOf(packets), ENCRYPTED);
    expect(comparison.notes).toEqual([
      expect.stringMatching(/lacks the beginning .* which side is the client is a guess/),
    ]);
    const table = comparisonTable(comparison, { colour: false, width: 300 });
    expect(table).toContain('which side is the client is a guess');
    expect(comparisonTable(await compared(PLAIN, ENCRYPTED), { colour: false, width: 300 })).not.toContain('guess');
  });

  test('bytes in the middle: compare says how many', async () => {
    const packets = conversationOf(plaintextChat(CONVERSATION));
    const without = packets.filter((_, index) => index !== 7);
    const { notes } = await compared(pcapOf(without), ENCRYPTED);
    const { text } = CONVERSATION[4]!;
    expect(notes).toEqual([expect.stringContaining(`lacks ${text.length + 1} bytes of the chat`)]);
  });
});
