/**
 * What the program writes to a person's window, and what the window answers. The window may have changed its size
 * before the system says so.
 */
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';

import { expect, jest, test } from '@jest/globals';

import { PersonAtTerminal } from '../../../src/endpoints/terminal/person-at-terminal.js';

const QUESTIONS = '\x1b7\x1b[6n\x1b[999C\x1b[6n\x1b8';

/** A window that has 80 columns, as the system believes. The person has typed 60 letters in it. */
function typing(): { person: PersonAtTerminal; written: string[]; answer: (text: string) => void } {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  const input = Object.assign(new EventEmitter(), { setRawMode: () => undefined, unref: () => undefined });
  const output = Object.assign(new EventEmitter(), { columns: 80, isTTY: true, write });
  const person = new PersonAtTerminal({
    input: input as unknown as ReadStream,
    output: output as unknown as WriteStream,
    errors: output as unknown as WriteStream,
  });
  person.listen({ said: () => true, shown: () => undefined, leave: () => undefined });
  input.emit('data', Buffer.from('x'.repeat(60)));
  written.length = 0;
  return { person, written, answer: (text) => input.emit('data', Buffer.from(text)) };
}

test('a message waits until the window has said where the row of the person’s typing is', () => {
  const { person, written, answer } = typing();
  person.show(['client: Hello']);
  expect(written).toEqual([QUESTIONS]);
  // 65 columns of text in a window that now has 40. The cursor is in the second row, and both rows are wiped.
  answer('\x1b[7;26R\x1b[7;40R');
  expect(written.slice(1, 3)).toEqual(['\x1b[1A\r\x1b[J', 'client: Hello\n']);
  // The drawn row fits the real window, not the width that the system reports.
  expect(written[3]).toContain(`\rYou: …${'x'.repeat(32)}\x1b`);
});

test('if the row is where it should be, the message is shown above it', () => {
  const { person, written, answer } = typing();
  person.show(['client: Hello']);
  answer('\x1b[7;66R\x1b[7;80R');
  expect(written.slice(1, 3)).toEqual(['\r\x1b[J', 'client: Hello\n']);
});

test('a terminal that gave no answer once is not asked again', () => {
  jest.useFakeTimers();
  const { person, written } = typing();
  person.show(['client: one']);
  jest.advanceTimersByTime(1000);
  person.show(['client: two']);
  expect(written.filter((text) => text.startsWith('client') || text === QUESTIONS)).toEqual([
    QUESTIONS,
    'client: one\n',
    'client: two\n',
  ]);
  jest.useRealTimers();
});
