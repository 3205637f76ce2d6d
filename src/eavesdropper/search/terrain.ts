/**
 * What the bytes are among which a text was found. A short text turns up by accident in a long enough run of noise, and
 * the protocol's own words are there whatever is typed; neither says anything about what somebody wrote.
 */
import { isUtf8 } from 'node:buffer';
import { countPassing } from '../../bytes/bisection.js';
import { encryptedLineZones } from './frame-zones.js';
import { noiseRuns } from './noise-runs.js';
import { RECORD_HEADER_BYTES, recordAt, type TlsRecord } from '../tls/tls-records.js';
import { recordZones } from './tls-zones.js';
import type { SeenMode } from '../chat/chat.js';
import type { HeldBytes, Run } from '../tcp/stream.js';
import type { Zone } from './zone.js';

/** Bytes that are taken as one, with their zones in order. */
interface Parcel extends Run {
  readonly zones: readonly Zone[];
}

const LF = 0x0a;

/** Up to where a stream of TLS was walked: the record that holds the last byte, its offsets counted in the stream. */
export type RecordReached = TlsRecord | null;

export class Terrain {
  readonly #bytes: Buffer;
  readonly #base: number;
  readonly #runs: readonly Run[];
  readonly #mode: SeenMode;
  /** Of a stream that begins as TLS, the offset of each record; then what follows the last one. */
  readonly #records: readonly TlsRecord[];
  /** The last one that was looked at: hits come in order, and many in one line. */
  #parcel: Parcel = { start: 0, end: 0, zones: [] };

  /** `reached`: where the terrain of the same stream was left that was held before. */
  constructor(stream: HeldBytes, mode: SeenMode, reached: RecordReached = null) {
    this.#bytes = stream.bytes;
    this.#base = stream.base;
    this.#runs = stream.runs();
    this.#mode = mode;
    this.#records = mode === 'encrypted' || (stream.base > 0 && reached === null) ? [] : this.#recordsFrom(reached);
  }

