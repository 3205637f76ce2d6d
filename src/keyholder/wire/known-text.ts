/**
 * A key, tried on messages of which the text is known. So it is proven by the text alone, and the sealed bytes may
 * stand anywhere in a message, such as in a field of a pickle: nobody needs to know how messages are packed.
 */
import { encodedIn, isWhollyText, type Unit } from '../../eavesdropper/chat/sealed-units.js';
import { candidatesIn, type Candidate } from './candidates.js';
import { ciphersWith, type Cipher, type TriedKey } from './ciphers.js';
import { xored } from './xor.js';

/** A message, and what was typed. */
export interface KnownMessage {
  readonly bytes: Buffer;
  readonly text: string;
}

export interface ProvenKey<Message extends KnownMessage> {
  readonly candidate: Candidate;
  readonly cipher: Cipher;
  /** The first message that it opens. */
  readonly message: Message;
}

/** Messages on which each key is tried, the bytes of each that are looked at, and keys. */
const MOST_MESSAGES = 2;
const MOST_BYTES = 1024;
const MOST_CANDIDATES = 32;
/** Shorter fields hold no sentence. */
const LEAST_FIELD = 16;

/** The first key among `units` that opens a message. null if none does. */
export function keyProvenBy<Message extends KnownMessage>(
  units: readonly Unit[],
  messages: readonly Message[],
): ProvenKey<Message> | null {
  const candidates = units.flatMap((unit) => candidatesIn(unit.bytes, unit)).slice(0, MOST_CANDIDATES);
  for (const message of messages.slice(0, MOST_MESSAGES)) {
    const opening = openingAmong(candidates, partsOf(message.bytes, true), message.text);
    if (opening !== null) return { candidate: opening.key, cipher: opening.cipher, message };
  }
  return null;
}

/** A part of a message that may be sealed. */
export interface Part {
  readonly bytes: Buffer;
  /** The message with other bytes in its place, written in the same form. */
  readonly replacedBy: (bytes: Buffer) => Buffer;
}

export interface Opening<Key extends TriedKey> {
  readonly key: Key;
  readonly cipher: Cipher;
  /** Among all ciphers that are tried with that key. */
  readonly cipherNumber: number;
  readonly text: Buffer;
}

/**
 * The first key with which what was typed comes out of a part of the message. null if there is none, or none until it
 * is so late.
 *
 * @param until as `performance.now()` counts.
 */
export function openingAmong<Key extends TriedKey>(
  keys: Iterable<Key>,
  parts: readonly Part[],
  typed: string,
  until = Infinity,
): Opening<Key> | null {
  const unread = parts.filter((part) => !says(part.bytes, typed));
  const tokens = unread.filter(({ bytes }) => isToken(bytes));
  const sealed = tokens.length > 0 ? tokens : unread;
  for (const key of keys) {
    if (performance.now() > until) return null;
    const openings = openingsWith(key, sealed, typed);
    // With a wrong IV, only the beginning is wrong, so the right one may come later.
    const whole = openings.find(({ text }) => text.includes(typed) && isWhollyText(text));
    if (openings.length > 0) return whole ?? openings[0] ?? null;
  }
  return null;
}

function openingsWith<Key extends TriedKey>(key: Key, parts: readonly Part[], typed: string): readonly Opening<Key>[] {
  const isFernet = parts.every(({ bytes }) => isToken(bytes));
  return ciphersTried(key).flatMap((cipher, cipherNumber) =>
    (isFernet && cipher.name !== 'Fernet' ? [] : parts).flatMap((part) => {
      const text = cipher.unseal(part.bytes)?.text;
      return text !== undefined && says(text, typed) ? [{ key, cipher, cipherNumber, text }] : [];
    }),
  );
}

/** Version, a time of this century, IV, whole blocks, HMAC: nothing else begins and is as long as a Fernet token. */
function isToken(bytes: Buffer): boolean {
  const isLong = bytes.length >= 73 && (bytes.length - 57) % BLOCK === 0;
  return isLong && bytes.readUInt32BE(0) === 0x8000_0000 && bytes[4] === 0;
}

/** All ways in which a key is tried where the text is known. */
export function ciphersTried(key: TriedKey): readonly Cipher[] {
  return [...ciphersWith(key), ...mixingWith(key)];
}

/** A first block comes out wrong where the IV is not known. What stands behind it must be so long. */
const BLOCK = 16;
const LEAST_REST = 8;

