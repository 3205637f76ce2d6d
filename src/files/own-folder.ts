/**
 * A folder that a command fills with files whose names it chooses, as the demo fills `captures`.
 *
 * We make each file in a hidden place, and move it to its final place when it is complete. There we replace an old file
 * only
 * if we made it and nobody has changed it since. Any other file belongs to someone, so we move it to a folder `kept-1`,
 * or
 * `kept-2` and so on. Two commands never fill one folder at the same time.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { MEMORY, isAsMade, rememberMade } from './made.js';
import { makeFolder } from './output-file.js';

const WORKPLACE = 'run-';
const ASK_AGAIN_MS = 50;
/** The age at which we ignore a lock from another machine: we cannot ask whether that machine still works. */
const FOREIGN_LOCK_MS = 60 * 60 * 1000;

export class OwnFolder {
  readonly path: string;
  readonly #lock: string;
  #workplace: string | null = null;
  #kept: string | null = null;
  readonly #keptNames: string[] = [];

  /**
   * Makes the folder if it is missing, and keeps other commands out of it until {@link close}.
   *
   * @param patienceMs how long to wait for a command that fills the folder at the moment.
   * @param onWait told in one line, once, what is waited for.
   * @throws Error in one line where it cannot be had.
   */
  static async open(folder: string, patienceMs: number, onWait: (why: string) => void): Promise<OwnFolder> {
    const lock = path.join(folder, MEMORY, 'lock');
    try {
      makeFolder(path.join(folder, MEMORY));
      let holder = takeLock(lock);
      if (holder !== null) onWait(waiting(folder, holder));
      for (const deadline = Date.now() + patienceMs; holder !== null; holder = takeLock(lock)) {
        if (Date.now() >= deadline) throw new Error(busy(folder, holder, lock));
        await delay(ASK_AGAIN_MS);
      }
      return new OwnFolder(folder, lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      throw new Error(`Cannot write to the folder ${printable(folder)}: ${describeFileError(error)}`, { cause: error });
    }
  }

  private constructor(folder: string, lock: string) {
    this.path = folder;
    this.#lock = lock;
    // These are left from runs that were killed.
    for (const name of fs.readdirSync(path.dirname(lock))) {
      if (name.startsWith(WORKPLACE)) fs.rmSync(path.join(path.dirname(lock), name), { recursive: true, force: true });
    }
  }

  /** An empty folder in which to make files; {@link publish} then moves them to their places. */
  get workplace(): string {
    this.#workplace ??= fs.mkdtempSync(path.join(this.path, MEMORY, WORKPLACE));
    return this.#workplace;
  }

  /**
   * Moves a file of the workplace to its final place, and returns the new path. `note`, for JSON, says how it was made.
   */
  publish(name: string, note: unknown = null): string {
    const file = this.vacate(name);
    fs.renameSync(path.join(this.workplace, name), file);
    rememberMade(file, note);
    return file;
  }

  /** Makes room for a file that will grow at its final place. Returns its path. */
  vacate(name: string): string {
    const file = path.join(this.path, name);
    if (fs.lstatSync(file, { throwIfNoEntry: false }) === undefined) return file;
    if (isAsMade(file)) fs.rmSync(file);
    else {
      this.#kept ??= newFolder(this.path, 'kept-');
      fs.renameSync(file, path.join(this.#kept, name));
      this.#keptNames.push(name);
    }
    return file;
  }

  /** Which files of other people were moved, and where to; null where none were. */
  get kept(): { readonly folder: string; readonly names: readonly string[] } | null {
    return this.#kept === null ? null : { folder: this.#kept, names: this.#keptNames };
  }

  close(): void {
    if (this.#workplace !== null) fs.rmSync(this.#workplace, { recursive: true, force: true });
    fs.rmSync(this.#lock, { force: true });
  }
}

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Null if we have the lock now; otherwise whose it is. */
function takeLock(lock: string): Holder | null {
  for (;;) {
    try {
      const us: Holder = { pid: process.pid, host: os.hostname() };
      fs.writeFileSync(lock, JSON.stringify(us), { flag: 'wx' });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = holderOf(lock);
    if (holder !== null && isAtWork(holder, lock)) return holder;
    fs.rmSync(lock, { force: true });
  }
}

function holderOf(lock: string): Holder | null {
  try {
    const { pid, host } = JSON.parse(fs.readFileSync(lock, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : null;
  } catch {
    // The lock has gone meanwhile, or the process that made it was killed before it wrote into it.
    return null;
  }
}

function isAtWork({ pid, host }: Holder, lock: string): boolean {
  const since = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (host !== os.hostname()) return Date.now() - since < FOREIGN_LOCK_MS;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be another user's process, which we may not ask.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function waiting(folder: string, holder: Holder): string {
  const who = `Another servchat (${whoIs(holder)})`;
  return `${who} is writing to the folder ${printable(folder)}; waiting until it is done`;
}

function busy(folder: string, holder: Holder, lock: string): string {
  const why = `another servchat (${whoIs(holder)}) is still writing there`;
  const advice = `choose another folder with --out, or, if no servchat runs, delete ${printable(lock)}`;
  return `Cannot write to the folder ${printable(folder)}: ${why}; ${advice}`;
}

function whoIs({ pid, host }: Holder): string {
  return host === os.hostname() ? `process ${pid}` : `process ${pid} on ${printable(host)}`;
}

function newFolder(parent: string, prefix: string): string {
  for (let number = 1; ; number += 1) {
    const folder = path.join(parent, `${prefix}${number}`);
    try {
      fs.mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
