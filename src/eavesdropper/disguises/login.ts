/**
 * Names and passwords that a protocol sends in base64, however short they are: HTTP's Basic (RFC 7617, section 2), and
 * LOGIN and PLAIN of mail (RFC 4954, section 4; RFC 9051, section 6.2.2; RFC 4616). The words before them say what they
 * are, so two letters are enough.
 *
 *     Authorization: Basic YW5uOnR1bGlw      AUTH LOGIN␍␊YW5u␍␊dHVsaXA=
 */
import { BASE64 } from './base64.js';
import type { Disguise, DisguisedRun } from './disguise.js';
import { lettersOf } from './runs.js';

export const HTTP_BASIC: Disguise<'HTTP Basic'> = {
  name: 'HTTP Basic',
  recognised: {
    within: 'stretch',
    run: { letters: lettersOf(Buffer.from('AUTHORIZNauthorizn:')), least: 'authorization:'.length },
    next: nextBasic,
  },
  patterns: () => [],
};

export const SASL_LOGIN: Disguise<'SASL login'> = {
  name: 'SASL login',
  recognised: {
    within: 'stretch',
    run: { letters: lettersOf(Buffer.from('AUTHENTICATE LOGIN PLAIN')), least: 10 },
    next: nextLogin,
  },
  patterns: () => [],
};

const BASIC = /authorization:[ \t]*basic[ \t]+([A-Za-z0-9+/]+={0,2})/i;
function nextBasic(bytes: Buffer, start: number, end: number): DisguisedRun<'HTTP Basic'> | null {
  const match = BASIC.exec(bytes.toString('latin1', start, end));
  const word = match?.[1];
  if (match === null || word === undefined) return null;
  const content = BASE64.ofMessage?.(Buffer.from(word, 'latin1')) ?? null;
  if (content === null) return null;
  const at = start + match.index + match[0].length - word.length;
  return { as: 'HTTP Basic', start: at, end: at + word.length, decoded: () => content, otherwise: 'words' };
}

const LOGIN = /AUTH(?:ENTICATE)? (LOGIN|PLAIN)(?: |\r?\n)(?=([A-Za-z0-9+/]+={0,2}))/;
const NEXT_LINE = /^\r?\n([A-Za-z0-9+/]+={0,2})/;

/** LOGIN sends the name and the password one after the other; PLAIN both together, with NUL between them. */
function nextLogin(bytes: Buffer, start: number, end: number): DisguisedRun<'SASL login'> | null {
  const text = bytes.toString('latin1', start, end);
  const match = LOGIN.exec(text);
  const name = match?.[2];
  if (match === null || name === undefined) return null;
  const from = match.index + match[0].length;
  const next = match[1] === 'LOGIN' ? NEXT_LINE.exec(text.slice(from + name.length)) : null;
  const words = [name, ...(next?.[1] === undefined ? [] : [next[1]])];
  const contents = words.flatMap((word) => BASE64.ofMessage?.(Buffer.from(word, 'latin1')) ?? []);
  if (contents.length < words.length) return null;
  const content = Buffer.from(contents.map((each) => each.toString('latin1')).join(' '), 'latin1');
  const stop = from + name.length + (next?.[0].length ?? 0);
  return { as: 'SASL login', start: start + from, end: start + stop, decoded: () => content, otherwise: 'words' };
}
