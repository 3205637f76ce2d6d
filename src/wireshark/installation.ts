/**
 * Installs, updates and removes our files in Wireshark's folders.
 *
 * A file is ours if it is, byte for byte, what we wrote. Only then may we overwrite or delete it. The next version of
 * servchat has different files, so a list beside the profile remembers what we wrote: the SHA-256 of each path. If
 * anyone has changed a file since, even Wireshark itself, it is theirs.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import type { WiresharkFolders } from './folders.js';

export const PROFILE = 'servchat';

/**
 * `absent`: the file does not exist. `ours`: we wrote it, in this version or an older one. `foreign`: it is not ours,
 * or it was changed.
 */
export type FileState = 'absent' | 'ours' | 'foreign';

export interface InstalledFile {
  readonly file: string;
  readonly state: FileState;
}

/** What we did with one file. `kept`: it is not ours, so we did not touch it. */
export interface FileChange {
  readonly file: string;
  readonly done: 'written' | 'removed' | 'kept';
}

interface Part {
  /** The path of the file to install. */
  readonly source: string;
  readonly target: string;
}

/** Our files in Wireshark's folders. `sources` is the folder `lessons/wireshark` of this program. */
export class Installation {
  readonly #parts: readonly Part[];
  readonly #list: string;
  readonly profileFolder: string;

  constructor({ configuration, luaPlugins }: WiresharkFolders, sources: string) {
    this.profileFolder = path.join(configuration, 'profiles', PROFILE);
    this.#list = path.join(this.profileFolder, 'servchat-installed.json');
    this.#parts = [
      { source: path.join(sources, 'servchat.lua'), target: path.join(luaPlugins, 'servchat.lua') },
      ...['preferences', 'colorfilters', 'dfilter_buttons', 'recent'].map((name) => ({
        source: path.join(sources, 'profile', name),
        target: path.join(this.profileFolder, name),
      })),
    ];
  }

  files(): readonly InstalledFile[] {
    const known = this.#known();
    return this.#parts.map(({ source, target }) => ({
      file: target,
      state: stateOf(target, new Set([known[target], sha256(fs.readFileSync(source))])),
    }));
  }

  /** @throws Error of node:fs if a folder or file cannot be written. */
  install(): readonly FileChange[] {
    const states = new Map(this.files().map(({ file, state }) => [file, state]));
    const known: Record<string, string> = {};
    const outcomes = this.#parts.map(({ source, target }): FileChange => {
      if (states.get(target) === 'foreign') return { file: target, done: 'kept' };
      const bytes = fs.readFileSync(source);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, bytes);
      known[target] = sha256(bytes);
      return { file: target, done: 'written' };
    });
    fs.mkdirSync(this.profileFolder, { recursive: true });
    fs.writeFileSync(this.#list, `${JSON.stringify(known, null, 2)}\n`);
    return outcomes;
  }

  /** The result leaves out files that do not exist. @throws Error of node:fs if a file cannot be deleted. */
  uninstall(): readonly FileChange[] {
    const outcomes = this.files().flatMap(({ file, state }): FileChange[] => {
      if (state === 'absent') return [];
      if (state === 'foreign') return [{ file, done: 'kept' }];
      fs.rmSync(file);
      return [{ file, done: 'removed' }];
    });
    fs.rmSync(this.#list, { force: true });
    removeIfEmpty(this.profileFolder);
    return outcomes;
  }

  #known(): Readonly<Record<string, string>> {
    try {
      const list: unknown = JSON.parse(fs.readFileSync(this.#list, 'utf8'));
      return Object.fromEntries(
        Object.entries(list ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
      );
    } catch {
      // If the list is missing or cannot be read, only files equal to this version's are ours.
      return {};
    }
  }
}

/** A link, or anything else that is not a regular file, is not ours. */
function stateOf(file: string, ours: ReadonlySet<string | undefined>): FileState {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return 'absent';
  return found.isFile() && ours.has(sha256(fs.readFileSync(file))) ? 'ours' : 'foreign';
}

/** Wireshark may have put files of its own in this folder. */
function removeIfEmpty(folder: string): void {
  if (fs.existsSync(folder) && fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
