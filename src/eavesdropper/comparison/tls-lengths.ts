/**
 * What a TLS 1.3 chat reveals about its messages without a key: the length of each, to the byte.
 *
 * The header of a record gives its length unencrypted. The record contains the text, its real type (one byte) and a tag
 * of 16 bytes (RFC 8446, section 5.2). The number of an encrypted record shows whether it belongs to the chat: the
 * client's first is its Finished; the server's first four belong to the handshake (section 2), and the next two are
 * session tickets (section 4.6.1; OpenSSL, and so Node, sends two).
 */
import { placeOf } from '../tcp/place.js';
import { CONTENT, RECORD_HEADER_BYTES, recordAt } from '../tls/tls-records.js';
import type { TlsMessage } from '../findings/findings.js';
import type { Haystack } from '../search/search.js';
import type { Side } from '../../protocol/side.js';

const SEALED_BEFORE_CHAT: Readonly<Record<Side, number>> = { client: 1, server: 4 + 2 };
const AROUND_TEXT = 1 + 16;
const LF_BYTES = 1;
/** The most bytes in one record (section 5.1). A longer line continues in the next record. */
const MOST_IN_RECORD = 2 ** 14;

/** A line, and where its records are in the stream: from `start` up to, but not including, `end`. */
export interface TlsLine extends TlsMessage {
  readonly start: number;
  readonly end: number;
}

/**
 * The lines of one side in order, including the closing alert at the end, which is encrypted like them. Stops at the
 * first missing byte: after it, nobody knows where a record begins.
 */
export function tlsMessages({
  conversation,
  side,
  stream,
}: Pick<Haystack, 'conversation' | 'side' | 'stream'>): readonly TlsLine[] {
  const lines: TlsLine[] = [];
  let begun: { readonly start: number; readonly textBytes: number } | null = null;
  for (const { start, end } of sealedRecords(stream).slice(SEALED_BEFORE_CHAT[side])) {
    const held = heldIn(end - start - RECORD_HEADER_BYTES);
    const line: { readonly start: number; readonly textBytes: number } = {
      start: begun?.start ?? start,
      textBytes: (begun?.textBytes ?? 0) + held,
    };
    begun = held < MOST_IN_RECORD ? null : line;
    if (begun !== null) continue;
    const place = placeOf(conversation, side, stream, line.start, end);
    lines.push({ place, textBytes: Math.max(0, line.textBytes - LF_BYTES), opened: null, start: line.start, end });
  }
  return lines;
}

/** How many sealed records of a side come before its chat. */
export function sealedBeforeChat(side: Side): number {
  return SEALED_BEFORE_CHAT[side];
}

/** The length of the line in a record that holds one line. `bytes`: what its header says. */
export function textBytesIn(bytes: number): number {
  return Math.max(0, heldIn(bytes) - LF_BYTES);
}

function heldIn(bytes: number): number {
  return Math.max(0, bytes - AROUND_TEXT);
}

function sealedRecords(stream: Haystack['stream']): readonly { readonly start: number; readonly end: number }[] {
  const stop = stream.runs()[0]?.end ?? 0;
  const sealed: { start: number; end: number }[] = [];
  for (
    let record = recordAt(stream.bytes, 0);
    record !== null && record.end <= stop;
    record = recordAt(stream.bytes, record.end)
  ) {
    if (record.type === CONTENT.applicationData) sealed.push({ start: record.start, end: record.end });
  }
  return sealed;
}
