/**
 * What a listener can read who has only the file. It reads a capture from beginning to end in one pass, and its memory
 * does not grow with the file. Each conversation is reported when it ends. The search looks at all bytes: at a chat as
 * a whole, and at the rest piece by piece, with an overlap so that no hit is lost.
 */
import { stat } from 'node:fs/promises';
import { STANDARD_INPUT, readCapture, readChunks } from '../packets/file/read-capture.js';
import type { ExaminingThread } from './content/examining-thread.js';
import type { InspectOptions } from './inspect-options.js';
import type { OnPacket } from '../packets/file/records.js';
import type { Capture, Read } from './inspection.js';

export type { Find } from './find.js';
export type { InspectOptions } from './inspect-options.js';
export type { Capture } from './inspection.js';

/** A file of this size or more is examined in a second thread. */
const LARGE_CAPTURE_BYTES = 16 * 2 ** 20;

/**
 * Reads the capture at `path` (`-`: standard input). If the file is damaged, the findings say so and contain everything
 * before the damage.
 *
 * @throws CaptureFileError if the file is not a capture or cannot be read.
 */
export async function inspectCapture(path: string, options: InspectOptions = {}): Promise<Capture> {
  const thread = (await isLargeFile(path)) ? await examiningThread(options.hashes) : null;
  try {
    // Loaded while the thread starts.
    const { inspected } = await import('./inspection.js');
    options.onOpening?.(path);
    const { upTo } = options;
    const until = (onPacket: OnPacket): OnPacket =>
      upTo === undefined
        ? onPacket
        : (packet) => {
            if (packet.number <= upTo) onPacket(packet);
          };
    const read: Read = (onPacket, afterChunk) => readCapture(path, until(onPacket), afterChunk);
    return await inspected(path, read, options, thread);
  } finally {
    // The thread ends while the findings are shown.
    void thread?.close();
  }
}

/**
 * Like {@link inspectCapture}, for a file that comes as chunks. A chunk must stay valid until the next one is asked
 * for.
 */
export async function inspectChunks(
  source: AsyncIterable<Buffer>,
  options: InspectOptions = {},
  name = 'the capture',
): Promise<Capture> {
  const { inspected } = await import('./inspection.js');
  return inspected(name, (onPacket) => readChunks(source, onPacket, name), options);
}

/** Loaded only when needed: most captures are small, and every loaded file makes the start slower. */
async function examiningThread(hashes = true): Promise<ExaminingThread> {
  const { ExaminingThread } = await import('./content/examining-thread.js');
  return new ExaminingThread(hashes);
}

/** A pipe is never large: its bytes usually arrive as they are captured, and one thread is fast enough for that. */
async function isLargeFile(path: string): Promise<boolean> {
  if (path === STANDARD_INPUT) return false;
  // If the file cannot be read, the code that reads it reports that.
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && found.size >= LARGE_CAPTURE_BYTES;
}
