/** base64 that was written backwards, so that its padding stands in front: beginners hide with it that it is base64. */
import { BASE64, MADE_OF_BASE64 } from './base64.js';
import type { Disguise, Disguised } from './disguise.js';
import { isText, isTyped } from './text-bytes.js';

const NAME = 'base64, backwards';

export const REVERSED_BASE64: Disguise<typeof NAME> = {
  name: NAME,
  // One fewer than base64 has, so it is asked first.
  recognised: { within: 'token', letters: 63, of: reversedIn },
  patterns: () => [],
  madeOf: MADE_OF_BASE64,
  ofMessage: (message) => decoded(message),
};

/** The first letter of each group of four of base64 of ASCII: the first six bits of 0x20 to 0x7f. */
const BEGINS_GROUP = new Uint8Array(256);
for (const byte of Buffer.from('IJKLMNOPQRSTUVWXYZabcdef')) BEGINS_GROUP[byte] = 1;
/** Groups that are looked at first, and those of them that begin so: noise has other letters there. */
const FIRST_GROUPS = 4;
const LEAST_OF_TEXT = 3;
const PER_GROUP = 4;

function reversedIn(bytes: Buffer, start: number, end: number): Disguised<typeof NAME> | null {
  let begun = 0;
  for (let group = 0; group < FIRST_GROUPS; group += 1)
    begun += BEGINS_GROUP[bytes[end - 1 - PER_GROUP * group] ?? 0] ?? 0;
  if (begun < LEAST_OF_TEXT) return null;
  const first = decoded(bytes.subarray(end - PER_GROUP * FIRST_GROUPS, end));
  if (first === null || !isText(first, first.length)) return null;
  const content = decoded(bytes.subarray(start, end));
  if (content === null || !isTyped(content)) return null;
  return { as: NAME, decoded: () => content, otherwise: 'words' };
}

function decoded(message: Buffer): Buffer | null {
  return BASE64.ofMessage?.(Buffer.from(message).reverse()) ?? null;
}
