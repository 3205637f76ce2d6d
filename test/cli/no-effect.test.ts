/** An option that would do nothing is refused, for every command. An option that does something is not. */
import { Command, CommanderError } from 'commander';
import { afterEach, describe, expect, test } from '@jest/globals';

import { COMMANDS } from '../../src/cli/commands.js';
import { MODES } from '../../src/protocol/modes.js';

/** The message about a call, or '' if the command would run. */
async function saidOf(line: readonly string[]): Promise<string> {
  const [name, ...args] = line;
  let said = '';
  const command = (await COMMANDS.find((each) => each.name === name)!.load())
    .exitOverride()
    .configureOutput({ writeErr: (text) => (said += text) })
    .action(() => undefined);
  try {
    await command.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return said;
}

const words = (line: string): string[] => line.split(' ');

afterEach(() => {
  delete process.env['SERVCHAT_MODE'];
});

const PRINT = '0'.repeat(64);

/** Every option of the two chairs, and the modes in which it has an effect. */
const CHAIRS: Readonly<
  Record<'serve' | 'connect', Readonly<Record<string, { readonly args: string; readonly modes: readonly string[] }>>>
> = {
  serve: {
    '--host': { args: '--host 127.0.0.1', modes: MODES },
    '--port': { args: '--port 5000', modes: MODES },
    '--integrity': { args: '--integrity sha256', modes: ['encrypted'] },
    '--allow-integrity': { args: '--allow-integrity sha256', modes: ['encrypted'] },
    '--expect-fingerprint': { args: `--expect-fingerprint ${PRINT}`, modes: ['encrypted'] },
    '--save-private-key': { args: '--save-private-key k', modes: ['tls'] },
    '--capture': { args: '--capture c.pcap', modes: MODES },
    '--keylog': { args: '--keylog k', modes: ['encrypted', 'tls'] },
    '--with-secrets': { args: '--with-secrets --capture c.pcapng --keylog k', modes: ['tls'] },
    '--format': { args: '--format ndjson', modes: MODES },
    '--show-wire': { args: '--show-wire', modes: MODES },
    '--force': { args: '--force --capture c.pcap', modes: MODES },
    '--keep-open': { args: '--keep-open', modes: MODES },
  },
  connect: {
    '--port': { args: '--port 5000', modes: MODES },
    '--integrity': { args: '--integrity sha256', modes: ['encrypted'] },
    '--rsa-bits': { args: '--rsa-bits 2048', modes: ['encrypted'] },
    '--save-private-key': { args: '--save-private-key k', modes: ['encrypted'] },
    '--private-key': { args: '--private-key k', modes: ['encrypted'] },
    '--pin': { args: `--pin ${PRINT}`, modes: ['tls'] },
    '--capture': { args: '--capture c.pcap', modes: MODES },
    '--keylog': { args: '--keylog k', modes: ['encrypted', 'tls'] },
    '--with-secrets': { args: '--with-secrets --capture c.pcapng --keylog k', modes: ['tls'] },
    '--format': { args: '--format ndjson', modes: MODES },
    '--show-wire': { args: '--show-wire', modes: MODES },
    '--force': { args: '--force --capture c.pcap', modes: MODES },
  },
};

describe.each(['serve', 'connect'] as const)('%s', (chair) => {
  test('each of its options is in the table', async () => {
    const command: Command = await COMMANDS.find(({ name }) => name === chair)!.load();
    expect(
      command.options
        .map(({ long }) => long)
        .filter((name) => name !== '--mode')
        .sort(),
    ).toEqual(Object.keys(CHAIRS[chair]).sort());
  });

  for (const mode of MODES) {
    test.each(Object.entries(CHAIRS[chair]))(`in ${mode} mode: %s`, async (_, { args, modes }) => {
      const said = await saidOf([chair, '--mode', mode, ...words(args)]);
      expect({ args, said }).toEqual({
        args,
        said: modes.includes(mode)
          ? ''
          : expect.stringMatching(/^error: --.* has no effect .*; leave it out, or give /),
      });
    });
  }

  test('the mode can come from the environment, and a default value does not count as given', async () => {
    process.env['SERVCHAT_MODE'] = 'plaintext';
    expect(await saidOf([chair])).toBe('');
    expect(await saidOf([chair, '--integrity', 'sha256'])).toContain('--integrity has no effect in plaintext mode');
    expect(await saidOf([chair, '--integrity', 'sha256', '--mode', 'encrypted'])).toBe('');
  });
});

test.each([
  ['serve --allow-integrity hmac-sha256-seq', '--allow-integrity has no effect with only the check'],
  ['serve --force', '--force has no effect without a file'],
  ['serve --mode tls --with-secrets --keylog k --capture c.pcap', '--with-secrets has no effect without'],
  ['connect --rsa-bits 3072 --private-key k', '--rsa-bits has no effect with --private-key'],
  ['attack --all modify', '"modify" has no effect with --all'],
  ['attack --all --mode tls --integrity sha256', '--integrity has no effect in tls mode'],
  ['attack --all --mode plaintext --insist', '--insist has no effect in plaintext mode'],
  ['attack --all --to 127.0.0.1:4747', '--to has no effect with --all'],
  ['attack --list --all', '--all has no effect with --list'],
  ['attack modify --port 5000', '--port has no effect without --to'],
  ['attack modify --to 127.0.0.1:4747 --mode tls', '--mode has no effect with --to'],
  [
    'attack modify --to 127.0.0.1:4747 --attack-another-machine',
    '--attack-another-machine has no effect where the server is on this machine',
  ],
  ['attack modify --mode tls --integrity sha256', '--integrity has no effect in tls mode'],
  ['attack modify --mode plaintext --insist', '--insist has no effect in plaintext mode'],
  ['inspect f --hex', '--hex has no effect without --follow'],
  ['inspect f --follow 0 --find x', '--find has no effect with --follow'],
  ['inspect f --follow 0 --conversation 1', '--conversation has no effect with --follow'],
  ['inspect f --follow 0 --format table', '--format has no effect with --follow'],
  ['inspect f --format json --limit 4', '--limit has no effect on JSON'],
  ['check c.json --out o.csv', '--out has no effect without --class'],
  ['check c.json --force', '--force has no effect without --report and --captures'],
  ['check --init --port 5000', '--port has no effect with --init'],
  ['check --capture f --server s', '--server has no effect with --capture'],
  ['check c.json --capture f', '"c.json" has no effect with --capture'],
  ['check --class d --format json', '--format has no effect with --class'],
  ['lesson --seed 2', '--seed has no effect without --class'],
  ['lesson --force', '--force has no effect without --out'],
  ['lesson --class r.csv --open', '--open has no effect with --class'],
  ['lesson --class r.csv --capture a.pcap', '--capture has no effect with --class'],
])('%s', async (line, said) => {
  expect(await saidOf(words(line))).toContain(said);
});

test.each([
  'attack modify --mode encrypted --integrity sha256 --insist --out d --format json',
  'attack --all --out d --format json',
  'attack modify --to 192.0.2.1:4747 --port 4748 --attack-another-machine --out d',
  'inspect f --follow 0 --hex --limit 3',
  'inspect f --find x --keys k --conversation 1 --limit 3',
  'check --init c.json --server s --client c --force',
  'check --capture f --port 5000 --format json --report p --force',
  'check --class d --out o.csv --force --report p --captures c',
  'lesson --class r.csv --seed 2 --out d',
  'lesson --capture a.pcap --keys k --private-key p --attacks j --out o.html --force --open',
  'connect',
  'connect host',
  'connect host 4747',
  'connect host:4747',
  'connect ::1 4747',
  'connect host --port 4747',
  'connect --port 4747',
])('is carried out: %s', async (line) => {
  expect(await saidOf(words(line))).toBe('');
});