  /** For the terrain of what is held of the stream next; null where it is no TLS, or not any more. */
  get reached(): RecordReached {
    const last = this.#records.at(-1);
    if (last === undefined || last.end < this.#bytes.length - RECORD_HEADER_BYTES) return null;
    return { ...last, start: last.start + this.#base, end: last.end + this.#base };
  }

  /** Bytes of noise in all from `from` on: how often accident had its chance. */
  noiseBytes(from: number): number {
    let count = 0;
    for (const { start: runStart, end: runEnd } of this.#runs) {
      for (let at = Math.max(from, runStart); at < runEnd; at = this.#parcel.end) {
        for (const { kind, start, end } of this.#parcelAt(at).zones) if (kind !== 'framing') count += end - start;
      }
    }
    return count;
  }

  /** Zones that share a byte with what stands from `start` to `end`, in order. */
  zonesWithin(start: number, end: number): Zone[] {
    const within: Zone[] = [];
    for (let at = start; at < end; at = this.#parcel.end) {
      const { zones } = this.#parcelAt(at);
      for (let index = firstEndingAfter(zones, start); index < zones.length; index += 1) {
        const zone = zones[index];
        if (zone === undefined || zone.start >= end) break;
        within.push(zone);
      }
    }
    return within;
  }

  /** Whether no byte is missing between the first and the last of these. */
  isUnbroken(start: number, end: number): boolean {
    return end <= this.#runAt(start).end;
  }

  /** Up to the first missing byte, from which on nobody knows where a record begins. */
  #recordsFrom(reached: RecordReached): readonly TlsRecord[] {
    const end = this.#runs[0]?.end ?? 0;
    const records: TlsRecord[] = [];
    let at = 0;
    if (reached !== null) {
      records.push({ type: reached.type, start: reached.start - this.#base, end: reached.end - this.#base });
      at = reached.end - this.#base;
    }
    for (let record = recordAt(this.#bytes, at); record !== null && at < end; record = recordAt(this.#bytes, at)) {
      records.push(record);
      at = record.end;
    }
    return records;
  }

  #parcelAt(offset: number): Parcel {
    if (offset < this.#parcel.start || offset >= this.#parcel.end)
      this.#parcel = this.#recordParcel(offset) ?? this.#lineParcel(offset);
    return this.#parcel;
  }

  #recordParcel(offset: number): Parcel | null {
    const record = this.#records[firstEndingAfter(this.#records, offset)];
    if (record === undefined) return null;
    const end = Math.min(record.end, this.#runAt(offset).end);
    return { start: record.start, end, zones: recordZones(this.#bytes, record, end) };
  }

  #lineParcel(offset: number): Parcel {
    const run = this.#runAt(offset);
    const from = Math.max(run.start, this.#records.at(-1)?.end ?? 0);
    const start = Math.max(from, offset === 0 ? 0 : this.#bytes.lastIndexOf(LF, offset - 1) + 1);
    const end = this.#nextLine(offset, run.end);
    return { start, end, zones: this.#zonesOf(start, end, run) };
  }

  #runAt(offset: number): Run {
    return this.#runs[firstEndingAfter(this.#runs, offset)] ?? { start: offset, end: offset };
  }

  /** `end` stands behind the LF, where there is one. */
  #zonesOf(start: number, end: number, run: Run): readonly Zone[] {
    if (this.#mode === 'encrypted')
      return encryptedLineZones(this.#bytes, {
        start,
        end,
        lineEnd: this.#lineEnd(start, end),
        begins: start === run.start,
      });
    const line = this.#bytes.subarray(start, end);
    const isText =
      this.#mode === 'plaintext' ? isUtf8(line) || isMostlyPrintable(line) : this.#isAmongText(start, end, run);
    return isText
      ? noiseRuns(line, start)
      : [{ start, end, kind: 'bytes', part: 'bytes that are not text', holdsMessages: true }];
  }

  /**
   * Of a protocol that is not known: whether this line, with those around it, is more text than accident would make.
   */
  #isAmongText(start: number, end: number, run: Run): boolean {
    if (!isTextLine(this.#bytes.subarray(start, end))) return false;
    let [from, to] = [start, end];
    while (to - from < LEAST_TEXT && from > run.start) {
      const before = Math.max(run.start, from < 2 ? 0 : this.#bytes.lastIndexOf(LF, from - 2) + 1);
      if (!isTextLine(this.#bytes.subarray(before, from))) break;
      from = before;
    }
    while (to - from < LEAST_TEXT && to < run.end) {
      const next = this.#nextLine(to, run.end);
      if (!isTextLine(this.#bytes.subarray(to, next))) break;
      to = next;
    }
    return to - from >= LEAST_TEXT || (from === run.start && to === run.end);
  }

  #nextLine(offset: number, end: number): number {
    const lf = this.#bytes.indexOf(LF, offset);
    return lf === -1 ? end : Math.min(end, lf + 1);
  }

  #lineEnd(start: number, end: number): number {
    let at = end;
    if (at > start && this.#bytes[at - 1] === LF) at -= 1;
    if (at > start && at < end && this.#bytes[at - 1] === 0x0d) at -= 1;
    return at;
  }
}

/** Bytes that are text one behind the other by accident: one run of so many in 256^2 random bytes would be rare. */
const LEAST_TEXT = 16;
/** Of a line that is no UTF-8, but Latin-1 or the like. Of random bytes 3 in 8 are printable ASCII. */
const LEAST_PRINTABLE = 0.75;

function isTextLine(line: Buffer): boolean {
  // eslint-disable-next-line no-control-regex -- what text does not hold
  return isUtf8(line) && !/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(line.toString('latin1'));
}

function isMostlyPrintable(line: Buffer): boolean {
  let printable = 0;
  for (const byte of line) if (byte >= 0x20 && byte < 0x7f) printable += 1;
  return printable >= LEAST_PRINTABLE * line.length;
}

function firstEndingAfter(runs: readonly Run[], offset: number): number {
  return countPassing(runs.length, (index) => (runs[index]?.end ?? 0) <= offset);
}
