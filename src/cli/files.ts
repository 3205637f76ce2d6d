/** Text files that are named on the command line. */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describeFileError } from '../file-error.js';
import { readInput } from '../files/input-file.js';
import { readTextFile } from '../files/text-file.js';
import { checkOutput, type IfThere } from '../files/output-file.js';
import { printable } from '../printable.js';
import { ScriptError, parseScript, type ScriptLine } from '../demo/script.js';

/** Far more than a conversation or key log of any class holds. */
const MOST_BYTES = 16 * 1024 * 1024;

const SCRIPTS = fileURLToPath(new URL('../../demos', import.meta.url));
const SCRIPT_NAME = /^[\w-]+$/;

/**
 * A conversation from a file, or (by its bare name) one that comes with the program. If there is a file with that name,
 * we
 * take the file.
 *
 * @throws Error in one line that names the file and, for what is in it, the line.
 */
export function readScript(file: string): readonly ScriptLine[] {
  const own = path.join(SCRIPTS, `${file}.txt`);
  const isOwn = SCRIPT_NAME.test(file) && !fs.existsSync(file) && fs.existsSync(own);
  try {
    return parseScript(readText(isOwn ? own : file, 'conversation'));
  } catch (error) {
    if (error instanceof ScriptError)
      throw new Error(`Cannot use the conversation ${printable(file)}: ${error.message}`, { cause: error });
    const isMissing = error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    throw isMissing
      ? new Error(`${error.message}, or give the name of one that comes with servchat: ${ownScripts().join(', ')}`, {
          cause: error,
        })
      : error;
  }
}

function ownScripts(): readonly string[] {
  return fs.readdirSync(SCRIPTS).flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -'.txt'.length)] : []));
}

/** The text of a key log, whichever program wrote it. @throws Error in one line that names the file. */
export function readKeyLogText(file: string): string {
  return readText(file, 'key log');
}

/** @throws Error in one line that names the file. */
export function readPrivateKey(file: string): string {
  return readText(file, 'private key');
}

/**
 * For a capture that is read more than once: a pipe gives its bytes only once. @throws Error where `file` is a pipe, or
 * standard input.
 */
export function refusePipe(file: string): void {
  if (file === '-')
    throw new Error('Cannot use standard input or output here, because the capture is read more than once; give files');
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFIFO() === true)
    throw new Error(
      `Cannot use ${printable(file)} here: it is a pipe, and the capture is read more than once; save it in a file first`,
    );
}

/**
 * Prevents that a command writes over the capture that it reads. @throws Error where both paths lead to one file, or to
 * none, or where the capture can be read only once.
 */
export function refuseSameFile(from: string, to: string): void {
  refusePipe(to === '-' ? to : from);
  const [source, target] = [from, to].map((file) => fs.statSync(file, { throwIfNoEntry: false }));
  if (source !== undefined && source.ino === target?.ino && source.dev === target.dev) {
    throw new Error(`Cannot write over the capture that is being read; give another name than ${to}`);
  }
}

/** @throws Error where the capture could not be written later. */
export function checkCapture(file: string, ifThere: IfThere): void {
  try {
    checkOutput({ path: file, ifThere });
  } catch (error) {
    throw new Error(`Cannot write the capture ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}

/** @throws Error in one line that names the file, and says `what` it should be. */
export function readText(file: string, what: string): string {
  return reading(file, what, () => readTextFile(file, MOST_BYTES));
}

/** @throws Error in one line that names the file, and says `what` it should be. */
export function readBytes(file: string, what: string): Buffer {
  return reading(file, what, () => readInput(file, MOST_BYTES));
}

function reading<Content>(file: string, what: string, read: () => Content): Content {
  try {
    return read();
  } catch (error) {
    throw new Error(`Cannot read the ${what} ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}
