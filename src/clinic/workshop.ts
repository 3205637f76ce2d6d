/** The temporary folder of a check: a copy of our hooks, and what each run leaves. It goes when the check ends. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The hooks are no TypeScript, so they are not built: they lie with the source. */
const HOOKS = fileURLToPath(new URL('../../src/clinic/hooks', import.meta.url));

export interface Hooks {
  readonly folder: string;
  /** The one that the system loads into programs in C, Java and others. null where it cannot be built, or loaded. */
  readonly library: string | null;
}

export interface Workshop {
  readonly root: string;
  /** The folder of our hooks. Python would write its own files beside a hook, so the programs get a copy. */
  readonly hooks: string;
  /** Builds what has to be built. It takes a moment, in which the folder is there already. */
  readonly readyHooks: () => Hooks;
  /** A new folder for what belongs to one run. */
  readonly folderFor: (name: string) => string;
  readonly remove: () => void;
}

export function openWorkshop(): Workshop {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'servchat-check-'));
  const hooks = path.join(root, 'hooks');
  fs.cpSync(HOOKS, hooks, { recursive: true });
  return {
    root,
    hooks,
    readyHooks: () => ({ folder: hooks, library: builtLibrary(hooks) }),
    folderFor: (name) => {
      const folder = path.join(root, name);
      fs.mkdirSync(folder, { recursive: true });
      return folder;
    },
    remove: () => {
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
}

/** With a compiler that a student of C has. In milliseconds. */
const BUILD_LIMIT_MS = 10_000;

/** null where there is no compiler, or where the system loads no library by LD_PRELOAD. */
function builtLibrary(folder: string): string | null {
  const library = path.join(folder, 'connect.so');
  // These two signs part the names of libraries.
  if (process.platform !== 'linux' || /[\s:]/.test(library)) return null;
  const source = path.join(folder, 'connect.c');
  for (const compiler of ['cc', 'gcc', 'clang']) {
    const { status } = spawnSync(compiler, ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], {
      stdio: 'ignore',
      timeout: BUILD_LIMIT_MS,
    });
    if (status === 0) return library;
  }
  return null;
}
