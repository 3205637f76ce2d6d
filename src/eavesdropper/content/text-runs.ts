/**
 * Where UTF-8 text can stand among other bytes: which bytes it has, in which order, and where it can begin and end. All
 * of it in time proportional to the bytes, and in noise in less.
 */
import { isUtf8 } from 'node:buffer';
import { TOKEN } from '../disguises/recognised.js';
import { behindLetters } from '../disguises/runs.js';

/** What a byte can be in a text. `WORD` marks the characters of base64 and hex. */
const KIND = new Uint8Array(256);
const WORD = 1;
const PLAIN = 2;
const ESCAPE = 3;
const LEAD = 4;
for (let byte = 0x20; byte < 0x7f; byte += 1) KIND[byte] = PLAIN;
for (const byte of [0x09, 0x0a, 0x0c, 0x0d]) KIND[byte] = PLAIN;
for (const [byte, isLetter] of TOKEN.letters.entries()) if (isLetter === 1) KIND[byte] = WORD;
for (const byte of Buffer.from('%=')) KIND[byte] = ESCAPE;
for (let byte = 0xc2; byte <= 0xf4; byte += 1) KIND[byte] = LEAD;
const CR = 0x0d;
const SPACE = 0x20;
/** Bytes that never occur in text: controls, and bytes that UTF-8 does not use. */
const IS_NEVER_TEXT = KIND.map((kind, byte) => (kind === 0 && (byte < 0x80 || byte >= 0xc0) ? 1 : 0));
/**
 * Bytes that are never part of a control character in UTF-8. 0xc2 is not one of them, because it begins U+0080 to
 * U+009F.
 */
export const IS_SURE = IS_NEVER_TEXT.map((isNever, byte) => (isNever === 1 || byte === 0xc2 ? 0 : 1));
const IS_ASCII_TEXT = KIND.map((kind) => (kind === 0 || kind === LEAD ? 0 : 1));

/**
 * The role of a byte in UTF-8, one bit each, or 0 if it is never text; and which roles may follow it. Half of all
 * random pairs break these rules.
 */
const ASCII_BIT = 1;
const LEAD_BIT = 2;
const CONTINUATION_BIT = 4;
const PART = KIND.map((kind, byte) =>
  IS_NEVER_TEXT[byte] === 1 ? 0 : kind === LEAD ? LEAD_BIT : byte < 0x80 ? ASCII_BIT : CONTINUATION_BIT,
);
const MAY_FOLLOW = PART.map((part) =>
  part === 0 ? 0 : part === LEAD_BIT ? CONTINUATION_BIT : ASCII_BIT | LEAD_BIT | (part & CONTINUATION_BIT),
);

/** Where the text ends that began at `start` and reaches to `at`: before a byte that cannot go on with it. */
export function endOfText(bytes: Buffer, start: number, at: number, end: number): number {
  for (let stop = at; ;) {
    stop = behindLetters(IS_ASCII_TEXT, bytes, stop, end);
    if (stop >= end) return stop;
    const kind = KIND[bytes[stop] ?? 0];
    const length = kind === LEAD ? sequenceLength(bytes, stop, end) : 0;
    if (length > 0) stop += length;
    else if (kind === 0 && stop > start && isTelnetEnd(bytes, stop)) stop += 1;
    else return stop;
  }
}

/** Whether a character begins here that may go on behind `end`. */
export function isCut(bytes: Buffer, at: number, end: number): boolean {
  return KIND[bytes[at] ?? 0] === LEAD && sequenceLength(bytes, at, end) === CUT;
}

/**
 * The last place between `start` and `end` where the bytes before and after cannot belong to one text. A text that
 * reaches `end` cannot begin earlier. `start` if there is no such place.
 */
