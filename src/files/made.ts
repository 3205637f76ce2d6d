/**
 * What we remember of a file that we made: its SHA-256, and how it came to be. It stands beside the file, in a folder
 * `.servchat`, so that a file which anybody has changed since, or has put there themselves, is never taken for ours.
 *
 * Nothing depends on that folder being there: without it, no file is known to be ours.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Beside the files that it is about. */
export const MEMORY = '.servchat';

/** Far more than we write. */
const MOST_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

interface Made {
  readonly sha256: string;
  readonly note: unknown;
}

/** Remembers `file` as it is now, with a note that JSON can hold; nothing, where nothing can be written. */
export function rememberMade(file: string, note: unknown = null): void {
  try {
    const made: Made = { sha256: sha256Of(file), note };
    fs.mkdirSync(path.join(path.dirname(file), MEMORY), { recursive: true });
    fs.writeFileSync(memoryOf(file), `${JSON.stringify(made, null, 2)}\n`);
  } catch {
    // The file itself is there, which is what was asked for.
  }
}

/** Whether the file at `file` is, byte for byte, what we made there. */
export function isAsMade(file: string): boolean {
  return madeAt(file) !== null;
}

/** The note with which the file was remembered; null where it is not as we made it. */
export function noteOn(file: string): unknown {
  return madeAt(file)?.note ?? null;
}

function madeAt(file: string): Made | null {
  try {
    if (!fs.lstatSync(file).isFile()) return null;
    const { size } = fs.statSync(memoryOf(file));
    const made: unknown = size > MOST_BYTES ? null : JSON.parse(fs.readFileSync(memoryOf(file), 'utf8'));
    return isMade(made) && made.sha256 === sha256Of(file) ? made : null;
  } catch {
    return null;
  }
}

function isMade(value: unknown): value is Made {
  if (typeof value !== 'object' || value === null) return false;
  return 'sha256' in value && typeof value.sha256 === 'string' && 'note' in value;
}

function memoryOf(file: string): string {
  return path.join(path.dirname(file), MEMORY, `${path.basename(file)}.json`);
}

function sha256Of(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const descriptor = fs.openSync(file, 'r');
  try {
    for (;;) {
      const read = fs.readSync(descriptor, chunk);
      if (read === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
