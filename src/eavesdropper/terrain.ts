/**
 * What the bytes are among which a text was found. A short text turns up by accident in a long enough run of noise, and
 * the protocol's own words are there whatever is typed; neither says anything about what somebody wrote.
 *
 *     MESSAGE gAAAAABqHG…the rest of the token…== 3f2a…the check…      LF
 *     |framing           |noise, base64url       |f|noise, hex        |framing
 *     |and what a token always opens with
 */
import { isUtf8 } from 'node:buffer';
import { countPassing } from './bisection.js';
import { isErrorCode, isIntegrity } from '../protocol/frames.js';
import { frameIn, tokenOf } from './chat.js';
import type { Frame } from '../protocol/frames.js';
import type { Mode } from './chat.js';
import type { HeldBytes, Run } from './stream.js';

/** Characters that come up with the same chance in noise of this kind; `bytes` is any byte at all. */
export type NoiseKind = 'base64' | 'base64url' | 'hex' | 'bytes';

/** From `start` up to, not including, `end`. What no zone covers is taken for somebody's text. */
export interface Zone {
  readonly start: number;
  readonly end: number;
  readonly kind: 'framing' | NoiseKind;
}

/** Bytes that are taken as one, with their zones in order. */
interface Parcel extends Run {
  readonly zones: readonly Zone[];
}

const LF = 0x0a;
/** Version and timestamp, 9 bytes: the head of each token, the same for years to come in all but the last characters. */
const TOKEN_HEAD_CHARACTERS = 12;
/** In an RSA key's SPKI DER: the algorithm and the modulus's length before the modulus, the exponent behind it. */
const KEY_HEAD_CHARACTERS = 44;
const KEY_TAIL_CHARACTERS = 8;

export class Terrain {
  readonly #bytes: Buffer;
  readonly #runs: readonly Run[];
  readonly #mode: Mode;
  /** The last one that was looked at: hits come in order, and many in one line. */
  #parcel: Parcel = { start: 0, end: 0, zones: [] };

  constructor(stream: HeldBytes, mode: Mode) {
    this.#bytes = stream.bytes;
    this.#runs = stream.runs();
    this.#mode = mode;
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

  #parcelAt(offset: number): Parcel {
    if (offset < this.#parcel.start || offset >= this.#parcel.end) {
      const run = this.#runAt(offset);
      const start = Math.max(run.start, offset === 0 ? 0 : this.#bytes.lastIndexOf(LF, offset - 1) + 1);
      const lf = this.#bytes.indexOf(LF, offset);
      const end = lf === -1 ? run.end : Math.min(run.end, lf + 1);
      this.#parcel = { start, end, zones: this.#zonesOf(start, end) };
    }
    return this.#parcel;
  }

  #runAt(offset: number): Run {
    return this.#runs[firstEndingAfter(this.#runs, offset)] ?? { start: offset, end: offset };
  }