export function lastTear(bytes: Buffer, start: number, end: number): number {
  let at = end - 1;
  let part = PART[bytes[at] ?? 0] ?? 0;
  if (part === 0 && !(at > start && isTelnetEnd(bytes, at))) return end;
  if (part === 0) part = ASCII_BIT;
  for (; at > start; at -= 1) {
    const before = bytes[at - 1] ?? 0;
    if (((MAY_FOLLOW[before] ?? 0) & part) !== 0) part = PART[before] ?? 0;
    else if (at - 1 > start && (part & (ASCII_BIT | LEAD_BIT)) !== 0 && isTelnetEnd(bytes, at - 1)) part = ASCII_BIT;
    else return at;
  }
  return start;
}

/** In Telnet, a line ends in CR NUL (RFC 854): such a NUL tears no text. */
function isTelnetEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0 && bytes[at - 1] === CR;
}

/**
 * The end of what is certainly text, found in the quickest way. What follows may still be text. Only for bytes that
 * continue a text: noise would mostly be looked at twice.
 */
export function sureText(bytes: Buffer, start: number, end: number): number {
  const at = behindLetters(IS_SURE, bytes, start, end);
  const stop = beforeCutCharacter(bytes, start, at);
  return isUtf8(bytes.subarray(start, stop)) ? stop : start;
}

/** `end`, or the beginning of the last UTF-8 character if it continues beyond `end`. */
function beforeCutCharacter(bytes: Buffer, start: number, end: number): number {
  let lead = end - 1;
  while (lead > start && lead > end - 3 && PART[bytes[lead] ?? 0] === CONTINUATION_BIT) lead -= 1;
  const byte = bytes[lead] ?? 0;
  return KIND[byte] === LEAD && lead >= start && lead + lengthOfSequence(byte) > end ? lead : end;
}

/**
 * Cuts before the last word. If that word is longer than `most`, it cuts inside it, so that the rest begins with a
 * whole base64 group.
 */
export function placeToCut(bytes: Buffer, start: number, end: number, most: number): number {
  let wordStart = end;
  while (wordStart > start && KIND[bytes[wordStart - 1] ?? 0] === WORD) wordStart -= 1;
  const word = end - wordStart;
  return word <= most ? wordStart : wordStart + 8 * Math.floor(word / 8);
}

/** Of UTF-8. */
export function charactersIn(bytes: Buffer, start: number, end: number): number {
  let characters = 0;
  for (let at = start; at < end; at += 1) if (PART[bytes[at] ?? 0] !== CONTINUATION_BIT) characters += 1;
  return characters;
}

/** Whether there is nothing but white space: usually a line end between two tokens. */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] ?? 0) <= SPACE) at += 1;
  return at === end;
}

/** The place behind the next blank or line end. */
export function behindBlank(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at - 1] ?? 0) > SPACE) at += 1;
  return at;
}

const CUT = -1;

/**
 * The limits for the second byte of a sequence, by its first byte (RFC 3629, section 4). They also exclude U+0080 to
 * U+009F, which are control characters.
 */
const LEAST_SECOND = new Uint8Array(256).fill(0x80);
const MOST_SECOND = new Uint8Array(256).fill(0xbf);
for (const [lead, least] of [
  [0xc2, 0xa0],
  [0xe0, 0xa0],
  [0xf0, 0x90],
] as const)
  LEAST_SECOND[lead] = least;
for (const [lead, most] of [
  [0xed, 0x9f],
  [0xf4, 0x8f],
] as const)
  MOST_SECOND[lead] = most;

/**
 * The length of the UTF-8 sequence that begins at `at`. 0 if there is no valid one; {@link CUT} if it may continue
 * beyond `end`.
 */
function sequenceLength(bytes: Buffer, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  const length = lengthOfSequence(lead);
  if (at + 1 >= end) return CUT;
  const second = bytes[at + 1] ?? 0;
  if (second < (LEAST_SECOND[lead] ?? 0) || second > (MOST_SECOND[lead] ?? 0)) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (next >= end) return CUT;
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function lengthOfSequence(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
