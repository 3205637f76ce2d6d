/**
 * Finds the folders where Wireshark keeps its user's files. They depend on version, system and settings, so we must ask
 * Wireshark.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface WiresharkFolders {
  /** Contains the preferences. Its folder `profiles` contains the files of each profile. */
  readonly configuration: string;
  /** Wireshark loads the Lua scripts in this folder when it starts. */
  readonly luaPlugins: string;
}

/** Wireshark is missing, or does not answer the question. */
class WiresharkError extends Error {
  override readonly name = 'WiresharkError';
}

/** We try tshark first. It comes with Wireshark, gives the same answer, and needs no screen. */
const PROGRAMS = ['tshark', 'wireshark'] as const;

/** Some installers use these folders and do not add them to PATH. */
const MORE_FOLDERS: readonly string[] =
  process.platform === 'win32'
    ? ['C:\\Program Files\\Wireshark']
    : ['/Applications/Wireshark.app/Contents/MacOS', '/opt/homebrew/bin', '/usr/local/bin'];

/** @throws WiresharkError */
export function wiresharkFolders(): WiresharkFolders {
  const answer = PROGRAMS.map((program) => answerOf(program, ['-G', 'folders'])).find((text) => text !== null);
  if (answer === undefined) {
    throw new WiresharkError(
      'Cannot find Wireshark: neither tshark nor wireshark is installed; install it (https://www.wireshark.org), then try again',
    );
  }
  return parseFolders(answer);
}

/**
 * Reads the folders from the answer to `-G folders`. Each line has a name, a colon, white space and a path.
 *
 * @throws WiresharkError if the personal configuration is missing.
 */
export function parseFolders(answer: string): WiresharkFolders {
  const named = new Map<string, string>();
  for (const line of answer.split(/\r?\n/)) {
    const [, name, folder] = /^([^:]+):\s+(.+)$/.exec(line) ?? [];
    if (name !== undefined && folder !== undefined && !named.has(name)) named.set(name, folder.trim());
  }
  const configuration = named.get('Personal configuration');
  if (configuration === undefined)
    throw new WiresharkError('Cannot tell where Wireshark keeps its settings: `tshark -G folders` does not say');
  return { configuration, luaPlugins: named.get('Personal Lua Plugins') ?? path.join(configuration, 'plugins') };
}

function answerOf(program: string, parameters: readonly string[]): string | null {
  for (const candidate of [program, ...MORE_FOLDERS.map((folder) => path.join(folder, program))]) {
    const { status, stdout } = spawnSync(candidate, parameters, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 30_000,
      windowsHide: true,
    });
    if (status === 0) return stdout;
  }
  return null;
}
