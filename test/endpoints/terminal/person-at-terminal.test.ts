/**
 * What the program writes to a person's window, and what the window answers. The window may have changed its size
 * before the system says so.
 */
import { EventEmitter } from 'node:events';
import type { ReadStream, WriteStream } from 'node:tty';

import { expect, jest, test } from '@jest/globals';

import { hanging } from '../../../src/hanging.js';
import { PersonAtTerminal } from '../../../src/endpoints/terminal/person-at-terminal.js';

const QUESTIONS = '\x1b7\x1b[6n\x1b[999C\x1b[6n\x1b8';

const WIPED = '\x1b[J\r\x1b[2K';

/** While it is drawn, no row is broken. */
function drawnRow(text: string, left = text): string {
  return `\x1b[?7l\rYou: ${text}\x1b[J\rYou: ${left}\x1b[?7h`;
}

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
  jest.useFakeTimers();
  const message = `client: ${'Hello '.repeat(8)}`;
  person.show([message]);
  // 65 columns in a window that is 40 wide by now: the cursor is in the second row.
  answer('\x1b[7;26R\x1b[7;40R');
  // The window has changed, and perhaps it is changing still. It is asked until it says the same twice.
  expect(written).toEqual([QUESTIONS]);
  jest.advanceTimersByTime(60);
  answer('\x1b[7;6R\x1b[7;60R');
  expect(written).toEqual([QUESTIONS, QUESTIONS]);
  jest.advanceTimersByTime(60);
  answer('\x1b[7;6R\x1b[7;60R');
  jest.useRealTimers();
  // Both rows are wiped; the message and what is drawn fit the window as it is, not as the system has it.
  expect(written.slice(3).join('')).toBe(
    `${WIPED}\x1b[A\r\x1b[2K${hanging(message, 60).join('\n')}\n${drawnRow(`…${'x'.repeat(52)}`)}`,
  );
});

test('a letter at the end is written alone, and needs no answer; in its middle it does', () => {
  const { written, answer } = typing();
  answer('yz');
  expect(written).toEqual(['yz']);
  answer('\x1b[D');
  expect(written.slice(1)).toEqual([QUESTIONS]);
  answer('\x1b[7;68R\x1b[7;80R');
  expect(written.slice(2)).toEqual([WIPED, drawnRow(`…${'x'.repeat(47)}yz`, `…${'x'.repeat(47)}y`)]);
  // An answer, which comes as keys do, is no key.
  answer('\x1b[7;68R\x1b[7;80R');
  expect(written).toHaveLength(4);
});

test('a cleared screen is drawn on at once', () => {
  const { written, answer } = typing();
  answer('\f');
  expect(written).toEqual(['\x1b[H\x1b[2J', drawnRow('x'.repeat(60))]);
});

test('if the row is where it should be, the message is shown above it', () => {
  const { person, written, answer } = typing();
  person.show(['client: Hello']);
  answer('\x1b[7;66R\x1b[7;80R');
  expect(written.slice(1, 3)).toEqual([WIPED, 'client: Hello\n']);
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
