/** `wireshark install | uninstall | where`: says what was put where, and what to open next. */
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describeFileError } from '../file-error.js';
import { printable } from '../printable.js';
import { wiresharkFolders } from '../wireshark/folders.js';
import { Installation, PROFILE, type FileState, type Outcome } from '../wireshark/installation.js';
import { complain } from './rows.js';

const SOURCES = fileURLToPath(new URL('../../lessons/wireshark', import.meta.url));
const SAMPLES = ['plaintext', 'encrypted'].map((name) => fileURLToPath(new URL(`../../captures/samples/${name}.pcap`, import.meta.url)));

/** Whether the dissector is in place. */
export function install(): boolean {
  const outcomes = changed(() => installation().install());
  for (const outcome of outcomes) report(outcome);
  // The dissector comes first; without it the profile has nothing to show.
  if (outcomes[0]?.done === 'kept') {
    complain('The dissector was not installed: another file has its name; move that away, then install again');
    return false;
  }
  const samples = SAMPLES.filter((sample) => fs.existsSync(sample));
  say('', 'Open next, in a Wireshark that is started anew:');
  for (const capture of samples.length > 0 ? samples : ['FILE.pcap']) say(`  wireshark -C ${PROFILE} ${printable(capture)}`);
  say('The buttons readable, handshake and messages are at the right of the filter field.');
  return true;
}

export function uninstall(): void {
  const ours = installation();
  const outcomes = changed(() => ours.uninstall());
  for (const outcome of outcomes) report(outcome);
  if (outcomes.length === 0) say('Nothing of ours is there.');
  if (fs.existsSync(ours.profileFolder)) say(`Left, since it holds files that are not ours: ${printable(ours.profileFolder)}`);
}

const STATES: Readonly<Record<FileState, string>> = { absent: 'not there', ours: 'installed', foreign: 'there, but not ours or changed since' };

export function where(): void {
  for (const { file, state } of installation().files()) say(`${printable(file)}: ${STATES[state]}`);
}

function installation(): Installation {
  return new Installation(wiresharkFolders(), SOURCES);
}

const DONE: Readonly<Record<Outcome['done'], string>> = {
  written: 'Written',
  removed: 'Removed',
  kept: 'Left as it is, since it is not ours or was changed',
};

function report({ file, done }: Outcome): void {
  say(`${DONE[done]}: ${printable(file)}`);
}

function changed<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { code, path: file } = error as NodeJS.ErrnoException;
    // Nobody can choose another file here.
    const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied; make it yours to write, then try again' : describeFileError(error);
    throw new Error(`Cannot change ${printable(file ?? "Wireshark's folder")}: ${why}`, { cause: error });
  }
}

function say(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
