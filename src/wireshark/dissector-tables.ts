/**
 * Generates the part of our dissector that repeats facts from `protocol/`: version, limits, modes, error codes and
 * kinds of check. `npm run dissector` writes it into `lessons/wireshark/servchat.lua`, and a test compares the two.
 */
import { ERROR_CODES } from '../protocol/error-codes.js';
import { VERSION } from '../protocol/frames.js';
import {
  ALGORITHMS,
  CHECK_BYTES,
  COVERS,
  INTEGRITY_KINDS,
  INTEGRITY_NAMES,
  type Integrity,
} from '../protocol/integrity.js';
import { SESSION_KEY_BYTES } from '../protocol/keylog.js';
import { MAX_LINE_BYTES } from '../protocol/lines.js';
import { MODES } from '../protocol/modes.js';

const MADE = /(?<=^-- `npm run dissector` makes this part .*\n)[^]*?(?=^-- The end of the generated part\.$)/m;

/**
 * Returns the dissector with that part replaced and everything else unchanged. @throws Error if the two marker comments
 * are missing.
 */
export function withTables(dissector: string): string {
  if (!MADE.test(dissector)) throw new Error('Cannot find where the tables of the dissector begin and end');
  return dissector.replace(MADE, () => tables());
}

function tables(): string {
  return lines(
    `local VERSION = ${quoted(VERSION)}`,
    `local MAX_LINE_BYTES = ${MAX_LINE_BYTES}`,
    `local SESSION_KEY_BYTES = ${SESSION_KEY_BYTES}`,
    `local CHECK_BYTES = ${CHECK_BYTES}`,
    `local MODES = { ${MODES.map(quoted).join(', ')} }`,
    'local ERROR_CODES = {',
    ...ERROR_CODES.map((code) => `  ${quoted(code)},`),
    '}',
    'local CHECKS = {',
    ...INTEGRITY_NAMES.map((name) => `  [${quoted(name)}] = ${check(name)},`),
    '}',
  );
}

function check(name: Integrity): string {
  const { algorithm, covers } = INTEGRITY_KINDS[name];
  const { keyed } = ALGORITHMS[algorithm];
  const { placed } = COVERS[covers];
  return `{ algorithm = ${quoted(algorithm)}, keyed = ${String(keyed)}, covers = ${quoted(covers)}, placed = ${String(placed)} }`;
}

/** For our own names only. They contain nothing that Lua must escape. */
function quoted(name: string): string {
  return `'${name}'`;
}

function lines(...all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
