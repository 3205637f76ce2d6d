/**
 * Everything that `servchat inspect` does with a file, on files with random changes. Four claims: no crash, no hang,
 * bounded memory, and the same answer whether the file comes whole, in pieces or byte by byte, listed at the end or
 * reported line by line. The numbers in the answer must also add up.
 *
 * The tests use some hundred files, the same ones each time. `npm run fuzz` uses others, as in `reader.test.ts`.
 */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

import type { CaptureFindings, ConversationFindings } from '../../src/eavesdropper/findings/findings.js';
import { inspectChunks, type Capture, type InspectOptions } from '../../src/eavesdropper/inspect.js';
import { followedHex, followedText } from '../../src/faces/followed-lines.js';
import { inspectionJson } from '../../src/faces/inspection-json.js';
import { conversationLine, fileLine } from '../../src/faces/inspection-lines.js';
import { inspectionTable } from '../../src/faces/inspection-table.js';
import { CaptureFileError } from '../../src/packets/file/capture-file.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { CONVERSATION, conversationOf, encryptedChat, noise, plaintextChat } from '../eavesdropper/chats.js';
import { client, fragmentsOf, frameOf, pcapOf, pcapngOf, pcapngOfFrames, server } from '../eavesdropper/wire.js';
import type { Packet } from '../eavesdropper/wire.js';
import { pieces, read } from '../packets/reading.js';
import { WIFI, aggregate, packetOf } from '../packets/wifi.js';
import { processorMs } from '../processor-time.js';
import { SEED, filesToTry } from './asked.js';
import { mutated, randomFrom, type Random } from './mutations.js';
import { openerWith } from '../../src/keyholder/opening.js';

const FILES = filesToTry({ usual: 400, fuzz: 20_000 });
const LONG_FILES = Math.ceil(FILES / 100);

/**
 * Everything that can go wrong, in one conversation: segments that are lost, late, overlapping, sent again, sent again
 * with other bytes, or asked for again.
 */
const TROUBLED: readonly Packet[] = [
  client(0xffff_fff0, 0, 'S'),
  server(500, 0xffff_fff1, 'SA'),
  client(0xffff_fff1, 501, 'PA', 'Nice to Meet '),
  client(0x0000_0006, 501, 'PA', 'Hello again\n'),
  client(0xffff_fffe, 501, 'PA', 'you, Bob\n'),
  server(501, 0x12, 'PA', 'Hi\n', { window: 0 }),
  client(0x11, 504, 'A', '\0'),
  client(0x0000_0000, 504, 'PA', 'you, Eve\n'),
  server(510, 0x12, 'PA', 'a line is lost before this\n'),
  client(0x12, 504, 'PA', 'snapped', { length: 30 }),
  client(0x30, 537, 'FPA', 'Bye\n'),
  server(537, 0x35, 'PA', 'said after you closed\n'),
  server(559, 0x35, 'FA'),
  client(0x35, 560, 'R'),
];

/** The same ports used again, and others, mixed together. */
const REUSED: readonly Packet[] = [
  ...conversationOf(plaintextChat(CONVERSATION.slice(0, 4))),
  ...conversationOf(encryptedChat(CONVERSATION.slice(0, 2))).map((packet) => ({ ...packet, clientPort: 40_001 })),
  client(7000, 0, 'S'),
  server(9000, 7001, 'SA'),
  client(7001, 9001, 'PA', 'GET / HTTP/1.1\r\nHost: example.org\r\n\r\n'),
  server(501, 200, 'PA', 'of the one before\n'),
];

const FRAGMENTED = conversationOf([
  { side: 'client', bytes: `${'the password is swordfish, '.repeat(6)}\n` },
  { side: 'server', bytes: Buffer.from(`${'Nice to Meet you. '.repeat(4)}\n`, 'utf16le') },
]).flatMap((packet, index) =>
  packet.data === undefined ? [frameOf(packet)] : fragmentsOf(frameOf(packet), 48, index).reverse(),
);

const SAMPLES = ['plaintext', 'encrypted', 'tls'].map((mode) => readFileSync(`captures/samples/${mode}.pcap`));

/** A small pcap file is read in one piece, however it comes. pcapng is read as it comes. */
const ORIGINALS: readonly Buffer[] = [
  ...SAMPLES,
  ...SAMPLES.map((sample) => pcapngOfFrames(read([sample]).packets, 1)),
  pcapOf(TROUBLED),
  pcapngOf(TROUBLED, 6),
  pcapngOf(REUSED),
  pcapngOfFrames(FRAGMENTED),
  pcapngOfFrames(
    [
      aggregate(REUSED.slice(0, 9).map((packet) => packetOf(packet))),
      aggregate(REUSED.slice(9).map((packet) => packetOf(packet, 6))),
    ],
    WIFI,
  ),
  gzipSync(pcapngOf(TROUBLED)),
];

