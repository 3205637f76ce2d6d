/**
 * Finds the part of a TLS key log that decrypts one capture. Programs append to a key log, so it may contain the
 * secrets of everything else that its owner did. We pass on no more than the capture needs.
 *
 * https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-02.html: each line has a label, the client's random and the
 * secret. The last two are in hex.
 */

const LINE = /^([A-Z][A-Z0-9_]*) ([0-9a-f]{64}) [0-9a-f]+$/i;

/** RFC 8446, sections 5.1 and 4.1.2: a handshake record contains a ClientHello, which contains 32 random bytes. */
const HANDSHAKE_RECORD = 0x16;
const CLIENT_HELLO = 1;
const AT = { recordKind: 0, messageKind: 5, random: 11, end: 43 } as const;

/**
 * The random of the ClientHello at the start of `payload`, as 64 hex digits. null if `payload` does not begin with a
 * ClientHello.
 */
export function clientRandomIn(payload: Buffer): string | null {
  if (
    payload.length < AT.end ||
    payload[AT.recordKind] !== HANDSHAKE_RECORD ||
    payload[AT.messageKind] !== CLIENT_HELLO
  )
    return null;
  return payload.toString('hex', AT.random, AT.end);
}

/** The lines of `keyLog` for connections with these randoms, each with its LF. '' if there are none. */
export function secretsOf(keyLog: string, clientRandoms: ReadonlySet<string>): string {
  const lines = keyLog.split(/\r?\n/).filter((line) => {
    const random = LINE.exec(line)?.[2];
    return random !== undefined && clientRandoms.has(random.toLowerCase());
  });
  return lines.map((line) => `${line}\n`).join('');
}
