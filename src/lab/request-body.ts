/** Reads the body of a request, up to a size and for a while only. */
import type { IncomingMessage } from 'node:http';

import { Refusal } from './refusal.js';

export interface BodyLimits {
  readonly bytes: number;
  readonly milliseconds: number;
}

const PATIENCE_MS = 5_000;

/** @throws Refusal if it is too long, too slow, or ends too early. */
export async function readBody(
  request: IncomingMessage,
  { bytes: most, milliseconds = PATIENCE_MS }: Pick<BodyLimits, 'bytes'> & Partial<BodyLimits>,
): Promise<Buffer> {
  const tooLong = new Refusal(413, `A command has at most ${most} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLong;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const fail = (refusal: Refusal): void => {
      clearTimeout(timer);
      request.removeAllListeners('data').pause();
      reject(refusal);
    };
    const timer = setTimeout(() => {
      fail(new Refusal(408, 'The command did not come to its end.'));
    }, milliseconds);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > most) fail(tooLong);
      else chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
    request.on('error', () => {
      fail(new Refusal(400, 'The command did not come to its end.'));
    });
  });
}
