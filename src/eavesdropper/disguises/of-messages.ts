/**
 * Which disguise the messages of a chat are in, judged together. One message is often too short to show it: `SGk=` may
 * be a word that somebody typed. But words do not happen to be base64 of text again and again.
 *
 *     SGVsbG8=  SGk=  T2sgQnll       all of them are base64, and they say: Hello, Hi, Ok Bye
 */
import { BASE45 } from './base45.js';
import { BASE64 } from './base64.js';
import { ByteKinds, refuses, type Refusal } from './byte-kinds.js';
import type { Disguise } from './disguise.js';
import { DISGUISES, type DisguiseName, type Disguises, type FoundName } from './disguises.js';
import { coresOf, withoutChecks } from './dress.js';
import { areEmojiLetters } from './emoji-letters.js';
import { HEX } from './hex.js';
import { isPerhapsNoLanguage } from './letter-pairs.js';
import { evidenceOfWords } from './readable-words.js';
import { nextInPiece, toyIn } from './recognised.js';
import { xoredMessages } from './repeated-xor.js';
import { IS_ASCII } from './utf-16.js';
import { FIGURES } from './figures.js';
import { behindLetters } from './runs.js';
import { isPacked, isText, isTyped } from './text-bytes.js';
import { isPerhapsShortCipher } from './short-cipher.js';
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

/** How messages are looked at. */
export interface Look {
  /** Whether all that both sides sent is text as it stands, with what marks the messages. */
  readonly areText: boolean;
  /** Whether keys are searched for, and whether it is told that nobody can read the messages. */
  readonly isThorough: boolean;
}
const INSIDE: Look = { areText: false, isThorough: true };

/** null if they are in none, or as well in none. */
export function disguiseOfMessages(messages: readonly Buffer[], look: Look = INSIDE, depth = 0): SeenMessages | null {
  if (depth >= MOST_DISGUISES || messages.length === 0) return null;
  // Of several codes of letters, the one that brings the most words.
  let words: { readonly seen: SeenMessages; readonly nats: number } | null = null;
  for (const { name, contents, leastWords } of fitting(messages)) {
    const found = contents.filter((content) => content !== null);
    if (leastWords !== undefined) {
      const nats = isChat(found) ? evidenceOfWords(Buffer.concat(separated(found)).toString()) : -Infinity;
      if (nats >= Math.max(leastWords, words?.nats ?? leastWords))
        words = { seen: { as: name, texts: contents }, nats };
      continue;
    }
    const inner = disguiseOfMessages(found, { ...look, areText: false }, depth + 1);
    if (inner?.unread !== undefined) return unread(name, 'encoded', messages);
    if (inner !== null) return { as: `${inner.as} in ${name}`, texts: spread(contents, inner.texts) };
    if (isChat(found) && (look.isThorough || !areLetters(found))) return { as: name, texts: contents };
  }
  if (words !== null) return words.seen;
  const found = ofCores(messages, look, depth) ?? ofAllTogether(messages, look);
  if (found !== null || depth > 0 || !look.isThorough || !isPerhapsShortCipher(messages)) return found;
  return unread('letters', 'letters', messages);
}

/** The texts in the messages, without what stands around each; that stays around what comes out. */
function ofCores(messages: readonly Buffer[], look: Look, depth: number): SeenMessages | null {
  if (messages.reduce((sum, message) => sum + message.length, 0) > MOST_DRESSED) return null;
  for (const cores of coresOf(messages)) {
    const present = cores.filter((core) => core !== null);
    const inner = disguiseOfMessages(
      present.map(({ bytes }) => bytes),
      { ...look, areText: false },
      depth + 1,
    );
    if (inner === null || inner.unread !== undefined) continue;
    const texts = spread(cores, inner.texts).map((text, index) => {
      const [message, core] = [messages[index], cores[index] ?? null];
      if (text === null || core === null || message === undefined) return null;
      return Buffer.concat([message.subarray(0, core.start), text, message.subarray(core.end)]);
    });
    return { as: inner.as, texts };
  }
  return null;
}
/** More bytes are not taken out of what stands around them. */
const MOST_DRESSED = 2 ** 17;

