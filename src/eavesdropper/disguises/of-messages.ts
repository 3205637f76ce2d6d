/**
 * Which disguise the messages of a chat are in, judged together. One message is often too short to show it: `SGk=` may
 * be a word that somebody typed. But words do not happen to be base64 of text again and again.
 *
 *     SGVsbG8=  SGk=  T2sgQnll       all of them are base64, and they say: Hello, Hi, Ok Bye
 */
import { BASE64 } from './base64.js';
import { DISGUISES, type Disguises } from './disguises.js';
import { HEX } from './hex.js';
import { nextInPiece, toyIn } from './recognised.js';
import { xoredMessages } from './repeated-xor.js';
import { IS_ASCII } from './utf-16.js';
import { NUMBERS } from './digits.js';
import { behindLetters } from './runs.js';
import { isPacked, isText, isTyped } from './text-bytes.js';
import { IS_SIGN, UUENCODE } from './uuencode.js';
import { vigenereMessages } from './vigenere.js';

export interface SeenMessages {
  readonly as: Disguises;
  /** In UTF-8, one for each message; null for one that is not in this disguise. */
  readonly texts: readonly (Buffer | null)[];
  /**
   * Present if the messages together show that nobody can read them. `encoded`: they are in this disguise, but their
   * content is not text. `letters`: they are letters that are perhaps no words of any language. `texts` are null.
   */
  readonly unread?: Unread;
}

export type Unread = 'encoded' | 'letters';

/** The share of the messages, and of their bytes, that is in the disguise. The others may be names, said at first. */
const LEAST_SHARE = 0.75;
/** How many bytes come out of all messages together, at least: of random ones, 1 in 10,000 is text. */
const LEAST_TEXT = 10;
/** Disguises that are taken off one after the other. */
const MOST_DISGUISES = 4;
/** Of fewer messages, as many may be in no disguise as of these. */
const FIRST = 8;

/**
 * null if they are in none, or as well in none. `areText`: whether all that both sides sent is text as it stands, with
 * what marks the messages.
 */
export function disguiseOfMessages(messages: readonly Buffer[], areText = false, depth = 0): SeenMessages | null {
  if (depth >= MOST_DISGUISES || messages.length === 0) return null;
  for (const { name, ofMessage } of OF_MESSAGES) {
    const contents = decodedBy(ofMessage, messages);
    if (contents === null) continue;
    const found = contents.filter((content) => content !== null);
    const inner = disguiseOfMessages(found, false, depth + 1);
    if (inner?.unread !== undefined) return unread(name, 'encoded', messages);
    if (inner !== null) return { as: `${inner.as} in ${name}`, texts: spread(contents, inner.texts) };
    if (isChat(found)) return { as: name, texts: contents };
  }
  return ofAllTogether(messages, areText);
}

function unread(as: Disguises, why: Unread, messages: readonly Buffer[]): SeenMessages {
  return { as, texts: messages.map(() => null), unread: why };
}

/** Letters of all messages together that show what they are in: fewer may be words. */
const LEAST_SEALED = 48;
/** Of hex digits: letters, and decimal digits. */
const LEAST_OF_HEX = { letters: 0.03, digits: 0.4 } as const;
const LEAST_PADDED = 0.25;

/** Messages that are surely in hex or base64, although no text comes out of any. */
function sealedIn(messages: readonly Buffer[]): SeenMessages | null {
  const all = Buffer.concat(messages);
  if (all.length < LEAST_SEALED) return null;
  if (messages.every((message) => message.indexOf('begin ') === 0) && decodedBy(ofUuencode, messages) !== null)
    return unread('uuencode', 'encoded', messages);
  if (all.includes(SPACE)) return null;
  const isIn = (ofMessage: (message: Buffer) => Buffer | null): boolean => decodedBy(ofMessage, messages) !== null;
  if (isIn((message) => HEX.ofMessage?.(message) ?? null) && looksLikeHex(all))
    return unread('hex', 'encoded', messages);
  // A third of it is padded; and of words, not all have a length that is a multiple of four.
  const padded = messages.filter((message) => message.at(-1) === EQUALS).length;
  const isBase64 = isIn((message) => (message.length % 4 === 0 ? (BASE64.ofMessage?.(message) ?? null) : null));
  return isBase64 && padded >= LEAST_PADDED * messages.length ? unread('base64', 'encoded', messages) : null;
}
const SPACE = 0x20;
const EQUALS = 0x3d;

function ofUuencode(message: Buffer): Buffer | null {
  return UUENCODE.ofMessage?.(message) ?? null;
}

function looksLikeHex(all: Buffer): boolean {
  const letters = all.filter((byte) => byte > DIGIT_NINE).length;
  const digits = all.length - letters;
  return letters >= LEAST_OF_HEX.letters * all.length && digits >= LEAST_OF_HEX.digits * all.length;
}
const DIGIT_NINE = 0x39;

/** The names of the disguises that these messages may be in. A quick look: it does not ask what they say. */
export function disguisesThatFit(messages: readonly Buffer[]): readonly Disguises[] {
  // As many as may be in none, and one more.
  const first = messages.slice(0, LEAST_MISSES);
  if (first.length === LEAST_MISSES && first.every(isInNone)) return [];
  return OF_MESSAGES.filter(({ ofMessage }) => decodedBy(ofMessage, messages) !== null).map(({ name }) => name);
}

