/**
 * Tests that need another program: tshark, tcpdump, netcat, Python with cryptography, chromium.
 *
 * If the program is missing, the tests are skipped and their names say so. `npm test` thus passes on a machine that
 * only has Node. The gate sets SERVCHAT_REQUIRE_TOOLS=1, and then a missing program fails the tests. `npm run
 * test:quick` skips all of them.
 */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Tool =
  | 'openssl'
  | 'tshark'
  | 'dumpcap'
  | 'tcpdump'
  | 'editcap'
  | 'mergecap'
  | 'text2pcap'
  | 'nc'
  | 'curl'
  | 'tmux'
  | 'chromium'
  | 'python3-cryptography';

/**
 * Debian's own interpreter. If another one comes first in PATH, it does not have the distribution's cryptography
 * package.
 */
export const PYTHON = '/usr/bin/python3';

const isQuick = process.env['SERVCHAT_QUICK'] === '1';
const TAKES_SECONDS = 'left out by test:quick: it takes seconds';
const required = process.env['SERVCHAT_REQUIRE_TOOLS'] === '1' && !isQuick;

/** `describe` that runs if all of `tools` are installed. If one is missing, `body` is not called. */
export function describeWithTool(tools: Tool | readonly Tool[], name: string, body: () => void): void {
  const missing = missingOf(tools);
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    missingTest('all of it', missing);
  });
}

/** `test` that runs if all of `tools` are installed. */
export function testWithTool(tools: Tool | readonly Tool[], name: string, body: () => void | Promise<void>): void {
  const missing = missingOf(tools);
  if (missing.length === 0) test(name, body);
  else missingTest(name, missing);
}

/**
 * `test` that runs unless `why` gives a reason against it, such as a missing right. It is then skipped with that
 * reason, even under SERVCHAT_REQUIRE_TOOLS=1: anyone can install a tool, but not everyone can be root.
 */
export function testUnless(why: string | null, name: string, body: () => void | Promise<void>): void {
  if (why === null) test(name, body);
  else skipTest(name, why);
}

/**
 * `test` with so much input, or so many runs, that it takes seconds of processor time. `npm run test:quick` skips it;
 * `npm test` runs it.
 */
export function longTest(name: string, body: () => void | Promise<void>): void {
  if (isQuick) skipTest(name, TAKES_SECONDS);
  else test(name, body);
}

/** As `test.each`, for tests like {@link longTest}. */
export function longTestEach<Row extends readonly unknown[]>(
  rows: readonly Readonly<Row>[],
  name: string,
  body: (...row: Row) => void | Promise<void>,
): void {
  if (isQuick) skipTest(`${name} (${rows.length})`, TAKES_SECONDS);
  else for (const row of rows) test(nameOf(name, row), () => body(...row));
}

/** All rows, or under `npm run test:quick` only the first and the last. */
export function fewIfQuick<Row>(rows: readonly Row[]): readonly Row[] {
  return isQuick && rows.length > 2 ? [rows[0]!, rows.at(-1)!] : rows;
}

/** With the values that `%s` and `%i` stand for. */
function nameOf(name: string, row: readonly unknown[]): string {
  let at = 0;
  return name.replace(/%[si]/g, () => String(row[at++]));
}

function missingOf(tools: Tool | readonly Tool[]): Tool[] {
  return [tools].flat().filter((tool) => isQuick || !installed(tool));
}

function missingTest(name: string, missing: readonly Tool[]): void {
  const why = `${isQuick ? 'left out by test:quick' : 'not installed'}: ${missing.join(', ')}`;
  if (!required) {
    skipTest(name, why);
    return;
  }
  test(name, () => {
    expect(`SERVCHAT_REQUIRE_TOOLS=1, but ${why}`).toBe('nothing missing');
  });
}

function skipTest(name: string, why: string): void {
  test.skip(`${name} [skipped: ${why}]`, () => undefined);
}

const found = new Map<Tool, boolean>();

function installed(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const answer = tool === 'python3-cryptography' ? pythonHasCryptography() : onPath(tool);
  found.set(tool, answer);
  return answer;
}

function onPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  // tcpdump is in an sbin folder, which may be missing from an ordinary user's PATH.
  return [...folders, '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function pythonHasCryptography(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import cryptography'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
