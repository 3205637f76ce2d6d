/**
 * HTTP/1 (RFC 9112): messages with a head of lines and a body. A body that is packed is unpacked; after an upgrade to
 * WebSocket, its frames follow. All else is text or not, and judged as it stands.
 *
 *     HTTP/1.1 200 OK␍␊Content-Encoding: gzip␍␊Transfer-Encoding: chunked␍␊␍␊  1a␍␊…␍␊  0␍␊␍␊  HTTP/1.1 …
 *     head                                                                      chunks, then the next message
 */
import { LayeredBody, type Body } from './layered-body.js';
import { PackedBody } from './packed-body.js';
import { WebSocketFraming } from './websocket-framing.js';
import { WholeBody } from './whole-body.js';
import type { Framing, Sink } from './sink.js';

/** Most servers refuse a longer head. */
const MOST_HEAD = 16_384;
const MOST_CHUNK_LINE = 1024;
const CR = 0x0d;
const LF = 0x0a;
const START_LINE = /^(?:HTTP\/1\.\d (\d{3})|([A-Z-]{2,20}) \S+ HTTP\/1\.\d)/;

/** Whether a message of HTTP/1 begins here: its first line says so. */
export function beginsAsHttp(bytes: Buffer, start: number, end: number): boolean {
  const line = bytes.toString('latin1', start, Math.min(end, start + 64));
  if (line.startsWith('HTTP/1.')) return true;
  if (!/^[A-Z-]{2,20} [/*\w]/.test(line)) return false;
  const lf = bytes.subarray(start, Math.min(end, start + MOST_HEAD)).indexOf(LF);
  return lf !== -1 && START_LINE.test(bytes.toString('latin1', start, start + lf));
}

/** What of a body is still to come, in bytes: of all of it, or of the chunk at hand; Infinity until the end. */
interface Coming {
  left: number;
  readonly isChunked: boolean;
  /** null if it is not packed in a way that we know. */
  readonly body: Body | null;
  /** What of the chunk before was not unpacked yet. */
  held: Buffer;
  isChecked: boolean;
}

export class HttpFraming implements Framing {
  isOver = false;
  /** How far it has read behind what is judged. */
  #ahead = 0;
  /** null in a head. */
  #coming: Coming | null = null;
  #next: WebSocketFraming | null = null;

  /** HTTP's own messages are lines and bodies; those of WebSocket are told apart. */
  get name(): string | null {
    return this.#next?.name ?? null;
  }

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    if (this.#next !== null) return this.#takeNext(this.#next, bytes, start, end, last, sink);
    const reading = new Reading(bytes, start, start + this.#ahead, end, last, sink);
    while (!this.isOver && this.#goOn(reading));
    const next = this.#webSocket();
    if (next !== null) {
      reading.tell();
      // The heads are no message.
      sink.border(reading.at, reading.at);
      return this.#takeNext(next, bytes, reading.at, end, last, sink);
    }
    if (this.isOver) {
      if (this.#coming !== null) finish(this.#coming, bytes, reading.judged, sink);
      return reading.judged;
    }
    if (last) {
      if (this.#coming !== null) finish(this.#coming, bytes, end, sink);
      reading.at = end;
    }
    const judged = reading.judged < reading.at ? sink.plain(bytes, reading.judged, reading.at, last) : reading.judged;
    this.#ahead = reading.at - judged;
    return judged;
  }

  #webSocket(): WebSocketFraming | null {
    return this.#next;
  }

  #takeNext(next: Framing, bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    const at = next.take(bytes, start, end, last, sink);
    this.isOver = next.isOver;
    return at;
  }

  /** Whether there may be more to read. */
  #goOn(reading: Reading): boolean {
    if (this.#next !== null) return false;
    const coming = this.#coming;
    if (coming === null) return this.#readHead(reading);
    if (coming.left > 0) return this.#readBody(reading, coming);
    return coming.isChunked ? this.#readChunkLine(reading, coming) : this.#endBody();
  }

  #readHead(reading: Reading): boolean {
    const { bytes, end } = reading;
    // Behind the last chunk stands an empty line.
    while (reading.at < end && (bytes[reading.at] === CR || bytes[reading.at] === LF)) reading.at += 1;
    const { at } = reading;
    if (at === end) return false;
    const head = bytes.subarray(at, Math.min(end, at + MOST_HEAD));
    if (head.includes(LF) && !beginsAsHttp(bytes, at, end)) return this.#giveUp();
    const length = headLength(head);
    if (length === null) return end - at > MOST_HEAD ? this.#giveUp() : false;
    const found = headOf(head.toString('latin1', 0, length));
    if (found === null) return this.#giveUp();
    reading.at += length;
    if (found.webSocket !== null) this.#next = new WebSocketFraming(found.webSocket === 'request');
    else if (found.left !== 0 || found.isChunked) this.#coming = comingOf(found);
    return true;
  }

  #readBody(reading: Reading, coming: Coming): boolean {
    const { bytes, at, end, last, sink } = reading;
    if (at === end) return false;
    // The answer to HEAD has the fields of a body, and none.
    if (!coming.isChecked && end - at < 7 && !last) return false;
    if (!coming.isChecked && bytes.toString('latin1', at, at + 7) === 'HTTP/1.') return this.#endBody();
    coming.isChecked = true;
    const stop = Math.min(end, at + coming.left);
    reading.at = stop;
    coming.left -= stop - at;
    const { body } = coming;
    if (body === null || body.isOver) return true;
    reading.at = at;
    reading.tell();
    const isEnd = last && stop === end;
    feed(coming, body, bytes.subarray(0, stop), at, isEnd || (coming.left === 0 && !coming.isChunked), sink);
    reading.judged = reading.at = stop;
    return true;
  }

  #readChunkLine(reading: Reading, coming: Coming): boolean {
    const { bytes, at, end } = reading;
    const line = bytes.toString('latin1', at, Math.min(end, at + MOST_CHUNK_LINE));
    const [all, digits = ''] = /^\r?\n?([0-9a-f]{1,8})[^\n]*\n/i.exec(line) ?? [];
    if (all === undefined) return line.length === MOST_CHUNK_LINE ? this.#giveUp() : false;
    coming.left = parseInt(digits, 16);
    if (coming.body === null) reading.at += all.length;
    else reading.frame(all.length);
    if (coming.left > 0) return true;
    finish(coming, bytes, reading.at, reading.sink);
    return this.#endBody();
  }

  #endBody(): boolean {
    this.#coming = null;
    return true;
  }

  #giveUp(): false {
    this.isOver = true;
    return false;
  }
}

