/**
 * A hash without a key that goes along with a message: whoever changes the message makes the hash anew. It is found by
 * trying: some bytes of the message are the hash of some other bytes of it.
 */
import { createHash } from 'node:crypto';

import { decoded, encodeInto, runsIn, type Run } from './places.js';

export interface BareHash {
  readonly name: string;
  /** Where in the message a change is covered by it, the most telling place first. */
  readonly places: readonly number[];
  /** Puts the right hash into a message that was changed. */
  readonly remade: (changed: Buffer) => Buffer;
}

const HASHES = [
  { name: 'SHA-256', id: 'sha256', bytes: 32 },
  { name: 'SHA-1', id: 'sha1', bytes: 20 },
  { name: 'MD5', id: 'md5', bytes: 16 },
] as const;
type Hash = (typeof HASHES)[number];

/** A longer message is not searched: it would take too long. In bytes. */
const LONGEST = 400;
const LEAST_COVERED = 8;

/** A part of a message that can be read and written. */
interface Part {
  readonly read: (message: Buffer) => Buffer;
  readonly write: (message: Buffer, bytes: Buffer) => void;
  /** The places in the message from which it is read. */
  readonly places: readonly number[];
}

/** null where there is none that we find. */
export function bareHashIn(message: Buffer): BareHash | null {
  if (message.length > LONGEST) return null;
  const runs = runsIn(message);
  for (const hash of HASHES) {
    const found = hashOver(message, hash, hashParts(message, runs, hash), coveredParts(message, runs));
    if (found !== null) return found;
  }
  return null;
}

function hashOver(message: Buffer, hash: Hash, seals: readonly Part[], covered: Iterable<Part>): BareHash | null {
  const bySeal = new Map(seals.map((part) => [part.read(message).toString('latin1'), part]));
  if (bySeal.size === 0) return null;
  for (const part of covered) {
    const seal = bySeal.get(digest(hash, part.read(message)).toString('latin1'));
    if (seal === undefined) continue;
    return {
      name: hash.name,
      places: part.places,
      remade: (changed) => {
        const whole = Buffer.from(changed);
        seal.write(whole, digest(hash, part.read(whole)));
        return whole;
      },
    };
  }
  return null;
}

function digest({ id }: Hash, bytes: Buffer): Buffer {
  return createHash(id).update(bytes).digest();
}

/** Where such a hash could stand. */
function hashParts(message: Buffer, runs: readonly Run[], { bytes }: Hash): Part[] {
  const encoded = runs.flatMap((run) => {
    const part = decodedPart(run);
    const { length } = part.read(message);
    if (length === bytes) return [part];
    return length > bytes ? [within(part, 0, bytes), within(part, length - bytes, length)] : [];
  });
  if (runs.length > 0) return encoded;
  const count = Math.max(0, message.length - bytes + 1);
  return Array.from({ length: count }, (_, start) => rawPart(start, start + bytes));
}

/** What it could be the hash of. */
function* coveredParts(message: Buffer, runs: readonly Run[]): Generator<Part> {
  const encoded = runs.map(decodedPart);
  yield* encoded;
  for (const part of encoded) {
    const { length } = part.read(message);
    for (const { bytes } of HASHES)
      if (length > bytes + LEAST_COVERED) yield* [within(part, 0, length - bytes), within(part, bytes, length)];
  }
  for (let index = 1; index < encoded.length; index += 1) {
    const [one, other] = [encoded[index - 1], encoded[index]];
    if (one !== undefined && other !== undefined) yield joined(one, other);
  }
  for (let start = 0; start < message.length; start += 1)
    for (let end = message.length; end >= start + LEAST_COVERED; end -= 1) yield rawPart(start, end);
}

function rawPart(start: number, end: number): Part {
  return {
    places: someOf(start, end),
    read: (message) => message.subarray(start, end),
    write: (message, bytes) => {
      message.set(bytes, start);
    },
  };
}

function decodedPart(run: Run): Part {
  return {
    places: someOf(run.start, run.end),
    read: (message) => decoded(message, run),
    write: (message, bytes) => {
      encodeInto(message, run, bytes);
    },
  };
}

/** Bytes of a part, counted within what is decoded. */
function within(part: Part, from: number, to: number): Part {
  const { length } = part.places;
  return {
    ...part,
    places: from > 0 ? part.places.slice(-Math.ceil(length / 2)) : part.places.slice(0, Math.ceil(length / 2)),
    read: (message) => part.read(message).subarray(from, to),
    write: (message, bytes) => {
      const whole = Buffer.from(part.read(message));
      whole.set(bytes, from);
      part.write(message, whole);
    },
  };
}

function joined(one: Part, other: Part): Part {
  return {
    ...one,
    places: [...one.places, ...other.places],
    read: (message) => Buffer.concat([one.read(message), other.read(message)]),
  };
}

function someOf(start: number, end: number): number[] {
  const length = end - start;
  return [...new Set([Math.min(11, length >> 2), length >> 2, length >> 1])].map((at) => start + at);
}
