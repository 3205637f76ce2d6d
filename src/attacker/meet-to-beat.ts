/**
 * Changes one word, "Meet" to "Beat", in a message. The attacker guesses that the message begins with this word.
 *
 * This needs no key. What XOR has hidden, XOR can change:
 * - CBC: the first block of text is the decrypted block XOR the IV, and the IV is unencrypted in the token. If you
 *   change a bit of the IV, you change the same bit in the first 16 bytes of text, and nothing else.
 * - The AEAD ciphers of TLS: the ciphertext is the text XOR a stream of key bytes. If you change a bit of the
 *   ciphertext, you change the same bit of the text.
 * In both cases only a signature can notice the change. Encryption alone does not notice it.
 */
import type { MessageFrame } from '../protocol/frames.js';
import { formatToken, parseToken, signedPart } from '../protocol/token.js';

const FROM = Buffer.from('Meet');
const TO = Buffer.from('Beat');

/** Changes the word in the text. */
export function beat(text: string): string {
  return text.replace(FROM.toString(), TO.toString());
}

/** Changes `bytes` so that the "Meet" at `offset` becomes "Beat" after decryption. */
export function withBeatAt(bytes: Buffer, offset: number): Buffer {
  const changed = Buffer.from(bytes);
  FROM.forEach((byte, at) => {
    changed[offset + at] = (changed[offset + at] ?? 0) ^ byte ^ (TO[at] ?? 0);
  });
  return changed;
}

/** Changes the IV of the frame. The signature and the check stay the same. */
export function withBeatInIv({ token, ...rest }: MessageFrame): MessageFrame {
  const { timestamp, iv, ciphertext, hmac } = parseToken(token);
  const signed = signedPart({ timestamp, iv: withBeatAt(iv, 0), ciphertext });
  return { ...rest, token: formatToken(signed, hmac) };
}
