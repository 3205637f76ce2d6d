/**
 * Files that somebody named for us to read whole. A path may lead to a device that never ends or to a pipe that nobody
 * writes to, so both what is read and how long it is waited for have a bound.
 */
import fs from 'node:fs';

import { NOT_BLOCKING } from './output-file.js';

/** How long a pipe may be silent before it is given up. */
const PATIENCE_MS = 5_000;
const ASK_AGAIN_MS = 10;
const CHUNK_BYTES = 64 * 1024;

/**
 * The bytes of the file at `path`, `most` of them at most.
 *
 * @throws what node:fs throws, or an Error that says what is wrong: `describeFileError` puts both into words.
 */
export function readInput(path: string, most: number): Buffer {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | NOT_BLOCKING);
  try {
    const isPipe = fs.fstatSync(descriptor).isFIFO();
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const chunk = readSome(descriptor, isPipe && bytes === 0);
      if (chunk.length === 0) return Buffer.concat(chunks);
      bytes += chunk.length;
      if (bytes > most) throw new Error(`it has more than ${most / 2 ** 20} MiB; is it the right file?`);
      chunks.push(chunk);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Empty at the end of the file. A pipe that nobody has opened for writing yet looks as if it were at its end. */
function readSome(descriptor: number, mayBegin: boolean): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const read = tryRead(descriptor, chunk);
    if (read !== null && (read > 0 || !mayBegin)) return chunk.subarray(0, read);
    if (Date.now() > deadline) throw new Error(`nothing came from it within ${PATIENCE_MS / 1000} s; give a file`);
    pause();
  }
}

/** null where there is nothing yet. */
function tryRead(descriptor: number, chunk: Buffer): number | null {
  try {
    return fs.readSync(descriptor, chunk, 0, chunk.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/** What is read here is needed before anything else can be done. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASK_AGAIN_MS);
}
