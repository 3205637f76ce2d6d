/** A whole message in UTF-16, however short: in Latin letters every other byte is zero. */
import { isText } from '../disguises/text-bytes.js';

export interface WideText {
  readonly as: 'UTF-16LE' | 'UTF-16BE';
  /** In UTF-8. */
  readonly text: Buffer;
}

/** null if the bytes are anything else. */
export function wideText(bytes: Buffer): WideText | null {
  if (bytes.length < 4 || bytes.length % 2 !== 0) return null;
  const mark = bytes.readUInt16LE(0);
  const start = mark === LITTLE_MARK || mark === BIG_MARK ? 2 : 0;
  const upper = mark === BIG_MARK || (mark !== LITTLE_MARK && bytes[0] === 0) ? 0 : 1;
  for (let at = start + upper; at < bytes.length; at += 2) if (bytes[at] !== 0) return null;
  const units = Buffer.from(bytes.subarray(start));
  const text = Buffer.from((upper === 1 ? units : units.swap16()).toString('utf16le'), 'utf8');
  if (text.length === 0 || text.includes(0) || !isText(text, text.length)) return null;
  return { as: upper === 1 ? 'UTF-16LE' : 'UTF-16BE', text };
}

/** The byte-order mark, as a number in the other order and in this one. */
const LITTLE_MARK = 0xfeff;
const BIG_MARK = 0xfffe;
