/**
 * Unpacks gzip (RFC 1952) with node:zlib, and saves what a damaged or cut file still holds.
 *
 * When zlib meets a bad byte, it throws away all that it unpacked of the same piece. How much is lost would then depend
 * on how the file was cut into pieces. So all pieces have one size, and a first inflater, the scout, tries each of
 * them. If it fails, the piece goes byte by byte to the second inflater, whose output counts. So all that stands before
 * the bad byte comes out, and it is the same each time. The two work at the same time, in zlib's threads.
 */
import { createGunzip } from 'node:zlib';

/** Unpacked, a piece is at most a thousand times as long. */
const PIECE_BYTES = 16 * 1024;
const UNPACKED_BYTES = 256 * 1024;

/**
 * Unpacks `chunks`; each must stay as it is until the next is asked for. Returns what is wrong with the file, or null.
 */
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

/** Pieces of one size, except for the last. Each has its own buffer. */
async function* evenPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let piece = Buffer.alloc(PIECE_BYTES);
  let length = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
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

/** zlib's stream, with a promise for each write. */
class Inflater {
  readonly #stream = createGunzip({ chunkSize: UNPACKED_BYTES });
  #unpacked: Buffer[] = [];
  /** What is wrong, or null at the end of a good file. Undefined until one of the two is known. */
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

  /** Resolves to what is wrong, or null. Bytes after the end of the compressed data are ignored. */
  async write(piece: Buffer): Promise<string | null> {
    if (this.#outcome === undefined && piece.length > 0) {
      await new Promise<void>((resolve) => {
        this.#answer = resolve;
        // The callback never comes if the stream fails or ends within the piece.
        this.#stream.write(piece, () => {
          resolve();
        });
      });
    }
    return this.#outcome ?? null;
  }

  /** The file ends here. Resolves to what is wrong if the compressed data goes on, or null. */
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
