/**
 * Runs the clinic on pairs of the table, and compares what it finds with the right answers. It gets the clinic as an
 * argument, because the test runs the source and `npm run clinic:table` what was built.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { check, CheckOptions } from '../../../src/clinic/check.js';
import type { Finding } from '../../../src/clinic/finding.js';
import type { describedPair, Description } from '../../../src/clinic/pair.js';
import type { QuestionId } from '../../../src/clinic/question-ids.js';
import type { Pair, Question } from './table.js';

export interface Clinic {
  readonly check: typeof check;
  readonly describedPair: typeof describedPair;
}

/** The table says in its own words what a question asks. */
const ROWS: Readonly<Record<QuestionId, Question>> = {
  works: 'works',
  ends: 'ends',
  'bytes-later': 'byteByByteLater',
  bytes: 'byteByByte',
  together: 'together',
  long: 'long5000',
  longer: 'long70000',
  scripts: 'scripts',
  readable: 'readable',
  'same-bytes': 'sameBytes',
  'key-in-clear': 'keyInClear',
  keystream: 'keystream',
  'key-strength': 'keyStrength',
  'key-replaced': 'keyReplaced',
  change: 'change',
  replay: 'replay',
  reflect: 'reflect',
  drop: 'drop',
  reorder: 'reorder',
  garbage: 'garbage',
  half: 'half',
  silent: 'silent',
  reset: 'reset',
};
const ALL = Object.keys(ROWS) as readonly QuestionId[];

/** What the answer has to be: that of `proves` is a fault that must be found. */
type Truth = 'proves' | 'fault' | 'cannot tell' | 'does not apply' | 'open' | 'good';

function truthOf(pair: Pair, id: QuestionId): Truth {
  const row = ROWS[id];
  if (pair.proves.includes(row)) return 'proves';
  if (row in pair.fault) return 'fault';
  if (pair.cannotTell !== undefined && row in pair.cannotTell) return 'cannot tell';
  if (pair.doesNotApply !== undefined && row in pair.doesNotApply) return 'does not apply';
  return pair.open !== undefined && row in pair.open ? 'open' : 'good';
}

function isClean({ fault }: Pair): boolean {
  return Object.keys(fault).length === 0;
}

/** So many pairs prove that the fault of a question is found. Each further one costs the gate seconds. */
const MOST_PROOFS = 2;

/**
 * What the gate asks each pair: one without any fault is asked everything, and the others what they prove, or whether
 * they work. Where many pairs prove the same, those are taken that are here for little else.
 */
export function telling(pairs: readonly Pair[]): ReadonlyMap<Pair, readonly QuestionId[]> {
  const proofsOf = (pair: Pair): readonly QuestionId[] => ALL.filter((id) => truthOf(pair, id) === 'proves');
  const fewFirst = [...pairs].sort((one, other) => one.proves.length - other.proves.length);
  const chosen = new Map<Pair, Set<QuestionId>>(pairs.map((pair) => [pair, new Set(isClean(pair) ? ALL : [])]));
  for (const id of ALL) {
    const proofs = fewFirst.filter((pair) => truthOf(pair, id) === 'proves').slice(0, MOST_PROOFS);
    for (const pair of proofs) chosen.get(pair)?.add(id);
  }
  return new Map(
    [...chosen].map(([pair, ids]) => {
      const [first = 'works' as const] = proofsOf(pair);
      return [pair, ids.size === 0 ? [first] : ALL.filter((id) => ids.has(id))];
    }),
  );
}

/** An answer that is not the right one. */
export interface Difference {
  /** In one line, for a person. */
  readonly said: string;
  /** null: the whole check failed. */
  readonly question: QuestionId | null;
}

/**
 * Compares. Where the table has `good`, and where it has a fault that proves nothing, it is no difference that the
 * clinic cannot tell, unless the pair has no fault at all.
 */
export function differences(pair: Pair, findings: readonly Finding[]): readonly Difference[] {
  return findings.flatMap((finding) => {
    const { question, verdict, said, evidence } = finding;
    const truth = truthOf(pair, question);
    if (isRight(verdict, truth, isClean(pair))) return [];
    const seen = evidence.map((each) => each.seen).join(' ');
    const answer = `${pair.name}, ${question}: ${verdict}, and the table has ${truth}`;
    return [{ question, said: `${answer}. ${said}. ${seen}` }];
  });
}

function isRight(verdict: Finding['verdict'], truth: Truth, mustBeSure: boolean): boolean {
  switch (truth) {
    case 'proves':
      return verdict === 'fault';
    case 'fault':
      return verdict === 'fault' || verdict === 'cannot tell';
    case 'cannot tell':
      return verdict === 'cannot tell';
    case 'does not apply':
      return verdict !== 'fault';
    case 'open':
      return true;
    case 'good':
      return verdict === 'good' || (verdict === 'cannot tell' && !mustBeSure);
  }
}

const PROGRAMS = path.resolve('test/clinic/programs');

/** Checks a copy of a pair: programs of Python write files of their own beside their sources. */
export async function checkedPair(clinic: Clinic, pair: Pair, options: CheckOptions): Promise<readonly Finding[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `servchat-${pair.name}-`));
  try {
    fs.cpSync(path.join(PROGRAMS, pair.name), folder, { recursive: true });
    if (pair.compile !== undefined && spawnSync('sh', ['-c', pair.compile], { cwd: folder }).status !== 0)
      throw new Error(`${pair.name} cannot be compiled: ${pair.compile}`);
    const { findings } = await clinic.check(clinic.describedPair(descriptionOf(pair), folder), options);
    return findings;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** As a `chat.json` would have it. */
function descriptionOf(pair: Pair): Description {
  const part = (seat: 'server' | 'client' | 'second', command: string): Description['client'] => ({
    command: command.replace(/^python3 /, `${pythonWith(pair.needs) ?? 'python3'} `).replace(/^node /, `${node()} `),
    ...(pair.setup?.[seat] !== undefined && { rules: pair.setup[seat].map((step) => ({ ...step })) }),
    ...(seat !== 'server' && pair.message?.[seat] !== undefined && { message: pair.message[seat] }),
    ...(pair.terminal === true && { input: 'terminal' as const }),
  });
  return {
    server: part('server', pair.server),
    client: part('client', pair.client),
    ...(pair.style === 'hub' && { second: part('second', pair.client) }),
    ...(typeof pair.port === 'number' && { port: pair.port }),
    ...(typeof pair.port === 'object' && { environment: { [pair.port.variable]: '{port}' } }),
    goodbye: [pair.exit],
  };
}

function node(): string {
  return JSON.stringify(process.execPath);
}

/** What a pair needs that is not on this machine; null where it can run. */
export function missingFor({ language, needs }: Pair): string | null {
  switch (language) {
    case 'node':
      return null;
    case 'python':
      return pythonWith(needs) === null ? `Python${needs === undefined ? '' : ` with ${needs}`}` : null;
    case 'java':
      return runs('javac', ['-version']) ? null : 'javac';
    case 'c':
      return runs('cc', ['--version']) ? null : 'cc';
  }
}

/** The one of the system first: another one need not have its packages. */
const PYTHONS = ['/usr/bin/python3', 'python3'];
const FOUND = new Map<string, string | null>();

function pythonWith(needs: Pair['needs']): string | null {
  const wanted = needs ?? 'sys';
  if (!FOUND.has(wanted)) FOUND.set(wanted, PYTHONS.find((python) => runs(python, ['-c', `import ${wanted}`])) ?? null);
  return FOUND.get(wanted) ?? null;
}

function runs(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
