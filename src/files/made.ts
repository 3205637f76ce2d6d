/**
 * What we remember about a file that we made: its SHA-256, and how it was made. The note lies beside the file, in a
 * folder
 * `.servchat`. So we never take a file for ours if someone has changed it since, or has put it there.
 *
 * If the folder is not there, nothing breaks: then we simply take no file for ours.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** This folder lies beside the files that its notes are about. */
export const MEMORY = '.servchat';

/** Far more than a note of ours has. */
const MOST_BYTES = 64 * 1024;
const CHUNK_BYTES = 1024 * 1024;

interface Made {
  readonly sha256: string;
  readonly note: unknown;
}

/** Remembers `file` as it is now, with a note that JSON can hold. Does nothing where it cannot write. */
export function rememberMade(file: string, note: unknown = null): void {
  try {
    // A pipe or a device keeps nothing, and reading a pipe would wait for a writer.
    if (!fs.statSync(file).isFile()) return;
    const made: Made = { sha256: sha256Of(file), note };
    fs.mkdirSync(path.join(path.dirname(file), MEMORY), { recursive: true });
    fs.writeFileSync(memoryOf(file), `${JSON.stringify(made, null, 2)}\n`);
  } catch {
    // The user asked for the file itself, and that is there.
  }
}

/** Whether `file` is, byte for byte, the file that we made. */
export function isAsMade(file: string): boolean {
  return madeAt(file) !== null;
}

/** The note about the file; null where the file is not as we made it. */
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
