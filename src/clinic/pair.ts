/**
 * The pair of programs: what to run, and how to drive it. `chat.json` says it, or the options of the command alone.
 *
 * Each text may hold `{port}` and `{host}`: then the pair can be led to the relay by its own arguments.
 */
import path from 'node:path';

import { getNodeValue, findNodeAtLocation, parseTree, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { z } from 'zod';

import { describeFileError } from '../file-error.js';
import { readInput } from '../files/input-file.js';
import { printable } from '../printable.js';
import { commandWords, CommandError } from './command-words.js';
import { NAMES, SEATS, type Seat } from './seat.js';

/** When the program has shown `wait`, `type` is typed. Capitals do not matter. */
export interface Step {
  /** null: when the program has shown all that it wants to, and waits. */
  readonly wait: string | null;
  readonly type: string;
}

/** What is typed before the chat. */
export interface Rule extends Step {
  /** Whether it holds each time, and not only once: a recipient that is asked for with every message. */
  readonly again: boolean;
}

/** A file that a program needs beside it: its text, or the path of the file that is copied there. */
export type PlacedFile = { readonly text: string } | { readonly copy: string };

/** One of the programs. */
export interface Part {
  readonly command: string;
  /** Absolute. */
  readonly folder: string;
  /** `terminal`: it reads single keys, or does not run without a terminal. */
  readonly input: 'pipe' | 'terminal';
  readonly environment: Readonly<Record<string, string>>;
  /** By their paths below the folder. If there are any, the program runs in a copy of the folder. */
  readonly files: Readonly<Record<string, PlacedFile>>;
  readonly rules: readonly Rule[];
  /** What is typed to say something, line by line. In one of them, `{text}` stands for it. */
  readonly message: readonly Step[];
  /** What the person is called. `{name}` stands for it, and `{to}` in the other one’s message. */
  readonly name: string;
}

export interface Pair {
  readonly parts: Readonly<Record<Seat, Part>>;
  /** The port on which the server listens by itself. null: we look which one it is. */
  readonly port: number | null;
  readonly host: string;
  /** How they speak. null: we find out. */
  readonly manner: 'free' | 'turns' | 'one way' | 'hub' | null;
  /** Who speaks first. null: we find out. */
  readonly first: 'client' | 'server' | null;
  /** What somebody types to leave. */
  readonly goodbye: readonly string[];
}

/** The pair is not described in a way that we can use. The message is one line that says where, and what to do. */
export class PairError extends Error {
  override readonly name = 'PairError';
}

const USUAL_HOST = '127.0.0.1';
/** What is tried where nobody has said how one leaves. */
export const USUAL_GOODBYE: readonly string[] = ['EXIT', 'END'];
const MOST_FILE_BYTES = 2 ** 20;

const text = z.string().max(4096);
const port = z.int().min(1).max(65_535);
const environment = z.record(z.string().regex(/^[A-Za-z_]\w*$/), text);
const rule = z.strictObject({ wait: text.min(1).optional(), type: text, again: z.boolean().default(false) });
const step = z.union([text, z.strictObject({ wait: text.min(1).optional(), type: text })]);
const message = z
  .union([text, z.array(step).min(1).max(20)])
  .refine((value) => JSON.stringify(value).includes('{text}'), {
    params: { words: 'must hold {text}, which stands for what is said' },
  });
const fileName = z
  .string()
  .min(1)
  .max(200)
  .refine(isBelow, {
    params: { words: 'must be the path of a file in the folder of the program, such as “config.ini”' },
  });
const files = z.record(fileName, z.union([z.string().max(MOST_FILE_BYTES), z.strictObject({ copy: text.min(1) })]));
const part = z.strictObject({
  command: text.min(1),
  folder: text.min(1).optional(),
  input: z.enum(['pipe', 'terminal']).optional(),
  environment: environment.optional(),
  files: files.optional(),
  rules: z.array(rule).max(100).optional(),
  message: message.optional(),
  name: text.min(1).optional(),
});
const schema = z.strictObject({
  server: part,
  client: part,
  second: part.partial().optional(),
  port: port.optional(),
  host: text.min(1).default(USUAL_HOST),
  environment: environment.default({}),
  files: files.default({}),
  manner: z.enum(['free', 'turns', 'one way', 'hub']).optional(),
  first: z.enum(['client', 'server']).optional(),
  goodbye: z
    .array(text.min(1))
    .max(10)
    .default([...USUAL_GOODBYE]),
});

/** A description as `chat.json` holds it. */
export type Description = z.input<typeof schema>;

/** Reads `chat.json`. Commands run in its folder. @throws PairError */
export function readPair(file: string): Pair {
  let source: string;
  try {
    source = readInput(file, MOST_FILE_BYTES).toString();
  } catch (error) {
    throw new PairError(`Cannot read “${printable(file)}”: ${describeFileError(error)}`);
  }
  return parsePair(source, path.dirname(path.resolve(file)), file);
}

/** @param name of the file, for what is said of it. @throws PairError */
export function parsePair(source: string, folder: string, name: string): Pair {
  const errors: ParseError[] = [];
  const tree = parseTree(source, errors, { allowTrailingComma: true });
  const [first] = errors;
  const complain = (offset: number, what: string): never => {
    const line = source.slice(0, offset).split('\n').length;
    throw new PairError(`Cannot use “${printable(name)}”: line ${line}: ${what}`);
  };
  if (first !== undefined || tree === undefined)
    return complain(first?.offset ?? 0, `this is not JSON (${asWords(first)})`);
  const read = schema.safeParse(getNodeValue(tree));
  if (read.success) return pairFrom(read.data, folder);
  const issue = innermost(read.error.issues[0]);
  const place = issue?.path ?? [];
  // A field that is missing has no place, so the line is that of the object that lacks it.
  const itself = findNodeAtLocation(tree, place as (string | number)[]);
  const node = itself ?? findNodeAtLocation(tree, place.slice(0, -1) as (string | number)[]);
  return complain(node?.offset ?? 0, whatIsWrong(issue, place, itself === undefined));
}

/** What the options of the command say. @throws PairError */
export function describedPair(description: Description, folder: string): Pair {
  const read = schema.safeParse(description);
  if (read.success) return pairFrom(read.data, folder);
  const issue = innermost(read.error.issues[0]);
  throw new PairError(`Cannot use the options: ${whatIsWrong(issue, issue?.path ?? [])}`);
}

function pairFrom(data: z.output<typeof schema>, folder: string): Pair {
  const whole = (seat: Seat, one: z.output<typeof part>): Part => ({
    command: one.command,
    folder: path.resolve(folder, one.folder ?? '.'),
    input: one.input ?? 'pipe',
    environment: { ...data.environment, ...one.environment },
    files: placed({ ...data.files, ...one.files }, folder),
    rules: (one.rules ?? []).map(({ wait = null, ...rest }) => ({ wait, ...rest })),
    message: stepsOf(one.message ?? '{text}'),
    name: one.name ?? NAMES[seat],
  });
  // What is not said of the second client is as with the first, except for the name.
  const { command, name = NAMES.second } = data.second ?? {};
  const second = { ...data.client, ...data.second, name, command: command ?? data.client.command };
  const parts: Pair['parts'] = {
    server: whole('server', data.server),
    client: whole('client', data.client),
    second: whole('second', second),
  };
  for (const seat of SEATS) checkCommand(parts[seat].command, seat);
  const { host, goodbye } = data;
  return {
    parts,
    port: data.port ?? null,
    host,
    manner: data.manner ?? null,
    first: data.first ?? null,
    goodbye,
  };
}

/** Files are copied from beside the description. */
function placed(given: z.output<typeof files>, folder: string): Part['files'] {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      typeof value === 'string' ? { text: value } : { copy: path.resolve(folder, value.copy) },
    ]),
  );
}

