/** What the listener makes of the bytes of one side: what it shows, what it counts, and how messages are marked. */
import { Content } from '../../../src/eavesdropper/content/content.js';
import { Readability, type ReadabilityFindings } from '../../../src/eavesdropper/content/readability.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { held } from '../disguises/held.js';

/** The same however the bytes come: in pieces of up to `size` bytes. */
export function judged(bytes: Buffer, size = Infinity): ReadabilityFindings {
  const found: ReadabilityFindings[] = [];
  const content = new Content(({ readability }) => found.push(readability), false);
  for (let at = 0; at < bytes.length && bytes.length - at > size; at += size)
    content.take(bytes, at, at + size, 'more');
  const rest = size === Infinity ? 0 : size * Math.max(0, Math.ceil(bytes.length / size) - 1);
  content.take(bytes, rest, bytes.length, 'end');
  return found[0]!;
}

/** How many bytes can be read without a key. */
export function readable({ text, disguised }: ReadabilityFindings): number {
  return Object.values(disguised).reduce((sum, count) => sum + count, text);
}

/** Each byte is counted once. */
export function all(found: ReadabilityFindings): number {
  return readable(found) + found.encoded + found.other + (found.framing ?? 0);
}

export function messagesIn(bytes: Buffer): readonly string[] {
  const messages: string[] = [];
  const readability = new Readability(null, 0, (_, __, text) => messages.push(text.toString()));
  readability.take(bytes, 0, bytes.length, true);
  return messages;
}

export function found(text: string, bytes: Buffer): readonly string[] {
  const hits = search(text, [new Haystack(0, 'client', held(bytes), 'unknown')]);
  return hits.filter(({ meaning }) => meaning === 'text').map(({ shape }) => shape);
}
