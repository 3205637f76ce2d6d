/** Tells apart the runs that reports are about. Two reports of the same captures are about the same run. */
import { createHash } from 'node:crypto';

import type { Lesson } from './lesson.js';

/** 32 hex digits. They follow from what was sent and when, not from the names of files or from the chapters. */
export function runId({ plaintext, encrypted, tls }: Lesson): string {
  const told = [plaintext, encrypted, tls].map((recorded) =>
    recorded === null
      ? null
      : [
          recorded.conversation.started,
          recorded.conversation.streams.client.sha256,
          recorded.conversation.streams.server.sha256,
        ],
  );
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, 32);
}
