/** Whether a chat came about at all: a capture may hold no more than the attempt. */
import type { ConversationFindings } from '../eavesdropper/findings/findings.js';
import { isErrorCode } from '../protocol/frames.js';
import { listed } from './phrases.js';

const ERROR_WORD = 'ERROR ';

/** null where nothing speaks against it. It may hold text from the wire: to be made safe by whoever shows it. */
export function failurePhrase(conversation: ConversationFindings): string | null {
  switch (conversation.mode) {
    case 'encrypted':
      return handshakeFailure(conversation);
    case 'plaintext':
      return mismatchFailure(conversation);
    case 'unknown':
      return null;
  }
}

/** A chat without its session key has no message; the capture may have begun too late to hold it, though. */
function handshakeFailure({ handshake, messages, ending }: ConversationFindings): string | null {
  if (handshake?.sessionKey !== null || messages.length > 0) return null;
  const codes = [...new Set(handshake.errors.map(({ code }) => code))];
  if (codes.length > 0) return `none came about: ${listed(codes.map((code) => ERROR_WORD + code))} ended the handshake`;
  if (ending === 'unseen') return 'none yet: the capture ends before the server’s SESSION-KEY';
  return 'none came about: the server never answered with a SESSION-KEY; is it in another mode?';
}

/** What a server in encrypted mode answers to whoever does not begin with HELLO: a line that no person typed. */
function mismatchFailure({ messages, streams }: ConversationFindings): string | null {
  const [last, ...others] = messages.filter(({ place }) => place.side === 'server').toReversed();
  if (last?.kind !== 'readable' || others.length > 0 || streams.server.missing > 0) return null;
  if (!last.text.startsWith(ERROR_WORD) || !isErrorCode(last.text.slice(ERROR_WORD.length))) return null;
  return `none came about: the server’s only line, ${last.text}, is what a servchat server in encrypted mode says when it refuses`;
}