function stepsOf(message: z.output<typeof part>['message'] & {}): readonly Step[] {
  const lines = typeof message === 'string' ? [message] : message;
  return lines.map((line) => {
    const { wait = null, type } = typeof line === 'string' ? { type: line } : line;
    return { wait, type };
  });
}

/** Whether a path stays in the folder. */
function isBelow(name: string): boolean {
  const parts = name.split(/[\\/]/);
  return !path.isAbsolute(name) && !/^[A-Za-z]:/.test(name) && parts.every((each) => !['', '.', '..'].includes(each));
}

function checkCommand(command: string, seat: Seat): void {
  try {
    commandWords(command);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new PairError(`${error.message} (the command of the ${seat === 'second' ? 'second client' : seat})`);
  }
}

function asWords(error: ParseError | undefined): string {
  if (error === undefined) return 'it is empty';
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

type Issue = z.core.$ZodIssue;

/** Where a field may be one thing or another: what is wrong with the one that it resembles most. */
function innermost(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const inner = issue.errors
    .flatMap(([first]) => (first === undefined ? [] : [innermost(first) ?? first]))
    .sort((one, other) => other.path.length - one.path.length)[0];
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

/** Says what is wrong with a field, and what belongs there. */
function whatIsWrong(issue: Issue | undefined, place: readonly PropertyKey[], isMissing = false): string {
  const field = place.length === 0 ? 'the whole' : `the field “${printable(place.map(String).join('.'))}”`;
  switch (issue?.code) {
    case 'unrecognized_keys':
      return `${place.length === 0 ? 'there is' : `in ${field} there is`} a field “${printable(issue.keys[0] ?? '')}” that nobody knows`;
    case 'invalid_type':
      return isMissing && place.length > 0 ? `${field} is missing` : `${field} must be ${typeWords(issue.expected)}`;
    case 'invalid_value':
      return `${field} must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `${field} is too ${issue.origin === 'string' ? 'short' : 'small'}`;
    case 'too_big':
      return `${field} is too ${issue.origin === 'string' ? 'long' : 'large'}; ${issue.maximum} is the most`;
    case 'invalid_format':
      return `${field} has signs that are not allowed there`;
    case 'custom':
      return `${field} ${wordsOf(issue)}`;
    case 'invalid_key':
      return `${field} ${wordsOf(issue.issues[0])}`;
    default:
      return `${field} is wrong`;
  }
}

/** What our own rules of the schema say. */
function wordsOf(issue: Issue | undefined): string {
  const words: unknown = issue?.code === 'custom' ? issue.params?.['words'] : undefined;
  return typeof words === 'string' ? words : 'is a name that is not allowed there';
}

function typeWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'an object',
    record: 'an object',
  };
  return words[expected] ?? expected;
}
