/**
 * Commands that open the first token without a program of ours, to copy and run: the token and the keys stand in them.
 */
import { parseToken } from '../../protocol/token.js';
import { keyParts, unsealToken } from '../../keyholder/unsealing.js';
import type { Lesson } from '../lesson.js';
import { firstSealed, without } from './chosen.js';
import { lines, part, type Part } from './tree.js';

/** Version, time and IV stand before the ciphertext. */
const BEFORE_CIPHERTEXT_BYTES = 1 + 8 + 16;
const FERNET_KEY_BYTES = 32;

interface Sealed {
  readonly token: string;
  readonly key: Buffer;
}

const WITH: Readonly<Record<string, (sealed: Sealed) => string>> = {
  'openssl-hmac': ({ token, key }) => {
    const { signed } = parseToken(token);
    return `${decoded(token)} | head -c ${signed.length} | openssl dgst -sha256 -mac HMAC -macopt hexkey:${keyParts(key).signing.toString('hex')}`;
  },
  openssl: ({ token, key }) => {
    const { iv, ciphertext } = parseToken(token);
    const { encryption } = keyParts(key);
    const cut = `tail -c +${BEFORE_CIPHERTEXT_BYTES + 1} | head -c ${ciphertext.length}`;
    return `${decoded(token)} | ${cut} | openssl enc -d -aes-128-cbc -K ${encryption.toString('hex')} -iv ${iv.toString('hex')}${shown(token, key)}`;
  },
  python: ({ token, key }) => {
    const fernetKey = key.toString('base64', 0, FERNET_KEY_BYTES).replaceAll('+', '-').replaceAll('/', '_');
    return `python3 -c "from cryptography.fernet import Fernet; print(Fernet('${fernetKey}').decrypt(b'${token}'))"`;
  },
};

/** `with` names the tool. */
export function openByHand(lesson: Lesson, { with: tool = '' }: Readonly<Record<string, string>>): Part | string {
  const made = Object.hasOwn(WITH, tool) ? WITH[tool] : undefined;
  if (made === undefined) return `it needs {with=…}, one of ${Object.keys(WITH).join(', ')}`;
  const message = firstSealed(lesson);
  const key = lesson.keys?.sessionKey ?? null;
  if (message === null) return without('token');
  return key === null ? without('key-log') : part(lines(made({ token: message.token.text, key })));
}

/** base64url as the base64 that openssl takes. */
function decoded(token: string): string {
  return `echo ${token} | tr '_-' '/+' | openssl base64 -d -A`;
}

/** A text with control characters must not reach the reader's terminal as it is. */
function shown(token: string, key: Buffer): string {
  const text = unsealToken(token, keyParts(key))?.text.toString('utf8') ?? '';
  return /\p{C}/u.test(text) ? ' | cat -v' : '; echo';
}