/** So many messages are too many that are not in a disguise, if there are not more than {@link FIRST}. */
const LEAST_MISSES = Math.floor((1 - LEAST_SHARE) * FIRST) + 1;

/**
 * Whether a message is in none for certain: ASCII with a blank in it, which only numbers, UTF-7 and uuencode have, and
 * more than those. Most that people type are.
 */
function isInNone(message: Buffer): boolean {
  const end = message.length;
  return (
    behindLetters(IS_VISIBLE, message, 0, end) < end &&
    behindLetters(NUMBERS.letters, message, 0, end) < end &&
    behindLetters(IS_ASCII, message, 0, end) === end &&
    behindLetters(IS_SIGN, message, 0, end) < end &&
    !message.includes(PLUS) &&
    !isPacked(message)
  );
}
const PLUS = 0x2b;
const IS_VISIBLE = new Uint8Array(256).fill(1, 0x21, 0x7f);

interface OfMessage {
  readonly name: Disguises;
  readonly ofMessage: (message: Buffer) => Buffer | null;
}

const OF_MESSAGES: readonly OfMessage[] = DISGUISES.flatMap(({ name, ofMessage }) =>
  ofMessage === undefined ? [] : [{ name, ofMessage }],
);

function decodedBy(
  ofMessage: (message: Buffer) => Buffer | null,
  messages: readonly Buffer[],
): readonly (Buffer | null)[] | null {
  const contents: (Buffer | null)[] = [];
  let [bytes, missed, misses] = [0, 0, 0];
  for (const message of messages) {
    const content = message.length === 0 ? null : ofMessage(message);
    contents.push(content);
    bytes += message.length;
    if (content !== null) continue;
    missed += message.length;
    misses += 1;
    if (misses > (1 - LEAST_SHARE) * Math.max(FIRST, messages.length)) return null;
  }
  const isEnough = misses <= (1 - LEAST_SHARE) * messages.length && missed <= (1 - LEAST_SHARE) * bytes;
  return isEnough ? contents : null;
}

/**
 * What shows itself only in many letters: toy ciphers in text, and code pages and XOR in other bytes. The messages are
 * looked at as one text.
 */
function ofAllTogether(messages: readonly Buffer[], areText: boolean): SeenMessages | null {
  const length = messages.reduce((sum, message) => sum + message.length, 0);
  if (length > MOST_TOGETHER) return null;
  if (messages.every((message) => isText(message, message.length))) return inToy(messages);
  // Where the whole is text and the messages are not, they were not divided where they end.
  if (areText) return null;
  return inPiece(messages) ?? (messages.length === 1 ? null : xoredMessages(messages));
}
const MOST_TOGETHER = 2000;

function inToy(messages: readonly Buffer[]): SeenMessages | null {
  const all = Buffer.concat(messages.flatMap((message) => [message, LINE_END]));
  const found = toyIn(all, 0, all.length);
  if (found === null) return sealedIn(messages);
  // Where it is not Vigenère's cipher either, we say only that it is perhaps no language.
  if (found === 'letters')
    return sealedIn(messages) ?? vigenereMessages(messages) ?? unread('letters', 'letters', messages);
  const bytes = found.decoded(all.length);
  // What is in a line end is its own: XOR changes it as it changes each byte.
  if (bytes.length !== all.length) return null;
  let at = 0;
  const texts = messages.map((message) => {
    const text = bytes.subarray(at, at + message.length);
    at += message.length + LINE_END.length;
    return isBetterAsItStands(message, text) ? null : text;
  });
  return { as: found.as, texts };
}
const LINE_END = Buffer.from('\n');

/** All bytes but for some at the ends, which may be signs. */
function inPiece(messages: readonly Buffer[]): SeenMessages | null {
  const all = Buffer.concat(messages);
  const found = nextInPiece(all, 0, all.length, 0, null);
  if (found === null || found.end - found.start < LEAST_SHARE * all.length) return null;
  let at = 0;
  const texts = messages.map((message) => {
    const [from, to] = [at - found.start, at + message.length - found.start];
    at += message.length;
    if (from < 0 || to > found.end - found.start) return null;
    const text = found.decoded(to).subarray(found.decoded(from).length);
    return isBetterAsItStands(message, text) ? null : text;
  });
  return { as: found.as, texts };
}

/** A message in no cipher among others that are in one, such as the numbers from which both sides make the key. */
function isBetterAsItStands(message: Buffer, text: Buffer): boolean {
  return isText(message, message.length) && !isText(text, text.length);
}

/** Whether each is text, and all together are what people type. */
function isChat(contents: readonly Buffer[]): boolean {
  if (!contents.every((content) => isText(content, content.length))) return false;
  const all = Buffer.concat(contents.flatMap((content) => [content, BLANK]));
  return all.length - contents.length >= LEAST_TEXT && isTyped(all);
}
const BLANK = Buffer.from(' ');

/** `texts` are those of the contents that are not null. */
function spread(contents: readonly (Buffer | null)[], texts: readonly (Buffer | null)[]): (Buffer | null)[] {
  let next = 0;
  return contents.map((content) => (content === null ? null : (texts[next++] ?? null)));
}
