/**
 * Messages with more in front than their length: other numbers, digits, a check behind them; records of a fixed size;
 * and packed bytes behind a header. Python's struct, gzip, zlib and binascii write each one.
 */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { processorMs } from '../../processor-time.js';
import { PYTHON, describeWithTool } from '../../tools.js';
import { noise } from '../chats.js';
import { all, found, judged, messagesIn, readable } from './told.js';

const SAID = ['Hello', 'Hi', 'I am from cyber security department', 'Nice to Meet you', 'Ok Bye'];

interface Form {
  /** In Python: what is sent for the bytes `b`, the message with the number `i`. */
  readonly write: string;
  readonly marks: RegExp;
  readonly as?: (text: string) => string;
  /** The disguise in which texts are found. Default: none. */
  readonly shape?: string;
}

const HEADERS: Readonly<Record<string, Form>> = {
  'a kind and a length': { write: "struct.pack('!BI', 1, len(b)) + b", marks: /header of 5 bytes.*in 4 of them, most/ },
  'a length and a kind': {
    write: "struct.pack('<IH', len(b), 3) + b",
    marks: /header of 6 bytes.*in 4 of them, least/,
  },
  'a length that counts the header': {
    write: "struct.pack('!HH', len(b) + 4, 9) + b",
    marks: /header of 4 bytes.*in 2/,
  },
  'a mark, a version and a length': {
    write: "b'\\xca\\xfe' + struct.pack('!BBH', 1, 2, len(b)) + b",
    marks: /header of 6 bytes, with its length in 2 of them, most/,
  },
  'a number that grows, and a length': { write: "struct.pack('!IH', i, len(b)) + b", marks: /header of 6 bytes.*in 2/ },
  'the time, and a length': {
    write: "struct.pack('!dI', 1.7e9 + i / 7, len(b)) + b",
    marks: /header of 12 bytes, with its length in 4/,
  },
  'a length, and a check behind the text': {
    write: "struct.pack('!H', len(b)) + b + struct.pack('!I', binascii.crc32(b))",
    marks: /header of 2 bytes.*and 4 bytes behind it/,
  },
  'the same bytes, and no length': {
    write: "b'\\x01\\x4d\\x00\\xaa' + b",
    marks: /begins with the same 4 bytes, 014d00aa/,
  },
};

const CONTROLS: Readonly<Record<string, Form>> = {
  'STX and ETX around each': {
    write: "b'\\x02' + b + b'\\x03'",
    marks: /control characters stand between them, 0x02 and 0x03/,
  },
  'EOT behind each': { write: "b + b'\\x04'", marks: /a control character stands between them, 0x04/ },
  'the length of a name, the name, and the text': {
    write: "b'\\x03ann' + b",
    marks: /a control character stands between them, 0x03/,
    as: (text) => `ann${text}`,
  },
};

const DIGITS: Readonly<Record<string, Form>> = {
  'digits, with blanks up to 10': { write: "f'{len(b):<10}'.encode() + b", marks: /in digits, in 10 characters/ },
  'digits, with blanks up to 64': { write: 'str(len(b)).encode().ljust(64) + b', marks: /in digits, in 64 characters/ },
  'digits, with blanks in front': { write: "f'{len(b):>8}'.encode() + b", marks: /in digits, in 8 characters/ },
  'digits, with zeros in front': { write: "f'{len(b):04d}'.encode() + b", marks: /in digits, in 4 characters/ },
  'a netstring': { write: "f'{len(b)}:'.encode() + b + b','", marks: /netstring/ },
  'digits and a line end': { write: "f'{len(b)}\\n'.encode() + b", marks: /in digits, up to "\\n"/ },
  'digits and a bar': { write: "f'{len(b)}|'.encode() + b", marks: /in digits, up to "\|"/ },
};

const FIELDS: Readonly<Record<string, Form>> = {
  'a struct with two texts': {
    write: "struct.pack('<BB12s40s', 1, 9, b'ann', b)",
    marks: /each has 54 bytes, with 2 texts/,
    as: (text) => `ann, ${text}`,
  },
  'a struct with numbers around the text': {
    write: "struct.pack('<IIQ16s256sHH', 0x1234, i, 1700000000 + i, b'ann', b, len(b), 0)",
    marks: /each has 292 bytes, with 2 texts/,
    as: (text) => `ann, ${text}`,
  },
};

