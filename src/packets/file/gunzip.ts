/**
 * gzip (RFC 1952) through node:zlib, and what a damaged or cut file still holds.
 *
 * Where zlib stumbles it throws away what it had unpacked of the piece that it was given: how much is lost would depend on
 * how the file came. So the file is cut into pieces of one size, and a scout unpacks each piece first. Where it stumbles,
 * the piece goes byte by byte to the one whose output counts: all before the bad byte comes out, each time the same.
 * The two work side by side, in zlib's threads.
 */
import { createGunzip } from 'node:zlib';

/** One piece unpacks to a thousand times as much at most. */
const PIECE_BYTES = 16 * 1024;
const UNPACKED_BYTES = 256 * 1024;

/** Unpacks `chunks`, each needed until the next is asked for. Returns null at a whole file's end, else what is wrong with it. */
export async function* gunzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, string | null> {
  const scout = new Inflater();
  const inflater = new Inflater();
  try {
    let before: Buffer = Buffer.alloc(0);
    for await (const piece of evenPieces(chunks)) {
      const [problem] = await Promise.all([scout.write(piece), inflater.write(before)]);
      scout.unpacked();
      yield* inflater.unpacked();
      if (problem !== null) {
        yield* bytewise(inflater, piece);
        return problem;
      }
      before = piece;
    }
    await inflater.write(before);
    yield* inflater.unpacked();
    const problem = await inflater.end();
    yield* inflater.unpacked();
    return problem;
  } finally {
    scout.close();
    inflater.close();
  }
}

async function* bytewise(inflater: Inflater, piece: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < piece.length; at += 1) {
    if ((await inflater.write(piece.subarray(at, at + 1))) !== null) return;
    yield* inflater.unpacked();
  }
}

/** Pieces of the same size, but for the last: each a buffer of its own. */
async function* evenPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let piece = Buffer.alloc(PIECE_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const count = Math.min(PIECE_BYTES - length, chunk.length - at);
      chunk.copy(piece, length, at, at + count);
      length += count;
      at += count;
      if (length < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.alloc(PIECE_BYTES);
      length = 0;
    }
  }
  if (length > 0) yield piece.subarray(0, length);
}

/** zlib's stream as questions and answers. */
class Inflater {
  readonly #stream = createGunzip({ chunkSize: UNPACKED_BYTES });
  #unpacked: Buffer[] = [];
  /** What is wrong; null at the end of a whole file; undefined before either. */
  #outcome: string | null | undefined = undefined;
  #answer: () => void = () => undefined;

  constructor() {
    this.#stream.on('data', (bytes: Buffer) => this.#unpacked.push(bytes));
    this.#stream.on('error', (error) => {
      this.#settle(error.message);
    });
    this.#stream.on('end', () => {
      this.#settle(null);
    });
  }

  /** What has been unpacked since the last time. */
  unpacked(): Buffer[] {
    const unpacked = this.#unpacked;
    this.#unpacked = [];
    return unpacked;
  }

  /** Answers what is wrong, or null. What comes after the end of the compressed data is passed over. */
  async write(piece: Buffer): Promise<string | null> {
    if (this.#outcome === undefined && piece.length > 0) {
      await new Promise<void>((resolve) => {
        this.#answer = resolve;
        // Never called back where the stream fails or ends within the piece.
        this.#stream.write(piece, () => {
          resolve();
        });
      });
    }
    return this.#outcome ?? null;
  }

  /** The file ends here: a problem where the compressed data does not. */
  async end(): Promise<string | null> {
    if (this.#outcome === undefined) {
      await new Promise<void>((resolve) => {
        this.#answer = resolve;
        this.#stream.end();
      });
    }
    return this.#outcome ?? null;
  }

  close(): void {
    this.#stream.destroy();
  }

  #settle(outcome: string | null): void {
    this.#outcome ??= outcome;
    this.#answer();
  }
}
