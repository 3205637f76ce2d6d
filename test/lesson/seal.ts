/** Makes a Fernet token by hand, for tests: with node:crypto and the spec, and none of our code. */
import { createCipheriv, createHmac } from 'node:crypto';

/** `sessionKey`: 64 bytes. The first 32 are the Fernet key. Version, time 1, an IV of ones. */
export function seal(text: string, sessionKey: Buffer): string {
  const head = Buffer.from(`80${'01'.padStart(16, '0')}${'01'.repeat(16)}`, 'hex');
  const cipher = createCipheriv('aes-128-cbc', sessionKey.subarray(16, 32), head.subarray(9));
  const signed = Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final()]);
  const hmac = createHmac('sha256', sessionKey.subarray(0, 16)).update(signed).digest();
  const token = Buffer.concat([signed, hmac]).toString('base64url');
  return token + '='.repeat((4 - (token.length % 4)) % 4);
}
