/** Plays a conversation through the chairs. Each message waits until it is clear what became of the one before. */
import type { ScriptLine } from '../demo/script.js';
import type { LabRun } from './run.js';

export interface Playing {
  readonly run: LabRun;
  readonly lines: readonly ScriptLine[];
  /** Resolves when something has happened. */
  readonly change: () => Promise<void>;
  /** Whether somebody wants it to stop. */
  readonly isStopped: () => boolean;
  /** Called before the first message and after each, with how many were typed. */
  readonly onTyped: (done: number) => void;
}

/** Ends early if a side leaves, or if it is stopped. */
export async function playConversation({ run, lines, change, isStopped, onTyped }: Playing): Promise<void> {
  const isDone = (): boolean => isStopped() || run.isOver;
  const until = async (holds: () => boolean): Promise<void> => {
    while (!isDone() && !holds()) await change();
  };
  onTyped(0);
  await until(() => run.isChatting);
  for (const [index, { side, text }] of lines.entries()) {
    if (isDone()) break;
    // If the attacker answers in the server's place, the server never comes into the chat.
    if (!run.isInChat(side)) continue;
    const before = run.seenFrom(side);
    run.say(side, text);
    onTyped(index + 1);
    await until(() => run.seenFrom(side) > before && run.isSettled);
  }
  onTyped(lines.length);
}
