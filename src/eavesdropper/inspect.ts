/**
 * What a listener who has only the file can read: a capture from beginning to end, in one pass and in memory that does not
 * grow with it. Conversations are told as they end; the search looks at all bytes, at those of chats in one piece and at
 * the rest as they pass by, with an overlap.
 */
import { stat } from 'node:fs/promises';
import { STANDARD_INPUT, readCapture, readChunks } from '../packets/read-capture.js';
import { ExaminingThread } from './examining-thread.js';
import type { KeyLog } from '../protocol/keylog.js';
import type { CaptureFindings, ConversationFindings, Verdict } from './findings.js';
import type { Followed } from './followed.js';
import type { Haystack } from './search.js';

export interface Capture {
  readonly findings: CaptureFindings;
  /** The outcome of {@link InspectOptions.find}, in its order. */
  readonly finds: readonly Find[];
  /** Both directions of each conversation, as far as they are kept: what can be searched. */
  readonly haystacks: readonly Haystack[];
  /** What was asked for by {@link InspectOptions.follow}; null where there is no such conversation. */
  readonly followed: Followed | null;
}

/** One text that was searched for, and what came of it. */
export interface Find {
  readonly text: string;
  readonly verdict: Verdict;
  /** What was searched: text throughout, so that "not found" is the answer; also bytes that are none; or no byte at all. */
  readonly among: 'text' | 'sealed' | 'nothing';
}

export interface InspectOptions {
  /** The sessions whose messages shall be opened. */
  readonly keys?: KeyLog;
  readonly find?: readonly string[];
  /** Whether the messages of the conversation of this number are wanted: of all, unless told. Others are told without. */
  readonly messagesOf?: (number: number) => boolean;
  /** The only conversation that is asked for, by its number. */
  readonly only?: number;
  /** The conversation whose bytes are wanted in full, by its number. */
  readonly follow?: number;
  /**
   * Whether what was read is kept, so that it can be searched again and again, up to the bound in
   * `inspection.ts`: true unless told. For a capture of any size, `find` searches in passing.
   */
  readonly searchable?: boolean;
  /** Whether the SHA-256 of what each side sent is wanted: true unless told. */
  readonly hashes?: boolean;
  /** Hears of each conversation as it ends; then none is listed. */
  readonly onConversation?: (conversation: ConversationFindings) => void;
  /** Hears now and then how many packets and bytes have been read. */
  readonly onProgress?: (packets: number, bytes: number) => void;
  /** Hears that all has been read, while the last of it is still looked at: the time to load what shows it. */
  readonly onRead?: () => void;
}

/** From this size on a file is examined in a second thread. */
const LARGE_CAPTURE_BYTES = 16 * 2 ** 20;

/**
 * Reads the capture at `path` (`-`: standard input). Damage to it is reported in the findings with all that came before it.
 *
 * @throws CaptureFileError where the file is none or cannot be read.
 */
export async function inspectCapture(path: string, options: InspectOptions = {}): Promise<Capture> {
  const thread = (await isLargeFile(path)) ? new ExaminingThread(options.hashes ?? true) : null;
  try {
    // Loaded while the thread starts.
    const { inspected } = await import('./inspection.js');
    return await inspected(path, (onPacket, afterChunk) => readCapture(path, onPacket, afterChunk), options, thread);
  } finally {
    // It ends while what was found is shown.
    void thread?.close();
  }
}

/** {@link inspectCapture} of a file that comes as `source`; each chunk is needed until the next is asked for. */
export async function inspectChunks(source: AsyncIterable<Buffer>, options: InspectOptions = {}, name = 'the capture'): Promise<Capture> {
  const { inspected } = await import('./inspection.js');
  return inspected(name, (onPacket) => readChunks(source, onPacket, name), options);
}

/** What comes through a pipe mostly comes as it is captured, and one thread is enough for it. */
async function isLargeFile(path: string): Promise<boolean> {
  if (path === STANDARD_INPUT) return false;
  // What cannot be read is told by whoever reads it.
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && found.size >= LARGE_CAPTURE_BYTES;
}
