/**
 * One rule for every command: what has no effect is refused, and it is said why. An option that would silently do nothing
 * is worst where it is meant to protect.
 *
 * Given is what stands on the command line. A default is not given, nor is what comes from the environment (SERVCHAT_MODE).
 */
import type { Command } from 'commander';

import { printable } from '../printable.js';

/** What was asked for: the values of all options, and what of it was given. */
export interface Call<Values> {
  readonly values: Values;
  /** Options by their long names (`--mode`), arguments as the usage has them (`[name]`); and what they are called when we speak of them. */
  readonly given: ReadonlyMap<string, string>;
}

export interface NoEffect<Values> {
  /** Options and arguments, named as in {@link Call}. */
  readonly what: readonly string[];
  readonly when: (call: Call<Values>) => boolean;
  /** Goes on from "has no effect ". */
  readonly why: string | ((values: Values) => string);
  /** What to do about it other than to leave it out. */
  readonly instead?: string;
}

/** Refuses the call, as wrong usage, where one of `rules` applies. */
export function refuseWithoutEffect<Values>(command: Command, rules: readonly NoEffect<Values>[]): Command {
  return command.hook('preAction', () => {
    const call = { values: command.opts() as Values, given: givenTo(command) };
    for (const { what, when, why, instead } of rules) {
      const idle = what.find((name) => call.given.has(name));
      if (idle === undefined || !when(call)) continue;
      const reason = typeof why === 'string' ? why : why(call.values);
      command.error(`error: ${call.given.get(idle) ?? idle} has no effect ${reason}; leave it out${instead === undefined ? '' : `, or ${instead}`}`);
    }
  });
}

function givenTo(command: Command): Map<string, string> {
  const options = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli').map(({ long }) => long ?? '');
  const args = command.args.map((text, at): [string, string] => [`[${command.registeredArguments[at]?.name() ?? ''}]`, `"${printable(text)}"`]);
  return new Map([...options.map((name): [string, string] => [name, name]), ...args]);
}
