/**
 * Files that the user named, and that we read whole. A path may lead to a device that never ends, or to a pipe that
 * nobody
 * writes to. So there is a limit to how much we read, and to how long we wait.
 */
import fs from 'node:fs';

import { NOT_BLOCKING } from './output-file.js';

/** How long a pipe may be silent before we give up. */
const PATIENCE_MS = 5_000;
const ASK_AGAIN_MS = 10;
const CHUNK_BYTES = 64 * 1024;

/**
 * The bytes of the file at `path`, at most `most` of them.
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
      if (bytes > most) throw new Error(`it is larger than ${most / 2 ** 20} MiB; is it the right file?`);
      chunks.push(chunk);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Empty at the end of the file. A pipe that no program has opened for writing yet looks the same as one at its end. */
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

/** null where there is nothing to read yet. */
function tryRead(descriptor: number, chunk: Buffer): number | null {
  try {
    return fs.readSync(descriptor, chunk, 0, chunk.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/** Waits without letting anything else run: nothing can begin before this file is read. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ASK_AGAIN_MS);
}