function unread(as: Disguises, why: Unread, messages: readonly Buffer[]): SeenMessages {
  return { as, texts: messages.map(() => null), unread: why };
}

/** Letters of all messages together that show what they are in: fewer may be words. */
const LEAST_SEALED = 48;
/** Of hex digits: letters, and decimal digits. */
const LEAST_OF_HEX = { letters: 0.12, digits: 0.4 } as const;
const LEAST_PADDED = 0.25;

/** Messages that are surely in hex or base64, although no text comes out of any. */
function sealedIn(messages: readonly Buffer[]): SeenMessages | null {
  const all = Buffer.concat(messages);
  if (all.length < LEAST_SEALED) return null;
  if (messages.every((message) => message.indexOf('begin ') === 0) && decodedBy(ofUuencode, messages) !== null)
    return unread('uuencode', 'encoded', messages);
  if (areManyNumbers(messages)) return unread('decimal numbers', 'encoded', messages);
  if (isSealedBase45(messages, all)) return unread('base45', 'encoded', messages);
  if (all.includes(SPACE)) return null;
  if (areMixedLetters(messages, all)) return unread('base62', 'encoded', messages);
  const isIn = (ofMessage: (message: Buffer) => Buffer | null): boolean => decodedBy(ofMessage, messages) !== null;
  if (isIn((message) => HEX.ofMessage?.(message) ?? null) && looksLikeHex(withoutSame(messages)))
    return unread('hex', 'encoded', messages);
  // A third of it is padded; and of words, not all have a length that is a multiple of four.
  const padded = messages.filter((message) => message.at(-1) === EQUALS).length;
  const isBase64 = isIn((message) => (message.length % 4 === 0 ? (BASE64.ofMessage?.(message) ?? null) : null));
  return isBase64 && padded >= LEAST_PADDED * messages.length ? unread('base64', 'encoded', messages) : null;
}
const SPACE = 0x20;
const EQUALS = 0x3d;

/** How letters and digits are mixed in base58, base62 or base64 of random bytes, and in no words or names. */
const MIXED = { upper: 0.2, lower: 0.2, digits: 0.04, changes: 0.45, perMessage: 12 } as const;
const LETTERS_AND_DIGITS = /^[A-Za-z0-9+/_-]+$/;

/** Without padding, nothing else tells base64 of ciphertext, or base58, from what a person types. */
function areMixedLetters(messages: readonly Buffer[], all: Buffer): boolean {
  const text = all.toString('latin1');
  if (all.length < MIXED.perMessage * messages.length || !LETTERS_AND_DIGITS.test(text)) return false;
  const share = (kind: RegExp): number => (text.match(kind)?.length ?? 0) / text.length;
  return (
    share(/[A-Z]/g) >= MIXED.upper &&
    share(/[a-z]/g) >= MIXED.lower &&
    share(/[0-9]/g) >= MIXED.digits &&
    share(/[a-z](?=[^a-z])|[A-Z](?=[^A-Z])|[0-9](?=[^0-9])/g) >= MIXED.changes
  );
}

/** Of base45 of random bytes: signs, and the places where a letter follows a digit or the other way round. */
const LEAST_OF_BASE45 = { signs: 0.08, changes: 0.25 } as const;

/** Each group of three characters is a number of 16 bits: of other characters, three in ten groups are too large. */
function isSealedBase45(messages: readonly Buffer[], all: Buffer): boolean {
  if (messages.some((message) => (BASE45.ofMessage?.(message) ?? null) === null)) return false;
  const text = all.toString('latin1');
  const share = (kind: RegExp): number => (text.match(kind)?.length ?? 0) / text.length;
  return (
    share(/[$%*+/]/g) >= LEAST_OF_BASE45.signs &&
    share(/[A-Z](?=[0-9])|[0-9](?=[A-Z])/g) >= LEAST_OF_BASE45.changes / 2 &&
    share(/[A-Z](?=[^A-Z])|[0-9](?=[^0-9])/g) >= LEAST_OF_BASE45.changes
  );
}

