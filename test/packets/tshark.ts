/** What tshark makes of a capture, for tests that compare it with what we make of it. */
import { execFileSync } from 'node:child_process';

const CHECKSUMS = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE'];

/**
 * One row for each packet, with the fields in the order of `names`; a field that a packet lacks is empty, and of one
 * that it has several times, as with packets in packets, it is the first or the last.
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

/** Empty where Wireshark has neither a warning nor an error to show, checksums included. */
export function tsharkWarnings(file: string): string {
  return tshark(['-r', file, ...CHECKSUMS, '-q', '-z', 'expert,warn']).trim();
}

/** Both directions of a conversation, client first, as Follow TCP Stream has them. */
export function tsharkFollow(file: string, stream: number): { client: Buffer; server: Buffer } {
  const rows = tshark(['-r', file, '-q', '-z', `follow,tcp,raw,${stream}`]).split('\n');
  const bytes = (pattern: RegExp): Buffer =>
    Buffer.from(rows.flatMap((row) => pattern.exec(row)?.[1] ?? []).join(''), 'hex');
  return { client: bytes(/^([0-9a-f]+)$/), server: bytes(/^\t([0-9a-f]+)$/) };
}

export function tshark(parameters: readonly string[]): string {
  return execFileSync('tshark', ['-n', ...parameters], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
