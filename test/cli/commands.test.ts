import { describe, expect, test } from '@jest/globals';
import { COMMANDS } from '../../src/cli/commands.js';

describe('what --help says of a command before it is loaded', () => {
  test.each(COMMANDS.map((entry) => [entry.name, entry] as const))(
    '%s: its own usage line says the same',
    async (name, { takes, load }) => {
      const command = await load();
      expect([command.name(), command.usage()]).toEqual([name, takes]);
    },
  );
});
