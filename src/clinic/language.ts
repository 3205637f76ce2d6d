/** What a program is written in: so that a remedy can speak of what its author knows. */
import fs from 'node:fs';
import path from 'node:path';

import { commandWords } from './command-words.js';
import type { Language } from './finding.js';
import type { Noted } from './hook-log.js';
import type { Part } from './pair.js';

/** Every program of Go has a note of how it was built, behind these signs (debug/buildinfo). */
const BUILT_BY_GO = Buffer.from('\xff Go buildinf:', 'latin1');
/** Where the sources of Rust's own library were when it was built: in the messages of every program. */
const BUILT_BY_RUST = Buffer.from('/rustc/');
const ELF = Buffer.from('\x7fELF', 'latin1');
const MOST_BYTES = 64 * 2 ** 20;

/** Programs that run what is written in a language, by the beginning of their names. */
const RUNNERS: readonly (readonly [RegExp, Language])[] = [
  [/^python/, 'python'],
  [/^node/, 'node'],
  [/^javaw?$/, 'java'],
  [/^(?:perl|ruby|php|lua|bun|deno|dotnet|mono|tclsh|guile|erl|beam|ghc|sbcl)/, 'other'],
];

/** Words of a command that tell the language where no hook did. */
const COMMANDS: readonly (readonly [RegExp, Language])[] = [
  [/\bjava\b/, 'java'],
  [/\bpython[\d.]*\b/, 'python'],
  [/\bnode\b/, 'node'],
  [/\bgo run\b/, 'go'],
  [/\b(?:gcc|g\+\+|cc|clang)\b/, 'c'],
];

/** @param noted what the hooks noted in the program while it ran. Call it while it runs. */
export function languageOf(noted: readonly Noted[], { command, folder }: Part): Language {
  const hooks = noted.flatMap((one) => (one.what === 'hook' ? [one] : []));
  const own = hooks.find(({ language }) => language !== 'native');
  if (own !== undefined && own.language !== 'native') return own.language;
  const [native] = hooks;
  if (native?.language === 'native') return languageOfFile(native.program);
  const byCommand = COMMANDS.find(([words]) => words.test(command))?.[1];
  return byCommand ?? languageOfFile(path.resolve(folder, commandWords(command).program));
}

function languageOfFile(file: string): Language {
  const name = path.basename(file);
  const runner = RUNNERS.find(([names]) => names.test(name));
  if (runner !== undefined) return runner[1];
  const bytes = bytesOf(file);
  if (bytes?.subarray(0, ELF.length).equals(ELF) !== true) return 'other';
  if (bytes.includes(BUILT_BY_GO)) return 'go';
  return bytes.includes(BUILT_BY_RUST) ? 'other' : 'c';
}

function bytesOf(file: string): Buffer | null {
  try {
    const { size } = fs.statSync(file);
    return size > MOST_BYTES ? null : fs.readFileSync(file);
  } catch {
    return null;
  }
}
