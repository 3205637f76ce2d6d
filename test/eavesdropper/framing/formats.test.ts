/** Messages in formats of bytes, each written by another program: Python, Java, or the library of the format. */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { PYTHON, describeWithTool } from '../../tools.js';
import { captureOf, noise, withFiles } from '../chats.js';
import { all, found, judged, messagesIn, readable } from './told.js';

const SAID = ['Hello', 'Hi', 'I am from cyber security department', 'Nice to Meet you', 'Ok Bye'];

interface Written {
  readonly marks: RegExp;
  readonly hex: string;
  /** What is said, if it is more than the text. */
  readonly as?: (text: string) => string;
}

const WRITTEN: Readonly<Record<string, Written>> = {
  // java: for (String s : said) new ObjectOutputStream(out).writeObject(s), with one stream for all
  'strings of Java': {
    marks: /Java/,
    hex: 'aced000574000548656c6c6f74000248697400234920616d2066726f6d206379626572207365637572697479206465706172746d656e747400104e69636520746f204d65657420796f757400064f6b20427965',
  },
  // java: ObjectOutputStream.writeUTF
  'writeUTF into ObjectOutputStream': {
    marks: /Java/,
    hex: 'aced00057707000548656c6c6f770400024869772500234920616d2066726f6d206379626572207365637572697479206465706172746d656e74771200104e69636520746f204d65657420796f75770800064f6b20427965',
  },
  // java: DataOutputStream.writeUTF
  'writeUTF alone': {
    marks: /length in front, in 2 bytes, most/,
    hex: '000548656c6c6f0002486900234920616d2066726f6d206379626572207365637572697479206465706172746d656e7400104e69636520746f204d65657420796f7500064f6b20427965',
  },
  // python: b''.join(msgpack.packb(s) for s in said)
  'strings of MessagePack': {
    marks: /MessagePack/,
    hex: 'a548656c6c6fa24869d9234920616d2066726f6d206379626572207365637572697479206465706172746d656e74b04e69636520746f204d65657420796f75a64f6b20427965',
  },
  // python: msgpack.packb({'from': 'ann', 'text': s, 'n': i})
  'maps of MessagePack': {
    marks: /MessagePack/,
    hex: '83a466726f6da3616e6ea474657874a548656c6c6fa16e0083a466726f6da3616e6ea474657874a24869a16e0183a466726f6da3616e6ea474657874d9234920616d2066726f6d206379626572207365637572697479206465706172746d656e74a16e0283a466726f6da3616e6ea474657874b04e69636520746f204d65657420796f75a16e0383a466726f6da3616e6ea474657874a64f6b20427965a16e04',
    as: (text) => `from, ann, text, ${text}, n`,
  },
  // python, with pymongo: bson.encode({'from': 'ann', 'text': s, 'n': i})
  BSON: {
    marks: /BSON/,
    hex: '2a0000000266726f6d0004000000616e6e000274657874000600000048656c6c6f00106e000000000000270000000266726f6d0004000000616e6e0002746578740003000000486900106e000100000000480000000266726f6d0004000000616e6e00027465787400240000004920616d2066726f6d206379626572207365637572697479206465706172746d656e7400106e000200000000350000000266726f6d0004000000616e6e00027465787400110000004e69636520746f204d65657420796f7500106e0003000000002b0000000266726f6d0004000000616e6e00027465787400070000004f6b2042796500106e000400000000',
    as: (text) => `from, ann, text, ${text}, n`,
  },
  // python, with protobuf: Chat(from='ann', text=s, n=i + 1).SerializeToString()
  protobuf: {
    marks: /protobuf/,
    hex: '0a03616e6e120548656c6c6f18010a03616e6e1202486918020a03616e6e12234920616d2066726f6d206379626572207365637572697479206465706172746d656e7418030a03616e6e12104e69636520746f204d65657420796f7518040a03616e6e12064f6b204279651805',
    as: (text) => `ann, ${text}`,
  },
  // the same with the length in front, as writeDelimitedTo of Java does
  'protobuf with lengths': {
    marks: /in 1 byte/,
    hex: '0e0a03616e6e120548656c6c6f18010b0a03616e6e1202486918022c0a03616e6e12234920616d2066726f6d206379626572207365637572697479206465706172746d656e741803190a03616e6e12104e69636520746f204d65657420796f7518040f0a03616e6e12064f6b204279651805',
    as: (text) => `ann, ${text}`,
  },
  // python, with cbor2: cbor2.dumps({'from': 'ann', 'text': s, 'n': i})
  'maps of CBOR': {
    marks: /CBOR/,
    hex: 'a36466726f6d63616e6e64746578746548656c6c6f616e00a36466726f6d63616e6e6474657874624869616e01a36466726f6d63616e6e647465787478234920616d2066726f6d206379626572207365637572697479206465706172746d656e74616e02a36466726f6d63616e6e6474657874704e69636520746f204d65657420796f75616e03a36466726f6d63616e6e6474657874664f6b20427965616e04',
    as: (text) => `from, ann, text, ${text}, n`,
  },
  // python: struct.pack('64s', s.encode())
  'filled up with zeros': {
    marks: /zero bytes/,
    hex: SAID.map((text) => Buffer.from(text.padEnd(64, '\0')).toString('hex')).join(''),
  },
};

