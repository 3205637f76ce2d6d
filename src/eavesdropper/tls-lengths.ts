/**
 * What a TLS 1.3 chat tells of its messages without a key: how long each is, to the byte.
 *
 * A record's header gives its length in clear; around the text stand its real type, one byte, and a tag of 16 (RFC 8446,
 * section 5.2). Which of the sealed records are the chat's is known by their number: the client's first is its Finished;
 * the server's first four belong to the handshake (section 2), and the next two are session tickets (section 4.6.1;
 * OpenSSL, and so Node, sends two).
 */
import { placeOf } from './place.js';
import type { Side, TlsMessage } from './findings.js';
import type { Haystack } from './search.js';

const HEADER_BYTES = 5;
const LENGTH_AT = 3;
const APPLICATION_DATA = 23;
const SEALED_BEFORE_CHAT: Readonly<Record<Side, number>> = { client: 1, server: 4 + 2 };
const AROUND_TEXT = 1 + 16;
const LF_BYTES = 1;

/** The chat's records of one side, in order; the goodbye at the end, which is one too, among them. */
export function tlsMessages({ conversation, side, stream }: Pick<Haystack, 'conversation' | 'side' | 'stream'>): readonly TlsMessage[] {
  const { bytes } = stream;
  const sealed: TlsMessage[] = [];
  for (let start = 0; start + HEADER_BYTES <= bytes.length; ) {
    const length = bytes.readUInt16BE(start + LENGTH_AT);
    const end = start + HEADER_BYTES + length;
    if (end > bytes.length) break;
    if (bytes[start] === APPLICATION_DATA) {
      sealed.push({ place: placeOf(conversation, side, stream, start, end), textBytes: Math.max(0, length - AROUND_TEXT - LF_BYTES) });
    }
    start = end;
  }
  return sealed.slice(SEALED_BEFORE_CHAT[side]);
}