/** The buffer at hand: judged up to `judged`, read up to `at`. */
class Reading {
  judged: number;
  at: number;
  readonly bytes: Buffer;
  readonly end: number;
  readonly last: boolean;
  readonly sink: Sink;

  constructor(bytes: Buffer, start: number, at: number, end: number, last: boolean, sink: Sink) {
    this.bytes = bytes;
    this.judged = start;
    this.at = at;
    this.end = end;
    this.last = last;
    this.sink = sink;
  }

  /** What was read is judged as it stands. */
  tell(): void {
    if (this.judged < this.at) this.sink.plain(this.bytes, this.judged, this.at, true);
    this.judged = this.at;
  }

  frame(count: number): void {
    this.tell();
    this.sink.framing(this.at, this.at + count);
    this.judged = this.at += count;
  }
}

/** Gives a body its next bytes, from `start` to the end of `bytes` or `count` of them. */
function feed(
  coming: Coming,
  body: Body,
  bytes: Buffer,
  start: number,
  last: boolean,
  sink: Sink,
  count?: number,
): void {
  const piece = bytes.subarray(start, count === undefined ? bytes.length : start + count);
  const { held } = coming;
  const joined = held.length === 0 ? piece : Buffer.concat([held, piece]);
  const at = body.take(joined, 0, joined.length, last, sink, start - held.length);
  // If the body ended early, what follows it is no part of it.
  if (body.isOver && at < joined.length) sink.plain(joined, at, joined.length, true);
  coming.held = body.isOver ? NOTHING : Buffer.from(joined.subarray(at));
}

