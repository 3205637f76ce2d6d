/**
 * Chats whose messages are in a disguise that a message alone is too short to show. Python wrote each, with b as the
 * message in UTF-8.
 */
import { describe, expect, test } from '@jest/globals';
import { createCipheriv } from 'node:crypto';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { disguiseOfMessages } from '../../src/eavesdropper/disguises/of-messages.js';
import { captureOf, conversationOf, noise, withFiles, type Sent } from './chats.js';
import { pcapOf } from './wire.js';
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
    as: 'uuencode',
    // binascii.b2a_uu(b).rstrip(b'\n')
    sent: ['%2&5L;&\\ ', '"2&D ', "03FEC92!T;R!-965T('EO=0  ", "43FEC92!T;R!-965T('EO=2!T;V\\ ", '&3VL@0GEE', '#0GEE'],
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

/** In hex, as the listener gets them. What shows itself only in many letters needs a longer chat. */
const LONGER: readonly { readonly as: string; readonly sent: readonly string[] }[] = [
  {
    as: 'Caesar, shift 13 (rot13)',
    // codecs.encode(text, 'rot13')
    sent: [
      '5572797962',
      '5576',
      '56206e7a207365627a20706c6f726520667270686576676c207172636e65677a726167',
      '56206e7a207365627a2050627a63686772652066707672617072207172636e65677a726167',
      '41767072206762205a727267206c6268',
      '41767072206762205a727267206c626820676262',
      '4278204f6c72',
      '4f6c72',
    ],
  },
  {
    as: 'reversed text',
    // text[::-1]
    sent: [
      '6f6c6c6548',
      '6948',
      '746e656d747261706564207974697275636573207265627963206d6f7266206d612049',
      '746e656d7472617065642065636e656963732072657475706d6f43206d6f7266206d612049',
      '756f79207465654d206f74206563694e',
      '6f6f7420756f79207465654d206f74206563694e',
      '657942206b4f',
      '657942',
    ],
  },
  {
    as: 'Caesar, shift 3 in base64',
    // base64.b64encode(shifted by 3)
    sent: [
      '533268766233493d',
      '5332773d',
      '5443426b6343427064584a7749475a695a57683149485a6f5a6e6831624864694947646f633252316433426f6358633d',
      '5443426b6343427064584a7749455a7963484e346432683149485a6d624768785a6d67675a32687a5a4856336347687864773d3d',
      '5557786d61434233636942516147683349474a7965413d3d',
      '5557786d61434233636942516147683349474a7965434233636e493d',
      '556d346752574a6f',
      '52574a6f',
    ],
  },
  {
    as: 'XOR with the byte 0x5a in hex',
    // bytes(c ^ 0x5a for c in b).hex()
    sent: [
      '31323366333633363335',
      '31323333',
      '31333761336233373761336332383335333737613339323333383366323837613239336633393266323833333265323337613365336632613362323832653337336633343265',
      '3133376133623337376133633238333533373761313933353337326132663265336632383761323933393333336633343339336637613365336632613362323832653337336633343265',
      '3134333333393366376132653335376131373366336632653761323333353266',
      '31343333333933663761326533353761313733663366326537613233333532663761326533353335',
      '313533313761313832333366',
      '313832333366',
    ],
  },
  {
    as: 'XOR with the byte 0x80',
    // bytes(c ^ 0x80 for c in b)
    sent: [
      'c8e5ececef',
      'c8e9',
      'c9a0e1eda0e6f2efeda0e3f9e2e5f2a0f3e5e3f5f2e9f4f9a0e4e5f0e1f2f4ede5eef4',
      'c9a0e1eda0e6f2efeda0c3efedf0f5f4e5f2a0f3e3e9e5eee3e5a0e4e5f0e1f2f4ede5eef4',
      'cee9e3e5a0f4efa0cde5e5f4a0f9eff5',
      'cee9e3e5a0f4efa0cde5e5f4a0f9eff5a0f4efef',
      'cfeba0c2f9e5',
      'c2f9e5',
    ],
  },
  {
    as: 'XOR with a repeated key of 5 bytes',
    // bytes(c ^ b'apple'[i % 5] for i, c in enumerate(b))
    sent: [
      '29151c000a',
      '2919',
      '285011014507021f014502091209174103150f1013190415450515000d17151d150211',
      '285011014507021f0145221f1d1c101515024c160219150206045014091500020401000f04',
      '2f19130945151f502100040450150a14',
      '2f19130945151f502100040450150a145004030a',
      '2e1b502e1c04',
      '230915',
    ],
  },
  {
    as: 'XOR with a repeated key of 5 bytes in base64',
    // … and base64.b64encode
    sent: [
      '4b52556341416f3d',
      '4b526b3d',
      '4b46415241555548416838425251494a45676b5851514d5644784154475151565251555641413058465230564168453d',
      '4b464152415555484168384252534966485277514652554354425943475255434267525146416b56414149454151415042413d3d',
      '4c786b544355555648314168414151455542554b46413d3d',
      '4c786b544355555648314168414151455542554b4646414541776f3d',
      '4c6874514c687745',
      '49776b56',
    ],
  },
  {
    as: 'Vigenère, key of 5 letters',
    // each letter shifted by a letter of “lemon”, which begins again with each message
    sent: [
      '5369787a62',
      '536d',
      '542065792074657a71206f6d6f707620657370667675686c206f69626f656571716267',
      '542065792074657a71204f637a61796673652064677573616e69207073636c766661727978',
      '596d6f7320677a2051717367206a7367',
      '596d6f7320677a2051717367206a73672068627a',
      '5a6f204e6d72',
      '4d6371',
    ],
  },
  {
    as: 'Vigenère, key of 5 letters in base64',
    // … and base64.b64encode
    sent: [
      '55326c34656d493d',
      '5532303d',
      '5643426c655342305a58707849473974623342324947567a63475a326457687349473970596d396c5a584678596d633d',
      '5643426c655342305a5870784945396a656d46355a6e4e6c4947526e64584e68626d6b6763484e6a62485a6d59584a3565413d3d',
      '575731766379426e6569425263584e6e4947707a5a773d3d',
      '575731766379426e6569425263584e6e4947707a5a79426f596e6f3d',
      '576d3867546d3179',
      '54574e78',
    ],
  },
  {
    as: 'EBCDIC',
    // text.encode('cp037')
    sent: [
      'c885939396',
      'c889',
      'c940819440869996944083a882859940a28583a49989a3a8408485978199a3948595a3',
      'c9408194408699969440c3969497a4a3859940a2838985958385408485978199a3948595a3',
      'd589838540a39640d48585a340a896a4',
      'd589838540a39640d48585a340a896a440a39696',
      'd69240c2a885',
      'c2a885',
    ],
  },
];

