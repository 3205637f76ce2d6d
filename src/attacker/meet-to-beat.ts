/**
 * One word changed, "Meet" to "Beat", in a message of which the attacker guesses that it begins so.
 *
 * No key is needed for that. What XOR has hidden, XOR changes:
 * - CBC: the first block of text is the decrypted block XOR the IV, and the IV stands in clear in the token. Whoever
 *   changes a bit of the IV changes the same bit of the first 16 bytes of text, and nothing else.
 * - TLS's AEAD ciphers: text XOR a stream of key bytes; a changed bit of the ciphertext is that bit of the text.
 * In both it is a signature that has to notice; the encryption itself does not.
 */
import type { MessageFrame } from '../protocol/frames.js';
import { formatToken, parseToken, signedPart } from '../protocol/token.js';

const FROM = Buffer.from('Meet');
const TO = Buffer.from('Beat');

/** The text with the word changed. */
export function beat(text: string): string {
  return text.replace(FROM.toString(), TO.toString());
}

/** `bytes` such that what decrypts to "Meet" at `offset` decrypts to "Beat". */
export function withBeatAt(bytes: Buffer, offset: number): Buffer {
  const changed = Buffer.from(bytes);
  FROM.forEach((byte, at) => {
    changed[offset + at] = (changed[offset + at] ?? 0) ^ byte ^ (TO[at] ?? 0);
  });
  return changed;
}

/** The frame with another IV. Its signature and its check are left as they were. */
export function withBeatInIv({ token, ...rest }: MessageFrame): MessageFrame {
  const { timestamp, iv, ciphertext, hmac } = parseToken(token);
  const signed = signedPart({ timestamp, iv: withBeatAt(iv, 0), ciphertext });
  return { ...rest, token: formatToken(signed, hmac) };
}
