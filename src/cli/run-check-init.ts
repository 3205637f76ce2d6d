/** `check --init`: watches one conversation that the user types by hand, and writes a chat.json from it. */
import path from 'node:path';

import { CommandError, commandWords } from '../clinic/command-words.js';
import { parsePair } from '../clinic/pair.js';
import { DESCRIPTION } from '../clinic/submissions.js';
import { described } from '../clinic/watching/described.js';
import { tried } from '../clinic/watching/tried.js';
import type { Conversation } from '../clinic/watching/conversation.js';
import { Watch, welcome, type Watched } from '../clinic/watching/watch.js';
import { describeFileError } from '../file-error.js';
import { onInterrupt } from '../endpoints/interrupt.js';
import type { PersonAtTerminal } from '../endpoints/terminal/person-at-terminal.js';
import { checkOutput, writeOutput } from '../files/output-file.js';
import { printable } from '../printable.js';
import { shellWord } from '../shell-word.js';
import type { CheckOptions } from './run-check.js';

/** Returns whether a file was written. @throws Error in one line */
export async function runCheckInit(file = DESCRIPTION, options: CheckOptions): Promise<boolean> {
  const { stdin, stdout, stderr } = process;
  if (!stdin.isTTY || !stdout.isTTY)
    throw new Error('--init watches what you type, so it needs a terminal; start it without pipes');
  writing(file, () => {
    checkOutput({ path: file, ifThere: options.force });
  });
  const { PersonAtTerminal } = await import('../endpoints/terminal/person-at-terminal.js');
  const person = new PersonAtTerminal({ input: stdin, output: stdout, errors: stderr }, true);
  // The chat's own person lets the program end, as its connection keeps it alive. Here, the keyboard does.
  stdin.ref();
  try {
    return await atDesk(person, file, options);
  } finally {
    person.rest();
    stdin.unref();
  }
}

async function atDesk(person: PersonAtTerminal, file: string, options: CheckOptions): Promise<boolean> {
  const show = (lines: readonly string[]): void => {
    person.show(lines);
  };
  show([`This runs your two programs, with your rights, and writes ${printable(file)} from what it sees.`]);
  const server = options.server ?? (await asked(person, 'How do you start the server? For example: python3 server.py'));
  const client = server && (options.client ?? (await asked(person, 'How do you start the client?')));
  if (server === null || client === null) return gaveUp(show);
  for (const command of [server, client]) commandWords(command);
  show(welcome());
  const seen = await conversation(person, { server, client, folder: path.dirname(path.resolve(file)) });
  if (seen === null) return gaveUp(show);
  const { description, notes } = described(seen);
  const text = `${JSON.stringify(description, null, 2)}\n`;
  writing(file, () => {
    writeOutput({ path: file, ifThere: options.force }, text);
  });
  show(['', `Written: ${printable(file)}`, ...notes.map((note) => `  ${note}`), '']);
  show(['Now it is tried once …']);
  show([await tried(parsePair(text, path.dirname(path.resolve(file)), file)), next(file)]);
  return true;
}

/** What the user types goes to the programs. null if they give up. */
async function conversation(person: PersonAtTerminal, programs: Watched): Promise<Conversation | null> {
  const watch = new Watch(programs, {
    show: (lines) => {
      person.show(lines);
    },
    ask: (prompt) => {
      person.ask(prompt);
    },
  });
  const leave = (): void => {
    watch.leave();
  };
  const release = onInterrupt(leave);
  person.listen({
    said: (texts) => {
      for (const text of texts) watch.said(text);
      return true;
    },
    shown: () => undefined,
    leave,
  });
  try {
    return await watch.conversation();
  } finally {
    release();
    person.rest();
  }
}

function next(file: string): string {
  return `You can change the file by hand: README.md explains each field. To check the two programs: servchat check ${shellWord(file)}`;
}

function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Error(`Cannot write ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}

function gaveUp(show: (lines: readonly string[]) => void): boolean {
  show(['Nothing was written.']);
  return false;
}

/** One line that the user types. null if they leave instead. */
async function asked(person: PersonAtTerminal, question: string): Promise<string | null> {
  person.show([question]);
  person.ask('> ');
  return new Promise((resolve) => {
    person.listen({
      said: (texts) => {
        for (const text of texts) {
          if (text.trim() === '') continue;
          try {
            commandWords(text);
          } catch (error) {
            if (!(error instanceof CommandError)) throw error;
            person.show([error.message]);
            continue;
          }
          person.rest();
          resolve(text.trim());
          return false;
        }
        return true;
      },
      shown: () => undefined,
      leave: () => {
        resolve(null);
      },
    });
  });
}
