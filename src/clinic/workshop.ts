/** The temporary folder of a check: a copy of our hooks, and what each run leaves. It goes when the check ends. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The hooks are no TypeScript, so they are not built: they lie with the source. */
const HOOKS = fileURLToPath(new URL('../../src/clinic/hooks', import.meta.url));

export interface Workshop {
  readonly root: string;
  /** Python would write its own files beside a hook, so the programs get a copy. */
  readonly hooks: string;
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
