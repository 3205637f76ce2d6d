/**
 * XOR with a key of several bytes, again and again: what many tutorials call encryption. Of random bytes, or of a real
 * cipher's, no key makes text, so what comes out is surely what was written.
 */
import type { Disguise, SearchedRun } from './disguise.js';
import { MOST_KEY, againWith, repeatedKeyOf, type RepeatedCipher, type RepeatedKey } from './repeated-key.js';

export type RepeatedXorName = `XOR with a repeated key of ${number} bytes`;

const CIPHER: RepeatedCipher = {
  keys: 256,
  // Of random bytes below 32, which XOR with one number makes letters of, the best key brought 1.05.
  least: { perByte: 1.45, words: -10, ahead: 5, inColumn: 6 },
  takes: () => true,
  undo: (byte, key) => byte ^ key,
};

export const REPEATED_XOR: Disguise<'XOR with a repeated key', RepeatedXorName> = {
  name: 'XOR with a repeated key',
  recognised: { within: 'searched', among: 'others', of: xoredIn },
  toyNames: ['XOR'],
  patterns: () => [],
};

/** Messages that were changed with the same key, each from its beginning. */
export function xoredMessages(messages: readonly Buffer[]): { as: RepeatedXorName; texts: readonly Buffer[] } | null {
  const found = repeatedKeyOf(messages, CIPHER);
  return found === null ? null : { as: nameOf(found), texts: found.texts };
}

function nameOf({ key }: RepeatedKey): RepeatedXorName {
  return `XOR with a repeated key of ${key.length} bytes`;
}

/** All of the bytes, as one message. */
function xoredIn(bytes: Buffer, start: number, end: number): SearchedRun<RepeatedXorName> | null {
  if (!mayBeXored(bytes, start, Math.min(end, start + SAMPLED))) return null;
  return asRun(repeatedKeyOf([bytes.subarray(start, end)], CIPHER), start, end);
}

function asRun(found: RepeatedKey | null, start: number, end: number): SearchedRun<RepeatedXorName> | null {
  const [text] = found?.texts ?? [];
  if (found === null || text === undefined) return null;
  return {
    as: nameOf(found),
    start,
    end,
    decoded: (most) => text.subarray(0, most),
    again: (others, from, to) => asRun(againWith(found, [others.subarray(from, to)], CIPHER), from, to),
  };
}

const SAMPLED = 160;
const LEAST_SAME = 0.03;

/**
 * A quick look: whether, at some distance, the top bits are all the same, and many bytes are. Where a key comes again,
 * equal bytes of the text stay equal.
 */
function mayBeXored(bytes: Buffer, start: number, end: number): boolean {
  for (let distance = 2; distance <= MOST_KEY; distance += 1) {
    let same = 0;
    let at = start + distance;
    for (; at < end; at += 1) {
      const difference = (bytes[at] ?? 0) ^ (bytes[at - distance] ?? 0);
      if (difference > 0x7f) break;
      if (difference === 0) same += 1;
    }
    if (at === end && same >= LEAST_SAME * (end - start - distance)) return true;
  }
  return false;
}
