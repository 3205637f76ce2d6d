/**
 * What a listener who has only the file can read: a capture from beginning to end, in one pass and in memory that does
 * not grow with it. Conversations are told as they end; the search looks at all bytes, at those of chats in one piece
 * and at the rest as they pass by, with an overlap.
 */
import { stat } from 'node:fs/promises';
import { STANDARD_INPUT, readCapture, readChunks } from '../packets/file/read-capture.js';
import type { ExaminingThread } from './content/examining-thread.js';
import type { Capture, InspectOptions } from './inspection.js';

export type { Capture, Find, InspectOptions } from './inspection.js';

/** From this size on a file is examined in a second thread. */
const LARGE_CAPTURE_BYTES = 16 * 2 ** 20;

/**
 * Reads the capture at `path` (`-`: standard input). Damage to it is reported in the findings with all that came before
 * it.
 *
 * @throws CaptureFileError where the file is none or cannot be read.
 */
export async function inspectCapture(path: string, options: InspectOptions = {}): Promise<Capture> {
  const thread = (await isLargeFile(path)) ? await examiningThread(options.hashes) : null;
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
export async function inspectChunks(
  source: AsyncIterable<Buffer>,
  options: InspectOptions = {},
  name = 'the capture',
): Promise<Capture> {
  const { inspected } = await import('./inspection.js');
  return inspected(name, (onPacket) => readChunks(source, onPacket, name), options);
}

/** Loaded here, since most captures are small, and each file that is loaded makes a start longer. */
async function examiningThread(hashes = true): Promise<ExaminingThread> {
  const { ExaminingThread } = await import('./content/examining-thread.js');
  return new ExaminingThread(hashes);
}

/** What comes through a pipe mostly comes as it is captured, and one thread is enough for it. */
async function isLargeFile(path: string): Promise<boolean> {
  if (path === STANDARD_INPUT) return false;
  // What cannot be read is told by whoever reads it.
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && found.size >= LARGE_CAPTURE_BYTES;
}
