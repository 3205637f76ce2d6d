/**
 * Commands that decrypt the first token without our program. You can copy and run them, because they contain the token
 * and the keys.
 */
import { parseToken } from '../../protocol/token.js';
import { keyParts, unsealToken } from '../../keyholder/unsealing.js';
import type { Lesson } from '../lesson.js';
import { firstSealed, without } from './chosen.js';
import { lines, part, type Part } from './tree.js';

/** Version, time and IV are before the ciphertext. */
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

/** `with`: the name of the tool. */
export function openByHand(lesson: Lesson, { with: tool = '' }: Readonly<Record<string, string>>): Part | string {
  const made = Object.hasOwn(WITH, tool) ? WITH[tool] : undefined;
  if (made === undefined) return `it needs {with=…}, one of ${Object.keys(WITH).join(', ')}`;
  const message = firstSealed(lesson);
  const key = lesson.keys?.sessionKey ?? null;
  if (message === null) return without('token');
  return key === null ? without('key-log') : part(lines(made({ token: message.token.text, key })));
}

/** Converts base64url to base64, because openssl accepts only that. */
function decoded(token: string): string {
  return `echo ${token} | tr '_-' '/+' | openssl base64 -d -A`;
}

/** Control characters in the text must not reach the reader's terminal as they are. */
function shown(token: string, key: Buffer): string {
  const text = unsealToken(token, keyParts(key))?.text.toString('utf8') ?? '';
  return /\p{C}/u.test(text) ? ' | cat -v' : '; echo';
}
