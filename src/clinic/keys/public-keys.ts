/**
 * RSA public keys that crossed, in PEM or DER (as bytes, hex or base64), or as the two numbers n and e. An RSA key in
 * PEM or DER is known by its form. Two numbers can be anything, so they count only if what was typed comes out as what
 * crossed when they are used: each letter, or the whole sentence, raised to e, modulo n.
 */
import { createPublicKey } from 'node:crypto';

import { encodedIn } from '../../eavesdropper/chat/sealed-units.js';
import { bitsOf, isPrime, numberIn, power } from '../../bytes/modular.js';
import { SIDES, type Side } from '../../protocol/side.js';
import type { Chunk } from '../wire/treatment.js';
import { halvesIn } from './agreements.js';
import type { Message } from './recording.js';
import { valuesIn } from './values.js';

export interface PublicKey {
  readonly n: bigint;
  readonly e: bigint;
  readonly written: 'PEM' | 'DER' | 'numbers';
  /** Who sent it. */
  readonly from: Side;
  readonly frame: number | null;
  /** A message that was seen to be sealed with it without any padding. null where nothing is known. */
  readonly bare: Message | null;
  /** Of a key that is two numbers: which of the values of its side they are. null for other keys. */
  readonly places: { readonly n: number; readonly e: number } | null;
}

const PEM = /-----BEGIN (?:RSA )?PUBLIC KEY-----[\w+/=\s\\]{64,16384}-----END (?:RSA )?PUBLIC KEY-----/g;
const SEQUENCE = 0x30;
const MOST_BYTES = 65_536;
/** Of one chunk. */
const MOST_TRIED = 64;

/** All that are in what came before the chat, each once. */
export function publicKeysIn(chunks: readonly Chunk[], messages: readonly Message[]): readonly PublicKey[] {
  const found = new Map<string, PublicKey>();
  for (const key of [...chunks.flatMap(formedIn), ...numbersIn(chunks, messages)]) {
    const name = `${key.n} ${key.e}`;
    if (!found.has(name)) found.set(name, key);
  }
  return [...found.values()];
}

function formedIn({ bytes, from, frame }: Chunk): readonly PublicKey[] {
  const whole = bytes.subarray(0, MOST_BYTES);
  const forms = [whole, ...encodedIn(whole).map((part) => part.bytes)];
  const about = { from, frame, bare: null, places: null };
  return forms
    .flatMap((form) => [
      ...Array.from(form.toString('latin1').matchAll(PEM), ([text]) =>
        numbersOf(text.replace(/(?:\\r)?\\n/g, '\n')),
      ).map((key) => (key === null ? null : { ...key, written: 'PEM' as const, ...about })),
      ...dersIn(form).map((key) => ({ ...key, written: 'DER' as const, ...about })),
    ])
    .filter((key) => key !== null);
}

function dersIn(form: Buffer): readonly Numbers[] {
  const found: Numbers[] = [];
  let tried = 0;
  for (let at = form.indexOf(SEQUENCE); at >= 0 && tried < MOST_TRIED; at = form.indexOf(SEQUENCE, at + 1)) {
    const length = lengthAt(form, at + 1);
    if (length === null || length.end > form.length || length.end - at < LEAST_DER) continue;
    tried += 1;
    const der = form.subarray(at, length.end);
    const key = numbersOf(der, 'spki') ?? numbersOf(der, 'pkcs1');
    if (key !== null) found.push(key);
  }
  return found;
}
const LEAST_DER = 48;

/** The length of a value in DER (X.690, 8.1.3), and where it ends. */
function lengthAt(bytes: Buffer, at: number): { readonly end: number } | null {
  const first = bytes[at];
  if (first === undefined) return null;
  if (first < 0x80) return { end: at + 1 + first };
  const size = first - 0x80;
  if (size < 1 || size > 2 || at + 1 + size > bytes.length) return null;
  return { end: at + 1 + size + bytes.readUIntBE(at + 1, size) };
}

interface Numbers {
  readonly n: bigint;
  readonly e: bigint;
}

/** null where it is no RSA key. */
function numbersOf(key: string | Buffer, type: 'spki' | 'pkcs1' = 'spki'): Numbers | null {
  try {
    const read = createPublicKey(typeof key === 'string' ? key : { key, format: 'der', type });
    const { n, e } = read.export({ format: 'jwk' });
    return n === undefined || e === undefined ? null : { n: numberOf(n), e: numberOf(e) };
  } catch {
    return null;
  }
}

function numberOf(base64url: string): bigint {
  return numberIn(Buffer.from(base64url, 'base64url'));
}

const LEAST_N = 1000n;
/** So long, two numbers are no accident: an odd one that is no prime, and one of the usual exponents. */
const CERTAIN_BITS = 512;
const USUAL_EXPONENTS: readonly bigint[] = [3n, 5n, 17n, 257n, 65_537n];
/** Of one side, before the chat. */
const MOST_NUMBERS = 12;

/** Two numbers of one side with which the other one has sealed something that was typed, or that are long enough. */
function numbersIn(chunks: readonly Chunk[], messages: readonly Message[]): readonly PublicKey[] {
  const all = halvesIn(chunks);
  return SIDES.flatMap((side) => {
    const numbers = all[side]
      .flatMap(({ value, place, frame }) => (value.kind === 'number' ? [{ number: value.number, place, frame }] : []))
      .slice(0, MOST_NUMBERS);
    for (const { number: n, place, frame } of numbers)
      for (const { number: e, place: other } of numbers) {
        if (n < LEAST_N || e < 3n || e % 2n === 0n || e >= n || bitsOf(e) > MOST_EXPONENT_BITS) continue;
        const bare = messages.find((message) => isSealedBare(message, { n, e })) ?? null;
        const isCertain = bitsOf(n) >= CERTAIN_BITS && USUAL_EXPONENTS.includes(e) && n % 2n === 1n && !isPrime(n);
        if (bare !== null || isCertain)
          return [{ n, e, written: 'numbers' as const, from: side, frame, bare, places: { n: place, e: other } }];
      }
    return [];
  });
}
const MOST_EXPONENT_BITS = 64;

/** Whether each letter of the text, or the text as one number, is in what crossed, raised to e, modulo n. */
function isSealedBare({ bytes, text }: Pick<Message, 'bytes' | 'text'>, { n, e }: Numbers): boolean {
  const crossed = new Set(valuesIn(bytes).flatMap((value) => (value.kind === 'number' ? [value.number] : [])));
  if (crossed.size === 0) return false;
  const letters = new Set(Buffer.from(text));
  if (letters.size < LEAST_LETTERS) return false;
  if ([...letters].every((letter) => crossed.has(power(BigInt(letter), e, n)))) return true;
  return crossed.has(power(numberIn(Buffer.from(text)), e, n));
}

/** Of a few different letters, the numbers could be there by accident. */
const LEAST_LETTERS = 8;
