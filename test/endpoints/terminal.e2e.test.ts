/** The person at a real terminal. */
import { describe, expect } from '@jest/globals';

import { atTerminal, noTerminal } from '../at-terminal.js';
import { server, type TestProcess } from '../servchat-process.js';
import { testUnless } from '../tools.js';

const CTRL_C = '\x03';
const CTRL_D = '\x04';

async function seated(): Promise<{ chair: TestProcess; person: TestProcess }> {
  const { chair, port } = await server(['--mode', 'plaintext']);
  const person = atTerminal(['connect', `127.0.0.1:${port}`, '--mode', 'plaintext']);
  // Before the prompt, what is typed is echoed by the terminal itself.
  await person.shown('You: ');
  return { chair, person };
}

/** What stands on a screen of 60 columns after these bytes: text, CR, LF, and the sequences that the line editor uses. */
function screenOf(output: string): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  const cells = (): string[] => (rows[row] ??= []);
  // eslint-disable-next-line no-control-regex -- reading escape sequences is what this is for
  for (const [, sequence, count, final, character] of output.matchAll(/(\x1b\[(\d*)([A-Za-z]))|([^])/g)) {
    if (sequence !== undefined) {
      const n = count === '' ? 1 : Number(count);
      if (final === 'A') row = Math.max(0, row - n);
      else if (final === 'C') column += n;
      else if (final === 'D') column = Math.max(0, column - n);
      else if (final === 'G') column = n - 1;
      else if (final === 'J') {
        rows.length = row + 1;
        cells().length = Math.min(cells().length, column);
      } else throw new Error(`the editor sent ${JSON.stringify(sequence)}`);
    } else if (character === '\r') column = 0;
    else if (character === '\n') row += 1;
    else if (character !== undefined && character >= ' ') {
      if (column === 60) {
        row += 1;
        column = 0;
      }
      const line = cells();
      while (line.length < column) line.push(' ');
      line[column++] = character;
    }
  }
  return rows.map((line) => line.join('').trimEnd()).filter((line) => line !== '');
}

describe('at a terminal', () => {
  testUnless(noTerminal, 'a message that comes while somebody types does not garble the line, however many rows it takes', async () => {
    const { chair, person } = await seated();
    const long = 'x'.repeat(70);
    person.write(`half a line ${long}`);
    await person.shown('x'.repeat(10));
    chair.say('Hi');
    await person.shows('Server: Hi');
    chair.say(`again, in more than one row ${'y'.repeat(60)}`);
    await person.shows('Server: again');
    person.write(' and its end\r');
    await chair.shows(`client: half a line ${long} and its end`);
    chair.say('END');
    await person.shows('Server has left the chat.');
    expect([await chair.ended, await person.ended]).toEqual([0, 0]);
    expect(screenOf(person.raw)).toEqual([
      'Connected to SERVCHAT',
      'Server: Hi',
      `Server: again, in more than one row ${'y'.repeat(24)}`,
      'y'.repeat(36),
      `You: half a line ${'x'.repeat(43)}`,
      `${'x'.repeat(27)} and its end`,
      'Server has left the chat.',
    ]);
  });

  testUnless(noTerminal, 'a pasted text with line breaks is several messages; an Enter alone is none', async () => {
    const { chair, person } = await seated();
    person.write('one\rtwo\r\rthree\r');
    await chair.shows('client: three');
    expect(chair.output.slice(-3)).toEqual(['client: one', 'client: two', 'client: three']);
    person.write('exit\r');
    expect([await chair.ended, await person.ended]).toEqual([0, 0]);
  });

  for (const [name, key] of [['Ctrl-C', CTRL_C], ['Ctrl-D', CTRL_D]] as const) {
    testUnless(noTerminal, `${name} leaves politely`, async () => {
      const { chair, person } = await seated();
      person.write(key);
      await person.shows('You have left the chat.');
      await chair.shows('client has left the chat.');
      expect([await chair.ended, await person.ended]).toEqual([0, 0]);
    });
  }
});
