/**
 * A small process that waits until we have ended, and then ends every program that we started, and removes our
 * temporary folder. We do both ourselves too. The guard is for the case that we cannot, because somebody killed us.
 *
 * We hold the other end of its standard input. However we end, the system closes it.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { endFamily, MARK } from './processes.js';

/** The tests run the source, and a process needs what was built. */
const THIS_FILE = fileURLToPath(new URL('../../../dist/clinic/running/guard.js', import.meta.url));

/** Starts the guard. Call what is returned when all programs have been ended. */
export function startGuard(mark: string, folder: string): () => void {
  const environment = { ...process.env };
  // Where somebody examines servchat itself, the guard must not end together with what it guards.
  Reflect.deleteProperty(environment, MARK);
  Reflect.deleteProperty(environment, 'NODE_OPTIONS');
  const guard = spawn(process.execPath, [THIS_FILE, mark, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment,
    // Ctrl-C goes to the whole group at the terminal, and must not end the guard before us.
    detached: true,
  });
  guard.on('error', () => undefined);
  guard.stdin.on('error', () => undefined);
  guard.unref();
  return () => guard.stdin.end();
}

function watch(mark: string, folder: string): void {
  process.stdin.on('error', () => undefined).resume();
  process.stdin.once('close', () => {
    endFamily({ mark, root: null });
    fs.rmSync(folder, { recursive: true, force: true });
  });
}

const [, script, mark, folder] = process.argv;
if (script === THIS_FILE && mark !== undefined && folder !== undefined) watch(mark, folder);
