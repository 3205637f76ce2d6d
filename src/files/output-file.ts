/**
 * Files that the user named, and that we write. Every command writes them through this module, so one rule holds for
 * all:
 * we leave an existing file alone unless the user allowed us to replace it, and we create nothing before we are certain
 * to
 * need it. We make folders that are missing.
 *
 * The path may also lead to a pipe or a device (`/dev/stdout`). These hold nothing that could be lost.
 *
 * All functions throw what node:fs throws; `describeFileError` puts that into words.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Without this flag, opening a pipe would stop the whole program until another program opens the other end. */
export const NOT_BLOCKING = process.platform === 'win32' ? 0 : fs.constants.O_NONBLOCK;
export const OWNER_ONLY = 0o600;
/** The permissions of a new file, before the user's umask. */
const EVERYBODY = 0o666;
/** How long the reader of a full pipe may take nothing. */
const PATIENCE_MS = 5_000;
const TRY_AGAIN_MS = 10;

/** What to do with a file that is already there: leave it and throw EEXIST, or put the new one in its place. */
export type IfThere = 'refuse' | 'replace';

export interface Output {
  readonly path: string;
  readonly ifThere: IfThere;
  /** Whether the file holds keys: then only its owner may read it. */
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

/** Creates an empty file that is visible at its path from now on, for content that grows. Returns its descriptor. */
export function createOutput(output: Output): number {
  checkOutput(output);
  const { path: file, ifThere, secret } = output;
  if (isStream(file)) return openStream(file);
  makeFolder(path.dirname(file));
  if (ifThere === 'replace') fs.rmSync(file, { force: true });
  return createFile(file, secret);
}

/**
 * Opens a file to append to it. If it is missing, creates it so that only its owner can read it. Returns its
 * descriptor.
 */
export function openToAppend(file: string): number {
  makeFolder(path.dirname(file));
  const { O_APPEND, O_CREAT, O_WRONLY } = fs.constants;
  return fs.openSync(file, O_APPEND | O_CREAT | O_WRONLY | NOT_BLOCKING, OWNER_ONLY);
}

/** Closes a file that {@link createOutput} made. Throws an Error, in plain words, where it is gone from its path. */
export function closeOutput(file: string, descriptor: number): void {
  const wasThere = isStillThere(file, descriptor);
  fs.closeSync(descriptor);
  if (!wasThere) throw new Error('while we wrote it, someone removed it, moved it or put another file in its place');
}

/** Closes and deletes a file that {@link createOutput} made and that nobody needs. */
export function discardOutput(file: string, descriptor: number): void {
  // We must not delete a device, or a file that someone else has put at the path meanwhile.
  const isOurs = fs.fstatSync(descriptor).isFile() && isStillThere(file, descriptor);
  fs.closeSync(descriptor);
  if (isOurs) fs.rmSync(file);
}

/** Whether the open file is the one at the path. A pipe or a device always is: nothing of it is kept at the path. */
export function isStillThere(file: string, descriptor: number): boolean {
  const ours = fs.fstatSync(descriptor);
  if (!ours.isFile()) return true;
  const there = fs.statSync(file, { throwIfNoEntry: false });
  return there?.ino === ours.ino && there.dev === ours.dev;
}

/**
 * A file that becomes visible at its path only when it is complete. We write it beside the path, under another name. If
 * the
 * process ends before {@link commit}, the old file is still at the path.
 */
export class WholeFile {
  readonly descriptor: number;
  readonly #output: Output;
  /** The path where we write it; null for a pipe or a device. */
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

  /** Puts the file at its path. Call this last. */
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

  /** Removes all traces of the file. Call this instead of {@link commit}. */
  abandon(): void {
    fs.closeSync(this.descriptor);
    if (this.#beside !== null) fs.rmSync(this.#beside, { force: true });
  }
}

export function writeOutput(output: Output, content: string | Uint8Array): void {
  const file = new WholeFile(output);
  try {
    writePatiently(file.descriptor, typeof content === 'string' ? Buffer.from(content) : content);
  } catch (error) {
    file.abandon();
    throw error;
  }
  file.commit();
}

/** One write may write less than it was given, for example on a disk that is nearly full. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += fs.writeSync(descriptor, bytes, written);
}

/**
 * As {@link writeAll}, but where a pipe is full, waits until its reader has made room: it throws EAGAIN only after
 * {@link PATIENCE_MS} without any. Nothing else runs meanwhile, so do not call it during a chat.
 */
export function writePatiently(descriptor: number, bytes: Uint8Array): void {
  let deadline = Date.now() + PATIENCE_MS;
  for (let written = 0; written < bytes.length;) {
    try {
      written += fs.writeSync(descriptor, bytes, written);
      deadline = Date.now() + PATIENCE_MS;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_AGAIN_MS);
    }
  }
}

/**
 * Keeps a pipe open that is written to only later. So its reader does not take it for ended, and we know at once that
 * there is a reader. Returns its descriptor, or null where `file` is not a pipe or a device.
 *
 * @throws ENXIO where nobody reads from the pipe.
 */
export function holdStream(file: string): number | null {
  return isStream(file) ? openStream(file) : null;
}

export function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    // There is a file with the folder's name.
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? systemError('ENOTDIR', folder) : error;
  }
}

/** Whether both paths lead to the same file, also where it does not exist yet. Pipes and devices hold no file. */
export function isSameFile(one: string, other: string): boolean {
  if (isStream(one) || isStream(other)) return false;
  const [first, second] = [one, other].map((file) => fs.statSync(file, { throwIfNoEntry: false }));
  if (first !== undefined && second !== undefined) return first.ino === second.ino && first.dev === second.dev;
  return first === second && path.resolve(one) === path.resolve(other);
}

/** The error that node:fs would throw. */
export function systemError(code: string, file: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${file}`), { code, path: file });
}

/** A rename would replace a file that is at `file` by now. A second name (a hard link) and a copy would not. */
function moveToFreeName(from: string, file: string): void {
  try {
    fs.linkSync(from, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Not every file system knows hard links.
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

/** The existing folder in which the missing ones would be made. */
function nearestFolder(folder: string): string {
  const there = fs.statSync(folder, { throwIfNoEntry: false });
  if (there === undefined && path.dirname(folder) !== folder) return nearestFolder(path.dirname(folder));
  if (there?.isDirectory() === false) throw systemError('ENOTDIR', folder);
  return folder;
}