test.each(
  LONGER.flatMap((each) => [
    { ...each, end: '', borders: 'nothing between them' },
    { ...each, end: '\n', borders: 'a line end behind each' },
  ]),
)('messages in $as, with $borders, are decoded too', async ({ as, sent, end }) => {
  const bytes = sent.map((each) => Buffer.concat([Buffer.from(each, 'hex'), Buffer.from(end)]));
  const { findings, finds } = await inspected(inTurns(bytes), ['Nice to Meet you too']);
  const [conversation] = findings.conversations;
  expect(conversation?.guessedBorders).toEqual(end === '' ? ['client', 'server'] : undefined);
  expect(conversation?.disguise).toBe(as);
  expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(SAID_LONGER);
  // Nobody reads a toy cipher as it crosses the wire.
  expect(conversation?.mode).toBe(as === 'EBCDIC' ? 'plaintext' : 'unknown');
  expect(finds.map(({ verdict }) => verdict.readable)).toEqual([true]);
});

const SAID_LONGER = [
  'Hello',
  'Hi',
  'I am from cyber security department',
  'I am from Computer science department',
  'Nice to Meet you',
  'Nice to Meet you too',
  'Ok Bye',
  'Bye',
];

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

  test.each([
    ['a name', '"user": "ann"'],
    ['a field', '"msg": "text"'],
  ])('ciphertext in JSON, beside %s that is the same in each message', (_, field) => {
    const messages = Array.from({ length: 8 }, (__, index) => {
      const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'key'), Buffer.alloc(16, index));
      return Buffer.from(`{${field}, "data": "${cipher.update(Buffer.alloc(48)).toString('base64')}"}`);
    });
    const found = disguiseOfMessages(messages);
    expect(found?.texts.filter((text) => text !== null) ?? []).toEqual([]);
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
      const messages = Array.from({ length: 4 }, (_, index) =>
        noise(1 + ((7 * chat + 11 * index) % 24), `chat ${chat}, message ${index}`),
      );
      for (const way of ways) {
        const seen = disguiseOfMessages(messages.map(way));
        if (seen !== null && seen.unread === undefined) found += 1;
      }
    }
    expect(found).toBe(0);
  });
});