/**
 * Where each letter became a number, each message has as many numbers as letters, and the same numbers come again as
 * letters do. A table has as many numbers in each line.
 */
const NUMBERS = { each: 5, inAll: 40, counts: 3, equal: 0.035, large: 0.25 } as const;
const NUMBERS_ONLY = /^[\s\d,;:[\]()-]+$/;

function areManyNumbers(messages: readonly Buffer[]): boolean {
  const lists: string[][] = [];
  for (const message of messages) {
    const text = message.toString('latin1');
    if (!NUMBERS_ONLY.test(text)) return false;
    lists.push(text.match(/\d+/g) ?? []);
  }
  const all = lists.flat();
  const counts = new Map<string, number>();
  for (const number of all) counts.set(number, (counts.get(number) ?? 0) + 1);
  const equal = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
  return (
    // Marks at school and temperatures are smaller.
    all.filter((number) => Number(number) > 100).length >= NUMBERS.large * all.length &&
    all.length >= Math.max(NUMBERS.inAll, NUMBERS.each * messages.length) &&
    new Set(lists.map(({ length }) => length)).size >= NUMBERS.counts &&
    equal >= NUMBERS.equal * all.length * (all.length - 1)
  );
}

function ofUuencode(message: Buffer): Buffer | null {
  return UUENCODE.ofMessage?.(message) ?? null;
}

/** Without what all of them begin with: the letters of a country before the digits of an account are no hex. */
function withoutSame(messages: readonly Buffer[]): Buffer {
  const [first = Buffer.alloc(0), ...others] = messages;
  let same = others.length === 0 ? 0 : first.length;
  for (const other of others) {
    let alike = 0;
    while (alike < Math.min(same, other.length) && first[alike] === other[alike]) alike += 1;
    same = alike;
  }
  return Buffer.concat(messages.map((message) => message.subarray(same)));
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
  return fitting(messages).map(({ name }) => name);
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
    behindLetters(FIGURES.letters, message, 0, end) < end &&
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
  readonly refusal: Refusal;
  readonly leastWords: number | undefined;
}

const ROWS: readonly Disguise<DisguiseName, FoundName>[] = DISGUISES;
const KINDS = new ByteKinds(ROWS.map(({ madeOf }) => madeOf));
const OF_MESSAGES: readonly OfMessage[] = ROWS.flatMap(({ name, ofMessage, madeOf, leastWords }) =>
  ofMessage === undefined ? [] : [{ name, ofMessage, refusal: KINDS.refusalOf(madeOf), leastWords }],
);

/** A disguise that the messages may be in, and what comes out of each; null for one that is not in it. */
interface Fitting extends Pick<OfMessage, 'name' | 'leastWords'> {
  readonly contents: readonly (Buffer | null)[];
}

/** A second look at the same messages needs the same. */
const known = new WeakMap<readonly Buffer[], readonly Fitting[]>();

function fitting(messages: readonly Buffer[]): readonly Fitting[] {
  const before = known.get(messages);
  if (before !== undefined) return before;
  const kinds = messages.map((message) => KINDS.in(message, 0, message.length));
  const found = OF_MESSAGES.flatMap(({ name, ofMessage, refusal, leastWords }) => {
    const contents = decodedBy(ofMessage, messages, { refusal, kinds });
    return contents === null ? [] : [{ name, leastWords, contents }];
  });
  known.set(messages, found);
  return found;
}