/** Longer than what is kept of traffic that is not a chat, so that it is examined while it passes. */
const OPAQUE = Buffer.concat([noise(150_000), Buffer.from(' the password is swordfish '), noise(150_000, 'more')]);
const LONG = [...pieces(OPAQUE, 1400)].map((bytes, index) => client(101 + 1400 * index, 501, 'PA', bytes));
const LONG_ORIGINALS: readonly Buffer[] = [
  pcapngOf([client(100, 0, 'S'), server(500, 101, 'SA'), ...LONG]),
  gzipSync(pcapngOf([...REUSED, ...LONG], 6)),
  pcapOf([client(100, 0, 'S'), ...LONG, ...LONG.map((packet) => ({ ...packet, clientPort: 1 })), ...LONG, ...LONG]),
];

const OPTIONS: InspectOptions = {
  find: ['Nice to Meet you', 'swordfish', 'Hi'],
  follow: 0,
  searchable: false,
};
const WITH_KEYS: InspectOptions = {
  ...OPTIONS,
  opener: await openerWith(parseKeyLog(readFileSync('captures/samples/encrypted.keylog', 'utf8'))),
};
const LOOK = { width: 80, colour: false };

/** Everything that we learn from a file. If it has conversations, only those. */
interface Answer {
  readonly conversations: readonly ConversationFindings[];
  readonly rest: string;
}

async function listed(chunks: Iterable<Buffer>, options: InspectOptions, isPrinted = false): Promise<Answer | string> {
  return answered(async () => {
    const capture = await inspectChunks(lent(chunks), options);
    if (isPrinted) print(capture);
    return { conversations: capture.findings.conversations, rest: restOf(capture) };
  });
}

/** Prints it in the other formats. Other tests check what they print; this one checks only that they can. */
function print({ findings, finds }: Capture): void {
  inspectionTable(findings, finds, LOOK);
  JSON.parse(inspectionJson(findings, finds));
}

async function told(chunks: Iterable<Buffer>, options: InspectOptions): Promise<Answer | string> {
  return answered(async () => {
    const lines: string[] = [];
    const capture = await inspectChunks(lent(chunks), {
      ...options,
      onConversation: (each) => lines.push(conversationLine(each)),
    });
    const conversations = lines.map((line) => {
      const { type, ...conversation } = JSON.parse(line) as ConversationFindings & { type: string };
      expect(type).toBe('conversation');
      return conversation;
    });
    return { conversations: conversations.sort((one, other) => one.number - other.number), rest: restOf(capture) };
  });
}

function restOf({ findings, finds, followed }: Capture): string {
  const pieces = followed?.pieces ?? [];
  return [fileLine(findings, finds), followed?.left, ...followedText(pieces, LOOK), ...followedHex(pieces, LOOK)].join(
    '\n',
  );
}

async function answered(work: () => Promise<Answer>): Promise<Answer | string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CaptureFileError)) throw error;
    return error.message;
  }
}

/** Chunks that are valid only as long as promised. */
async function* lent(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    const loan = Buffer.from(chunk);
    yield await Promise.resolve(loan);
    loan.fill(0xee);
  }
}

/** Pieces, each of a different length. */
function* ragged(bytes: Buffer, most: number, random: Random): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + random(most);
    yield bytes.subarray(at, end);
    at = end;
  }
}

const WIFI_LINK_TYPES: ReadonlySet<number> = new Set([105, 119, 127, 163, 192]);

/** What `src/lesson/README.md` promises about the numbers. */
function claimsOf({ conversations, rest }: Answer): Record<string, unknown> {
  const file = JSON.parse(rest.slice(0, rest.indexOf('\n'))) as CaptureFindings;
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  const streams = conversations.flatMap((each) => Object.values(each.streams));
  const counted = sum([
    ...conversations.map(({ frames }) => frames),
    ...Object.values(file.otherPackets),
    file.leftOut.latePackets,
  ]);
  // A Wi-Fi frame may contain segments of several conversations.
  const hasAggregates = file.contents.linkTypes.some(({ number }) => WIFI_LINK_TYPES.has(number));
  return {
    'each packet is counted once': hasAggregates ? counted >= file.packets : counted === file.packets,
    'each byte is judged once': streams.every(
      ({ bytes, readability: { text, disguised, encoded, framing = 0, other } }) =>
        text + sum(Object.values(disguised)) + encoded + framing + other === bytes,
    ),
    'each message has a place': conversations.every(({ number, messages, streams: { client: one, server: other } }) =>
      messages.every(
        ({ place }) =>
          place.conversation === number &&
          place.frame > 0 &&
          place.offset < (place.side === 'client' ? one : other).bytes,
      ),
    ),
    // A conversation of which only a header was quoted or damaged takes a number, as in Wireshark, and is not listed.
    'numbers count up, but for those of headers alone':
      conversations.every(({ number }, index) => number > (conversations[index - 1]?.number ?? -1)) &&
      (conversations.at(-1)?.number ?? -1) < conversations.length + (file.contents.onlyHeaders ?? 0),
  };
}

