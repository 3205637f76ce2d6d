/** Makes the replay that a report holds: the lab's page, with the chats that the report is about. */
import type { RecordedRun } from '../lab/events.js';
import { framedPage, programHashes } from '../lab/one-file-page.js';
import { replayCapture, type ReplayedChat } from '../lab/replay/replay-capture.js';
import type { Lesson, Recorded } from '../lesson/lesson.js';
import type { Replay } from '../lesson/report/replay-html.js';
import { printable } from '../printable.js';
import { MODES, MODE_FACTS, isSealed, type Mode } from '../protocol/modes.js';
import { openersFor } from './keys.js';

/** @param keyLog the one that the report was given. null if there is nothing to play. */
export async function replayOf(lesson: Lesson, keyLog: string | null): Promise<Replay | null> {
  const runs: RecordedRun[] = [];
  const told = { captures: [] as string[], keys: [] as string[], sealed: [] as string[], cut: [] as string[] };
  for (const mode of MODES) {
    const recorded = lesson[mode];
    const opened = recorded === null ? null : await openedBest(mode, recorded, keysFor(mode, lesson, keyLog));
    if (recorded === null || opened === null) continue;
    const { file } = recorded.capture;
    runs.push(titled(opened.chat, `${MODE_FACTS[mode].title}: ${printable(file)}`, runs.length + 1));
    told.captures.push(file);
    if (opened.keys !== null) told.keys.push(opened.keys);
    else if (isSealed(mode)) told.sealed.push(file);
    if (!opened.chat.isWhole) told.cut.push(file);
  }
  if (runs.length === 0) return null;
  return { page: framedPage(runs, 'The chats of the report'), hashes: programHashes(), ...told };
}

/**
 * The key logs to try. One that merely lies beside the TLS capture counts only if the report quotes the same chat in
 * plaintext: it may not tell what nobody asked it to tell.
 */
function keysFor(mode: Mode, { tls, plaintext, disagreements }: Lesson, keyLog: string | null): readonly string[] {
  if (!isSealed(mode)) return [];
  const isTold = plaintext !== null && disagreements.length === 0;
  const beside = mode === 'tls' && isTold ? (tls?.keyLog ?? null) : null;
  return [keyLog, beside].filter((file) => file !== null);
}

interface Opened {
  readonly chat: ReplayedChat;
  /** The key log that opened its messages. null if none did. */
  readonly keys: string | null;
}

/** null if the conversation is not there any more. */
async function openedBest(mode: Mode, recorded: Recorded, keyLogs: readonly string[]): Promise<Opened | null> {
  const chat = { file: recorded.capture.file, conversation: recorded.conversation.number, mode };
  for (const keys of keyLogs) {
    const openers = await openersFor(keys).catch(() => null);
    const replayed = openers === null ? null : await replayCapture({ ...chat, openers });
    if (replayed?.hasTexts === true) return { chat: replayed, keys };
  }
  const replayed = await replayCapture({ ...chat, openers: {} });
  return replayed === null ? null : { chat: replayed, keys: null };
}

/** Each run of the page has its own number. */
function titled({ events }: ReplayedChat, title: string, run: number): RecordedRun {
  const numbered = events.map((each) =>
    each.event.type === 'run' ? { ...each, event: { ...each.event, run } } : each,
  );
  return { title, heading: '', events: numbered };
}
