/** Whether a chat came about at all, in words. */
import { attemptIn, type Attempt } from '../eavesdropper/findings/attempt.js';
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { modeSaidBy } from '../protocol/first-bytes.js';
import { listed } from './phrases.js';

/**
 * null where nothing speaks against it, and for TLS, whose own phrase says so. It may hold text from the wire: to be
 * made safe by whoever shows it.
 */
export function failurePhrase(conversation: ConversationFindings): string | null {
  const attempt = attemptIn(conversation);
  return attempt === null || attempt.type === 'no TLS' ? null : phraseOf(attempt);
}

function phraseOf(attempt: Exclude<Attempt, { type: 'no TLS' }>): string {
  switch (attempt.type) {
    case 'refused':
      return `there was none: ${listed(attempt.codes.map((code) => `ERROR ${code}`))} ended the handshake`;
    case 'unanswered':
      return 'there was none: the server never answered with a SESSION-KEY; is it in another mode?';
    case 'unfinished':
      return 'none yet: the capture ends before the server’s SESSION-KEY';
    case 'turned away':
      return `there was none: the server’s only line, ERROR ${attempt.code}, is what a servchat server${inItsMode(attempt.code)} says when it refuses`;
  }
}

function inItsMode(code: string): string {
  const mode = modeSaidBy(code);
  return mode === null ? '' : ` in ${mode} mode`;
}
