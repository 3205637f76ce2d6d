/** What our dissector in tshark says about a capture, line by line. Tests compare it with what we read ourselves. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { expect } from '@jest/globals';

import { temporaryDirectory } from '../servchat-process.js';

const DISSECTOR = path.resolve('lessons/wireshark/servchat.lua');

/** The tests must not use the preferences of the person who runs them, or load their installed dissector. */
export function foreignHome(): NodeJS.ProcessEnv {
  const home = temporaryDirectory();
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('WIRESHARK_'));
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    WIRESHARK_CONFIG_DIR: path.join(home, 'config'),
  };
}

/** One line of the protocol with its shown fields by name. A field that occurs more than once has its last value. */
export interface ShownLine {
  readonly frame: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly experts: readonly string[];
}

/** Fails on any output of tshark on standard error: a Lua error does not change the exit status. */
export function dissect(file: string, options: readonly string[] = []): ShownLine[] {
  const output = tsharkWithDissector([
    '-r',
    file,
    '-T',
    'json',
    '--no-duplicate-keys',
    '-J',
    'frame servchat',
    ...options,
  ]);
  const packets = JSON.parse(output) as { _source: { layers: Record<string, unknown> } }[];
  return packets.flatMap(({ _source: { layers } }) => {
    const frame = Number((layers['frame'] as Record<string, string>)['frame.number']);
    return [layers['servchat'] ?? []].flat().map((line) => ({ frame, ...flattened(line) }));
  });
}

export function tsharkWithDissector(parameters: readonly string[]): string {
  home ??= foreignHome();
  const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-X', `lua_script:${DISSECTOR}`, ...parameters], {
    encoding: 'utf8',
    maxBuffer: 2 ** 29,
    env: home,
  });
  const complaints = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'));
  expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
  return stdout;
}

let home: NodeJS.ProcessEnv | null = null;

export function written(name: string, bytes: Buffer): string {
  const file = path.join(temporaryDirectory(), name);
  fs.writeFileSync(file, bytes);
  return file;
}

function flattened(line: unknown): Pick<ShownLine, 'fields' | 'experts'> {
  const fields: Record<string, string> = {};
  const experts: string[] = [];
  const visit = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    for (const [name, value] of Object.entries(node)) {
      if (name === '_ws.expert.message') experts.push(...[value as string | string[]].flat());
      else if (typeof value === 'string') fields[name] = value;
      else for (const each of [value].flat()) visit(each);
    }
  };
  visit(line);
  return { fields, experts };
}
