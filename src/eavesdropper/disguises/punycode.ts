/**
 * Punycode (RFC 3492), in which host names write other letters than those of ASCII. The letters of ASCII come first,
 * and behind the last hyphen stands where the others belong: `Grn-ioa` is `Grün`.
 */
import type { Disguise, DisguisedRun } from './disguise.js';
import { readsAsWords } from './readable-words.js';
import { isTyped } from './text-bytes.js';

const NAME = 'Punycode';

/** RFC 3492, section 5. */
const BASE = 36;
const LEAST = 1;
const MOST = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL = 0x80;

const PREFIX = 'xn--';
/** Longer rows are no names and no messages. */
const MOST_LETTERS = 1024;

export const PUNYCODE: Disguise<typeof NAME> = {
  name: NAME,
  recognised: { within: 'plain', of: inLines },
  patterns: () => [],
  ofMessage,
};

/** All lines, of which one at least has a letter that ASCII has not. */
function inLines(bytes: Buffer, start: number, end: number): DisguisedRun<typeof NAME> | null {
  if (bytes.subarray(start, end).lastIndexOf(HYPHEN) === -1) return null;
  const parts = bytes.toString('latin1', start, end).split(/(\r?\n)/);
  if (!parts.every((part, index) => index % 2 === 1 || part === '' || part.includes('-'))) return null;
  // Without a digit behind the hyphen, it may be a word that has one.
  if (!parts.some((part) => /-[a-z0-9]*\d[a-z0-9]*$/.test(part))) return null;
  const lines = parts.map((part, index) => {
    const line = Buffer.from(part, 'latin1');
    return index % 2 === 1 || part === '' ? line : ofMessage(line);
  });
  const contents = lines.filter((line) => line !== null);
  return contents.length < lines.length ? null : asRun(Buffer.concat(contents), start, end);
}
const HYPHEN = 0x2d;

function asRun(content: Buffer, start: number, end: number): DisguisedRun<typeof NAME> | null {
  const text = content.toString();
  const others = text.match(OTHER_LETTER)?.length ?? 0;
  if (others < LEAST_OTHERS || !isTyped(content)) return null;
  const isLatin = 2 * others < text.length;
  if (isLatin && !(LATIN.test(text) && readsAsWords(text.replace(OTHER_LETTER, ''), LEAST_NATS))) return null;
  return { as: NAME, start, end, decoded: () => content, otherwise: 'words' };
}
/** One may come out of a word with a hyphen by accident. */
const LEAST_OTHERS = 2;
/** Evidence that the letters of ASCII are words, as a natural logarithm. */
const LEAST_NATS = 4;
const OTHER_LETTER = /[^\x00-\x7f]/g; // eslint-disable-line no-control-regex -- ASCII

/** null if it cannot be: then it has no hyphen, or other letters come out than those of one script. */
function ofMessage(message: Buffer): Buffer | null {
  if (message.length > MOST_LETTERS) return null;
  const source = message.toString('latin1');
  // Words that have hyphens: where one of them is the mark, a digit mostly stands behind it.
  if (HYPHENATED.test(source) && !source.toLowerCase().startsWith(PREFIX)) return null;
  const text = decoded(source.toLowerCase().startsWith(PREFIX) ? source.slice(PREFIX.length) : source);
  return text === null || !isOneScript(text) ? null : Buffer.from(text);
}

const HYPHENATED = /-.*-[^-0-9]*$/s;

/** ASCII, and letters with marks: other letters stand in a text of mostly ASCII only by accident. */
const LATIN = /^[\x00-\x7fà-öø-ÿßÄÉÖÜĀ-ſ¿¡€–—‘-„…]*$/; // eslint-disable-line no-control-regex -- ASCII

/** Letters that stand in one text: none of another language among them by accident. */
function isOneScript(text: string): boolean {
  const others = text.replace(/[\x00-\x7f]/g, ''); // eslint-disable-line no-control-regex -- ASCII
  return SCRIPTS.some((script) => script.test(others));
}
const SCRIPTS = [
  /^[\u00df-\u00f6\u00f8-\u00ff\u00c4\u00c9\u00d6\u00dc\u0105\u0107\u010d\u010f\u0117\u0119\u011b\u011f\u012f\u0131\u0142\u0144\u0148\u0151\u0153\u0159\u015b\u015f\u0161\u0165\u016f\u0171\u017a\u017c\u017e\u00bf\u00a1\u20ac\u2013\u2014\u2018-\u201e\u2026]*$/,
  /^[\u0370-\u03ff]*$/,
  /^[\u0400-\u045f]*$/,
  /^[\u0590-\u05ff]*$/,
  /^[\u0600-\u06ff]*$/,
  /^[\u0900-\u097f]*$/,
  /^[\u3000-\u30ff\u4e00-\u9fff\uff00-\uff5f]*$/,
  /^[\uac00-\ud7af]*$/,
];

/** RFC 3492, section 6.2. */
function decoded(source: string): string | null {
  const hyphen = source.lastIndexOf('-');
  if (hyphen === -1) return null;
  const output = Array.from(source.slice(0, hyphen));
  if (output.some((character) => character > '\x7f')) return null;
  let [next, place, bias] = [INITIAL, 0, INITIAL_BIAS];
  for (let at = hyphen + 1; at < source.length;) {
    const before = place;
    for (let weight = 1, from = BASE; ; from += BASE) {
      const digit = at < source.length ? digitOf(source.charCodeAt(at++)) : -1;
      if (digit === -1) return null;
      place += digit * weight;
      const threshold = Math.min(MOST, Math.max(LEAST, from - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
      if (weight > 0x7fffffff) return null;
    }
    bias = adapted(place - before, output.length + 1, before === 0);
    next += Math.floor(place / (output.length + 1));
    place %= output.length + 1;
    if (next > 0x10ffff || (next >= 0xd800 && next < 0xe000)) return null;
    output.splice(place, 0, String.fromCodePoint(next));
    place += 1;
  }
  return output.join('');
}

function digitOf(code: number): number {
  const small = code | 0x20;
  if (small >= 0x61 && small <= 0x7a) return small - 0x61;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : -1;
}

/** RFC 3492, section 6.1. */
function adapted(gap: number, count: number, isFirst: boolean): number {
  let delta = isFirst ? Math.floor(gap / DAMP) : gap >> 1;
  delta += Math.floor(delta / count);
  let steps = 0;
  for (; delta > ((BASE - LEAST) * MOST) >> 1; steps += BASE) delta = Math.floor(delta / (BASE - LEAST));
  return steps + Math.floor(((BASE - LEAST + 1) * delta) / (delta + SKEW));
}