describe('messages in Cyrillic, Chinese and Japanese that are short', () => {
  // text.encode('utf-7'), and text.encode('iso2022_jp')
  test.each([
    [
      'UTF-7',
      ['+BB8EQAQ4BDIENQRC-', '+BBoEMAQ6 +BDQENQQ7BDA?', '+BCUEPgRABD4ESAQ+-'],
      ['Привет', 'Как дела?', 'Хорошо'],
    ],
    ['UTF-7', ['+T2BZfQ-', '+YhFnZYHqf1F+3FuJUWh8+w-', '+UY2JwQ-'], ['你好', '我来自网络安全系', '再见']],
    ['ISO-2022-JP', ['\x1b$B%F%9%H\x1b(B', '\x1b$BL@F|!"1X$G2q$$$^$7$g$&\x1b(B'], ['テスト', '明日、駅で会いましょう']],
  ])('%s', async (as, sent, said) => {
    for (const end of ['', '\n']) {
      const { findings, finds } = await inspected(inTurns(sent.map((each) => each + end)), said);
      const [conversation] = findings.conversations;
      expect(conversation?.disguise).toBe(as);
      expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(said);
      expect(finds.every(({ verdict }) => verdict.readable)).toBe(true);
    }
  });
});

test('ciphertext in uuencode is no plaintext', async () => {
  // binascii.b2a_uu of 16 random bytes each, between begin and end as Python's codec `uu` writes them
  const lines = [
    '0U.>%!N?RHS;&KT5NG"\\#$0  ',
    '0;=,W*"SX2E$.0WE)E5U\\=@  ',
    '0[#AST#_;2ZHR9HD\\3D .10  ',
    "08Y] *_6L(03+-'>[<OT-7   ",
  ];
  const sent = lines.map((line) => `begin 666 <data>\n${line}\n \nend\n`);
  const { findings } = await inspected(inTurns(sent));
  expect(findings.conversations[0]).toMatchObject({ mode: 'unknown', messages: [] });
});

test.each(['hex', 'base64'] as const)('short lines of ciphertext in %s are no plaintext', async (spelling) => {
  const sealed = SAID_LONGER.map((text) => {
    const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 'key'), Buffer.alloc(16, text));
    return `${cipher.update(text).toString(spelling)}\n`;
  });
  const { findings } = await inspected(inTurns(sealed));
  expect(findings.conversations[0]).toMatchObject({ mode: 'unknown', messages: [] });
});