  /** `end` stands behind the LF, where there is one. */
  #zonesOf(start: number, end: number): readonly Zone[] {
    if (this.#mode === 'encrypted') {
      const frame = frameIn(this.#bytes, { start, end: this.#lineEnd(start, end) });
      if (frame !== null) return frameZones(frame, start, end);
    }
    const line = this.#bytes.subarray(start, end);
    if (this.#mode === 'unknown' && !isUtf8(line)) return [{ start, end, kind: 'bytes' }];
    return noiseRuns(line, start);
  }

  #lineEnd(start: number, end: number): number {
    let at = end;
    if (at > start && this.#bytes[at - 1] === LF) at -= 1;
    if (at > start && at < end && this.#bytes[at - 1] === 0x0d) at -= 1;
    return at;
  }
}

function firstEndingAfter(runs: readonly Run[], offset: number): number {
  return countPassing(runs.length, (index) => (runs[index]?.end ?? 0) <= offset);
}

/** `end` stands behind the line's LF. A field that anybody could have filled as they liked is left out: it may be text. */
function frameZones(frame: Frame, start: number, end: number): readonly Zone[] {
  const field = start + frame.kind.length + 1;
  switch (frame.kind) {
    case 'HELLO':
      return isIntegrity(frame.integrity) ? [{ start, end, kind: 'framing' }] : [{ start, end: field, kind: 'framing' }];
    case 'ERROR':
      return isErrorCode(frame.code) ? [{ start, end, kind: 'framing' }] : [{ start, end: field, kind: 'framing' }];
    case 'PUBLIC-KEY': {
      const fieldEnd = field + base64Length(frame.spki);
      return zones(start, [field + KEY_HEAD_CHARACTERS, 'framing'], [fieldEnd - KEY_TAIL_CHARACTERS, 'base64'], [end, 'framing']);
    }
    case 'SESSION-KEY':
      return zones(start, [field, 'framing'], [field + base64Length(frame.envelope), 'base64'], [end, 'framing']);
    case 'MESSAGE': {
      const head = tokenOf(frame) === null ? 0 : TOKEN_HEAD_CHARACTERS;
      const tokenEnd = field + frame.token.length;
      const checkEnd = tokenEnd + 1 + 2 * frame.check.length;
      return zones(start, [field + head, 'framing'], [tokenEnd, 'base64url'], [tokenEnd + 1, 'framing'], [checkEnd, 'hex'], [end, 'framing']);
    }
  }
}

function base64Length(bytes: Buffer): number {
  return 4 * Math.ceil(bytes.length / 3);
}

/** Zones one behind the other, each by its end; those that would be empty or turned round are left out. */
function zones(start: number, ...ends: readonly (readonly [end: number, kind: Zone['kind']])[]): readonly Zone[] {
  let from = start;
  return ends.flatMap(([end, kind]) => {
    if (end <= from) return [];
    const zone = { start: from, end, kind };
    from = end;
    return [zone];
  });
}

/** Shorter ones are words, names and paths more often than they are noise. */
const LEAST_RUN = 64;
/** What is judged at once: whole groups of base64. Text somewhere in a long run makes only its neighbourhood text. */
const BLOCK = 4096;
/** Bits a character that a run of so many has at least when it is noise: 4 of 4 for hex, 6 of 6 for base64 at best. */
const LEAST_BITS = { hex: 3, base64: 4.5 } as const;

const IN_RUN = new Uint8Array(256);
for (const byte of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')) IN_RUN[byte] = 1;

/** Long runs of base64 or hex that hold no text, whatever the protocol. `from` is the offset of the line's first byte. */
function noiseRuns(line: Buffer, from: number): readonly Zone[] {
  const found: Zone[] = [];
  let start = 0;
  for (let at = 0; at <= line.length; at += 1) {
    if (at < line.length && IN_RUN[line[at] ?? 0] === 1) continue;
    if (at - start >= LEAST_RUN) addNoise(found, line, start, at, from);
    start = at + 1;
  }
  return found;
}

/** Adds what is noise of the run from `runStart` to `runEnd`, block by block; padding may be left over at the end. */
function addNoise(found: Zone[], line: Buffer, runStart: number, runEnd: number, from: number): void {
  for (let start = runStart; start < runEnd; start += BLOCK) {
    const end = Math.min(start + BLOCK, runEnd);
    const kind = noiseKind(line.toString('latin1', start, end));
    if (kind !== null) found.push({ start: from + start, end: from + end, kind });
  }
}

function noiseKind(run: string): NoiseKind | null {
  if (run.length < LEAST_RUN) return null;
  if (/^[0-9A-Fa-f]+$/.test(run)) {
    return bitsPerCharacter(run) >= LEAST_BITS.hex && !isUtf8(Buffer.from(run, 'hex')) ? 'hex' : null;
  }
  // Node reads both alphabets under either name.
  if (bitsPerCharacter(run) < LEAST_BITS.base64 || isUtf8(Buffer.from(run, 'base64'))) return null;
  return /[-_]/.test(run) ? 'base64url' : 'base64';
}

/** Shannon's entropy over the characters' own frequencies. */
function bitsPerCharacter(text: string): number {
  const counts = new Uint32Array(256);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at) & 0xff;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / text.length) * Math.log2(count / text.length)), 0);
}
