/** Says in words why a chat failed. */
import { attemptIn, type Attempt } from '../eavesdropper/findings/attempt.js';
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { modeSaidBy } from '../protocol/first-bytes.js';
import { listed } from './phrases.js';

/**
 * null if nothing shows that it failed. Also null for TLS, because the phrase for TLS says it already. The phrase may
 * contain text from the wire. The caller must make it safe to show.
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
