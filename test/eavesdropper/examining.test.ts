/** Streams that are examined piece by piece, here and in a separate thread. Both must have the same results. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  examinedHere,
  type Behind,
  type ContentFindings,
  type Examiner,
} from '../../src/eavesdropper/content/content.js';
import { inspectChunks, type InspectOptions } from '../../src/eavesdropper/inspect.js';
import { PARCEL_BYTES, ParcelWriter, eachPiece } from '../../src/eavesdropper/content/parcel.js';
import { conversationLine } from '../../src/faces/inspection-lines.js';
import { noise, withFiles } from './chats.js';
import { client, pcapOf } from './wire.js';
import { pieces } from '../packets/reading.js';
import { longTest } from '../tools.js';

async function load<Module>(file: string): Promise<Module> {
  return (await import(pathToFileURL(path.resolve(file)).href)) as Module;
}

/** Node runs a worker from a file, so the thread runs the built code. */
const { ExaminingThread, MOST_UNDER_WAY } = await load<
  typeof import('../../src/eavesdropper/content/examining-thread.js')
>('dist/eavesdropper/content/examining-thread.js');
const { inspectCapture } =
  await load<typeof import('../../src/eavesdropper/inspect.js')>('dist/eavesdropper/inspect.js');
const { writeCapture } = await load<{
  writeCapture: (file: string, shape: { packets: number; conversations: number }) => void;
}>('test/bench/made-capture.mjs');

interface Piece {
  readonly bytes: Buffer;
  readonly behind: Behind;
}

function found(pieces: readonly Piece[], hashes = true): ContentFindings {
  const all: ContentFindings[] = [];
  const examination = examinedHere(hashes).begin((one) => all.push(one));
  for (const { bytes, behind } of pieces)
    examination.take(Buffer.concat([noise(3), bytes, noise(5)]), 3, 3 + bytes.length, behind);
  expect(all).toHaveLength(1);
  return all[0]!;
}

const WORDS = Buffer.from(
  'it was said that «Прощай» and 再见 mean the same, dGhhdCBpcyBzbyB0byBzYXksIGluIG90aGVyIHdvcmRz\n',
);

/** Streams of each kind that the examination tells apart. */
const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 0, max: 3000 }).map((length) => noise(length, `noise ${length}`)),
  fc.integer({ min: 1, max: 30 }).map((times) => Buffer.concat(Array.from({ length: times }, () => WORDS))),
  fc.integer({ min: 1, max: 30 }).map((times) => Buffer.from('in two bytes each. '.repeat(times), 'utf16le')),
);

const someStream = fc
  .tuple(
    fc.array(fc.record({ bytes: someBytes, behind: fc.constantFrom<Behind>('more', 'more', 'gap') }), { maxLength: 8 }),
    someBytes,
  )
  .map(([pieces, last]): readonly Piece[] => [...pieces, { bytes: last, behind: 'end' }]);

