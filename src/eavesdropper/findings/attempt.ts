/** Whether a chat came about at all, as far as the findings tell: a capture may hold no more than the attempt. */
import { isErrorCode, type ErrorCode } from '../../protocol/frames.js';
import type { ConversationFindings, ProtocolFindings } from './findings.js';

type TlsAnswer = Extract<ProtocolFindings, { name: 'TLS' }>['answer'];

export type Attempt =
  /** ERROR lines ended the handshake of encrypted mode. */
  | { readonly type: 'refused'; readonly codes: readonly string[] }
  /** No SESSION-KEY came before the connection was closed. */
  | { readonly type: 'unanswered' }
  /** None has come yet: the capture ends before. */
  | { readonly type: 'unfinished' }
  /** What a server says to a client in another mode: an ERROR frame as its only line, which no person typed. */
  | { readonly type: 'turned away'; readonly code: ErrorCode }
  /** A client's hello that was not answered by TLS. */
  | { readonly type: 'no TLS'; readonly answer: TlsAnswer };

const ERROR_WORD = 'ERROR ';

/** null where nothing speaks against a chat. */
export function attemptIn(conversation: ConversationFindings): Attempt | null {
  const { mode, protocol } = conversation;
  if (protocol?.name === 'TLS') return protocol.encrypts ? null : { type: 'no TLS', answer: protocol.answer };
  switch (mode) {
    case 'encrypted':
      return handshakeAttempt(conversation);
    case 'plaintext':
      return turnedAway(conversation);
    case 'unknown':
      return null;
  }
}

/** What was not finished when the capture ended has not failed. */
export function hasFailed(conversation: ConversationFindings): boolean {
  const attempt = attemptIn(conversation);
  return attempt !== null && attempt.type !== 'unfinished';
}

/** A chat without its session key has no message; the capture may have begun too late to hold it, though. */
function handshakeAttempt({ handshake, messages, ending }: ConversationFindings): Attempt | null {
  if (handshake?.sessionKey !== null || messages.length > 0) return null;
  const codes = [...new Set(handshake.errors.map(({ code }) => code))];
  if (codes.length > 0) return { type: 'refused', codes };
  return { type: ending === 'unseen' ? 'unfinished' : 'unanswered' };
}

function turnedAway({ messages, streams }: ConversationFindings): Attempt | null {
  const [last, ...others] = messages.filter(({ place }) => place.side === 'server').toReversed();
  if (last?.kind !== 'readable' || others.length > 0 || streams.server.missing > 0) return null;
  const code = last.text.startsWith(ERROR_WORD) ? last.text.slice(ERROR_WORD.length) : '';
  return isErrorCode(code) ? { type: 'turned away', code } : null;
}
