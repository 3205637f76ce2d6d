/** What a person's window is told, and what it answers: a window that has changed before the system says so. */
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';

import { expect, jest, test } from '@jest/globals';

import { PersonAtTerminal } from '../../../src/endpoints/terminal/person-at-terminal.js';

const QUESTIONS = '\x1b7\x1b[6n\x1b[999C\x1b[6n\x1b8';

/** A window of 80 columns, as the system has it, with somebody who has typed 60 letters in it. */
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

test('a message waits until the window has said where the row is that somebody types in', () => {
  const { person, written, answer } = typing();
  person.show(['client: Hello']);
  expect(written).toEqual([QUESTIONS]);
  // 65 columns in a window that is 40 wide by now: the cursor is in the second row, and both rows are wiped.
  answer('\x1b[7;26R\x1b[7;40R');
  expect(written.slice(1, 3)).toEqual(['\x1b[1A\r\x1b[J', 'client: Hello\n']);
  // What is drawn fits the window as it is, not as the system has it.
  expect(written[3]).toContain(`\rYou: …${'x'.repeat(32)}\x1b`);
});

test('a message that finds the row in its place is shown above it', () => {
  const { person, written, answer } = typing();
  person.show(['client: Hello']);
  answer('\x1b[7;66R\x1b[7;80R');
  expect(written.slice(1, 3)).toEqual(['\r\x1b[J', 'client: Hello\n']);
});

test('a terminal that knows no answer is not waited for again', () => {
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
