/**
 * The key log: a text file that gives the listener what they must never have, so that a learner can open a capture
 * afterwards. In the manner of the TLS key log (SSLKEYLOGFILE), one line a session:
 *
 *     SERVCHAT_SESSION_KEY <hex SHA-256 of the public key's SPKI DER> <hex of the 64 session key bytes>
 *
 * The first field finds the session in a capture, where the public key stands in clear.
 */
export const SESSION_KEY_BYTES = 64;

const LABEL = 'SERVCHAT_SESSION_KEY';
const LINE = new RegExp(`^${LABEL} ([0-9a-f]{64}) ([0-9a-f]{${2 * SESSION_KEY_BYTES}})$`, 'i');

/** Session keys of 64 bytes by the fingerprint of the public key, 64 lower-case hex digits. */
export type KeyLog = ReadonlyMap<string, Buffer>;

/**
 * Lines of other programs, comments and blank lines are passed over: such a file is often shared with TLS.
 *
 * @throws Error with the line's number where a line of ours is damaged.
 */
export function parseKeyLog(text: string): KeyLog {
  const keys = new Map<string, Buffer>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (!line.startsWith(LABEL)) continue;
    const [, fingerprint, key] = LINE.exec(line.trimEnd()) ?? [];
    if (fingerprint === undefined || key === undefined) {
      throw new Error(`line ${index + 1} of the key log is damaged: ${LABEL} takes 64 and 128 hex digits`);
    }
    keys.set(fingerprint.toLowerCase(), Buffer.from(key, 'hex'));
  }
  return keys;
}

/** One line, LF included. `fingerprint` is 64 hex digits, `sessionKey` 64 bytes. */
export function formatKeyLogLine(fingerprint: string, sessionKey: Uint8Array): string {
  return `${LABEL} ${fingerprint} ${Buffer.from(sessionKey).toString('hex')}\n`;
}
