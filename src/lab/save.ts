/** Writes the captures of a run where the learner can find them, and the keys on request. */
import fs from 'node:fs';
import path from 'node:path';

import { REBUILT } from '../capture/tap.js';
import { OwnFolder } from '../files/own-folder.js';
import type { Mode } from '../protocol/modes.js';
import { otherSide, type Side } from '../protocol/side.js';
import { annotateCapture } from '../wireshark/annotate.js';

import type { SavedFile } from './events.js';
import type { RunFiles } from './run.js';

const PATIENCE_MS = 10_000;

export interface Saving {
  readonly files: RunFiles;
  readonly mode: Mode;
  /** The halves to save: both, if the relay changed anything. */
  readonly halves: readonly Side[];
  readonly keyLog: boolean;
}

/** What was saved, and the name that the files have in common. */
export interface SavedRun {
  readonly name: string;
  readonly files: readonly SavedFile[];
}

/**
 * Writes into the folder `out`, under names that are not taken.
 *
 * @param before the name that other files of this run have. It is taken again if it can be.
 * @throws Declined if there is nothing to save, or if the folder cannot be written to.
 */
export async function saveRun(
  { files, mode, halves, keyLog }: Saving,
  out: string,
  before: string | null,
): Promise<SavedRun> {
  const folder = await OwnFolder.open(out, PATIENCE_MS, () => undefined);
  try {
    const base = freeName(folder.path, mode, before, (name) => !name.endsWith('.html'));
    const saved: SavedFile[] = [];
    for (const half of halves) {
      const name = `${base}.${half}-half.pcapng`;
      // At the client's half, the relay is the server that the client sees.
      const provenance = { way: 'tap', side: otherSide(half), rebuilt: REBUILT, relay: true } as const;
      await annotateCapture(files.captures[half], path.join(folder.workplace, name), { provenance });
      saved.push({ path: path.resolve(folder.publish(name, provenance)), what: 'capture', says: CAPTURE_SAYS[half] });
    }
    if (keyLog) saved.push(...saveKeys(files, halves, base, folder));
    return { name: base, files: saved };
  } finally {
    folder.close();
  }
}

/** Writes the run as one page. @throws Error in one line if the folder cannot be written to. */
export async function savePage(page: string, mode: Mode, out: string, before: string | null): Promise<SavedRun> {
  const folder = await OwnFolder.open(out, PATIENCE_MS, () => undefined);
  try {
    const base = freeName(folder.path, mode, before, (name) => name.endsWith('.html'));
    const name = `${base}.html`;
    fs.writeFileSync(path.join(folder.workplace, name), page);
    const says = 'This run as one page. It opens in any browser, without servchat and without a network.';
    return { name: base, files: [{ path: path.resolve(folder.publish(name)), what: 'page', says }] };
  } finally {
    folder.close();
  }
}

const CAPTURE_SAYS: Readonly<Record<Side, string>> = {
  client:
    'The wire between the client and the attacker, for Wireshark. Its frame numbers are those of the page. Each frame has a comment.',
  server: 'The wire between the attacker and the server: what the server really received and sent.',
};

function saveKeys(
  { keyLogs }: RunFiles,
  halves: readonly Side[],
  base: string,
  folder: OwnFolder,
): readonly SavedFile[] {
  return halves.flatMap((half) => {
    if (!fs.existsSync(keyLogs[half])) return [];
    const name = `${base}.${half}-half.keylog`;
    fs.copyFileSync(keyLogs[half], path.join(folder.workplace, name));
    fs.chmodSync(path.join(folder.workplace, name), 0o600);
    const says = 'The keys of this chat. Anyone who has this file and the capture can read every message.';
    return [{ path: folder.publish(name), what: 'key log', says }];
  });
}

/**
 * `encrypted-1`, or the first number that no file has; or the name of this run, if it has none of these files yet.
 */
function freeName(folder: string, mode: Mode, before: string | null, isOurs: (name: string) => boolean): string {
  const taken = fs.readdirSync(folder);
  if (before !== null && !taken.some((name) => name.startsWith(`${before}.`) && isOurs(name))) return before;
  for (let number = 1; ; number += 1) {
    const base = `${mode}-${number}`;
    if (!taken.some((name) => name.startsWith(`${base}.`))) return base;
  }
}
