import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';

describe('the help that is shown before a command is loaded', () => {
  test.each(COMMANDS.map((entry) => [entry.name, entry] as const))(
    '%s: the usage line of the command says the same',
    async (name, { takes, load }) => {
      const command = await load();
      expect([command.name(), command.usage()]).toEqual([name, takes]);
    },
  );
});
