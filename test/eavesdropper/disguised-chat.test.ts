/**
 * Chats whose messages are in a disguise that a message alone is too short to show. Python wrote each, with b as the
 * message in UTF-8.
 */
import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { disguiseOfMessages } from '../../src/eavesdropper/disguises/of-messages.js';
import { captureOf, withFiles, type Sent } from './chats.js';
import type { Capture } from '../../src/eavesdropper/inspect.js';

const SAID = ['Hello', 'Hi', 'Nice to Meet you', 'Nice to Meet you too', 'Ok Bye', 'Bye'];

const WRITTEN: readonly { readonly as: string; readonly sent: readonly string[] }[] = [
  {
    as: 'base64',
    // base64.b64encode(b)
    sent: ['SGVsbG8=', 'SGk=', 'TmljZSB0byBNZWV0IHlvdQ==', 'TmljZSB0byBNZWV0IHlvdSB0b28=', 'T2sgQnll', 'Qnll'],
  },
  {
    as: 'base64',
    // base64.urlsafe_b64encode(b).rstrip(b"=")
    sent: ['SGVsbG8', 'SGk', 'TmljZSB0byBNZWV0IHlvdQ', 'TmljZSB0byBNZWV0IHlvdSB0b28', 'T2sgQnll', 'Qnll'],
  },
  {
    as: 'hex',
    // b.hex()
    sent: [
      '48656c6c6f',
      '4869',
      '4e69636520746f204d65657420796f75',
      '4e69636520746f204d65657420796f7520746f6f',
      '4f6b20427965',
      '427965',
    ],
  },
  {
    as: 'hex, byte by byte',
    // b.hex(':')
    sent: [
      '48:65:6c:6c:6f',
      '48:69',
      '4e:69:63:65:20:74:6f:20:4d:65:65:74:20:79:6f:75',
      '4e:69:63:65:20:74:6f:20:4d:65:65:74:20:79:6f:75:20:74:6f:6f',
      '4f:6b:20:42:79:65',
      '42:79:65',
    ],
  },
  {
    as: 'octal numbers',
    // ' '.join(f'{c:03o}' for c in b)
    sent: [
      '110 145 154 154 157',
      '110 151',
      '116 151 143 145 040 164 157 040 115 145 145 164 040 171 157 165',
      '116 151 143 145 040 164 157 040 115 145 145 164 040 171 157 165 040 164 157 157',
      '117 153 040 102 171 145',
      '102 171 145',
    ],
  },
  {
    as: 'decimal numbers',
    // str(list(b))
    sent: [
      '[72, 101, 108, 108, 111]',
      '[72, 105]',
      '[78, 105, 99, 101, 32, 116, 111, 32, 77, 101, 101, 116, 32, 121, 111, 117]',
      '[78, 105, 99, 101, 32, 116, 111, 32, 77, 101, 101, 116, 32, 121, 111, 117, 32, 116, 111, 111]',
      '[79, 107, 32, 66, 121, 101]',
      '[66, 121, 101]',
    ],
  },
  {
    as: 'a long number',
    // str(int.from_bytes(b, 'big'))
    sent: [
      '310939249775',
      '18537',
      '104226990812009050931473443878038237045',
      '447651516898071357806676778548665640746315181935',
      '87321521322341',
      '4356453',
    ],
  },
  {
    as: 'binary digits',
    // ''.join(f'{c:08b}' for c in b)
    sent: [
      '0100100001100101011011000110110001101111',
      '0100100001101001',
      '01001110011010010110001101100101001000000111010001101111001000000100110101100101011001010111010000100000011110010110111101110101',
      '0100111001101001011000110110010100100000011101000110111100100000010011010110010101100101011101000010000001111001011011110111010100100000011101000110111101101111',
      '010011110110101100100000010000100111100101100101',
      '010000100111100101100101',
    ],
  },
  {
    as: 'base32',
    // base64.b32encode(b)
    sent: [
      'JBSWY3DP',
      'JBUQ====',
      'JZUWGZJAORXSATLFMV2CA6LPOU======',
      'JZUWGZJAORXSATLFMV2CA6LPOUQHI33P',
      'J5VSAQTZMU======',
      'IJ4WK===',
    ],
  },
  {
    as: 'base85',
    // base64.b85encode(b)
    sent: ['NM&qnZv', 'NNE', 'PHAIhAarjaO=V?tAbD?f', 'PHAIhAarjaO=V?tAbD?fAarkU', 'Pir7Td1U', 'LV0B'],
  },
  {
    as: 'ASCII85',
    // base64.a85encode(b)
    sent: ['87cURDZ', '88/', ':2+3L+EVNE9k@mX+F.mJ', ':2+3L+EVNE9k@mX+F.mJ+EVO?', ':MV(>H"?', '6@!,'],
  },
  {
    as: 'base64 in base64',
    // base64.b64encode(base64.b64encode(b))
    sent: [
      'U0dWc2JHOD0=',
      'U0drPQ==',
      'VG1salpTQjBieUJOWldWMElIbHZkUT09',
      'VG1salpTQjBieUJOWldWMElIbHZkU0IwYjI4PQ==',
      'VDJzZ1FubGw=',
      'UW5sbA==',
    ],
  },
  {
    as: 'zlib in base64',
    // base64.b64encode(zlib.compress(b))
    sent: [
      'eJzzSM3JyQcABYwB9Q==',
      'eJzzyAQAAPsAsg==',
      'eJzzy0xOVSjJV/BNTS1RqMwvBQAunwWr',
      'eJzzy0xOVSjJV/BNTS1RqMwvBbLzAUh0Bx0=',
      'eJzzz1ZwqkwFAAaUAfs=',
      'eJxzqkwFAAIgASE=',
    ],
  },
];

