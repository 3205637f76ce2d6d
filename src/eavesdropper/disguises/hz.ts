/**
 * HZ (RFC 1843), in which Chinese was written where only ASCII may cross: between `~{` and `~}` each character has two
 * letters or signs.
 */
import type { Disguise, Disguised } from './disguise.js';

const TILDE = 0x7e;

export const HZ: Disguise<'HZ'> = {
  name: 'HZ',
  recognised: { within: 'line', sign: TILDE, of: hzOf },
  patterns: () => [],
  madeOf: { needs: Buffer.of(TILDE) },
  ofMessage: (message) => hzOf(message, 0, message.length)?.decoded(message.length) ?? null,
};

/** `~~` stands for one `~`, and a `~` at the end of a line for nothing. */
const SHIFTED = /~\{((?:[\x21-\x77][\x21-\x7e])+)~\}/g;
const ESCAPE = /~\{((?:[\x21-\x77][\x21-\x7e])+)~\}|~(~|\n)/g;
/** Fewer could be signs that someone typed. */
const LEAST_CHARACTERS = 2;
const HAN = /\p{Script=Han}/gu;

function hzOf(bytes: Buffer, start: number, end: number): Disguised<'HZ'> | null {
  const line = bytes.toString('latin1', start, end);
  if (!line.includes('~{') || !line.includes('~}') || line.replace(SHIFTED, '').includes('~{')) return null;
  const text = decodedText(line);
  if (text.includes('\ufffd') || (text.match(HAN)?.length ?? 0) < LEAST_CHARACTERS) return null;
  const decoded = (most: number): Buffer =>
    most >= end - start ? Buffer.from(text) : Buffer.from(decodedText(line.slice(0, most)));
  return { as: 'HZ', decoded };
}

/** With the highest bit set, the same two bytes are GB2312. */
function decodedText(line: string): string {
  const wide = line.replace(ESCAPE, (_, pairs?: string, sign?: string) =>
    pairs === undefined ? (sign === '~' ? '~' : '') : String.fromCharCode(...Buffer.from(pairs, 'latin1').map(upper)),
  );
  return new TextDecoder('gbk').decode(Buffer.from(wide, 'latin1'));
}

function upper(byte: number): number {
  return byte | 0x80;
}
