/** A name and a password, separated by NUL, as SASL PLAIN sends them in base64 (RFC 4616, section 2). */
import type { Disguise, Disguised } from './disguise.js';
import { isText } from './text-bytes.js';

export const SASL_PLAIN: Disguise<'SASL PLAIN'> = {
  name: 'SASL PLAIN',
  recognised: { within: 'content', of: saslPlainOf },
  patterns: () => [],
};

const NUL = 0;
const SPACE = 0x20;

/** The name to act for, which is usually empty; NUL; the user's name; NUL; the password. */
function saslPlainOf(content: Buffer): Disguised<'SASL PLAIN'> | null {
  const name = content.indexOf(NUL) + 1;
  const password = content.indexOf(NUL, name) + 1;
  if (name === 0 || password <= name + 1 || password === content.length || content.includes(NUL, password)) return null;
  const parts = content.map((byte) => (byte === NUL ? SPACE : byte));
  const text = Buffer.from(parts.subarray(name === 1 ? 1 : 0));
  return isText(text, text.length) ? { as: 'SASL PLAIN', decoded: () => text } : null;
}