describe('letters that are perhaps no words', () => {
  // A key as long as the message, from the digits of the square root of two: nobody can find it.
  const DIGITS = '4142135623730950488016887242096980785696718753769480731766797379907324784621';
  const sealed = [...SAID_LONGER, ...SAID_LONGER].map((text, message) =>
    Array.from(text, (letter, at) => {
      const first = /[a-z]/.test(letter) ? 0x61 : 0x41;
      const shift =
        Number(DIGITS[(7 * message + at) % DIGITS.length]) + 3 * Number(DIGITS[(11 * message + 2 * at) % 70]);
      return /[a-z]/i.test(letter)
        ? String.fromCharCode(first + ((letter.charCodeAt(0) - first + shift) % 26))
        : letter;
    }).join(''),
  );

  test.each(['', '\n'])('are shown as they are, and are no plaintext (with %j behind each)', async (end) => {
    const { findings, finds } = await inspected(inTurns(sealed.map((line) => line + end)), [
      'Nice to Meet you',
      sealed[4] ?? '',
    ]);
    const [conversation] = findings.conversations;
    expect(conversation?.mode).toBe('unknown');
    expect(conversation?.disguise).toBeUndefined();
    expect(conversation?.messages.map((message) => message.kind === 'readable' && message.text)).toEqual(sealed);
    const { client, server } = conversation!.streams;
    const all = sealed.reduce((sum, { length }) => sum + length, 0);
    expect((client.readability.letters ?? 0) + (server.readability.letters ?? 0)).toBe(all);
    expect(client.readability.text + server.readability.text).toBe(sealed.length * end.length);
    expect(finds.map(({ verdict }) => verdict.readable)).toEqual([false, true]);
  });

  test('in base64 they are no text', async () => {
    const { findings } = await inspected(inTurns(sealed.map((line) => Buffer.from(line).toString('base64'))));
    expect(findings.conversations[0]).toMatchObject({ mode: 'unknown', messages: [] });
  });

  test('a chat of many pages is judged by its sides', async () => {
    const lines = Array.from({ length: 20 }, () => sealed).flat();
    const { findings } = await inspected(inTurns(lines.map((line) => `${line}\n`)));
    expect(findings.conversations[0]?.mode).toBe('unknown');
    expect(findings.conversations[0]?.messages).toHaveLength(lines.length);
  });
});

test('a long line of base64 among the lines of a chat leaves it plaintext', async () => {
  const sent = [...SAID_LONGER, noise(600).toString('base64')].map((line) => `${line}\n`);
  const { findings } = await inspected(inTurns(sent));
  expect(findings.conversations[0]?.mode).toBe('plaintext');
});

test('where nothing marks the messages, their borders are a guess; where line ends do, they are not', async () => {
  const sent = WRITTEN[0]?.sent ?? [];
  const [bare] = (await inspected(inTurns(sent))).findings.conversations;
  expect([bare?.disguise, bare?.guessedBorders]).toEqual(['base64', ['client', 'server']]);
  const [lines] = (await inspected(inTurns(sent.map((each) => `${each}\n`)))).findings.conversations;
  expect([lines?.disguise, lines?.guessedBorders]).toEqual(['base64', undefined]);
});

test('a token among messages in base64 is not counted as text', async () => {
  // 48 random bytes in base64, as a sealed message would be.
  const token = noise(48).toString('base64');
  const words = ['Nice to Meet you', 'Nice to Meet you too', 'I am from cyber security department', 'Ok Bye', 'Hello'];
  const long = [...words, ...words, ...words].map((each) => Buffer.from(each).toString('base64'));
  // The minus makes it no base64 of its own, so that it is not one of the messages in base64.
  const { findings } = await inspected(inTurns([...long, `${token}-`].map((each) => `${each}\n`)));
  const [conversation] = findings.conversations;
  expect(conversation?.disguise).toBe('base64');
  const { client, server } = conversation!.streams;
  expect(client.readability.encoded + server.readability.encoded).toBeGreaterThanOrEqual(token.length);
});

test('more messages than can be divided are not left out: their bytes show the disguise alone', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `${Buffer.from(`Hi ${index}`).toString('base64')}\n`);
  const { findings } = await inspected([{ side: 'client', bytes: lines.join('') }]);
  const [conversation] = findings.conversations;
  expect((conversation?.messages.length ?? 0) + (conversation?.unlistedMessages ?? 0)).toBe(5000);
});

test('a text in base32 is found in each of two conversations', async () => {
  const packets = conversationOf(inTurns(WRITTEN.find(({ as }) => as === 'base32')?.sent ?? []));
  const again = packets.map((packet) => ({ ...packet, clientPort: 40_001 }));
  const { finds } = await withFiles({ 'made.pcap': pcapOf([...packets, ...again]) }, (path) =>
    inspectCapture(path('made.pcap'), { find: ['Nice to Meet you too'] }),
  );
  const [find] = finds;
  const hits = find?.verdict.readable === true ? [find.verdict.hit, ...find.verdict.others] : [];
  expect(hits.map(({ place }) => place.conversation)).toEqual([0, 1]);
});