describe('a stream in pieces', () => {
  test('all of its bytes are hashed, and each byte is judged once', () => {
    fc.assert(
      fc.property(someStream, (pieces) => {
        const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
        const { sha256, readability } = found(pieces);
        const { text, disguised, encoded, framing = 0, other } = readability;
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(text + Object.values(disguised).reduce((sum, count) => sum + count, 0) + encoded + framing + other).toBe(
          bytes.length,
        );
      }),
    );
  });

  test.each([
    ['zeros', 0x00],
    ['line feeds', 0x0a],
    ['quotes', 0x22],
    ['letters', 0x41],
    ['bytes that begin a character', 0xc3],
  ])('%s beside the pieces change nothing, and the pieces are not kept', (_, fill) => {
    fc.assert(
      fc.property(someStream, (pieces) => {
        const all: ContentFindings[] = [];
        const examination = examinedHere(false).begin((one) => all.push(one));
        const beside = Buffer.alloc(16, fill);
        for (const { bytes, behind } of pieces) {
          const shared = Buffer.concat([beside, bytes, beside]);
          examination.take(shared, beside.length, beside.length + bytes.length, behind);
          shared.fill(0x58);
        }
        const alone = examinedHere(false).begin((one) => all.push(one));
        for (const { bytes, behind } of pieces) alone.take(Buffer.from(bytes), 0, bytes.length, behind);
        expect(all[0]).toEqual(all[1]);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  test('a text is the same in one piece and byte by byte', () => {
    const bytes = Buffer.from('Nice to Meet you, said the fox: dGhhdCBpcyBzbyB0byBzYXk= is base64');
    const [last] = bytes.subarray(-1);
    const single = [...bytes.subarray(0, -1)].map((byte): Piece => ({ bytes: Buffer.of(byte), behind: 'more' }));
    expect(found([...single, { bytes: Buffer.of(last!), behind: 'end' }])).toEqual(found([{ bytes, behind: 'end' }]));
  });

  test('the bytes before and after missing bytes are two texts', () => {
    const [before, after] = ['the beginning of it, ', 'and what came behind'].map((text) => Buffer.from(text));
    const { readability } = found([
      { bytes: before!, behind: 'gap' },
      { bytes: after!, behind: 'end' },
    ]);
    expect(readability.samples.map(({ offset, text }) => [offset, text])).toEqual([
      [0, 'the beginning of it,'],
      [before!.length, 'and what came behind'],
    ]);
  });

  test.each([[0x00], [0x1f], [0x7f], [0xc2, 0x85]])(
    'a control character never belongs to the text that continues',
    (...control) => {
      const before: Piece = { bytes: Buffer.from('that is said, and '.repeat(100)), behind: 'more' };
      for (const beside of ['x', '~', ' ', 'п', 'я']) {
        for (let place = 0; place < 8; place += 1) {
          const bytes = Buffer.concat([
            Buffer.from(beside.repeat(place)),
            Buffer.from(control),
            Buffer.from(`${beside} and what goes on behind`),
          ]);
          expect(found([before, { bytes, behind: 'end' }]).readability.other).toBe(control.length);
        }
      }
    },
  );

  test('nothing is hashed that nobody asks for', () => {
    expect(found([{ bytes: WORDS, behind: 'end' }], false)).toEqual({
      ...found([{ bytes: WORDS, behind: 'end' }]),
      sha256: null,
    });
  });
});

test('a parcel returns what was put into it, and refuses what does not fit', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          stream: fc.nat(2 ** 31 - 1),
          length: fc.nat(5000),
          behind: fc.constantFrom<Behind>('more', 'gap', 'end'),
        }),
      ),
      (pieces) => {
        const parcel = new ParcelWriter(new SharedArrayBuffer(32 * 1024));
        const put = pieces.filter(({ stream, length, behind }) =>
          parcel.add(stream, noise(length + 9, 'p'), 9, 9 + length, behind),
        );
        const came: typeof put = [];
        eachPiece(parcel, (stream, bytes, start, end, behind) => {
          expect(bytes.subarray(start, end).equals(noise(end - start + 9, 'p').subarray(9))).toBe(true);
          came.push({ stream, length: end - start, behind });
        });
        expect(came).toEqual(put);
        expect(parcel.used).toBeLessThanOrEqual(32 * 1024);
        if (put.length < pieces.length) expect(parcel.used).toBeGreaterThan(32 * 1024 - 5016);
      },
    ),
  );
});