/** Whether it says what was typed, or all but its beginning. */
function says(text: Buffer, typed: string): boolean {
  if (text.includes(typed)) return true;
  const rest = typed.slice(BLOCK);
  return rest.length >= LEAST_REST && text.includes(rest);
}

/** The usual mixing by XOR. A key of the listener’s search is proven by itself; here the text is the proof. */
function mixingWith({ key }: TriedKey): readonly Cipher[] {
  if (key.length === 0) return [];
  const mix = (bytes: Buffer): Buffer => xored(key, bytes);
  return [
    {
      name: 'XOR with the key again and again',
      isChecked: false,
      unseal: (sealed) => ({ text: mix(sealed), padding: 0, stream: '' }),
      seal: mix,
    },
  ];
}

/**
 * The message, what is base64 or hex in it, and what stands behind a header.
 *
 * @param withFields whether also all that has its length in front, anywhere. These are many.
 */
export function partsOf(message: Buffer, withFields: boolean): readonly Part[] {
  const bytes = message.subarray(0, MOST_BYTES);
  const whole: Part = { bytes, replacedBy: (other) => Buffer.concat([other, message.subarray(bytes.length)]) };
  const encoded = encodedIn(bytes).map(({ as, text, bytes: decoded }): Encoded => {
    const at = bytes.indexOf(text, 0, 'latin1');
    const within = (all: Buffer, other: Buffer): Buffer =>
      spliced(all, at, text.length, Buffer.from(writtenLike(text, as, other)));
    return { bytes: decoded, within, replacedBy: (other) => within(message, other) };
  });
  return [whole, ...encoded, ...joined(message, encoded)].flatMap((part) => [
    part,
    // Where the sealed bytes are written as text, they do not stand in that text as bytes too.
    ...(part === whole && encoded.length > 0 && isWhollyText(bytes) ? [] : stretchesIn(part.bytes, withFields)).map(
      ([start, end]): Part => ({
        bytes: part.bytes.subarray(start, end),
        replacedBy: (other) => part.replacedBy(spliced(part.bytes, start, end - start, other)),
      }),
    ),
  ]);
}

interface Encoded extends Part {
  /** The same in a message in which other parts were replaced already. */
  readonly within: (message: Buffer, bytes: Buffer) => Buffer;
}

/** As in {"nonce": …, "ciphertext": …, "tag": …}: together they are what other programs send as one. */
function joined(message: Buffer, encoded: readonly Encoded[]): readonly Part[] {
  if (encoded.length < 2) return [];
  const replacedBy = (other: Buffer): Buffer => {
    let [whole, at] = [message, 0];
    for (const { bytes, within } of encoded) {
      whole = within(whole, other.subarray(at, at + bytes.length));
      at += bytes.length;
    }
    return whole;
  };
  return [{ bytes: Buffer.concat(encoded.map(({ bytes }) => bytes)), replacedBy }];
}

/** Headers of these lengths are usual, and ends of line. */
const HEADERS = [1, 2, 4, 8];

function stretchesIn(bytes: Buffer, withFields: boolean): readonly (readonly [start: number, end: number])[] {
  const fields: (readonly [number, number])[] = HEADERS.filter((length) => bytes.length - length >= LEAST_FIELD).map(
    (length) => [length, bytes.length],
  );
  if (bytes.at(-1) === LINE_END && bytes.length > LEAST_FIELD) fields.push([0, bytes.length - 1]);
  for (const [at, length] of withFields ? bytes.entries() : [])
    if (length >= LEAST_FIELD && at + 1 + length <= bytes.length) fields.push([at + 1, at + 1 + length]);
  return [...new Map(fields.map((field) => [field.join(), field])).values()];
}
const LINE_END = 0x0a;

function spliced(bytes: Buffer, start: number, length: number, other: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, start), other, bytes.subarray(start + length)]);
}

/** In the same alphabet, with as many signs of padding. */
export function writtenLike(text: string, as: 'base64' | 'hex', bytes: Buffer): string {
  if (as === 'hex') return /[A-F]/.test(text) ? bytes.toString('hex').toUpperCase() : bytes.toString('hex');
  const base64 = bytes.toString(/[-_]/.test(text) ? 'base64url' : 'base64').replace(/=+$/, '');
  return base64 + (/=+$/.exec(text)?.[0] ?? '');
}
