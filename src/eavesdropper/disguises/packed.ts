/** Text that was compressed with gzip (RFC 1952) or zlib (RFC 1950) before it was written in another disguise. */
import { createRequire } from 'node:module';
import type { Disguise, Disguised } from './disguise.js';
import { isPacked, isText } from './text-bytes.js';

export const GZIP: Disguise<'gzip'> = {
  name: 'gzip',
  recognised: { within: 'content', of: (content) => unpacked('gzip', content, (zlib) => zlib.gunzipSync) },
  patterns: () => [],
  ofMessage: (message) => unpacked('gzip', message, (zlib) => zlib.gunzipSync)?.decoded(message.length) ?? null,
};

export const ZLIB: Disguise<'zlib'> = {
  name: 'zlib',
  recognised: { within: 'content', of: (content) => unpacked('zlib', content, (zlib) => zlib.inflateSync) },
  patterns: () => [],
  ofMessage: (message) => unpacked('zlib', message, (zlib) => zlib.inflateSync)?.decoded(message.length) ?? null,
};

type Zlib = typeof import('node:zlib');

/** Loading node:zlib takes as long as reading a small capture, which seldom needs it. */
const load = createRequire(import.meta.url);

/** A kilobyte can decompress to a megabyte. We look at no more than this. */
const MOST_UNPACKED = 65_536;

/** Both formats end with a checksum of the content, which ciphertext does not pass by accident. */
function unpacked<Name extends string>(
  name: Name,
  content: Buffer,
  unpacker: (zlib: Zlib) => (packed: Buffer, options: { maxOutputLength: number }) => Buffer,
): Disguised<Name> | null {
  if (!isPacked(content)) return null;
  try {
    const unpack = unpacker(load('node:zlib') as Zlib);
    const text = unpack(content, { maxOutputLength: MOST_UNPACKED });
    return text.length > 0 && isText(text, text.length) ? { as: name, decoded: () => text } : null;
  } catch {
    // Not of this format, cut off, or too long.
    return null;
  }
}
