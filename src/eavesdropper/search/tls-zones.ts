/**
 * Which part of a TLS record each byte belongs to. A ClientHello is unencrypted and does not depend on what was typed.
 * Only the content of application data can be a message (RFC 8446, sections 4.1 and 5.1).
 */
import { MESSAGE, messageName } from '../tls/handshake-messages.js';
import { CONTENT, RECORD_HEADER_BYTES, type TlsRecord } from '../tls/tls-records.js';
import { zonesFrom, type Piece, type Zone } from './zone.js';

const EXTENSIONS: ReadonlyMap<number, string> = new Map([
  [0, 'server name'],
  [10, 'supported groups'],
  [13, 'signature algorithms'],
  [16, 'ALPN'],
  [43, 'supported versions'],
  [51, 'key share'],
]);
const KEY_SHARE = 51;
const MESSAGE_HEADER_BYTES = 4;
const RANDOM_BYTES = 32;

/** The zones of a record, as far as its bytes are held, which is up to `end`. */
export function recordZones(
  bytes: Buffer,
  { type, start, end: recordEnd }: TlsRecord,
  end: number = recordEnd,
): readonly Zone[] {
  const body = Math.min(end, start + RECORD_HEADER_BYTES);
  const stop = Math.min(end, recordEnd);
  const header: Piece = { end: body, kind: 'framing', part: 'the header of a TLS record' };
  return zonesFrom(start, [header, ...contentPieces(bytes, type, body, stop)]);
}

function contentPieces(bytes: Buffer, type: number, start: number, end: number): readonly Piece[] {
  switch (type) {
    case CONTENT.applicationData:
      return [{ end, kind: 'bytes', part: APPLICATION_DATA, holdsMessages: true }];
    case CONTENT.handshake:
      // A negative start: the start of the record is no longer held.
      return start < 0 ? [{ end, kind: 'bytes', part: HANDSHAKE }] : handshakePieces(bytes, start, end);
    default:
      return [{ end, kind: 'bytes', part: type === CONTENT.alert ? 'a TLS alert' : 'a TLS ChangeCipherSpec' }];
  }
}

const APPLICATION_DATA = 'sealed TLS application data';
const HANDSHAKE = 'the TLS handshake';

/**
 * The messages of one handshake record, in order. An encrypted message, or one continued from another record, gets no
 * name.
 */
function handshakePieces(bytes: Buffer, start: number, end: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = start; at + MESSAGE_HEADER_BYTES <= end;) {
    const type = bytes[at] ?? 0;
    // An encrypted record of TLS 1.2 mostly starts with zeros. They are not a HelloRequest.
    const name = type === MESSAGE.helloRequest ? undefined : messageName(type);
    const next = at + MESSAGE_HEADER_BYTES + bytes.readUIntBE(at + 1, 3);
    if (name === undefined || (next > end && next - at > MOST_MESSAGE)) break;
    const stop = Math.min(end, next);
    pieces.push({ end: at + MESSAGE_HEADER_BYTES, kind: 'framing', part: partOf(name) });
    if (type === MESSAGE.clientHello || type === MESSAGE.serverHello)
      pieces.push(...helloPieces(bytes, name, type, at + MESSAGE_HEADER_BYTES, stop));
    pieces.push({ end: stop, kind: 'bytes', part: partOf(name) });
    at = stop;
  }
  return [...pieces, { end, kind: 'bytes', part: HANDSHAKE }];
}

/** Longer than this is not a message: it is encrypted bytes, and the first happens to equal a message type. */
const MOST_MESSAGE = 2 ** 17;

function partOf(message: string, field?: string): string {
  return `the TLS handshake (${field === undefined ? message : `${message}: ${field}`})`;
}

/** Sections 4.1.2 and 4.1.3: version, random, session id, then a list of ciphers or the chosen one, then extensions. */
function helloPieces(bytes: Buffer, name: string, type: number, start: number, end: number): readonly Piece[] {
  const at = (offset: number): number => (offset < end ? (bytes[offset] ?? 0) : 0);
  const u16 = (offset: number): number => 256 * at(offset) + at(offset + 1);
  const random = start + 2;
  const session = random + RANDOM_BYTES;
  const ciphers = session + 1 + at(session);
  const compression = type === MESSAGE.clientHello ? ciphers + 2 + u16(ciphers) : ciphers + 2;
  const extensions = type === MESSAGE.clientHello ? compression + 1 + at(compression) : compression + 1;
  const pieces: Piece[] = [
    { end: random, kind: 'framing', part: partOf(name, 'version') },
    { end: session, kind: 'bytes', part: partOf(name, 'random') },
    { end: ciphers, kind: 'bytes', part: partOf(name, 'session id') },
    { end: compression, kind: 'framing', part: partOf(name, 'cipher suites') },
    { end: extensions + 2, kind: 'framing', part: partOf(name) },
  ];
  for (let next = extensions + 2; next + 4 <= end;) {
    const extension = u16(next);
    const body = next + 4;
    next = body + u16(next + 2);
    const part = partOf(name, EXTENSIONS.get(extension) ?? `extension ${extension}`);
    pieces.push({ end: Math.min(body, end), kind: 'framing', part });
    pieces.push({ end: Math.min(next, end), kind: extension === KEY_SHARE ? 'bytes' : 'framing', part });
  }
  // A hostile sender can write lengths that lead past the end. Every zone stops there.
  return pieces.map((piece) => ({ ...piece, end: Math.min(piece.end, end) }));
}
