/** OpenSSL's errors, in words for the person in the chair. */

/** One line for the person: what a failure in the handshake or in the chat means. */
export function describeTlsProblem({ code = '', message }: NodeJS.ErrnoException): string {
  if (code.includes('BAD_RECORD_MAC')) {
    return code.includes('ALERT')
      ? 'TLS on the other side refused what it received: it was changed on its way, or does not belong there'
      : 'TLS refused what came: it was changed, repeated, dropped or moved on its way';
  }
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|UNEXPECTED_MESSAGE$/.test(code)) return 'the other side seems not to speak TLS: give both the same --mode';
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION/.test(code)) return 'TLS refused the handshake: the two sides have no version in common, and 1.3 is the only one here';
  if (code.includes('NO_APPLICATION_PROTOCOL')) return 'TLS refused the handshake: the other side speaks TLS, but not servchat';
  if (code.startsWith('ERR_SSL')) return `TLS refused what came (${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')})`;
  if (code === 'ECONNRESET') return 'the other side closed the connection during the TLS handshake; is it in tls mode?';
  return code === '' ? message : code;
}