/** Processor time for one file in all ways: much more than the largest of these files needs. */
const MOST_MILLISECONDS = 5000;
const MOST_BYTES = 200 * 1024 * 1024;

/** All these ways have to give the same answer. The first reads the file in one piece. */
type Ways = (bytes: Buffer, random: Random, file: number) => (() => Promise<Answer | string>)[];

/**
 * The slowest steps are decrypting tokens, reading byte by byte and making tables. Only every tenth file goes through
 * them.
 */
const FILES_PER_SLOW = 10;

const SMALL_WAYS: Ways = (bytes, random, file) => {
  const options = file % FILES_PER_SLOW === 0 ? WITH_KEYS : OPTIONS;
  return [
    () => listed([bytes], options, file % FILES_PER_SLOW === 1),
    () => told(ragged(bytes, 300, random), options),
    ...(file % FILES_PER_SLOW === 2 ? [() => listed(pieces(bytes, 1), options)] : []),
  ];
};
const LONG_WAYS: Ways = (bytes, random) => [
  () => listed([bytes], OPTIONS),
  () => listed(ragged(bytes, 1000, random), OPTIONS),
  () => told(ragged(bytes, 100_000, random), OPTIONS),
];

async function fuzz(
  originals: readonly Buffer[],
  files: number,
  waysOf: Ways,
): Promise<{ refused: number; damaged: number }> {
  const random = randomFrom(SEED);
  const before = process.memoryUsage();
  let [refused, damaged] = [0, 0];
  for (let file = 0; file < files; file += 1) {
    const bytes = mutated(originals, random);
    const failed = (problem: Record<string, unknown>): void => {
      expect({ ...problem, file, base64: bytes.toString('base64') }).toBe('the same, without a problem, in time');
    };
    const started = processorMs();
    const answers: (Answer | string)[] = [];
    for (const way of waysOf(bytes, random, file)) {
      answers.push(
        await way().catch((error: unknown) => {
          failed({ error: error instanceof Error ? error.stack : error });
          throw error;
        }),
      );
    }
    const milliseconds = processorMs() - started;
    const [whole, ...others] = answers;
    if (whole === undefined) throw new Error('there is no way');
    const text = JSON.stringify(whole);
    const other = others.find((each) => JSON.stringify(each) !== text);
    if (other !== undefined) failed({ whole, other });
    if (milliseconds > MOST_MILLISECONDS) failed({ milliseconds });
    if (typeof whole === 'string') refused += 1;
    else {
      const claims = claimsOf(whole);
      if (Object.values(claims).some((holds) => holds !== true)) failed({ claims });
      if (whole.rest.includes('"damage":{')) damaged += 1;
    }
  }
  const after = process.memoryUsage();
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(MOST_BYTES);
  return { refused, damaged };
}

test.each([
  ['small', ORIGINALS],
  ['long', LONG_ORIGINALS],
])('each %s original is read to its end', async (_, originals) => {
  for (const bytes of originals) {
    const answer = await listed([bytes], WITH_KEYS);
    expect(answer).toMatchObject({ rest: expect.stringContaining('"damage":null') });
    expect((answer as Answer).conversations.length).toBeGreaterThan(0);
  }
});

test(`${FILES} files, seed ${SEED}`, async () => {
  const { refused, damaged } = await fuzz(ORIGINALS, FILES, SMALL_WAYS);
  // Most of them are still captures, and some are undamaged.
  expect(refused / FILES).toBeLessThan(0.3);
  expect(damaged / FILES).toBeGreaterThan(0.1);
  expect((refused + damaged) / FILES).toBeLessThan(0.9);
});

test(`${LONG_FILES} long files, seed ${SEED}`, async () => {
  const { refused } = await fuzz(LONG_ORIGINALS, LONG_FILES, LONG_WAYS);
  expect(refused).toBeLessThan(LONG_FILES);
});