/** The client begins, and the two take turns. */
function inTurns(messages: readonly (string | Buffer)[]): Sent[] {
  return messages.map((bytes, index) => ({ side: index % 2 === 0 ? 'client' : 'server', bytes }));
}

async function inspected(sent: readonly Sent[], find: readonly string[] = []): Promise<Capture> {
  return withFiles({ 'made.pcap': captureOf(sent) }, (path) => inspectCapture(path('made.pcap'), { find }));
}

const FRAMINGS: Readonly<Record<string, (message: string) => string | Buffer>> = {
  'a line each': (message) => `${message}\n`,
  'nothing between them': (message) => message,
  'a length in front': (message) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.length);
    return Buffer.concat([length, Buffer.from(message)]);
  },
};

describe.each(Object.entries(FRAMINGS))('a chat with %s', (_, framed) => {
  test.each(WRITTEN)('in $as shows what its messages say, and they are found', async ({ as, sent }) => {
    const { findings, finds } = await inspected(inTurns(sent.map(framed)), ['Hi', 'Nice to Meet you too', 'nobody']);
    const [conversation] = findings.conversations;
    expect(conversation?.mode).toBe('plaintext');
    expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(SAID);
    expect(conversation?.disguise).toBe(as);
    for (const side of ['client', 'server'] as const) {
      const { bytes, readability } = conversation?.streams[side] ?? { bytes: 0, readability: null };
      const message = sent.filter((__, index) => (side === 'client' ? index % 2 === 0 : index % 2 === 1));
      const length = message.reduce((sum, { length: each }) => sum + each, 0);
      expect(readability?.disguised).toEqual({ [as]: length });
      expect((readability?.text ?? 0) + (readability?.framing ?? 0)).toBe(bytes - length);
    }
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true, true, false]);
  });
});

test('a chat that is packed by DEFLATE, message by message, shows what its messages say', async () => {
  // zlib.compressobj(9, zlib.DEFLATED, -15)
  const sent = [
    'f348cdc9c90700',
    'f3c80400',
    'f3cb4c4e5528c957f04d4d2d51a8cc2f0500',
    'f3cb4c4e5528c957f04d4d2d51a8cc2f05b2f301',
    'f3cf5670aa4c0500',
    '73aa4c0500',
  ];
  const { findings } = await inspected(inTurns(sent.map((each) => Buffer.from(each, 'hex'))));
  const [conversation] = findings.conversations;
  expect(conversation?.disguise).toBe('deflate');
  expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(SAID);
});

test('a name that was asked for first does not hide the disguise of the rest', async () => {
  const { findings } = await inspected(
    inTurns(['ann\n', 'bob\n', ...(WRITTEN[0]?.sent ?? []).map((each) => `${each}\n`)]),
  );
  const [conversation] = findings.conversations;
  expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual([
    'ann',
    'bob',
    ...SAID,
  ]);
  expect(conversation?.messages.map((message) => message.kind === 'readable' && message.as)).toEqual([
    undefined,
    undefined,
    ...SAID.map(() => 'base64'),
  ]);
});

describe('what is in no disguise', () => {
  test.each([
    ['words alone', ['good', 'best', 'hello', 'okay', 'Yes', 'when', 'noon', 'then', 'fine', 'BYE', 'DONE']],
    ['numbers', ['12', '2024', '33', '48', '65', '72', '101', '555', '20', '30', '4747']],
    ['telephone numbers', ['0171 123456', '+49 30 901820', '72 105 33 10', '030 123 444 555']],
    ['a game', ['10 20 30', '72 73 74', '33 34 35', '40 41 42', '65 66 67 68 69 70 71 72']],
    ['names of files', ['a1b2', 'cafe', 'dead', 'beef', 'face', 'feed', '1234', 'abcd']],
  ])('%s', (_, messages) => {
    expect(disguiseOfMessages(messages.map((each) => Buffer.from(each)))).toBeNull();
  });

  test('random bytes in each way to write them: none of 1,200 chats', () => {
    const ways = [
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => Buffer.from(bytes.toString('base64')),
      (bytes: Buffer) => Buffer.from(bytes.toString('hex')),
      (bytes: Buffer) => Buffer.from(bytes.join(' ')),
    ];
    let found = 0;
    for (let chat = 0; chat < 300; chat += 1) {
      const messages = Array.from({ length: 4 }, () => randomBytes(1 + ((randomBytes(1)[0] ?? 0) % 24)));
      for (const way of ways) if (disguiseOfMessages(messages.map(way)) !== null) found += 1;
    }
    expect(found).toBe(0);
  });
});
