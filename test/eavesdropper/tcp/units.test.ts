/** Messages in each framing that programs use: the bytes come from Python's struct and string formats. */
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { divisionsOf } from '../../../src/eavesdropper/tcp/units.js';
import { captureOf, withFiles, type Sent } from '../chats.js';

const TEXTS = ['hi', 'Nice to Meet you', 'Grüße', 'a\nb', 'bye'];

/** Each framing in Python, of `data`. */
const FRAMINGS: Readonly<Record<string, string>> = {
  'four bytes, big-endian': "struct.pack('>I', len(data)) + data",
  'four bytes, little-endian': "struct.pack('<I', len(data)) + data",
  'two bytes, big-endian': "struct.pack('!H', len(data)) + data",
  'two bytes, little-endian': "struct.pack('<H', len(data)) + data",
  'eight bytes, big-endian': "struct.pack('>Q', len(data)) + data",
  'eight bytes, little-endian': "struct.pack('<Q', len(data)) + data",
  'one byte': 'bytes([len(data)]) + data',
  'ten digits and blanks': "f'{len(data):<10}'.encode() + data",
  'sixty-four digits and blanks': 'str(len(data)).encode().ljust(64) + data',
  'four digits with zeros': 'str(len(data)).zfill(4).encode() + data',
};

function framedByPython(framing: string): Buffer[] {
  const program = `
import json, struct, sys
for text in json.load(sys.stdin):
    data = text.encode()
    print((${framing}).hex())`;
  const lines = execFileSync('python3', ['-c', program], { input: JSON.stringify(TEXTS), encoding: 'utf8' });
  return lines
    .trim()
    .split('\n')
    .map((hex) => Buffer.from(hex, 'hex'));
}

/** The messages of the client in each division. */
async function dividedOf(sent: readonly Sent[]): Promise<readonly (readonly string[])[]> {
  const divisions: string[][] = [];
  await withFiles({ 'made.pcap': captureOf(sent) }, (path) =>
    inspectCapture(path('made.pcap'), {
      opener: ({ streams: { client, server } }, { messages }) => {
        const { bytes } = client.stream;
        for (const units of divisionsOf(client.stream, server.stream))
          divisions.push(units.map(({ start, end }) => bytes.toString('utf8', start, end)));
        return { opening: null, messages };
      },
    }),
  );
  return divisions;
}

test.each(Object.entries(FRAMINGS))('messages behind their lengths: %s', async (_, framing) => {
  const framed = framedByPython(framing);
  // However TCP cuts them.
  for (const pieces of [framed, [Buffer.concat(framed)]]) {
    const sent = pieces.map((bytes) => ({ side: 'client' as const, bytes }));
    expect(await dividedOf(sent)).toContainEqual(TEXTS);
    // A length that does not lead to the end is none.
    const [whole, ...others] = await dividedOf([...sent, { side: 'client', bytes: '\xff' }]);
    expect([whole, ...others]).not.toContainEqual(TEXTS);
  }
});

test('messages that are lines, and messages that were sent at once', async () => {
  const sent = ['hi\n', 'Nice to Meet', ' you\nbye\n'].map((bytes) => ({ side: 'client' as const, bytes }));
  expect(await dividedOf(sent)).toEqual([
    ['hi\n', 'Nice to Meet', ' you\nbye\n'],
    ['hi', 'Nice to Meet you', 'bye'],
  ]);
});

test('no two divisions are the same, and a side that said nothing has none', async () => {
  expect(await dividedOf([{ side: 'client', bytes: 'hello' }])).toEqual([['hello']]);
  expect(await dividedOf([{ side: 'server', bytes: 'hello' }])).toEqual([]);
});
