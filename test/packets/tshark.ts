/** Reads a capture with tshark, for tests that compare its result with ours. */
import { execFileSync } from 'node:child_process';

const CHECKSUMS = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];

/**
 * One row for each packet, with the fields in the order of `names`. A field that a packet lacks is empty. If it has a
 * field several times, as packets inside packets do, the row has the first or the last.
 */
export function tsharkFields(
  file: string,
  names: readonly string[],
  occurrence: 'first' | 'last' = 'first',
): string[][] {
  const output = tshark([
    '-r',
    file,
    '-T',
    'fields',
    '-E',
    `occurrence=${occurrence[0] ?? ''}`,
    ...names.flatMap((name) => ['-e', name]),
  ]);
  return output
    .split('\n')
    .slice(0, -1)
    .map((row) => row.split('\t'));
}

/** Empty if Wireshark shows neither a warning nor an error, checksums included. */
export function tsharkWarnings(file: string): string {
  return tshark(['-r', file, ...CHECKSUMS, '-q', '-z', 'expert,warn']).trim();
}

/** Both directions of a conversation, client first, as Follow TCP Stream shows them. */
export function tsharkFollow(file: string, stream: number): { client: Buffer; server: Buffer } {
  return sidesOf(tshark(['-r', file, '-q', '-z', `follow,tcp,raw,${stream}`]));
}

function sidesOf(followed: string): { client: Buffer; server: Buffer } {
  const rows = followed.split('\n');
  const bytes = (pattern: RegExp): Buffer =>
    Buffer.from(rows.flatMap((row) => pattern.exec(row)?.[1] ?? []).join(''), 'hex');
  return { client: bytes(/^([0-9a-f]+)$/), server: bytes(/^\t([0-9a-f]+)$/) };
}

/** {@link tsharkWarnings} and {@link tsharkFollow} from one start of tshark, which takes longer than both answers. */
export function tsharkChecked(
  file: string,
  stream: number,
): { readonly warnings: string; readonly followed: { readonly client: Buffer; readonly server: Buffer } } {
  const told = tshark(['-r', file, ...CHECKSUMS, '-q', '-z', 'expert,warn', '-z', `follow,tcp,raw,${stream}`]);
  const [followed] = /^=+\nFollow: [^]*?^=+$/m.exec(told) ?? [];
  if (followed === undefined) throw new Error(`tshark followed no conversation ${stream}`);
  return { warnings: told.replace(followed, '').trim(), followed: sidesOf(followed) };
}

export function tshark(parameters: readonly string[]): string {
  return execFileSync('tshark', ['-n', ...parameters], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