describe('in a thread', () => {
  type Told = readonly [stream: number, found: ContentFindings];

  function withoutSampleTexts([stream, { readability, ...others }]: Told): unknown {
    const samples = readability.samples.map(({ offset, as }) => ({ offset, as }));
    return [stream, { ...others, readability: { ...readability, samples } }];
  }

  /** The streams in turns, piece by piece. */
  async function examined(
    streams: readonly (readonly Piece[])[],
    examiner: Examiner,
    keepUp: () => Promise<void>,
  ): Promise<Told[]> {
    const told: Told[] = [];
    const examinations = streams.map((_, index) => examiner.begin((all) => told.push([index, all])));
    for (let turn = 0; turn < Math.max(...streams.map(({ length }) => length)); turn += 1) {
      for (const [index, pieces] of streams.entries()) {
        const piece = pieces[turn];
        if (piece !== undefined) examinations[index]!.take(piece.bytes, 0, piece.bytes.length, piece.behind);
      }
      await keepUp();
    }
    return told;
  }

  async function inThread<Answer>(
    work: (thread: InstanceType<typeof ExaminingThread>) => Promise<Answer>,
    hashes = true,
  ): Promise<Answer> {
    const thread = new ExaminingThread(hashes);
    try {
      return await work(thread);
    } finally {
      await thread.close();
    }
  }

  longTest('each stream has the same result as here', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStream, { minLength: 1, maxLength: 12 }), async (streams) => {
        const here = await examined(streams, examinedHere(), () => Promise.resolve());
        const there = await inThread(async (thread) => {
          const told = await examined(streams, thread, () => thread.keepUp());
          await thread.finish();
          return told;
        });
        const byStream = (all: Told[]): Told[] => all.sort(([one], [other]) => one - other);
        expect(byStream(there).map(withoutSampleTexts)).toEqual(byStream(here).map(withoutSampleTexts));
        // How long the beginning of a text is that is kept depends on how its pieces were joined.
        for (const [index, [, found]] of there.entries())
          for (const [at, { text }] of found.readability.samples.entries()) {
            const other = here[index]![1].readability.samples[at]!.text;
            expect(text.startsWith(other) || other.startsWith(text)).toBe(true);
          }
      }),
      // A failure here is about one stream, and takes long to make smaller: each try starts a thread.
      { numRuns: 10, endOnFailure: true },
    );
  });

  longTest('pieces larger than a parcel, and more pieces than may be on their way at once', async () => {
    const streams = Array.from({ length: 12 }, (_, index): readonly Piece[] => [
      { bytes: noise(PARCEL_BYTES + 4099 * index, `large ${index}`), behind: 'more' },
      ...Array.from({ length: 20 }, (): Piece => ({ bytes: noise(60_000, `part ${index}`), behind: 'more' })),
      { bytes: WORDS, behind: 'end' },
    ]);
    const here = await examined(streams, examinedHere(), () => Promise.resolve());
    const there = await inThread(async (thread) => {
      const told = await examined(streams, thread, () => thread.keepUp());
      await thread.finish();
      return told;
    });
    expect(there).toEqual(here);
  });

  test('a sender that waits has never too much on its way', async () => {
    await inThread(async (thread) => {
      const many = 3 * MOST_UNDER_WAY;
      const told: ContentFindings[] = [];
      // One piece in each parcel.
      const bytes = noise(PARCEL_BYTES - 100);
      for (let count = 0; count < many; count += 1)
        thread.begin((all) => told.push(all)).take(bytes, 0, bytes.length, 'end');
      expect(told).toEqual([]);
      await thread.keepUp();
      // One more may be unsent.
      expect(told.length).toBeGreaterThanOrEqual(many - MOST_UNDER_WAY - 1);
      await thread.finish();
      expect(told).toHaveLength(many);
    });
  });

  test('nothing is hashed that nobody asks for', async () => {
    const streams: Piece[][] = [[{ bytes: WORDS, behind: 'end' }], [{ bytes: noise(9000), behind: 'end' }]];
    await inThread(async (thread) => {
      const told = await examined(streams, thread, () => thread.keepUp());
      await thread.finish();
      expect(told.map(([, { sha256 }]) => sha256)).toEqual([null, null]);
    }, false);
  });

  test('a hit is reported before the stream has ended, to everyone who waits for it', async () => {
    await inThread(async (thread) => {
      const told = new Promise<ContentFindings>((done) => {
        thread.begin(done).take(noise(9000), 0, 9000, 'end');
      });
      thread.begin(() => undefined).take(WORDS, 0, WORDS.length, 'more');
      await thread.keepUp();
      expect(await told).toEqual(found([{ bytes: noise(9000), behind: 'end' }]));
    });
  });

  test('an error in the receiver of a hit fails everyone who waits, and nothing hangs', async () => {
    await inThread(async (thread) => {
      const examination = thread.begin(() => {
        throw new Error('Cannot tell it: nobody listens');
      });
      examination.take(noise(9000), 0, 9000, 'end');
      await expect(thread.finish()).rejects.toThrow('Cannot tell it: nobody listens');
    });
  });

  test('conversations are reported in order, even if a short one is examined earlier', async () => {
    const words = (length: number): Buffer => Buffer.from('said at length. '.repeat(length / 16));
    const packets = [0, 1].flatMap((port) => [
      client(100, 0, 'S', undefined, { clientPort: 40_000 + port }),
      ...[...pieces(words(port === 0 ? 17 * 2 ** 20 : 160), 32_000)].map((bytes, index) =>
        client(101 + 32_000 * index, 501, 'PA', bytes, { clientPort: 40_000 + port }),
      ),
    ]);
    await withFiles({ capture: pcapOf(packets) }, async (file) => {
      const told: number[] = [];
      await inspectCapture(file('capture'), { searchable: false, onConversation: ({ number }) => told.push(number) });
      expect(told).toEqual([0, 1]);
    });
  });

  longTest('a large capture has the same result with the thread and without, to the last line', async () => {
    await withFiles({}, async (file) => {
      const capture = file('made.pcap');
      writeCapture(capture, { packets: 110_000, conversations: 150 });
      const lines = async (inspect: (options: InspectOptions) => Promise<unknown>): Promise<string[]> => {
        const all: string[] = [];
        await inspect({
          searchable: false,
          find: ['could people'],
          onConversation: (each) => all.push(conversationLine(each)),
        });
        return all;
      };
      const here = await lines((options) => inspectChunks(createReadStream(capture) as AsyncIterable<Buffer>, options));
      const there = await lines((options) => inspectCapture(capture, options));
      expect(here).toHaveLength(150);
      expect(there).toEqual(here);
    });
  });
});
