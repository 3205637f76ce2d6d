/**
 * base64 and base64url with padding (RFC 4648, sections 4 and 5), decoded strictly.
 *
 * Node's own decoder skips what it does not know, mixes both alphabets and ignores stray bits at the end, so many texts
 * decode to the same bytes. A check that covers the text and a program that acts on the bytes must agree on what was
 * received; hence only the one text that encodes those bytes is accepted.
 */

export type Base64Alphabet = 'base64' | 'base64url';

/** The bytes that `text` encodes, or null where it is not exactly what {@link formatBase64} gives for those bytes. */
export function parseBase64(text: string, alphabet: Base64Alphabet): Buffer | null {
  const bytes = Buffer.from(text, alphabet);
  return formatBase64(bytes, alphabet) === text ? bytes : null;
}

/** `bytes` in the given alphabet, always with padding: Node leaves it off in base64url. */
export function formatBase64(bytes: Uint8Array, alphabet: Base64Alphabet): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(alphabet);
  return alphabet === 'base64url' ? text + '='.repeat((4 - (text.length % 4)) % 4) : text;
}
