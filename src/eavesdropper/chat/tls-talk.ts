/**
 * Reads a TLS conversation as anyone can read it: both hellos field by field, and each record with its length. It
 * decrypts nothing; a caller with a key log brings the opener (`keyholder/`).
 */
import { cipherSuite } from '../tls/cipher-suites.js';
import { alertName, contentName } from '../tls/content-types.js';
import { HandshakeReader, MESSAGE, type HandshakeMessage } from '../tls/handshake-messages.js';
import { clientHelloFields, serverHelloFields } from '../tls/hello-fields.js';
import { CONTENT, RECORD_HEADER_BYTES, recordAt, recordsFrom, tlsStart } from '../tls/tls-records.js';
import { placeOf } from '../tcp/place.js';
import type { Conversation } from '../tcp/conversation.js';
import type { Place, TlsFindings, TlsRecordFindings } from '../findings/findings.js';
import type { Stream } from '../tcp/stream.js';
import { SIDES, type Side } from '../../protocol/side.js';

/** The most records that are listed for one conversation. */
export const MAX_RECORDS = 100_000;

/** Adds what a key log reveals. A listener has no key log, so the caller has to bring the opener. */
export type TlsOpener = (conversation: Conversation, seen: TlsFindings) => TlsFindings;

/** Where the records of one side are: from `start` on, up to the first missing byte. */
export interface TlsPart {
  readonly start: number;
  readonly stop: number;
}

/**
 * null if the side sent no TLS. Also null if its first hello was not captured, because then the first record is
 * unknown.
 */
export function tlsPart(stream: Stream, side: Side): TlsPart | null {
  const { bytes } = stream;
  // If the capture starts later there is no hello, but perhaps a record at the very start.
  const start = tlsStart(bytes, side) ?? (beginsWithRecords(bytes) ? 0 : null);
  if (start === null) return null;
  const run = stream.runs().find(({ start: from, end }) => from <= start && start < end);
  return run === undefined ? null : { start, stop: run.end };
}

function beginsWithRecords(bytes: Buffer): boolean {
  const first = recordAt(bytes, 0);
  return first !== null && (first.end === bytes.length || recordAt(bytes, first.end) !== null);
}

type Hello = Pick<TlsFindings, 'clientHello' | 'serverHello' | 'retry'>;
interface Unordered {
  readonly record: TlsRecordFindings;
  readonly frame: number;
}

/** null if neither side uses TLS. `most`: how many records are listed. */
export function readTls(conversation: Conversation, most: number = MAX_RECORDS): TlsFindings | null {
  const parts = {
    client: tlsPart(conversation.streams.client.stream, 'client'),
    server: tlsPart(conversation.streams.server.stream, 'server'),
  };
  if (parts.client === null && parts.server === null) return null;
  const walks = SIDES.map((side) => ({ side, walk: new Walk(conversation, side) }));
  // The server's hello says what a ChangeCipherSpec means for both sides.
  for (const { side, walk } of walks) walk.readHellos(parts[side]);
  const hello: Hello = {
    clientHello: walks[0]?.walk.hello.clientHello ?? null,
    serverHello: walks[1]?.walk.hello.serverHello ?? null,
    retry: walks[1]?.walk.hello.retry ?? false,
  };
  const all = walks.flatMap(({ side, walk }) => walk.records(parts[side], hello.serverHello, most));
  const records = all
    .sort((one, other) => one.frame - other.frame)
    .slice(0, most)
    .map(({ record }) => record);
  const [client, server] = walks.map(({ walk }) => walk.unread);
  return { ...hello, records, unread: { client: client ?? 0, server: server ?? 0 }, opening: null };
}

class Walk {
  hello: Hello = { clientHello: null, serverHello: null, retry: false };
  /** Bytes after the last listed record. */
  unread = 0;
  readonly #conversation: number;
  readonly #side: Side;
  readonly #stream: Stream;

  constructor({ number, streams }: Conversation, side: Side) {
    this.#conversation = number;
    this.#side = side;
    this.#stream = streams[side].stream;
  }

  /** The first records, as long as they are the unencrypted handshake. */
  readHellos(part: TlsPart | null): void {
    if (part === null) return;
    const reader = new HandshakeReader();
    for (const { type, start, end } of recordsFrom(this.#stream.bytes, part.start, part.stop)) {
      if (type === CONTENT.changeCipherSpec) continue;
      if (type !== CONTENT.handshake || end > part.stop) return;
      const place = placeOf(this.#conversation, this.#side, this.#stream, start, end);
      for (const message of reader.take(this.#stream.bytes.subarray(start + RECORD_HEADER_BYTES, end)))
        this.#learn(message, place);
      const { clientHello, serverHello } = this.hello;
      if ((clientHello ?? serverHello) !== null) return;
    }
  }

  #learn({ type, body }: HandshakeMessage, place: Place): void {
    if (type === MESSAGE.clientHello && this.hello.clientHello === null) {
      const fields = clientHelloFields(body);
      if (fields !== null) this.hello = { ...this.hello, clientHello: { place, ...fields } };
    }
    if (type !== MESSAGE.serverHello || this.hello.serverHello !== null) return;
    const fields = serverHelloFields(body);
    if (fields === null) return;
    if (fields.retry) this.hello = { ...this.hello, retry: true };
    else this.hello = { ...this.hello, serverHello: { place, ...fields } };
  }

  records(part: TlsPart | null, chosen: TlsFindings['serverHello'], most: number): readonly Unordered[] {
    if (part === null) return [];
    const { bytes } = this.#stream;
    const listed: Unordered[] = [];
    let reached = part.start;
    let frame = 0;
    const clear = new Clear(chosen);
    for (const { type, start, end } of recordsFrom(bytes, part.start, part.stop)) {
      if (listed.length === most) break;
      reached = Math.min(end, part.stop);
      const place = placeOf(this.#conversation, this.#side, this.#stream, start, reached);
      frame = Math.max(frame, place.frame);
      const { sealed, messages } = clear.take(type, bytes.subarray(start + RECORD_HEADER_BYTES, reached));
      const isWhole = end <= part.stop;
      const length = end - start - RECORD_HEADER_BYTES;
      listed.push({
        frame,
        record: { place, type: contentName(type), bytes: length, isWhole, sealed, messages, opened: null },
      });
    }
    this.unread = bytes.length - reached;
    return listed;
  }
}

/** The unencrypted part of one side's records. */
class Clear {
  readonly #isNew: boolean;
  readonly #isNull: boolean;
  readonly #reader = new HandshakeReader();
  #hasChanged = false;

  constructor(chosen: TlsFindings['serverHello']) {
    this.#isNew = chosen?.version === 'TLS 1.3';
    this.#isNull = chosen !== null && cipherSuite(chosen.cipherSuite.number).sealing.kind === 'null';
  }

  take(type: number, fragment: Buffer): { readonly sealed: boolean; readonly messages: readonly string[] } {
    const sealed = !this.#isNull && (type === CONTENT.applicationData || (this.#hasChanged && !this.#isNew));
    if (type === CONTENT.changeCipherSpec) this.#hasChanged = true;
    return { sealed, messages: sealed ? [] : this.#messagesIn(type, fragment) };
  }

  #messagesIn(type: number, fragment: Buffer): readonly string[] {
    if (type === CONTENT.handshake) return this.#reader.take(fragment).map(({ name }) => name);
    const alert = type === CONTENT.alert ? alertName(fragment) : null;
    return alert === null ? [] : [alert];
  }
}
