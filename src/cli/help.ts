/** How every command's help is written: nothing that tells a reader nothing, and room for the sentences. */
import { Help, type Command, type Option } from 'commander';

/**
 * `[options]` is left out where commands are listed, because each command has some. At 80 columns, the longest name
 * would otherwise leave too little room, and commander would not break the sentence after it.
 */
function subcommandTerm(command: Command): string {
  return `${command.name()} ${command.usage().replace('[options]', '').trim()}`.trimEnd();
}

/** A switch is off, and a list empty, unless someone gives it: there is no need to say so. */
function optionDescription(option: Option): string {
  const { defaultValue, defaultValueDescription } = option as {
    defaultValue: unknown;
    defaultValueDescription?: string;
  };
  const isNothing = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const said =
    isNothing && defaultValueDescription === undefined
      ? (Object.create(option, { defaultValue: { value: undefined } }) as Option)
      : option;
  return new Help().optionDescription(said);
}

export const HELP = { subcommandTerm, optionDescription };