/** `look`: what shows at once of which messages it can be. */
function decodedBy(
  ofMessage: (message: Buffer) => Buffer | null,
  messages: readonly Buffer[],
  look: { readonly refusal: Refusal; readonly kinds: readonly number[] } | null = null,
): readonly (Buffer | null)[] | null {
  const contents: (Buffer | null)[] = [];
  let [bytes, missed, misses] = [0, 0, 0];
  for (const [index, message] of messages.entries()) {
    const isRefused = message.length === 0 || (look !== null && refuses(look.refusal, look.kinds[index] ?? 0));
    const content = isRefused ? null : ofMessage(message);
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
function ofAllTogether(messages: readonly Buffer[], look: Look): SeenMessages | null {
  const [first = [], ...others] = portionsOf(messages);
  if (others.length === 0) return ofPortion(first, look);
  const quick = { ...look, isThorough: false };
  const found = ofPortion(first, quick);
  if (found === null) return null;
  const texts = others.flatMap((portion) => {
    const next = ofPortion(portion, quick);
    return next?.as === found.as ? next.texts : portion.map(() => null);
  });
  const all = [...found.texts, ...texts];
  return all.filter((text) => text === null).length > (1 - LEAST_SHARE) * all.length
    ? null
    : { as: found.as, texts: all };
}
const MOST_TOGETHER = 2000;

/** Each with as many messages as can be looked at together. */
function portionsOf(messages: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const portions: Buffer[][] = [];
  let length = Infinity;
  for (const message of messages) {
    length += message.length;
    if (length > MOST_TOGETHER) {
      portions.push([]);
      length = message.length;
    }
    portions.at(-1)?.push(message);
  }
  return portions;
}

function ofPortion(messages: readonly Buffer[], { areText, isThorough }: Look): SeenMessages | null {
  if (messages.reduce((sum, message) => sum + message.length, 0) > MOST_TOGETHER) return null;
  if (messages.every((message) => isText(message, message.length))) return inToy(messages, isThorough);
  // Where the whole is text and the messages are not, they were not divided where they end.
  if (areText) return null;
  const found = inPiece(messages) ?? inToyOfBytes(messages);
  return found ?? (messages.length === 1 || !isThorough ? null : xoredMessages(messages));
}

/** A toy that adds to each byte makes no text of some signs, such as the brackets of JSON; but text comes out of it. */
function inToyOfBytes(messages: readonly Buffer[]): SeenMessages | null {
  const found = inToy(messages, false);
  const areTexts = found?.texts.every((text) => text !== null && isText(text, text.length)) === true;
  return areTexts ? found : null;
}

function inToy(messages: readonly Buffer[], isThorough: boolean): SeenMessages | null {
  const all = Buffer.concat(messages.flatMap((message) => [message, LINE_END]));
  const found = toyIn(all, 0, all.length);
  if (!isThorough && (found === null || found === 'letters')) return null;
  if (found === null)
    return sealedIn(messages) ?? (areEmojiLetters(messages) ? unread('letters', 'letters', messages) : null);
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

/** Whether they are perhaps no words, so that a key is searched for. */
function areLetters(contents: readonly Buffer[]): boolean {
  const all = Buffer.concat(contents.flatMap((content) => [content, LINE_END])).subarray(0, MOST_TOGETHER);
  return isPerhapsNoLanguage(all, 0, all.length);
}

/** Bytes of text that come out of a message on average: a single letter decodes to a printed sign in many alphabets. */
const LEAST_EACH = 2;

/** Whether each is text, and all together are what people type. */
function isChat(messages: readonly Buffer[]): boolean {
  if (!messages.every((content) => isText(content, content.length))) return false;
  const contents = differentOf(withoutChecks(messages));
  const all = Buffer.concat(separated(contents));
  return all.length - contents.length >= Math.max(LEAST_TEXT, LEAST_EACH * contents.length) && isTyped(all);
}

/** What is in each message, such as a name, proves no more than once: three letters of it may decode to two. */
function differentOf(contents: readonly Buffer[]): readonly Buffer[] {
  return [...new Map(contents.map((content) => [content.toString('latin1'), content])).values()];
}

function separated(contents: readonly Buffer[]): readonly Buffer[] {
  return contents.flatMap((content) => [content, BLANK]);
}
const BLANK = Buffer.from(' ');

/** `texts` are those of the contents that are not null. */
function spread(contents: readonly unknown[], texts: readonly (Buffer | null)[]): (Buffer | null)[] {
  let next = 0;
  return contents.map((content) => (content === null ? null : (texts[next++] ?? null)));
}
