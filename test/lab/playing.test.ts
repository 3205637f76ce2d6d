/** A conversation that is played and does not go on. The chat is made up: a real one always goes on. */
import { expect, test } from '@jest/globals';

import { playConversation } from '../../src/lab/playing.js';
import type { LabRun } from '../../src/lab/run.js';

type Seen = Pick<LabRun, 'isOver' | 'isChatting' | 'isInChat' | 'isSettled' | 'waitsForPerson' | 'seenFrom' | 'say'>;

/** A chat in which nothing that is said ever comes to the relay. */
class Silent implements Seen {
  readonly isOver = false;
  readonly isChatting = true;
  readonly isInChat = (): boolean => true;
  readonly isSettled = true;
  waitsForPerson = false;
  readonly said: string[] = [];

  seenFrom(): number {
    return 0;
  }

  say(_: string, text: string): void {
    this.said.push(text);
  }
}

const LINES = [
  { side: 'client', text: 'one' },
  { side: 'server', text: 'two' },
] as const;
const never = (): Promise<void> => new Promise(() => undefined);

test('if nothing happens any more, it stops and says what to do', async () => {
  const run = new Silent();
  const typed: number[] = [];
  const playing = playConversation({
    run: run as unknown as LabRun,
    lines: LINES,
    change: never,
    isStopped: () => false,
    onTyped: (done) => typed.push(done),
    patience: 1,
  });
  await expect(playing).rejects.toThrow(/nothing happens any more\. Start a new chat/);
  // At the end, the two numbers are equal: the page offers to play again.
  expect({ said: run.said, typed }).toEqual({ said: ['one'], typed: [0, 1, 2] });
});

test('while a person has to do something, it waits', async () => {
  const run = new Silent();
  run.waitsForPerson = true;
  let asked = 0;
  const playing = playConversation({
    run: run as unknown as LabRun,
    lines: LINES,
    change: never,
    isStopped: () => {
      asked += 1;
      // The person takes their time, and then stops it.
      return asked > 20;
    },
    onTyped: () => undefined,
    patience: 1,
  });
  await playing;
  expect(run.said).toEqual(['one']);
});