const PACKED: Readonly<Record<string, Form>> = {
  'a number, then gzip': {
    write: "struct.pack('!I', i) + gzip.compress(b)",
    marks: /holds packed bytes/,
    shape: 'gzip',
  },
  'a kind and a length, then zlib': {
    write: "(lambda z: struct.pack('!BHI', 3, 1, len(z)) + z)(zlib.compress(b))",
    marks: /holds packed bytes/,
    shape: 'zlib',
  },
  'a mark in letters, then zlib': {
    write: "b'MSG1' + zlib.compress(b)",
    marks: /holds packed bytes/,
    as: (text) => `MSG1${text}`,
    shape: 'zlib',
  },
  'a line of JSON, then zlib': {
    write: "json.dumps({'number': i}).encode() + b'\\n' + zlib.compress(b)",
    marks: /holds packed bytes/,
    as: (text) => `{"number": ${SAID.indexOf(text)}}\n${text}`,
    shape: 'zlib',
  },
};

const OTHERS = { ...HEADERS, ...CONTROLS, ...DIGITS, ...FIELDS };

function python(write: string, source: string): Buffer {
  const code = `import sys, json, struct, gzip, zlib, binascii, random
random.seed(14)
said = json.loads(sys.argv[1])
sys.stdout.buffer.write(b''.join((lambda b: ${write})(${source}) for i, s in enumerate(said)))`;
  return execFileSync(PYTHON, ['-c', code, JSON.stringify(SAID)]);
}

describeWithTool('python3-cryptography', 'Python', () => {
  describe.each(Object.entries({ ...OTHERS, ...PACKED }))(
    '%s',
    (_, { write, marks, as = (text: string) => text, shape }) => {
      test('each message is read, however the bytes come', () => {
        const bytes = python(write, 's.encode()');
        expect(messagesIn(bytes)).toEqual(SAID.map(as));
        for (const size of [Infinity, 2048, 50]) {
          const told = judged(bytes, size);
          expect([all(told), told.other, told.encoded]).toEqual([bytes.length, 0, 0]);
          expect(told.marks).toMatch(marks);
        }
        for (const text of SAID.slice(2)) expect(found(text, bytes)).toContain(shape ?? 'as typed');
      });

      test('what is cut off is counted once, and a changed byte too', () => {
        const bytes = python(write, 's.encode()');
        for (let end = bytes.length - 1; end > 0; end -= 5) {
          expect(all(judged(bytes.subarray(0, end), 64))).toBe(end);
          const changed = Buffer.from(bytes);
          changed[end] = (changed[end] ?? 0) ^ 0x85;
          expect(all(judged(changed, 64))).toBe(changed.length);
        }
      });

      test('ciphertext in it is no text', () => {
        // The longest sentence has 35 bytes; so has what stands for each.
        const sealed = python(write, 'random.randbytes(35)');
        const texts = messagesIn(sealed).join('');
        expect(texts.replaceAll(/ann|MSG1|[{"}:,\s\d]|number/g, '')).toBe('');
      });
    },
  );
});

describe('what only looks like it', () => {
  test.each([
    ['220 mail.example ESMTP ready\r\n250-mail.example greets you\r\n250 HELP\r\n'],
    ['12 apples and 3 pears\n7 more of them\n'],
    ['10:30 at the bridge?\n11:00 is better\n'],
    ['2026 was a good year. 2027 will be better.'],
    ['1. first\n2. second\n3. third\n'],
  ])('%j has no lengths', (text) => {
    expect(judged(Buffer.from(text))).not.toHaveProperty('marks');
    expect(readable(judged(Buffer.from(text)))).toBe(text.length);
  });

  test.each([
    ['helo\x08lo, how are yuo\x08\x08ou\nfnie\x08\x08\x08ine, and yuo\x08\x08ou\n'],
    ['look\x02 at\x02 this\x02\nand at\x02 that\n'],
  ])('%j has line ends, and control characters mark nothing', (text) => {
    expect(judged(Buffer.from(text))).not.toHaveProperty('marks');
  });

  test('text around a picture keeps its lines', () => {
    const bytes = Buffer.concat([Buffer.from('look at this\n'), noise(3000), Buffer.from('\nnice, is it not?\n')]);
    expect(judged(bytes)).not.toHaveProperty('marks');
  });

  test('what looks packed and is not costs little, and is no text', () => {
    const bytes = Buffer.alloc(
      2 ** 20,
      Buffer.concat([Buffer.from('789c4bcc', 'hex'), noise(7), Buffer.from('1f8b0808', 'hex')]),
    );
    const started = processorMs();
    expect(readable(judged(bytes, 2048))).toBe(0);
    expect(processorMs() - started).toBeLessThan(5000);
  });
});
