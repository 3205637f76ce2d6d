/**
 * base64 and base64url with padding (RFC 4648, sections 4 and 5), decoded strictly.
 *
 * Node's own decoder skips characters that it does not know, accepts both alphabets mixed, and ignores extra bits at
 * the end. So many different texts decode to the same bytes. Here a check may cover the text while the program acts on
 * the bytes, so both must mean the same thing. That is why this decoder accepts only one text for each byte string.
 */

export type Base64Alphabet = 'base64' | 'base64url';

/** The bytes that `text` encodes, or null if `text` differs from what {@link formatBase64} gives for those bytes. */
export function parseBase64(text: string, alphabet: Base64Alphabet): Buffer | null {
  const bytes = Buffer.from(text, alphabet);
  return formatBase64(bytes, alphabet) === text ? bytes : null;
}

/** `bytes` in the given alphabet, always with padding. (Node omits the padding in base64url.) */
export function formatBase64(bytes: Uint8Array, alphabet: Base64Alphabet): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(alphabet);
  return alphabet === 'base64url' ? text + '='.repeat((4 - (text.length % 4)) % 4) : text;
}
