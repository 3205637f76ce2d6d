/**
 * Files that somebody named for us to write. Every command writes them through here, so that one rule holds for all:
 * a file that is there is left alone unless its owner said that it may be replaced, and nothing is made before it is
 * certain to be needed. A folder that is missing is made.
 *
 * What stands at the path may also be a pipe or a device (`/dev/stdout`). It holds nothing that could be lost.
 *
 * All functions throw what node:fs throws; `describeFileError` puts that into words.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** To open a pipe that nobody is at the other end of would otherwise wait, and the whole program with it. */
export const NOT_BLOCKING = process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK;
export const OWNER_ONLY = 0o600;
/** Less what the user's umask takes away. */
const EVERYBODY = 0o666;

/** What to do with a file that is there already: leave it and throw EEXIST, or put the new one in its place. */
export type IfThere = 'refuse' | 'replace';

export interface Output {
  readonly path: string;
  readonly ifThere: IfThere;
  /** Whether it holds keys: then only its owner may read it. */
  readonly secret?: boolean;
}

/** Throws EEXIST, EISDIR or EACCES where the file could not be written later. Changes nothing. */
export function checkOutput({ path: file, ifThere }: Output): void {
  if (isStream(file)) return;
  const there = fs.lstatSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw systemError('EISDIR', file);
  if (there !== undefined && ifThere === 'refuse') throw systemError('EEXIST', file);
  fs.accessSync(nearestFolder(path.dirname(file)), fs.constants.W_OK);
}

/** A new, empty file that is seen at its path from now on, for what grows while it is used. Gives its descriptor. */
export function createOutput(output: Output): number {
  checkOutput(output);
  const { path: file, ifThere, secret } = output;
  if (isStream(file)) return openStream(file);
  makeFolder(path.dirname(file));
  if (ifThere === 'replace') fs.rmSync(file, { force: true });
  return createFile(file, secret);
}

/** For what is added to a file that may be there already. It is made for its owner alone. Gives its descriptor. */
export function openToAppend(file: string): number {
  makeFolder(path.dirname(file));
  const { O_APPEND, O_CREAT, O_WRONLY } = fs.constants;
  return fs.openSync(file, O_APPEND | O_CREAT | O_WRONLY | NOT_BLOCKING, OWNER_ONLY);
}

/** Closes and deletes what {@link createOutput} made, where it turned out not to be needed. */
export function discardOutput(file: string, descriptor: number): void {
  const ours = fs.fstatSync(descriptor);
  fs.closeSync(descriptor);
  const there = fs.lstatSync(file, { throwIfNoEntry: false });
  // A device is not for us to delete, nor is what somebody else has put at the path meanwhile.
  if (there?.isFile() === true && there.ino === ours.ino && there.dev === ours.dev) fs.rmSync(file);
}

/**
 * A file that is seen at its path only once it is whole: it is written beside, under a name of its own. If the process
 * ends before {@link commit}, what stood at the path still stands there.
 */
export class WholeFile {
  readonly descriptor: number;
  readonly #output: Output;
  /** Where it is written; null for a pipe or a device. */
  readonly #beside: string | null;

  constructor(output: Output) {
    checkOutput(output);
    const { path: file, secret } = output;
    this.#output = output;
    if (isStream(file)) {
      this.#beside = null;
      this.descriptor = openStream(file);
      return;
    }
    const folder = path.dirname(file);
    makeFolder(folder);
    this.#beside = path.join(folder, `.servchat-${randomBytes(6).toString('hex')}.part`);
    this.descriptor = createFile(this.#beside, secret);
  }

  /** Puts it at its path. The last thing to be called. */
  commit(): void {
    fs.closeSync(this.descriptor);
    if (this.#beside === null) return;
    const { path: file, ifThere } = this.#output;
    try {
      if (ifThere === 'replace') fs.renameSync(this.#beside, file);
      else moveToFreeName(this.#beside, file);
    } finally {
      fs.rmSync(this.#beside, { force: true });
    }
  }

  /** Leaves no trace of it. May be called instead of {@link commit}. */
  abandon(): void {
    fs.closeSync(this.descriptor);
    if (this.#beside !== null) fs.rmSync(this.#beside, { force: true });
  }
}

export function writeOutput(output: Output, content: string | Uint8Array): void {
  const file = new WholeFile(output);
  try {
    writeAll(file.descriptor, typeof content === 'string' ? Buffer.from(content) : content);
  } catch (error) {
    file.abandon();
    throw error;
  }
  file.commit();
}

/** A write may take less than it was given, on a disk that is nearly full for example. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += fs.writeSync(descriptor, bytes, written);
}

export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    // A file has the folder's name.
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? systemError('ENOTDIR', folder) : error;
  }
}

/** As node:fs would throw it. */
export function systemError(code: string, file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${file}`), { code, path: file });
}

/** A rename would replace what stands at `file` by now; a second name for the file would not, nor does a copy. */
function moveToFreeName(from: string, file: string): void {
  try {
    fs.linkSync(from, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Not every file system knows second names.
    fs.copyFileSync(from, file, fs.constants.COPYFILE_EXCL);
  }
}

function createFile(file: string, secret = false): number {
  return fs.openSync(file, 'wx', secret ? OWNER_ONLY : EVERYBODY);
}

function openStream(file: string): number {
  return fs.openSync(file, fs.constants.O_WRONLY | NOT_BLOCKING);
}

function isStream(file: string): boolean {
  const there = fs.statSync(file, { throwIfNoEntry: false });
  return there !== undefined && !there.isFile() && !there.isDirectory();
}

/** The folder in which the missing ones would be made. */
function nearestFolder(folder: string): string {
  const there = fs.statSync(folder, { throwIfNoEntry: false });
  if (there === undefined && path.dirname(folder) !== folder) return nearestFolder(path.dirname(folder));
  if (there?.isDirectory() === false) throw systemError('ENOTDIR', folder);
  return folder;
}