describe.each(Object.entries(WRITTEN))('%s', (_, { marks, hex, as = (text: string) => text }) => {
  const bytes = Buffer.from(hex, 'hex');

  test('each message is read, however the bytes come', () => {
    expect(messagesIn(bytes)).toEqual(SAID.map(as));
    for (const size of [Infinity, 2048, 50]) {
      const told = judged(bytes, size);
      expect([all(told), told.other, told.encoded]).toEqual([bytes.length, 0, 0]);
      expect(told.marks).toMatch(marks);
    }
    for (const text of SAID) expect(found(text, bytes)).toContain('as typed');
  });

  test('what is cut off is read up to there', () => {
    for (let end = bytes.length - 1; end > 0.75 * bytes.length; end -= 7) {
      const told = judged(bytes.subarray(0, end));
      expect(all(told)).toBe(end);
      expect(messagesIn(bytes.subarray(0, end))[1]).toBe(as('Hi'));
    }
  });
});

describeWithTool('python3-cryptography', 'Python', () => {
  const python = (code: string): Buffer =>
    execFileSync(PYTHON, [
      '-c',
      `import sys, pickle, struct, zlib, json\nsaid = json.loads(sys.argv[1])\n${code}`,
      JSON.stringify(SAID),
    ]);
  const out = (expression: string): Buffer => python(`sys.stdout.buffer.write(b''.join(${expression} for s in said))`);

  test.each([1, 2, 3, 4, 5])('pickle, protocol %i', (protocol) => {
    for (const [what, as] of [
      ['s', (text: string): string => text],
      ["{'from': 'ann', 'text': s, 'at': 1.5, 'n': 300}", (text: string): string => `from, ann, text, ${text}, at, n`],
    ] as const) {
      const bytes = out(`pickle.dumps(${what}, protocol=${protocol})`);
      expect(messagesIn(bytes)).toEqual(SAID.map(as));
      expect(judged(bytes)).toMatchObject({ other: 0, marks: 'each is an object of Python, as pickle writes it' });
    }
  });

  test.each(['!I', '<I', '!H', '<H', '!Q', '<Q'])('a length in front, as struct packs %s', (form) => {
    for (const content of [
      's.encode()',
      'pickle.dumps(s)',
      'zlib.compress(s.encode())',
      "s.encode('utf-16-le')",
      "s.encode('utf-16-be')",
      "s.encode('utf-16')",
      "json.dumps({'text': s}).encode()",
    ]) {
      const bytes = out(`(lambda b: struct.pack('${form}', len(b)) + b)(${content})`);
      const isJson = content.startsWith('json');
      expect([content, messagesIn(bytes)]).toEqual([
        content,
        SAID.map((text) => (isJson ? `{"text": "${text}"}` : text)),
      ]);
      expect(judged(bytes).other).toBe(0);
    }
  });

  test('bytes in a pickle are text only if they are', () => {
    const sealed = out("pickle.dumps(zlib.compress(s.encode())[2:] * 3 + b'\\x00\\xff\\x9a')");
    expect(messagesIn(sealed).filter((text) => text !== '')).toEqual([]);
    expect(messagesIn(out('pickle.dumps(s.encode())'))).toEqual(SAID);
  });
});

