/** Reads a capture file of any format, compressed or not: a path goes in, packets come out. */
import { open, type FileHandle } from 'node:fs/promises';

import { describeFileError } from '../../file-error.js';
import { printable } from '../../printable.js';
import { CaptureFileError } from './capture-file.js';
import type { CaptureEnd, CaptureReader } from './capture-reader.js';
import { MAGIC_BYTES, isPcap } from './pcap-format.js';
import type { OnPacket } from './records.js';

/** Stands for standard input where a path is asked for. */
export const STANDARD_INPUT = '-';

const GZIP_MAGIC = Buffer.from('1f8b', 'hex');

/** Large enough that the system's calls do not count, small enough to stay in a processor's cache. */
const CHUNK_BYTES = 512 * 1024;

/** Up to this size a classic pcap file is read by the pcap-parser package: see src/README.md. */
export const SMALL_PCAP_BYTES = 1024 * 1024;

/** Awaited after each chunk of a file, before the next is read: so a slow consumer is waited for. */
export type AfterChunk = () => Promise<void>;

/**
 * Reads the capture at `path` (`-`: standard input): pcap or pcapng, compressed with gzip or not. Hands out its packets
 * one by one; each is valid until `onPacket` returns. If `onPacket` throws, the promise rejects.
 *
 * Damage is not an error: the packets before it are handed out, and reading stops there.
 *
 * @throws CaptureFileError where the file is not a capture, or cannot be read to its end.
 */
export async function readCapture(path: string, onPacket: OnPacket, afterChunk?: AfterChunk): Promise<CaptureEnd> {
  if (path !== STANDARD_INPUT)
    return readChunks(fileChunks(path), onPacket, `the capture ${printable(path)}`, afterChunk);
  const name = 'the capture on standard input';
  // The capture may still be running: its packets must not wait for its end.
  return readWith(await ourReader(onPacket, name), process.stdin, name, afterChunk);
}

/** {@link readCapture} of a file that comes as `source`. Each chunk must stay as it is until the next is asked for. */
export async function readChunks(
  source: AsyncIterable<Buffer>,
  onPacket: OnPacket,
  name = 'the capture',
  afterChunk?: AfterChunk,
): Promise<CaptureEnd> {
  return readWith(new SizedReader(onPacket, name), source, name, afterChunk);
}

/** Loaded only where it reads: a small capture needs none of its formats, and each file makes a start longer. */
async function ourReader(onPacket: OnPacket, name: string): Promise<CaptureReader> {
  const { CaptureReader } = await import('./capture-reader.js');
  return new CaptureReader(onPacket, name);
}

async function readWith(
  reader: CaptureReader | SizedReader,
  source: AsyncIterable<Buffer>,
  name: string,
  afterChunk?: AfterChunk,
): Promise<CaptureEnd> {
  const unreadable = (why: string): CaptureFileError => new CaptureFileError(`Cannot read ${name}: ${why}`);
  const [isCompressed, chunks] = await peek(sourceErrors(source, unreadable));
  if (!isCompressed) {
    for await (const chunk of chunks) {
      await reader.push(chunk);
      if (reader.finished) break;
      await afterChunk?.();
    }
    return reader.end();
  }

  // Loaded here: node:zlib alone takes a millisecond of a start.
  const { gunzip } = await import('./gunzip.js');
  let bytes = 0;
  const unpacked = gunzip(chunks);
  let next = await unpacked.next();
  try {
    for (; next.done !== true && !reader.finished; next = await unpacked.next()) {
      bytes += next.value.length;
      await reader.push(next.value);
      await afterChunk?.();
    }
  } finally {
    await unpacked.return(null);
  }
  const problem = next.done === true ? next.value : null;
  if (problem !== null && bytes === 0)
    throw unreadable(`it is compressed with gzip, but cannot be unpacked (${problem}); record it again`);
  const end = await reader.end();
  if (problem === null || reader.finished) return { ...end, compressed: true };
  const message = `The file is compressed with gzip, and after ${bytes} bytes, in packet ${end.packets + 1}, it cannot be unpacked: ${problem}`;
  return {
    ...end,
    compressed: true,
    damage: { message, packet: end.packets + 1, offset: end.damage?.offset ?? bytes },
  };
}

/** Chooses the reader: a small classic pcap file goes to the package, everything else to our own reader. */
class SizedReader {
  readonly #onPacket: OnPacket;
  readonly #name: string;
  /** Null as long as it can be a small pcap file. */
  #reader: CaptureReader | null = null;
  /** All that has come, as long as it can be a small pcap file. */
  #small: Buffer[] = [];
  #bytes = 0;

  constructor(onPacket: OnPacket, name: string) {
    this.#onPacket = onPacket;
    this.#name = name;
  }

  get finished(): boolean {
    return this.#reader?.finished === true;
  }

  async push(chunk: Buffer): Promise<void> {
    if (this.#reader !== null) {
      this.#reader.push(chunk);
      return;
    }
    const wasKnown = this.#bytes >= MAGIC_BYTES;
    this.#small.push(Buffer.from(chunk));
    this.#bytes += chunk.length;
    // Only the package needs the whole file. Other formats are read as they come, since the capture may still be
    // running.
    const isOther = !wasKnown && this.#bytes >= MAGIC_BYTES && !isPcap(Buffer.concat(this.#small));
    if (isOther || this.#bytes > SMALL_PCAP_BYTES) await this.#pushSmall();
  }

  async end(): Promise<CaptureEnd> {
    const bytes = Buffer.concat(this.#small);
    if (this.#reader !== null || !isPcap(bytes)) return (this.#reader ?? (await this.#pushSmall())).end();
    const { readParsedPcap } = await import('./parsed-pcap.js');
    return readParsedPcap(bytes, this.#onPacket, this.#name);
  }

  async #pushSmall(): Promise<CaptureReader> {
    const reader = await ourReader(this.#onPacket, this.#name);
    this.#reader = reader;
    for (const chunk of this.#small) reader.push(chunk);
    this.#small = [];
    return reader;
  }
}

/** Whether the file begins like one that gzip compressed; and all of its chunks, the first ones included. */
async function peek(source: AsyncGenerator<Buffer>): Promise<[boolean, AsyncIterable<Buffer>]> {
  let first = Buffer.alloc(0);
  while (first.length < GZIP_MAGIC.length) {
    const next = await source.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield first;
      yield* source;
    } finally {
      await source.return(undefined);
    }
  }
  return [first.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC), all()];
}

/** The chunks of `source`. Its errors become ours here, so that they are not mixed up with those of the consumer. */
async function* sourceErrors(
  source: AsyncIterable<Buffer>,
  unreadable: (why: string) => CaptureFileError,
): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        throw unreadable(describeFileError(error));
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** The file in two buffers by turns: while one is being worked on, the other is being read into. */
async function* fileChunks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  let ahead: Promise<Buffer> | null = null;
  try {
    let [now, then] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
    ahead = readInto(file, now);
    for (;;) {
      const chunk = await ahead;
      if (chunk.length === 0) return;
      [now, then] = [then, now];
      ahead = readInto(file, now);
      // If the caller stops here, the read stays unused. If it fails, the next turn reports that.
      ahead.catch(() => undefined);
      yield chunk;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await file.close();
  }
}

async function readInto(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
  return buffer.subarray(0, bytesRead);
}
