/** base100: each byte is one of 256 emoji, from U+1F3F7 on. */
import type { Disguise, DisguisedRun } from './disguise.js';
import { isText } from './text-bytes.js';

/** The emoji of byte 0, in UTF-8 as one number. */
const FIRST = 0x1f3f7;
const BYTES_EACH = 4;
/** People send a few emoji too. */
const LEAST_EMOJI = 6;
const LEAD = 0xf0;
const SECOND = 0x9f;
const LF = 0x0a;
const CR = 0x0d;

export const BASE100: Disguise<'base100'> = {
  name: 'base100',
  recognised: { within: 'plain', of: inEmoji },
  patterns: () => [],
  ofMessage: (message) => decoded(message, 0, message.length),
};

/** All of it, but for line ends. */
function inEmoji(bytes: Buffer, start: number, end: number): DisguisedRun<'base100'> | null {
  if (bytes[start] !== LEAD || end - start < LEAST_EMOJI * BYTES_EACH) return null;
  const content = decoded(bytes, start, end);
  if (content === null || content.length < LEAST_EMOJI || !isText(content, content.length)) return null;
  return { as: 'base100', start, end, decoded: () => content, otherwise: 'words' };
}

/** null if there is anything else in it. */
function decoded(bytes: Buffer, start: number, end: number): Buffer | null {
  const target: number[] = [];
  for (let at = start; at < end;) {
    const byte = bytes[at] ?? 0;
    if (byte === LF || byte === CR) {
      target.push(byte);
      at += 1;
      continue;
    }
    if (byte !== LEAD || bytes[at + 1] !== SECOND || at + BYTES_EACH > end) return null;
    const character = 0x1f000 + (((bytes[at + 2] ?? 0) & 0x3f) << 6) + ((bytes[at + 3] ?? 0) & 0x3f);
    const value = character - FIRST;
    if (value < 0 || value > 0xff) return null;
    target.push(value);
    at += BYTES_EACH;
  }
  return Buffer.from(target);
}
