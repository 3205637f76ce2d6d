/** `wireshark install | uninstall | where`: says which files it put where, and what to open next. */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { wiresharkFolders } from '../wireshark/folders.js';
import { Installation, PROFILE, type FileState, type FileChange } from '../wireshark/installation.js';
import { complain } from './rows.js';

const SOURCES = fileURLToPath(new URL('../../lessons/wireshark', import.meta.url));
const SAMPLES = ['plaintext', 'encrypted'].map((name) =>
  fileURLToPath(new URL(`../../captures/samples/${name}.pcap`, import.meta.url)),
);

/** Returns whether the dissector is in place. */
export function install(): boolean {
  const outcomes = changed(() => installation().install());
  for (const outcome of outcomes) report(outcome);
  // The dissector is first in the list; without it the profile has nothing to show.
  if (outcomes[0]?.done === 'kept') {
    complain(
      'The dissector was not installed: there is another file with its name. Move that file away, then install again',
    );
    return false;
  }
  const samples = SAMPLES.filter((sample) => fs.existsSync(sample));
  say('', 'Now start Wireshark again, and open a capture:');
  for (const capture of samples.length > 0 ? samples : ['FILE.pcap'])
    say(`  wireshark -C ${PROFILE} ${printable(capture)}`);
  say('The buttons “readable”, “handshake” and “messages” are to the right of the filter field.');
  return true;
}

export function uninstall(): void {
  const ours = installation();
  const outcomes = changed(() => ours.uninstall());
  for (const outcome of outcomes) report(outcome);
  if (outcomes.length === 0) say('Nothing from servchat is installed.');
  if (fs.existsSync(ours.profileFolder))
    say(`Left as it is, because it holds files that are not from servchat: ${printable(ours.profileFolder)}`);
}

const STATES: Readonly<Record<FileState, string>> = {
  absent: 'not there',
  ours: 'installed',
  foreign: 'there, but not from servchat, or changed since',
};

export function where(): void {
  for (const { file, state } of installation().files()) say(`${printable(file)}: ${STATES[state]}`);
}

function installation(): Installation {
  return new Installation(wiresharkFolders(), SOURCES);
}

const DONE: Readonly<Record<FileChange['done'], string>> = {
  written: 'Written',
  removed: 'Removed',
  kept: 'Left as it is, because it is not from servchat or was changed',
};

function report({ file, done }: FileChange): void {
  say(`${DONE[done]}: ${printable(file)}`);
}

function changed<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { code, path: file } = error as NodeJS.ErrnoException;
    // Here the user cannot choose another file.
    const why =
      code === 'EACCES' || code === 'EPERM'
        ? 'permission denied; allow yourself to write there, then try again'
        : describeFileError(error);
    throw new Error(`Cannot change ${printable(file ?? "Wireshark's folder")}: ${why}`, { cause: error });
  }
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
