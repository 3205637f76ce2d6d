/**
 * A TLS key log (SSLKEYLOGFILE, RFC 9850). Each line has a label, the client's random and a secret, the last two in
 * hex. Programs append to such a file for months. It may have 100 MB, and a capture needs only some lines. So the file
 * stays as it is, and we note only where the lines of each random are.
 */

/** The secrets that open records. Programs derive other keys from `EXPORTER_SECRET`, which opens no record. */
export const SECRET_LABELS = [
  'CLIENT_RANDOM',
  'CLIENT_EARLY_TRAFFIC_SECRET',
  'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
  'SERVER_HANDSHAKE_TRAFFIC_SECRET',
  'CLIENT_TRAFFIC_SECRET_0',
  'SERVER_TRAFFIC_SECRET_0',
] as const;

export type SecretLabel = (typeof SECRET_LABELS)[number];
export type Secrets = ReadonlyMap<SecretLabel, Buffer>;

const LINE = new RegExp(`^(${SECRET_LABELS.join('|')}) ([0-9a-f]{64}) ((?:[0-9a-f]{2}){32,64})\\s*$`, 'i');
/** `CLIENT_HANDSHAKE_TRAFFIC_SECRET` with 64 and 128 digits. A longer line is not one of a key log. */
const LONGEST_LINE = 256;
/** `CLIENT_RANDOM` with twice 64 digits. */
const SHORTEST_LINE = 'CLIENT_RANDOM'.length + 2 * (1 + 64);
const LF = 0x0a;
const NO_SECRETS: Secrets = new Map();

/** A line, and the line before it with the same random: an index, or -1. */
interface Entry {
  readonly start: number;
  readonly end: number;
  readonly before: number;
}

export class TlsKeyLog {
  readonly #bytes: Buffer;
  readonly #entries: Entry[] = [];
  /** The index of the last line of each random. */
  readonly #last = new Map<string, number>();
  readonly #found = new Map<string, Secrets>();

  /** Skips lines of other programs, comments and damaged lines, as Wireshark does. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    for (let start = 0; start < bytes.length;) {
      // A file may hold a million empty lines, and a search for the end of each takes far longer.
      if (bytes[start] === LF) {
        start += 1;
        continue;
      }
      const lf = bytes.indexOf(LF, start);
      const end = lf === -1 ? bytes.length : lf;
      if (end - start >= SHORTEST_LINE && end - start <= LONGEST_LINE) this.#note(start, end);
      start = end + 1;
    }
  }

  /** The number of lines that hold a secret. */
  get size(): number {
    return this.#entries.length;
  }

  /**
   * The secrets for the session whose ClientHello has this random (64 hex digits). If two lines have the same label,
   * the later one counts.
   */
  secretsOf(random: string): Secrets {
    const known = this.#found.get(random);
    if (known !== undefined) return known;
    const secrets = new Map<SecretLabel, Buffer>();
    let entry = this.#entries[this.#last.get(random) ?? -1];
    while (entry !== undefined && secrets.size < SECRET_LABELS.length) {
      const [, label, , secret] = LINE.exec(this.#text(entry)) ?? [];
      const name = label?.toUpperCase() as SecretLabel;
      if (secret !== undefined && !secrets.has(name)) secrets.set(name, Buffer.from(secret, 'hex'));
      entry = this.#entries[entry.before];
    }
    const found = secrets.size === 0 ? NO_SECRETS : secrets;
    this.#found.set(random, found);
    return found;
  }

  #note(start: number, end: number): void {
    const random = LINE.exec(this.#text({ start, end }))?.[2]?.toLowerCase();
    if (random === undefined) return;
    this.#entries.push({ start, end, before: this.#last.get(random) ?? -1 });
    this.#last.set(random, this.#entries.length - 1);
  }

  #text({ start, end }: Pick<Entry, 'start' | 'end'>): string {
    return this.#bytes.toString('latin1', start, end);
  }
}
