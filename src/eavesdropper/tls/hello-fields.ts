/**
 * Reads the two hellos of TLS field by field (RFC 8446, sections 4.1 and 4.2; RFC 5246, section 7.4.1). All of it is
 * unencrypted. A hello comes from the wire, so lengths may lead past its end: then the result has what is there.
 */
import { cipherSuite } from './cipher-suites.js';

export interface ClientHelloFields {
  /** 64 hex digits. A key log finds a session by it. */
  readonly random: string;
  /** The versions that it offers, the newest first: `TLS 1.3`. */
  readonly versions: readonly string[];
  readonly serverName: string | null;
  /** The application protocols that it offers (ALPN, RFC 7301), in its order: `h2`, `http/1.1`. */
  readonly applications: readonly string[];
  /** By IANA's names, in the client's order. */
  readonly cipherSuites: readonly string[];
  /** Groups of the Diffie–Hellman exchange for which it already sends a share: `x25519`. */
  readonly keyShares: readonly string[];
  /** Whether it offers to resume an earlier session. */
  readonly resumes: boolean;
  /** Whether it sends data immediately, encrypted with the key of that earlier session (0-RTT). */
  readonly earlyData: boolean;
}

export interface ServerHelloFields {
  /** 64 hex digits. */
  readonly random: string;
  readonly version: string | null;
  /** The number of the suite that it chose, and IANA's name for it. */
  readonly cipherSuite: { readonly number: number; readonly name: string };
  /** The group of its share, or of the share that it asks for. null if it sends none. */
  readonly keyShare: string | null;
  /** The application protocol that it chose. TLS 1.3 encrypts this, so there it is null. */
  readonly application: string | null;
  /** Whether it accepted the client's offer to resume a session, as far as its hello shows (TLS 1.3). */
  readonly resumes: boolean;
  /** Whether it is a HelloRetryRequest: the client has to send another hello. */
  readonly retry: boolean;
}

const EXTENSION = {
  serverName: 0,
  applications: 16,
  sessionTicket: 35,
  presharedKey: 41,
  earlyData: 42,
  versions: 43,
  keyShare: 51,
} as const;
const RANDOM_BYTES = 32;
/** A hello has room for more numbers of 16 bits than this, but nobody needs them. */
const MOST_LISTED = 300;

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

/** RFC 8446, section 4.2.7; RFC 7919; the hybrids with ML-KEM. */
const GROUPS: ReadonlyMap<number, string> = new Map([
  [23, 'secp256r1'],
  [24, 'secp384r1'],
  [25, 'secp521r1'],
  [29, 'x25519'],
  [30, 'x448'],
  [256, 'ffdhe2048'],
  [257, 'ffdhe3072'],
  [258, 'ffdhe4096'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x6399, 'X25519Kyber768Draft00'],
]);

/** Section 4.1.3: the random of a HelloRetryRequest. It is the SHA-256 of that name. */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** `body`: a ClientHello without its header. null if it ends before the end of its random. */
export function clientHelloFields(body: Buffer): ClientHelloFields | null {
  if (body.length < 2 + RANDOM_BYTES) return null;
  const legacy = body.readUInt16BE(0);
  const session = 2 + RANDOM_BYTES;
  const suites = session + 1 + u8(body, session);
  const compression = suites + 2 + u16(body, suites);
  const extensions = extensionsIn(body, compression + 1 + u8(body, compression));
  const names = extensions.get(EXTENSION.serverName);
  const versions = numbersIn(extensions.get(EXTENSION.versions), 1);
  const known = (versions.length === 0 ? [legacy] : versions).filter((version) => VERSIONS.has(version));
  return {
    random: body.toString('hex', 2, session),
    versions: known.sort((one, other) => other - one).map((version) => versionName(version) ?? ''),
    serverName: names === undefined ? null : serverName(names),
    applications: applicationsIn(extensions.get(EXTENSION.applications)),
    cipherSuites: numbersIn(body.subarray(suites, compression), 2)
      .filter(isNoGrease)
      .map((suite) => cipherSuite(suite).name),
    keyShares: sharesIn(extensions.get(EXTENSION.keyShare)),
    resumes: extensions.has(EXTENSION.presharedKey) || (extensions.get(EXTENSION.sessionTicket)?.length ?? 0) > 0,
    earlyData: extensions.has(EXTENSION.earlyData),
  };
}

