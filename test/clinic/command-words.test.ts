/** A command is divided as /bin/sh divides it, and what only a shell can do is refused. */
import { execFileSync } from 'node:child_process';

import { describe, expect, test } from '@jest/globals';

import { commandWords, CommandError } from '../../src/clinic/command-words.js';

/** The shell itself prints its words, each ended by a NUL. */
function wordsOfShell(command: string): readonly string[] {
  return execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
}

const COMMANDS = [
  `python3 server.py`,
  `  python3   server.py  5000 `,
  `"C programs/chat" 'a b' c\\ d`,
  `python3 -c 'print("x;y|z")'`,
  `node "it's" 'say "hi"' ""`,
  `a"b c"d'e f'g`,
  `"back\\\\slash \\"quoted\\" \\n"`,
  `x '' y`,
  `prog "semi;colon" 'dollar$HOME'`,
];

test('divides commands as a shell does', () => {
  const whole = COMMANDS.map((command) => {
    const { program, arguments: rest } = commandWords(command);
    return [program, ...rest];
  });
  expect(whole).toEqual(COMMANDS.map(wordsOfShell));
});

test('variables before the program go into its environment', () => {
  expect(commandWords(`PORT=5000 NAME='a b' node server.js X=1`)).toEqual({
    environment: { PORT: '5000', NAME: 'a b' },
    program: 'node',
    arguments: ['server.js', 'X=1'],
  });
});

describe('refuses what only a shell can do', () => {
  test.each([
    ['cat x | python3 server.py', 'a pipe'],
    ['cd server && python3 server.py', 'a second command'],
    ['python3 server.py > log', 'a file for the output'],
    ['python3 $HOME/server.py', 'a variable'],
    ['python3 "$HOME/server.py"', 'a variable'],
    ['python3 `ls`', 'the output of another command'],
    ['java -cp lib/* Server', 'a pattern'],
  ])('%s', (command, what) => {
    expect(() => commandWords(command)).toThrow(CommandError);
    expect(() => commandWords(command)).toThrow(what);
  });

  test('and what is no command', () => {
    expect(() => commandWords('  ')).toThrow('empty');
    expect(() => commandWords('X=1')).toThrow('empty');
    expect(() => commandWords(`python3 'server.py`)).toThrow('never closed');
  });
});
