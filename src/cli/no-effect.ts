/**
 * One rule for every command: it refuses an option that has no effect, and says why. An option that silently does
 * nothing is
 * worst where it should protect.
 *
 * “Given” means that it stands on the command line. A default is not given, and neither is a value from the environment
 * (SERVCHAT_MODE).
 */
import type { Command } from 'commander';

import { printable } from '../printable.js';

/** A call of a command: the values of all options, and which of them were given. */
export interface Call<Values> {
  readonly values: Values;
  /**
   * What was given: options by their long names (`--mode`), arguments as in the usage (`[name]`); each with the name
   * that we print.
   */
  readonly given: ReadonlyMap<string, string>;
}

export interface NoEffect<Values> {
  /** Options and arguments, named as in {@link Call}. */
  readonly what: readonly string[];
  readonly when: (call: Call<Values>) => boolean;
  /** Continues the sentence after "has no effect ". */
  readonly why: string | ((values: Values) => string);
  /** What else the user can do, instead of leaving it out. */
  readonly instead?: string;
}

/** Refuses the call as wrong usage, if one of `rules` applies. */
export function refuseWithoutEffect<Values>(command: Command, rules: readonly NoEffect<Values>[]): Command {
  return command.hook('preAction', () => {
    const call = { values: command.opts() as Values, given: givenTo(command) };
    for (const { what, when, why, instead } of rules) {
      const idle = what.find((name) => call.given.has(name));
      if (idle === undefined || !when(call)) continue;
      const reason = typeof why === 'string' ? why : why(call.values);
      command.error(
        `error: ${call.given.get(idle) ?? idle} has no effect ${reason}; leave it out${instead === undefined ? '' : `, or ${instead}`}`,
      );
    }
  });
}

/**
 * Refuses an empty value. In a script, it comes from a variable that is not set. Taken as a file's name
 * or as an address, it would do something else than was meant.
 */
export function refuseEmpty(command: Command): void {
  const option = command.options.find((each) => isEmpty(command.getOptionValue(each.attributeName())));
  const at = command.args.findIndex(isEmpty);
  const name = option?.long ?? (at < 0 ? null : `<${command.registeredArguments[at]?.name() ?? 'argument'}>`);
  if (name !== null)
    command.error(`error: the value of ${name} is empty; give one (if it comes from a variable, is the variable set?)`);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.includes(''));
}

function givenTo(command: Command): Map<string, string> {
  const options = command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map(({ long }) => long ?? '');
  const args = command.args.map((text, at): [string, string] => [
    `[${command.registeredArguments[at]?.name() ?? ''}]`,
    `"${printable(text)}"`,
  ]);
  return new Map([...options.map((name): [string, string] => [name, name]), ...args]);
}
