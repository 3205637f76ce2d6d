/** OpenSSL's errors, as the few faults that a person can do something about. */
import type { Refusal, TlsFault } from '../protocol/events.js';

/** What a failure in the handshake or in the chat means. */
export function tlsRefusal(
  { code = '', message }: NodeJS.ErrnoException,
  during: 'handshake' | 'chat',
): Extract<Refusal, { reason: 'tls' }> {
  const name = code.startsWith('ERR_SSL_') ? code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ') : code;
  return { reason: 'tls', fault: faultOf(code), during, detail: name === '' ? message : name };
}

function faultOf(code: string): TlsFault {
  if (/ALERT_(?:.*CERTIFICATE|UNKNOWN_CA$)/.test(code)) return 'certificate';
  if (code.includes('BAD_RECORD_MAC')) return code.includes('ALERT') ? 'altered-there' : 'altered';
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNEXPECTED_MESSAGE$/.test(code)) return 'no-tls';
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/.test(code)) return 'version';
  if (code.includes('NO_APPLICATION_PROTOCOL')) return 'application';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  return code === 'ECONNRESET' ? 'closed' : 'other';
}
