/**
 * The lines of a chat inside TLS, once a key log has opened its records: each with its text, and where it was on the
 * wire. Session tickets and the closing alert are not lines, and with a key that is known for certain.
 */
import { placeOf } from '../tcp/place.js';
import { sealedBeforeChat, textBytesIn, type TlsLine } from './tls-lengths.js';
import type { TlsFindings, TlsRecordFindings } from '../findings/findings.js';
import type { Haystack } from '../search/search.js';
import { RECORD_HEADER_BYTES } from '../tls/tls-records.js';

const LF = 0x0a;
const CR = 0x0d;

/**
 * The lines of one side in order, and the content after the last LF, if there is any. If there is no LF in all that the
 * side sent, each record is a message of its own. A record of the chat that the key log does not open is a line of
 * which only the length is known.
 */
export function openedLines(haystack: Haystack, tls: TlsFindings): readonly TlsLine[] {
  const sealed = tls.records.filter(({ place, sealed: isSealed }) => isSealed && place.side === haystack.side);
  const isFramed = sealed.some((record) => contentOf(record)?.includes(LF) === true);
  const lines = new Lines(haystack, isFramed);
  for (const [index, record] of sealed.entries()) {
    const content = contentOf(record);
    if (content !== null) lines.take(record, content);
    else if (record.opened?.ok !== true && index >= sealedBeforeChat(haystack.side)) lines.takeClosed(record);
  }
  return lines.finish();
}

/** What someone sent with TLS. null if the record holds something else, or is not opened. */
function contentOf({ opened }: TlsRecordFindings): Buffer | null {
  if (opened?.ok !== true || opened.type !== 'application data') return null;
  return opened.text === undefined ? Buffer.from(opened.base64 ?? '', 'base64') : Buffer.from(opened.text);
}

class Lines {
  readonly #haystack: Haystack;
  readonly #isFramed: boolean;
  readonly #lines: TlsLine[] = [];
  #parts: Buffer[] = [];
  #start = 0;
  #end = 0;

  constructor(haystack: Haystack, isFramed: boolean) {
    this.#haystack = haystack;
    this.#isFramed = isFramed;
  }

  take(record: TlsRecordFindings, content: Buffer): void {
    let rest = content;
    for (let lf = rest.indexOf(LF); lf !== -1; lf = rest.indexOf(LF)) {
      this.#add(record, rest.subarray(0, lf));
      this.#endLine();
      rest = rest.subarray(lf + 1);
    }
    if (rest.length > 0) this.#add(record, rest);
    if (!this.#isFramed) this.finish();
  }

  /** A record that stays closed also ends what came before it, because nobody knows whether that went on in it. */
  takeClosed(record: TlsRecordFindings): void {
    this.finish();
    const [start, end] = this.#spanOf(record);
    const why = record.opened?.ok === false ? record.opened.why : 'the key log opens nothing of this conversation';
    this.#lines.push({
      place: this.#place(start, end),
      textBytes: textBytesIn(record.bytes),
      opened: { ok: false, why },
      start,
      end,
    });
  }

  /** All lines, with what is left as the last one. */
  finish(): readonly TlsLine[] {
    if (this.#parts.length > 0) this.#endLine();
    return this.#lines;
  }

  #add(record: TlsRecordFindings, bytes: Buffer): void {
    const [start, end] = this.#spanOf(record);
    if (this.#parts.length === 0) this.#start = start;
    this.#end = end;
    this.#parts.push(bytes);
  }

  #endLine(): void {
    const line = Buffer.concat(this.#parts);
    const bytes = line.at(-1) === CR ? line.subarray(0, -1) : line;
    this.#parts = [];
    this.#lines.push({
      place: this.#place(this.#start, this.#end),
      textBytes: bytes.length,
      opened: { ok: true, text: bytes.toString('utf8') },
      start: this.#start,
      end: this.#end,
    });
  }

  #spanOf({ place, bytes }: TlsRecordFindings): readonly [number, number] {
    const start = place.offset - this.#haystack.stream.base;
    return [start, start + RECORD_HEADER_BYTES + bytes];
  }

  #place(start: number, end: number): TlsLine['place'] {
    const { conversation, side, stream } = this.#haystack;
    return placeOf(conversation, side, stream, start, end);
  }
}
