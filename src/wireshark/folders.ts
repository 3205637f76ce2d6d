/**
 * Where Wireshark looks for what is its user's own. Only Wireshark knows: it differs by version, system and settings.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

export interface WiresharkFolders {
  /** Preferences and, in `profiles`, what belongs to each profile. */
  readonly configuration: string;
  /** Where Lua scripts are loaded from at its start. */
  readonly luaPlugins: string;
}

/** Wireshark is missing, or does not say what it is asked. */
class WiresharkError extends Error {
  override readonly name = 'WiresharkError';
}

/** tshark first: it comes with Wireshark, answers the same, and starts without a screen. */
const PROGRAMS = ['tshark', 'wireshark'] as const;

/** Where an installer puts them without telling PATH. */
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
 * The folders in the answer to `-G folders`: a line each, a name, a colon, white space, a path.
 *
 * @throws WiresharkError where the personal configuration is not among them.
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
