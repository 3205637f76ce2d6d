/**
 * Decrypts a TLS connection with a key log: TLS 1.3 (RFC 8446) and the suites of TLS 1.2 that encrypt and sign in one
 * step. It uses only node:crypto. If the key log cannot decrypt something, the result says why.
 */
import { isUtf8 } from 'node:buffer';

import { alertName, contentName } from '../../eavesdropper/tls/content-types.js';
import { CONTENT, recordsFrom, type TlsRecord } from '../../eavesdropper/tls/tls-records.js';
import { tlsPart, type TlsOpener, type TlsPart } from '../../eavesdropper/chat/tls-talk.js';
import { Hellos } from './hellos.js';
import { TlsSide, whyNotOpened } from './tls-side.js';
import type { Conversation } from '../../eavesdropper/tcp/conversation.js';
import type { OpenedRecord, TlsFindings } from '../../eavesdropper/findings/findings.js';
import { MESSAGE, type HandshakeMessage } from '../../eavesdropper/tls/handshake-messages.js';
import type { Opened } from './protection.js';
import type { TlsKeyLog } from './tls-key-log.js';
import { SIDES, type Side } from '../../protocol/side.js';

/** Decrypts the connections whose secrets are in `keyLog`. */
export function tlsOpenerWith(keyLog: TlsKeyLog): TlsOpener {
  return (conversation, seen) => openTls(conversation, seen, keyLog);
}

function openTls(conversation: Conversation, seen: TlsFindings, keyLog: TlsKeyLog): TlsFindings {
  const keyFound = seen.clientHello !== null && keyLog.secretsOf(seen.clientHello.random).size > 0;
  const why = whyNone(seen, keyFound);
  if (why !== null) return { ...seen, opening: { keyFound, opened: 0, refused: 0, why } };
  const hellos = new Hellos();
  const walks = SIDES.map((side) => new Walk(conversation, side, new TlsSide(side, hellos, keyLog), most(seen, side)));
  // Each side is read until it needs a hello of the other one.
  while (walks.some((walk) => walk.goOn()));
  let opened = 0;
  let refused = 0;
  const refusesEarly = walks.some(({ refusesEarlyData }) => refusesEarlyData);
  const records = seen.records.map((record) => {
    if (!record.sealed) return record;
    const outcome =
      walks.find(({ side }) => side === record.place.side)?.outcomes.get(record.place.offset) ?? NOT_REACHED;
    if (outcome.ok) opened += 1;
    else refused += 1;
    const isRefused = outcome.ok && outcome.earlyData === true && refusesEarly;
    return { ...record, opened: isRefused ? { ...outcome, earlyDataRefused: true as const } : outcome };
  });
  return { ...seen, records, opening: { keyFound, opened, refused, why: null } };
}

const NOT_REACHED: OpenedRecord = {
  ok: false,
  why: 'the capture does not hold the hello of the handshake that it belongs to',
};

/** Why the key log decrypts nothing of this connection. null if it may decrypt something. */
function whyNone({ clientHello, serverHello }: TlsFindings, keyFound: boolean): string | null {
  if (clientHello === null)
    return 'the capture does not hold the ClientHello, by whose random a key log finds a session';
  if (!keyFound) return `the key log has no line for this client random, ${clientHello.random}`;
  if (serverHello === null) return 'the capture does not hold the ServerHello, which says how records are sealed';
  const suite = whyNotOpened(serverHello.cipherSuite.number);
  return suite === '' ? null : suite;
}

function most({ records }: TlsFindings, side: Side): number {
  return records.filter(({ place }) => place.side === side).length;
}

/** Reads one side's records, up to the first that needs something that has not been read yet. */
class Walk {
  readonly side: Side;
  /** The key is the record's offset. */
  readonly outcomes = new Map<number, OpenedRecord>();
  /** Whether this is the server, and its extensions do not say that it takes early data. */
  refusesEarlyData = false;
  readonly #bytes: Buffer;
  readonly #reader: TlsSide;
  readonly #part: TlsPart | null;
  readonly #records: readonly TlsRecord[];
  #next = 0;

  constructor({ streams }: Conversation, side: Side, reader: TlsSide, count: number) {
    this.side = side;
    const { stream } = streams[side];
    this.#bytes = stream.bytes;
    this.#reader = reader;
    this.#part = tlsPart(stream, side);
    this.#records =
      this.#part === null ? [] : first(count, recordsFrom(stream.bytes, this.#part.start, this.#part.stop));
  }

  /** Returns whether it read more. */
  goOn(): boolean {
    const before = this.#next;
    for (const { start, end } of this.#records.slice(before)) {
      if (end > (this.#part?.stop ?? 0)) {
        this.outcomes.set(start, { ok: false, why: 'the capture does not hold all of it' });
      } else {
        const taken = this.#reader.take(this.#bytes.subarray(start, end));
        if (taken === 'wait') break;
        if (taken !== 'clear') this.outcomes.set(start, outcomeOf(taken));
        if (taken !== 'clear' && taken.ok) this.refusesEarlyData ||= taken.messages.some(refusesEarlyDataIn);
      }
      this.#next += 1;
    }
    return this.#next > before;
  }
}

const EARLY_DATA = 42;

/** RFC 8446, sections 4.3.1 and 4.2.10: the server that takes it says so in its encrypted extensions. */
function refusesEarlyDataIn({ type, body }: HandshakeMessage): boolean {
  if (type !== MESSAGE.encryptedExtensions || body.length < 2) return false;
  for (let at = 2; at + 4 <= body.length; at += 4 + body.readUInt16BE(at + 2))
    if (body.readUInt16BE(at) === EARLY_DATA) return false;
  return true;
}

function first(count: number, records: Iterable<TlsRecord>): readonly TlsRecord[] {
  const list: TlsRecord[] = [];
  if (count === 0) return list;
  for (const record of records) {
    list.push(record);
    if (list.length === count) break;
  }
  return list;
}

function outcomeOf(opened: Opened): OpenedRecord {
  if (!opened.ok) return opened;
  const { type, content, padding, isEarly } = opened;
  const alert = type === CONTENT.alert ? alertName(content) : null;
  return {
    ok: true,
    type: contentName(type),
    bytes: content.length,
    padding,
    messages: alert === null ? opened.messages.map(({ name }) => name) : [alert],
    ...(isEarly ? { earlyData: true as const } : {}),
    // The other contents of the handshake are not what someone typed.
    ...(type !== CONTENT.applicationData
      ? {}
      : isUtf8(content)
        ? { text: content.toString('utf8') }
        : { base64: content.toString('base64') }),
  };
}
