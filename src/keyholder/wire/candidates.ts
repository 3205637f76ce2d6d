/**
 * What in a message can be a key: 16, 24 or 32 bytes as they are, as hex or as base64, alone or with an IV; and a word,
 * which many programs take as a key. Most of these are no keys. `trial.ts` tries them.
 */
import { createHash } from 'node:crypto';

import { encodedIn, isWhollyText, type Unit } from '../../eavesdropper/chat/sealed-units.js';
import type { TriedKey } from './ciphers.js';

/** A word from which programs make a key: Python's hashlib has both. */
export type Hashed = 'SHA-256 of a word' | 'MD5 of a word';

/** A key that may be one. */
export interface Candidate extends TriedKey {
  readonly written: 'bytes' | 'hex' | 'base64' | 'text' | Hashed;
  /** The message that holds it. */
  readonly unit: Unit;
}

const KEY_LENGTHS: readonly number[] = [32, 24, 16, 8];
/** An IV of a block cipher, or a nonce. */
const IV_LENGTHS: readonly number[] = [16, 12, 8];
/** In a longer message a key would not stand as a word. */
const MOST_TEXT = 512;
const LEAST_WORD = 8;
/** A word that is called a key may be shorter, as those of XOR are. */
const LEAST_CALLED = 4;
const MOST_WORD = 64;

/** All that `bytes`, which are those of `unit` or came out of them, can be as a key. */
export function candidatesIn(bytes: Buffer, unit: Unit): readonly Candidate[] {
  if (!isWhollyText(bytes)) return split(bytes).map((tried) => ({ ...tried, written: 'bytes', unit }));
  if (bytes.length > MOST_TEXT) return [];
  const encoded = encodedIn(bytes);
  const all = encoded.map((each) => each.bytes);
  return [
    ...encoded.flatMap(({ as, bytes: decoded }) =>
      split(decoded).map(({ key, ivs }) => ({
        key,
        ivs: [...ivs, ...ivsAmong(all.filter((other) => other !== decoded))],
        written: as,
        unit,
      })),
    ),
    ...wordsOf(bytes).map((word) => ({ key: Buffer.from(word), ivs: ivsAmong(all), written: 'text' as const, unit })),
    ...passwordsIn(bytes).flatMap((word) => [
      { key: hashOf('sha256', word), ivs: ivsAmong(all), written: 'SHA-256 of a word' as const, unit },
      { key: hashOf('md5', word), ivs: ivsAmong(all), written: 'MD5 of a word' as const, unit },
    ]),
  ];
}

/** Those of `parts` that can be an IV. */
export function ivsAmong(parts: readonly Buffer[]): readonly Buffer[] {
  return parts.filter(({ length }) => IV_LENGTHS.includes(length));
}

/** As a key, as a key with an IV behind it, and as fields that have their length in front, as in a pickle. */
function split(bytes: Buffer): TriedKey[] {
  const whole = KEY_LENGTHS.includes(bytes.length) ? [{ key: bytes, ivs: [] }] : [];
  const withIv = KEY_LENGTHS.filter((length) => IV_LENGTHS.includes(bytes.length - length)).map((length) => ({
    key: bytes.subarray(0, length),
    ivs: [bytes.subarray(length)],
  }));
  const fields = whole.length + withIv.length > 0 || bytes.length > MOST_WITH_FIELDS ? [] : fieldsIn(bytes);
  const ofFields = fields
    .filter(({ length }) => KEY_LENGTHS.includes(length))
    .map((key) => ({ key, ivs: ivsAmong(fields.filter((other) => other !== key)) }));
  return [...whole, ...withIv, ...ofFields];
}

/** A tuple of a key and an IV, with the names of both, is not longer. */
const MOST_WITH_FIELDS = 160;
const MOST_FIELDS = 4;

/** Stretches of the length of a key or an IV, with that length in the byte in front. */
function fieldsIn(bytes: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < bytes.length && fields.length < MOST_FIELDS; at += 1) {
    const length = bytes[at] ?? 0;
    if (!FIELD_LENGTHS.has(length) || at + 1 + length > bytes.length) continue;
    const field = bytes.subarray(at + 1, at + 1 + length);
    // Keys are random; text and numbers are not.
    if (new Set(field).size < length / 2 || isWhollyText(field)) continue;
    fields.push(field);
    at += length;
  }
  return fields;
}
const FIELD_LENGTHS: ReadonlySet<number> = new Set([...KEY_LENGTHS, ...IV_LENGTHS]);

function hashOf(algorithm: 'sha256' | 'md5', word: string): Buffer {
  return createHash(algorithm).update(word).digest();
}

/** Words that are called a key or a password, and a message that is nothing but one word. */
function passwordsIn(text: Buffer): readonly string[] {
  const { whole, called } = namedIn(text);
  return [...new Set([...(/\s/.test(whole) ? [] : [whole]), ...called])].filter((word) => fits(word, LEAST_CALLED));
}

function fits(word: string, least: number): boolean {
  return Buffer.byteLength(word) >= least && Buffer.byteLength(word) <= MOST_WORD;
}

interface Named {
  readonly whole: string;
  readonly words: readonly string[];
  readonly called: readonly string[];
}

function namedIn(text: Buffer): Named {
  const whole = text.toString('utf8').replace(/[\0\r\n]+$/, '');
  const words = whole.match(/[^\s"',;:={}]+/g) ?? [];
  return { whole, words, called: words.filter((_, index) => /key|pass|secret/i.test(words[index - 1] ?? '')) };
}

/** The whole message, and the words of which one has the length of a key or is called one. */
function wordsOf(text: Buffer): readonly string[] {
  const { whole, words, called } = namedIn(text);
  const sized = words.filter((word) => KEY_LENGTHS.slice(0, 3).includes(Buffer.byteLength(word)));
  return [
    ...new Set([
      ...[whole, ...sized].filter((word) => fits(word, LEAST_WORD)),
      ...called.filter((word) => fits(word, LEAST_CALLED)),
    ]),
  ];
}