/** `body`: a ServerHello without its header. null if it ends before the end of its cipher suite. */
export function serverHelloFields(body: Buffer): ServerHelloFields | null {
  const session = 2 + RANDOM_BYTES;
  const suite = session + 1 + u8(body, session);
  if (body.length < suite + 2) return null;
  const extensions = extensionsIn(body, suite + 3);
  const chosen = extensions.get(EXTENSION.versions);
  const share = extensions.get(EXTENSION.keyShare);
  const random = body.toString('hex', 2, session);
  const number = u16(body, suite);
  return {
    random,
    version: versionName(chosen?.length === 2 ? u16(chosen, 0) : u16(body, 0)),
    cipherSuite: { number, name: cipherSuite(number).name },
    keyShare: share === undefined || share.length < 2 ? null : groupName(u16(share, 0)),
    application: applicationsIn(extensions.get(EXTENSION.applications))[0] ?? null,
    resumes: extensions.has(EXTENSION.presharedKey),
    retry: random === RETRY_RANDOM,
  };
}

/** For example `TLS 1.2`. null if the number is unknown. */
export function versionName(version: number): string | null {
  return VERSIONS.get(version) ?? null;
}

/**
 * The extensions whose total length is at `at`, by type, up to the first that is cut off: half a name would be another
 * name.
 */
function extensionsIn(body: Buffer, at: number): ReadonlyMap<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  for (let next = at + 2; next + 4 <= body.length;) {
    const end = next + 4 + u16(body, next + 2);
    if (end > body.length) break;
    extensions.set(u16(body, next), body.subarray(next + 4, end));
    next = end;
  }
  return extensions;
}

/** A list of names. Only the first kind of name, a host name, was ever defined (RFC 6066, section 3). */
function serverName(body: Buffer): string | null {
  const name = body.toString('latin1', 5, 5 + u16(body, 3));
  return u8(body, 2) !== 0 || name === '' ? null : name;
}

function applicationsIn(body: Buffer | undefined): readonly string[] {
  const names: string[] = [];
  for (let at = 2; body !== undefined && at < body.length && names.length < MOST_LISTED; at += 1 + u8(body, at)) {
    const name = body.toString('latin1', at + 1, at + 1 + u8(body, at));
    if (name !== '' && !isGreaseName(name)) names.push(name);
  }
  return names;
}

/** Section 4.2.8: the list's length, then for each share its group, its length and the share itself. */
function sharesIn(body: Buffer | undefined): readonly string[] {
  const groups: string[] = [];
  for (
    let at = 2;
    body !== undefined && at + 4 <= body.length && groups.length < MOST_LISTED;
    at += 4 + u16(body, at + 2)
  ) {
    if (isNoGrease(u16(body, at))) groups.push(groupName(u16(body, at)));
  }
  return groups;
}

/** Numbers of 16 bits after a length of `lengthBytes`. */
function numbersIn(list: Buffer | undefined, lengthBytes: number): number[] {
  const numbers: number[] = [];
  for (let at = lengthBytes; list !== undefined && at + 2 <= list.length && numbers.length < MOST_LISTED; at += 2) {
    numbers.push(u16(list, at));
  }
  return numbers;
}

function groupName(group: number): string {
  return GROUPS.get(group) ?? `group ${group}`;
}

/** RFC 8701: numbers without a meaning. Clients send them so that servers stay tolerant of unknown numbers. */
function isNoGrease(number: number): boolean {
  return (number & 0x0f0f) !== 0x0a0a || number >> 8 !== (number & 0xff);
}

function isGreaseName(name: string): boolean {
  return name.length === 2 && !isNoGrease(256 * name.charCodeAt(0) + name.charCodeAt(1));
}

function u8(bytes: Buffer, at: number): number {
  return bytes[at] ?? 0;
}

function u16(bytes: Buffer, at: number): number {
  return 256 * u8(bytes, at) + u8(bytes, at + 1);
}
