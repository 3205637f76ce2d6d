/**
 * The folder in which a lab keeps captures and keys while it runs. It is removed at the end. A lab that was killed
 * leaves its folder, so the next lab removes it: only a folder of the same user and machine, and only if its process is
 * gone.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `servchat-lab-MACHINE-PROCESS-`, and six signs that the system chooses. */
const PREFIX = `servchat-lab-${os.hostname().replace(/[^A-Za-z0-9.]/g, '_')}-`;

export function makeLabFolder(): string {
  removeLeftOnes(os.tmpdir());
  return fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes what labs left that were killed. What cannot be removed stays. */
export function removeLeftOnes(parent: string): void {
  for (const name of namesIn(parent)) {
    const pid = name.startsWith(PREFIX)
      ? /^([1-9]\d*)-[A-Za-z0-9]{6}$/.exec(name.slice(PREFIX.length))?.[1]
      : undefined;
    const folder = path.join(parent, name);
    if (pid === undefined || !isOurs(folder) || isAlive(Number(pid))) continue;
    try {
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another lab may be removing it at this moment.
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** A folder, not a link to one, of this user. */
function isOurs(folder: string): boolean {
  const found = fs.lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be another user's process, which we may not ask.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
