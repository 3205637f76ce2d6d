/**
 * What kind of bytes surround a hit. In a long enough run of noise a short text appears by accident, and the protocol's
 * own words are there whatever is typed. Neither shows what someone wrote.
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

/** Bytes that are judged together (a record or a line), with their zones in order. */
interface Parcel extends Run {
  readonly zones: readonly Zone[];
}

const LF = 0x0a;

/**
 * How far a TLS stream was walked: the record that contains the last byte. Its offsets count from the start of the
 * stream.
 */
export type RecordReached = TlsRecord | null;

export class Terrain {
  readonly #bytes: Buffer;
  readonly #base: number;
  readonly #runs: readonly Run[];
  readonly #mode: SeenMode;
  /** The TLS records from the start of the stream; empty if it does not begin as TLS. */
  readonly #records: readonly TlsRecord[];
  /** The last parcel that was looked at. Hits come in order, and often many are in one line. */
  #parcel: Parcel = { start: 0, end: 0, zones: [] };

  /** `reached`: how far the terrain of the bytes held before, of the same stream, had come. */
  constructor(stream: HeldBytes, mode: SeenMode, reached: RecordReached = null) {
    this.#bytes = stream.bytes;
    this.#base = stream.base;
    this.#runs = stream.runs();
    this.#mode = mode;
    this.#records = mode === 'encrypted' || (stream.base > 0 && reached === null) ? [] : this.#recordsFrom(reached);
  }

  /** Pass this to the terrain of the next bytes of the stream. null if the stream is not TLS, or no longer. */
  get reached(): RecordReached {
    const last = this.#records.at(-1);
    if (last === undefined || last.end < this.#bytes.length - RECORD_HEADER_BYTES) return null;
    return { ...last, start: last.start + this.#base, end: last.end + this.#base };
  }

  /** The total number of noise bytes from `from` on: each one is a chance for an accident. */
  noiseBytes(from: number): number {
    let count = 0;
    for (const { start: runStart, end: runEnd } of this.#runs) {
      for (let at = Math.max(from, runStart); at < runEnd; at = this.#parcel.end) {
        for (const { kind, start, end } of this.#parcelAt(at).zones) if (kind !== 'framing') count += end - start;
      }
    }
    return count;
  }

  /** The zones, in order, that share a byte with the range from `start` to `end`. */
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

  /** Whether no byte is missing between `start` and `end`. */
  isUnbroken(start: number, end: number): boolean {
    return end <= this.#runAt(start).end;
  }

  /** Stops at the first missing byte: after it, nobody knows where a record begins. */
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

  /** `end` includes the LF, if there is one. */
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
   * For an unknown protocol: whether this line, together with the lines around it, is more text than accident would
   * make.
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

/**
 * The least number of text bytes in a row that is not an accident: among 256^2 random bytes such a run would be rare.
 */
const LEAST_TEXT = 16;
/**
 * For a line that is not UTF-8 but Latin-1 or similar: the least share of printable ASCII. Of random bytes, 3 in 8 are
 * printable ASCII.
 */
const LEAST_PRINTABLE = 0.75;

function isTextLine(line: Buffer): boolean {
  // eslint-disable-next-line no-control-regex -- characters that text does not contain
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
