/**
 * `\x41` and `\u0041` in a line: how JSON and most programming languages write non-ASCII characters (RFC 8259, section
 * 7).
 */
import type { Disguise, Disguised } from './disguise.js';
import { isText } from './text-bytes.js';

const BACKSLASH = 0x5c;

export const BACKSLASH_ESCAPES: Disguise<'backslash escapes'> = {
  name: 'backslash escapes',
  recognised: { within: 'line', sign: BACKSLASH, of: backslashEscapesOf },
  patterns: () => [],
  madeOf: { needs: Buffer.of(BACKSLASH) },
  ofMessage: (message) => backslashEscapesOf(message, 0, message.length)?.decoded(message.length) ?? null,
};

/** This many escapes show that bytes that are not text are noise, and not there by accident. */
const LEAST_NOISE = 6;
/** At least one escape for this many characters. Of random bytes, more than half are written as an escape. */
const MOST_PER_ESCAPE = 8;

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(["'\\/nrt0abfv]))/g;
const PLAIN: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  0: '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

function backslashEscapesOf(bytes: Buffer, start: number, end: number): Disguised<'backslash escapes'> | null {
  const line = bytes.toString('latin1', start, end);
  const escapes = line.match(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})/g) ?? [];
  if (escapes.length === 0) return null;
  const asBytes = unescaped(line);
  // Some languages mean a byte by `\xfc`, and others the character U+00FC.
  const isOfBytes = isText(asBytes, asBytes.length);
  const asCharacters = isOfBytes ? asBytes : unescaped(line.replace(/\\x(?=[0-9a-fA-F]{2})/g, '\\u00'));
  const content = isText(asCharacters, asCharacters.length) ? asCharacters : asBytes;
  const decoded = (most: number): Buffer => content.subarray(0, most);
  const isNoise = escapes.length >= LEAST_NOISE && line.length <= MOST_PER_ESCAPE * escapes.length;
  if (!isNoise && !isText(content, content.length)) return null;
  return { as: 'backslash escapes', decoded, otherwise: isNoise ? 'noise' : 'words' };
}

/** `line` is Latin-1. `\x` gives a byte. `\u` gives a unit of UTF-16, which is one of two if it is a surrogate. */
function unescaped(line: string): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  let units = '';
  const flush = (): void => {
    if (units !== '') parts.push(Buffer.from(units, 'utf8'));
    units = '';
  };
  for (const match of line.matchAll(ESCAPE)) {
    const [all, byte, unit, sign = ''] = match;
    if (match.index > done) {
      flush();
      parts.push(Buffer.from(line.slice(done, match.index), 'latin1'));
    }
    done = match.index + all.length;
    if (unit !== undefined) {
      units += String.fromCharCode(parseInt(unit, 16));
      continue;
    }
    flush();
    parts.push(byte === undefined ? Buffer.from(PLAIN[sign] ?? sign, 'latin1') : Buffer.from(byte, 'hex'));
  }
  flush();
  return Buffer.concat([...parts, Buffer.from(line.slice(done), 'latin1')]);
}