/** AES, with the message's number as its IV: what no one reads without the key. */
function sealed(text: string, seed: number): Buffer {
  const cipher = createCipheriv('aes-128-cbc', Buffer.alloc(16, 'key'), Buffer.alloc(16, seed));
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

describe('ciphertext', () => {
  test('behind a length is no text', () => {
    for (let seed = 0; seed < 100; seed += 1) {
      for (const [size, write] of [
        [4, 'writeUInt32BE'],
        [4, 'writeUInt32LE'],
        [2, 'writeUInt16BE'],
        [1, 'writeUInt8'],
      ] as const) {
        const bytes = Buffer.concat(
          SAID.flatMap((text, index) => {
            const message = sealed(text, 5 * seed + index);
            const prefix = Buffer.alloc(size);
            prefix[write](message.length);
            return [prefix, message];
          }),
        );
        expect([seed, size, readable(judged(bytes)), messagesIn(bytes)]).toEqual([seed, size, 0, []]);
      }
    }
  });

  test('in a format of bytes is no text, but for a rare accident', () => {
    let wrong = 0;
    for (let seed = 0; seed < 400; seed += 1) {
      const fields = SAID.flatMap((text, index) => {
        const message = sealed(text, seed + index);
        return [Buffer.from([0x0a, message.length]), message];
      });
      if (readable(judged(Buffer.concat(fields))) > 0) wrong += 1;
    }
    // One of these begins with 16 bytes that are UTF-8.
    expect(wrong).toBeLessThanOrEqual(2);
  });
});

/** How many bytes of text are claimed in `times` streams of `length` bytes. */
function claimed(times: number, length: number, make: (seed: number) => Buffer): number {
  let sum = 0;
  for (let seed = 0; seed < times; seed += 1) {
    const told = judged(make(seed).subarray(0, length));
    sum += readable(told) > 0 || told.marks !== undefined ? 1 : 0;
  }
  return sum;
}

/** A program's names and sentences do end with zeros. */
function isWrong({ marks }: { readonly marks?: string }): boolean {
  return marks !== undefined && marks !== 'each ends with zero bytes';
}

describe('how often bytes are wrongly taken for one of these', () => {
  test('of 5,000 streams of 5 to 200 random bytes, at most 10', () => {
    expect(claimed(5000, 200, (seed) => noise(5 + (seed % 196), `random ${seed}`))).toBeLessThanOrEqual(10);
  });

  test('in a megabyte of random bytes, in one piece or in many, nothing', () => {
    const bytes = noise(2 ** 20, 'megabyte');
    expect(readable(judged(bytes, 2048))).toBe(0);
    expect(judged(bytes, 2048).marks).toBeUndefined();
    // At each of 4,096 places a stream could begin.
    let wrong = 0;
    for (let at = 0; at < 4096; at += 1) if (judged(bytes.subarray(at, at + 4096)).marks !== undefined) wrong += 1;
    expect(wrong).toBeLessThanOrEqual(4);
  });

  test('programs are none of these', () => {
    for (const file of [process.execPath, '/bin/ls', '/bin/cat'] as const) {
      let bytes: Buffer;
      try {
        bytes = readFileSync(file).subarray(0, 4 * 2 ** 20);
      } catch {
        continue;
      }
      let wrong = 0;
      for (let at = 0; at + 4096 <= bytes.length; at += 4096)
        if (isWrong(judged(bytes.subarray(at, at + 4096)))) wrong += 1;
      expect([file, wrong <= bytes.length / 2 ** 20 + 8, wrong]).toEqual([file, true, wrong]);
    }
  });
});

describeWithTool('tshark', 'tshark and we', () => {
  // python, with paho: Client('ann', protocol=…), username_pw_set, and publish('room/1', s) for each
  test.each([
    [
      '3.1.1',
      '102200044d51545404c2003c0003616e6e0003616e6e000c74756c69702d67617264656e300d0006726f6f6d2f3148656c6c6f300a0006726f6f6d2f314869302b0006726f6f6d2f314920616d2066726f6d206379626572207365637572697479206465706172746d656e7430180006726f6f6d2f314e69636520746f204d65657420796f75300e0006726f6f6d2f314f6b20427965e000',
    ],
    [
      '5',
      '102300044d51545405c2003c000003616e6e0003616e6e000c74756c69702d67617264656e300e0006726f6f6d2f310048656c6c6f300b0006726f6f6d2f31004869302c0006726f6f6d2f31004920616d2066726f6d206379626572207365637572697479206465706172746d656e7430190006726f6f6d2f31004e69636520746f204d65657420796f75300f0006726f6f6d2f31004f6b20427965e000',
    ],
  ])('read the same names, password and messages of MQTT %s', async (_, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    await withFiles({ 'mqtt.pcap': captureOf([{ side: 'client', bytes }]) }, async (path) => {
      const names = ['clientid', 'username', 'passwd', 'topic', 'msg'].flatMap((field) => ['-e', `mqtt.${field}`]);
      const options = ['-r', path('mqtt.pcap'), '-d', 'tcp.port==4747,mqtt', '-T', 'fields', ...names, '-Y', 'mqtt'];
      const theirs = execFileSync('tshark', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const [id = '', user = '', password = '', topics = '', texts = ''] = theirs.trim().split('\t');
      const told = topics.split(',').map((topic, index) => {
        return `${topic}, ${Buffer.from(texts.split(',')[index] ?? '', 'hex').toString()}`;
      });
      const { findings } = await inspectCapture(path('mqtt.pcap'));
      const ours = findings.conversations[0]?.messages.map((message) => message.kind === 'readable' && message.text);
      expect(ours).toEqual([[id, user, password].join(', '), ...told]);
      expect(ours?.at(-1)).toBe('room/1, Ok Bye');
      expect(findings.conversations[0]?.streams.client.readability).toMatchObject({ other: 0 });
    });
  });

  test('read the same name and password of an LDAP bind', async () => {
    const bind = Buffer.from(
      '3030020101602b02010304' +
        '18' +
        Buffer.from('cn=ann,dc=example,dc=org').toString('hex') +
        '800c' +
        Buffer.from('tulip-garden').toString('hex'),
      'hex',
    );
    const files = { 'ldap.pcap': captureOf([{ side: 'client', bytes: bind }]) };
    await withFiles(files, async (path) => {
      const fields = [
        '-d',
        'tcp.port==4747,ldap',
        '-T',
        'fields',
        '-e',
        'ldap.name',
        '-e',
        'ldap.simple',
        '-Y',
        'ldap',
      ];
      const theirs = execFileSync('tshark', ['-r', path('ldap.pcap'), ...fields], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { findings } = await inspectCapture(path('ldap.pcap'));
      const [message] = findings.conversations[0]?.messages ?? [];
      expect(message).toMatchObject({ kind: 'readable', text: theirs.trim().replace('\t', ', ') });
    });
  });
});

describe('one short message behind a number', () => {
  // 00 01 can be a type or a version as well, and RFC 3629, section 3, has no byte FE.
  test.each(['0001fe', '0001ff', '000141', '0100fe', '00000001fe', '0003e4f6fc', '0002c3'])(
    'does not prove that the number is its length: %s',
    (hex) => {
      expect(judged(Buffer.from(hex, 'hex'))).not.toHaveProperty('marks');
    },
  );

  test.each(['00024869', '000548656c6c6f', '0002c3bc'])('proves it if it is text: %s', (hex) => {
    expect(judged(Buffer.from(hex, 'hex')).marks).toMatch(/length in front, in 2 bytes, most/);
  });
});
