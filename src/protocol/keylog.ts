/**
 * The key log: a text file with session keys. With it, a learner can decrypt a capture afterwards. A real listener must
 * never get it. It looks like the TLS key log (SSLKEYLOGFILE), with one line for each session:
 *
 *     SERVCHAT_SESSION_KEY <hex SHA-256 of the public key's SPKI DER> <hex of the 64 session key bytes>
 *
 * The fingerprint tells to which session in a capture the key belongs, because the public key is visible there.
 */
export const SESSION_KEY_BYTES = 64;

const LABEL = 'SERVCHAT_SESSION_KEY';
/** A line of ours is shorter; what is longer is damaged. */
const LONGEST_LINE = 1024;
const LINE = new RegExp(`^${LABEL} ([0-9a-f]{64}) ([0-9a-f]{${2 * SESSION_KEY_BYTES}})$`, 'i');

/** Session keys (64 bytes). The map's keys are fingerprints of public keys (64 lower-case hex digits). */
export type KeyLog = ReadonlyMap<string, Buffer>;

/**
 * Skips lines of other programs, comments and blank lines, because TLS programs often write to the same file.
 *
 * @throws Error with the line's number if one of our lines is damaged.
 */
export function parseKeyLog(text: string): KeyLog {
  const keys = new Map<string, Buffer>();
  // Not line by line: a TLS key log has up to a million of them.
  for (let at = text.indexOf(LABEL); at !== -1; at = text.indexOf(LABEL, at + LABEL.length)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    const lf = text.indexOf('\n', at);
    const line = text.slice(at, lf === -1 ? text.length : Math.min(lf, at + LONGEST_LINE));
    const [, fingerprint, key] = LINE.exec(line.trimEnd()) ?? [];
    if (fingerprint === undefined || key === undefined) {
      const number = text.slice(0, at).split('\n').length;
      throw new Error(`line ${number} of the key log is damaged: ${LABEL} takes 64 and 128 hex digits`);
    }
    keys.set(fingerprint.toLowerCase(), Buffer.from(key, 'hex'));
  }
  return keys;
}

/** One line, with its LF. `fingerprint` is 64 hex digits, `sessionKey` 64 bytes. */
export function formatKeyLogLine(fingerprint: string, sessionKey: Uint8Array): string {
  return `${LABEL} ${fingerprint} ${Buffer.from(sessionKey).toString('hex')}\n`;
}
