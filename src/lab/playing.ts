/** Plays a conversation through the chairs. Each message waits until it is clear what became of the one before. */
import type { ScriptLine } from '../demo/script.js';
import { Declined } from './declined.js';
import type { LabRun } from './run.js';

/** If nothing at all happens for so long, and nobody has to do anything, it will not go on. In milliseconds. */
const PATIENCE = 30_000;

export interface Playing {
  readonly run: LabRun;
  readonly lines: readonly ScriptLine[];
  /** Resolves when something has happened. */
  readonly change: () => Promise<void>;
  /** Whether somebody wants it to stop. */
  readonly isStopped: () => boolean;
  /** Called before the first message and after each, with how many were typed. */
  readonly onTyped: (done: number) => void;
  /** How long nothing at all may happen. In milliseconds. */
  readonly patience?: number;
}

/**
 * Ends early if a side leaves, or if it is stopped.
 *
 * @throws Declined if it does not go on.
 */
export async function playConversation(playing: Playing): Promise<void> {
  const { run, lines, change, isStopped, onTyped, patience = PATIENCE } = playing;
  const isDone = (): boolean => isStopped() || run.isOver;
  const until = async (holds: () => boolean): Promise<void> => {
    while (!isDone() && !holds()) {
      if ((await isInTime(change(), patience)) || run.waitsForPerson || holds()) continue;
      onTyped(lines.length);
      throw new Declined(STUCK);
    }
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

const STUCK =
  'The conversation does not go on: nothing happens any more. Start a new chat, and play the conversation there.';

/** Whether it happens before the time is over. */
async function isInTime(event: Promise<void>, patience: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, patience, false);
  });
  const inTime = await Promise.race([event.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
