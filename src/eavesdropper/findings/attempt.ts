/** Whether a chat took place at all, as far as the findings show: a capture may contain only an attempt. */
import { isErrorCode, type ErrorCode } from '../../protocol/error-codes.js';
import type { ConversationFindings, ProtocolFindings } from './findings.js';

type TlsAnswer = Extract<ProtocolFindings, { name: 'TLS' }>['answer'];

export type Attempt =
  /** ERROR lines ended the handshake of encrypted mode. */
  | { readonly type: 'refused'; readonly codes: readonly string[] }
  /** The connection was closed before a SESSION-KEY came. */
  | { readonly type: 'unanswered' }
  /** No SESSION-KEY has come yet: the capture ends before it. */
  | { readonly type: 'unfinished' }
  /** A server answers a client in another mode with an ERROR frame as its only line, which no person typed. */
  | { readonly type: 'turned away'; readonly code: ErrorCode }
  /** A ClientHello that the server did not answer with TLS. */
  | { readonly type: 'no TLS'; readonly answer: TlsAnswer };

const ERROR_WORD = 'ERROR ';

/** null if nothing suggests that the chat failed. */
export function attemptIn(conversation: ConversationFindings): Attempt | null {
  const { mode, protocol } = conversation;
  if (protocol?.name === 'TLS')
    return protocol.encrypts || protocol.answer === 'unencrypted' ? null : { type: 'no TLS', answer: protocol.answer };
  switch (mode) {
    case 'encrypted':
      return handshakeAttempt(conversation);
    case 'plaintext':
      return turnedAway(conversation);
    case 'unknown':
      return null;
  }
}

/** An attempt that was unfinished when the capture ended has not failed. */
export function hasFailed(conversation: ConversationFindings): boolean {
  const attempt = attemptIn(conversation);
  return attempt !== null && attempt.type !== 'unfinished';
}

/** A chat without its session key has no messages. But the capture may also have begun too late to contain the key. */
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