/** Nothing more comes of the body. */
function finish(coming: Coming, bytes: Buffer, at: number, sink: Sink): void {
  if (coming.body !== null && !coming.body.isOver) feed(coming, coming.body, bytes, at, true, sink, 0);
}

const NOTHING = Buffer.alloc(0);

/** How long a head is, with the empty line that ends it; null if that has not come. */
export function headLength(head: Buffer): number | null {
  const crlf = head.indexOf('\r\n\r\n');
  const lf = (crlf === -1 ? head : head.subarray(0, crlf)).indexOf('\n\n');
  if (crlf === -1 && lf === -1) return null;
  return lf === -1 ? crlf + 4 : lf + 2;
}

interface Head {
  readonly left: number;
  readonly isChunked: boolean;
  /** How the body was packed, in the order in which it was done. */
  readonly codings: readonly string[];
  /** Who asks for WebSocket, or agrees to it. */
  readonly webSocket: 'request' | 'response' | null;
}

/** The fields that say something of the body. */
const FIELD = /\n(upgrade|transfer-encoding|content-length|content-encoding):[ \t]*([^\r\n]*)/gi;

/** What the lines of a head say of the body; null if they are not of HTTP. */
export function headOf(text: string): Head | null {
  const [, status, method] = START_LINE.exec(text) ?? [];
  if (status === undefined && method === undefined) return null;
  const fields: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(FIELD)) {
    const before = fields[name.toLowerCase()];
    const isList = before !== undefined && /-encoding$/i.test(name);
    // A list may stand in several fields (RFC 9110, section 5.3).
    if (isList) fields[name.toLowerCase()] = `${before}, ${value.trim().toLowerCase()}`;
    else fields[name.toLowerCase()] ??= value.trim().toLowerCase();
  }
  const { upgrade, 'content-length': length = '', 'content-encoding': content = '' } = fields;
  const isWebSocket = upgrade === 'websocket' && (status === '101' || method === 'GET');
  const transfer = listOf(fields['transfer-encoding']);
  const isChunked = transfer.includes('chunked');
  const hasNone = status !== undefined && /^(1\d\d|204|304)$/.test(status);
  const untilEnd = status === undefined ? 0 : Infinity;
  return {
    left: hasNone || isChunked ? 0 : /^\d{1,15}$/.test(length) ? Number(length) : untilEnd,
    isChunked: isChunked && !hasNone,
    codings: [...listOf(content), ...transfer.filter((coding) => coding !== 'chunked')],
    webSocket: isWebSocket ? (status === undefined ? 'request' : 'response') : null,
  };
}

function listOf(value = ''): readonly string[] {
  return value.split(/\s*,\s*/).filter((coding) => coding !== '' && coding !== 'identity');
}

/** More layers are not taken off. */
const MOST_CODINGS = 4;

function comingOf({ left, isChunked, codings }: Head): Coming {
  return { left, isChunked, body: bodyIn(codings), held: NOTHING, isChecked: isChunked };
}

/** The last that was done is undone first; null if it is not known. */
function bodyIn(codings: readonly string[]): Body | null {
  if (codings.length > MOST_CODINGS) return null;
  const outer = bodyOf(codings.at(-1) ?? '');
  const inner = codings.length > 1 ? bodyIn(codings.slice(0, -1)) : null;
  return outer === null || inner === null ? outer : new LayeredBody(outer, inner);
}

function bodyOf(coding: string): Body | null {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return new PackedBody('gzip', true);
    case 'deflate':
      return new PackedBody(null, true);
    case 'br':
      return new WholeBody('brotli');
    case 'zstd':
      return new WholeBody('zstd');
    default:
      return null;
  }
}
