/**
 * Checks what a browser sent, before anything acts on it. Each command is an object with exactly the fields of its row
 * in {@link READERS}: a field too many or too few, or a value out of bounds, is refused.
 */
import { MAX_TEXT_BYTES } from '../protocol/frames.js';
import { isIntegrity } from '../protocol/integrity.js';
import { MAX_LINE_BYTES } from '../protocol/lines.js';
import { MODES } from '../protocol/modes.js';
import { SIDES } from '../protocol/side.js';
import type { LabCommand } from './commands.js';
import { HOLDINGS } from './events.js';

/** The request is not a command. The message says in one sentence what is wrong with it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** The most bytes of a request. The longest command has a whole line in hex. */
export const MOST_COMMAND_BYTES = 2 * MAX_LINE_BYTES + 1024;

const MOST_SCRIPT_BYTES = 64 * 1024;
const MOST_NAME = 64;

/** Reads a field. Returns undefined if the value is not what belongs there. */
type Reader<Value> = (value: unknown) => Value | undefined;

type Readers = {
  readonly [Do in LabCommand['do']]: {
    readonly [Field in keyof Omit<Extract<LabCommand, { do: Do }>, 'do'>]-?: Reader<
      Extract<LabCommand, { do: Do }>[Field]
    >;
  };
};

const oneOf =
  <Value>(values: readonly Value[]): Reader<Value> =>
  (value) =>
    values.find((each) => each === value);
const orNull =
  <Value>(reader: Reader<Value>): Reader<Value | null> =>
  (value) =>
    value === null ? null : reader(value);
const number =
  (most: number): Reader<number> =>
  (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most ? (value as number) : undefined;
const bool: Reader<boolean> = oneOf([true, false]);
const side = oneOf(SIDES);
const integrity = orNull((value) => (typeof value === 'string' && isIntegrity(value) ? value : undefined));
/** The name of an attack or an experiment. */
const name: Reader<string> = (value) =>
  typeof value === 'string' && value.length <= MOST_NAME && /^[a-z0-9-]+$/.test(value) ? value : undefined;
const piece = number(Number.MAX_SAFE_INTEGER);
const place = oneOf(['wire', 'inside'] as const);

/** One line, which may be empty. */
const line: Reader<string> = (value) => {
  if (typeof value !== 'string' || !isWhole(value) || /[\r\n]/.test(value)) return undefined;
  const bytes = bytesIn(value);
  if (bytes > MAX_TEXT_BYTES)
    throw new CommandError(`This text has ${bytes} bytes, and ${MAX_TEXT_BYTES} is the most. Make it shorter.`);
  return value;
};
const script: Reader<string> = (value) =>
  typeof value === 'string' && isWhole(value) && bytesIn(value) <= MOST_SCRIPT_BYTES ? value : undefined;
const hex: Reader<string> = (value) =>
  typeof value === 'string' && value.length <= 2 * MAX_LINE_BYTES && /^(?:[0-9a-f]{2})+$/.test(value)
    ? value
    : undefined;

/** Without halves of characters, which UTF-8 cannot hold. */
function isWhole(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function bytesIn(text: string): number {
  return Buffer.byteLength(text);
}

const READERS: Readers = {
  start: {
    mode: oneOf(MODES),
    integrity,
    attack: orNull(name),
    insists: bool,
    elsewhere: orNull(side),
    hold: orNull(oneOf(HOLDINGS)),
  },
  say: { side, text: line },
  play: { script: orNull(script) },
  'stop-playing': {},
  hold: { on: bool },
  pass: { piece },
  'pass-all': {},
  drop: { piece },
  again: { piece },
  back: { piece },
  move: { piece, by: oneOf([-1, 1] as const) },
  edit: { piece, of: place, hex },
  'edit-text': { piece, text: line },
  flip: { piece, of: place, byte: number(MAX_LINE_BYTES), bit: number(7) },
  rehash: { piece },
  'swap-key': { piece },
  reseal: { piece, text: line },
  cut: {},
  save: { keyLog: bool },
  'save-page': {},
  experiment: { name: orNull(name) },
  guess: { piece, text: orNull(line) },
};

/**
 * Reads the body of a request.
 *
 * @throws CommandError if it is not a command.
 */
export function parseCommand(body: Buffer): LabCommand {
  return commandIn(jsonIn(body));
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch {
    throw new CommandError('The request is not JSON.');
  }
}

function commandIn(value: unknown): LabCommand {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CommandError('A command is a JSON object.');
  // JSON can hold a field `__proto__`. It is a field like any other here: it is in the entries, and no row has it.
  const fields = new Map<string, unknown>(Object.entries(value));
  const what = fields.get('do');
  if (typeof what !== 'string' || !Object.hasOwn(READERS, what))
    throw new CommandError('The field “do” names no command.');
  const readers: Readonly<Record<string, Reader<unknown>>> = READERS[what as LabCommand['do']];
  const stray = [...fields.keys()].find((field) => field !== 'do' && !Object.hasOwn(readers, field));
  if (stray !== undefined) throw new CommandError(`The command “${what}” has a field that does not belong to it.`);
  const read = Object.entries(readers).map(([field, reader]): [string, unknown] => {
    const found = fields.has(field) ? reader(fields.get(field)) : undefined;
    if (found === undefined)
      throw new CommandError(`The field “${field}” of the command “${what}” is missing or wrong.`);
    return [field, found];
  });
  return { do: what, ...Object.fromEntries(read) } as LabCommand;
}
