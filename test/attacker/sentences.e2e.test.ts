/**
 * Only people read the sentences. With nonsense in place of every sentence, the program comes to the same outcomes. A
 * line that a runtime writes to standard error changes no outcome either.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { ATTACKS } from '../../src/attacker/attacks.js';
import { settingFor, type AttackOutcome, type Setting } from '../../src/attacker/matrix.js';
import { runMatrix } from '../../src/demo/attack-matrix.js';
import { play } from '../../src/demo/play.js';
import * as sentences from '../../src/endpoints/sentences.js';
import { run, temporaryDirectory } from '../servchat-process.js';

/** Builds the program of a copy of the source in which every function of `sentences.ts` returns the same nonsense. */
function programOfNonsense(): string {
  const folder = temporaryDirectory();
  for (const part of ['src', 'package.json', 'tsconfig.json'])
    fs.cpSync(part, path.join(folder, part), { recursive: true });
  fs.symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  const names = Object.keys(sentences);
  expect(names.length).toBeGreaterThan(0);
  fs.writeFileSync(
    path.join(folder, 'src/endpoints/sentences.ts'),
    names.map((name) => `export const ${name} = () => 'Blub, check TLS --pin left the chat.';\n`).join(''),
  );
  execFileSync(process.execPath, [path.join(folder, 'src/cli/bundle.mjs')]);
  return path.join(folder, 'dist/cli/main.js');
}

const SEQ = settingFor('encrypted', 'hmac-sha256-seq', false);
const INSISTS = settingFor('encrypted', 'hmac-sha256-seq', true);
const PINNED = settingFor('tls', 'hmac-sha256-seq', true);
const PLAIN = settingFor('plaintext', 'sha256', false);

const EXPECTED: readonly (readonly [string, Setting, AttackOutcome])[] = [
  ['nothing', PLAIN, { kind: 'passes' }],
  ['modify', PLAIN, { kind: 'works-unnoticed' }],
  ['modify', SEQ, { kind: 'refused', by: 'the check' }],
  ['rehash', settingFor('encrypted', 'sha256', false), { kind: 'refused', by: "Fernet's signature" }],
  ['replay', SEQ, { kind: 'refused', by: 'the sequence number' }],
  ['downgrade', SEQ, { kind: 'refused', by: 'the list of allowed checks' }],
  ['truncate', SEQ, { kind: 'works-noticed', by: 'the missing EXIT' }],
  ['key-swap', INSISTS, { kind: 'refused', by: 'the fingerprint' }],
  ['key-swap', PINNED, { kind: 'refused', by: 'the fingerprint' }],
  ['modify', PINNED, { kind: 'refused', by: 'TLS' }],
  ['truncate', PINNED, { kind: 'works-noticed', by: 'TLS' }],
];

describe('with nonsense for every sentence', () => {
  let program: string;
  beforeAll(() => {
    program = programOfNonsense();
  });

  test('the demo plays', async () => {
    const script = [
      { side: 'client', text: 'Hello' },
      { side: 'server', text: 'Hi' },
      { side: 'client', text: 'Exit' },
    ] as const;
    const heard: string[] = [];
    const recording = await play({
      ...{ program, script, mode: 'encrypted', directory: temporaryDirectory(), captureWith: 'tap', port: 0 },
      onMessage: ({ text }) => heard.push(text),
    });
    expect(heard).toEqual(['Hello', 'Hi', 'Exit']);
    expect(fs.statSync(recording.capture).size).toBeGreaterThan(1000);
  });

  test('the attacks have the same outcomes', async () => {
    const runs = EXPECTED.map(([name, setting]) => ({ attack: ATTACKS.find((each) => each.name === name)!, setting }));
    const { cells } = await runMatrix({ program, runs, directory: temporaryDirectory(), atOnce: 2 });
    expect(cells.map(({ attack, setting, outcome }) => [attack, setting, outcome])).toEqual(EXPECTED);
  });
});

test('a line from the runtime on standard error does not make a run fail', async () => {
  const env = { NODE_EXTRA_CA_CERTS: '/nonexistent.pem' };
  const { status, output, errors } = await run(
    ['attack', 'nothing', '--mode', 'plaintext', '--out', temporaryDirectory()],
    env,
  );
  expect(errors).toContain('Warning: Ignoring extra certs');
  expect([status, output]).toEqual([
    0,
    expect.stringContaining('Outcome: passes (the chat took place as it was typed).'),
  ]);
});
