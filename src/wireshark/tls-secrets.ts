/**
 * The part of a TLS key log that opens one capture. A key log is appended to, and may hold the secrets of everything
 * else that its owner did; no more of it is to be handed on than the capture needs.
 *
 * https://www.ietf.org/archive/id/draft-ietf-tls-keylogfile-02.html: a label, the client's random, the secret, in hex.
 */

const LINE = /^([A-Z][A-Z0-9_]*) ([0-9a-f]{64}) [0-9a-f]+$/i;

/** RFC 8446, section 5.1 and 4.1.2: a handshake record, in it a ClientHello, in it 32 random bytes. */
const HANDSHAKE_RECORD = 0x16;
const CLIENT_HELLO = 1;
const AT = { recordKind: 0, messageKind: 5, random: 11, end: 43 } as const;

/** The random of the ClientHello with which `payload` begins, 64 hex digits, or null where it begins with none. */
export function clientRandomIn(payload: Buffer): string | null {
  if (
    payload.length < AT.end ||
    payload[AT.recordKind] !== HANDSHAKE_RECORD ||
    payload[AT.messageKind] !== CLIENT_HELLO
  )
    return null;
  return payload.toString('hex', AT.random, AT.end);
}

/** The lines of `keyLog` for connections with these randoms, each with its LF; empty where there are none. */
export function secretsOf(keyLog: string, clientRandoms: ReadonlySet<string>): string {
  const lines = keyLog.split(/\r?\n/).filter((line) => {
    const random = LINE.exec(line)?.[2];
    return random !== undefined && clientRandoms.has(random.toLowerCase());
  });
  return lines.map((line) => `${line}\n`).join('');
}
