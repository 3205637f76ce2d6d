/**
 * What the two hello messages of TLS say unencrypted (RFC 8446, section 4.1): the version, and the name of the server
 * that the client asks for (RFC 6066, section 3). If a hello is cut off, only what comes before the cut is read.
 */

import { cipherSuite } from './cipher-suites.js';

export interface Hello {
  /** For example `TLS 1.2`; null if the version is unknown. */
  readonly version: string | null;
  readonly serverName: string | null;
  /**
   * The first application protocol that the client offers (ALPN, RFC 7301): `h2`, `servchat/1`. null if it offers none.
   */
  readonly application: string | null;
  /** Whether the server chose a suite that checks and does not encrypt (RFC 5246, appendix A.5; RFC 9150). */
  readonly isNull: boolean;
}

const HANDSHAKE = 0x16;
const RECORD_HEADER = 5;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const EXTENSION = { serverName: 0, applications: 16, supportedVersions: 43 } as const;

/** Type and length, two bytes each. */
const EXTENSION_HEADER = 4;
const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

export function clientHello(head: Buffer): Hello | null {
  const reader = handshake(head, CLIENT_HELLO);
  if (reader === null) return null;
  const legacy = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  reader.skip(reader.u16());
  reader.skip(reader.u8());
  let offered = legacy;
  let serverName: string | null = null;
  let application: string | null = null;
  for (const { type, body } of extensions(reader)) {
    if (type === EXTENSION.serverName) serverName = nameIn(body);
    if (type === EXTENSION.applications) application = applicationIn(body);
    if (type === EXTENSION.supportedVersions) offered = Math.max(...versionsIn(body, legacy));
  }
  return { version: VERSIONS.get(offered) ?? null, serverName, application, isNull: false };
}

export function serverHello(head: Buffer): Hello | null {
  const reader = handshake(head, SERVER_HELLO);
  if (reader === null) return null;
  let version = reader.u16();
  reader.skip(32);
  reader.skip(reader.u8());
  const suite = reader.u16();
  reader.skip(1);
  for (const { type, body } of extensions(reader))
    if (type === EXTENSION.supportedVersions && body.length === 2) version = body.readUInt16BE(0);
  return {
    version: VERSIONS.get(version) ?? null,
    serverName: null,
    application: null,
    isNull: cipherSuite(suite).sealing.kind === 'null',
  };
}

/** Returns a reader at the body of the handshake message. null if `head` does not begin with a message of this type. */
function handshake(head: Buffer, type: number): Reader | null {
  if (head.length < RECORD_HEADER + 6 || head[0] !== HANDSHAKE || head[1] !== 3 || head[RECORD_HEADER] !== type)
    return null;
  if (head[RECORD_HEADER + 4] !== 3) return null;
  return new Reader(head, RECORD_HEADER + 4);
}

function* extensions(reader: Reader): Generator<{ type: number; body: Buffer }, void, void> {
  reader.u16();
  // Without this check a cut header would be read as type 0, which is the server's name.
  while (reader.left >= EXTENSION_HEADER) {
    const type = reader.u16();
    const length = reader.u16();
    const body = reader.take(length);
    if (body.length < length) return;
    yield { type, body };
  }
}

/** Reads the server name. The format is a list of names, but only one kind, the host name, was ever defined. */
function nameIn(body: Buffer): string | null {
  if (body.length < 5 || body[2] !== 0) return null;
  const name = body.subarray(5, 5 + body.readUInt16BE(3)).toString('latin1');
  return name === '' ? null : name;
}

/**
 * Reads a list of names, each after a byte with its length (RFC 7301, section 3.1). In TLS 1.3 the server's choice is
 * encrypted.
 */
function applicationIn(body: Buffer): string | null {
  const name = body.subarray(3, 3 + (body[2] ?? 0)).toString('latin1');
  return name === '' ? null : name;
}

/** The versions that a client offers. Numbers of the form 0x?a?a only keep servers flexible (RFC 8701). */
function versionsIn(body: Buffer, legacy: number): number[] {
  const versions = [legacy];
  for (let at = 1; at + 2 <= body.length; at += 2) {
    const version = body.readUInt16BE(at);
    if (VERSIONS.has(version)) versions.push(version);
  }
  return versions;
}

/** Reads zeros beyond the end, where bytes were cut off. */
class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    const value = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return value;
  }

  u16(): number {
    return 256 * this.u8() + this.u8();
  }

  skip(count: number): void {
    this.#at += count;
  }

  take(count: number): Buffer {
    const bytes = this.#bytes.subarray(this.#at, this.#at + count);
    this.#at += count;
    return bytes;
  }
}
