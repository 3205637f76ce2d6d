/**
 * Whether two captures can contain the same chat. Without a key this is never certain, but everything that can be known
 * has to agree: the number of messages, who sent each, and whether each text has the length that the encrypted message
 * shows. With a key, the texts themselves have to agree.
 */
import type { Agreement } from '../findings/findings.js';
import type { Mode } from '../../protocol/modes.js';
import { SIDES } from '../../protocol/side.js';
import type { Talk, Turn } from './talk.js';

const IN: Readonly<Record<Mode, string>> = { plaintext: 'in plaintext', encrypted: 'in encrypted mode', tls: 'in TLS' };
/** TLS's closing alert has two bytes. Encrypted, it is as long as a line of one letter (RFC 8446, section 6.1). */
const GOODBYE_TEXT_BYTES = 1;
/** The most characters of a text that are quoted. */
const MOST_QUOTED = 40;

/** Compares two chats. `plain` is the one whose texts are known. */
export function agreementOf(plain: Talk, other: Talk): Agreement {
  const turns = other.mode === 'tls' ? withoutGoodbyes(other.turns, plain.turns) : other.turns;
  const why = countProblem(plain, other, turns) ?? firstProblem(plain.turns, turns, other.mode);
  if (why !== null) return { agrees: false, why };
  const shared = Math.min(plain.turns.length, turns.length);
  const opened = turns.filter(({ text }) => text !== null).length;
  return {
    agrees: true,
    by: opened === turns.length && opened > 0 ? 'texts' : 'lengths',
    messages: shared,
    isWhole: plain.turns.length === turns.length,
  };
}

/**
 * The turns of `tls` that contain lines. A side's last record is left out if that side has one record more than lines
 * and the last is as long as the closing alert.
 */
export function withoutGoodbyes(tls: readonly Turn[], plain: readonly Turn[]): readonly Turn[] {
  const goodbyes = SIDES.flatMap((side) => {
    const own = tls.filter((turn) => turn.side === side);
    const last = own.at(-1);
    const isMore = own.length === plain.filter((turn) => turn.side === side).length + 1;
    return isMore && last !== undefined && maybeGoodbye(last) ? [last] : [];
  });
  return tls.filter((turn) => !goodbyes.includes(turn));
}

/** With a key, it is known which record is the closing alert, and it is none of the turns. */
function maybeGoodbye({ textBytes, text }: Turn): boolean {
  return textBytes.most === GOODBYE_TEXT_BYTES && text === null;
}

/**
 * The shorter chat may have been cut off. But if its end was captured, it has all its messages, and the counts
 * contradict each other.
 */
function countProblem(plain: Talk, other: Talk, turns: readonly Turn[]): string | null {
  const [count, otherCount] = [plain.turns.length, turns.length];
  if (count === otherCount) return null;
  const counts = `the chat has ${messages(count)} ${IN[plain.mode]} and ${countWords(other.mode, turns)} ${IN[other.mode]}`;
  const shorter = count < otherCount ? plain : other;
  return Math.min(count, otherCount) > 0 && !shorter.isWhole ? null : counts;
}

/** In TLS without a key, a side's last record may be its goodbye or a message of one letter. */
function countWords(mode: Mode, turns: readonly Turn[]): string {
  const most = turns.length;
  const lasts = SIDES.map((side) => turns.findLast((turn) => turn.side === side));
  const goodbyes = mode === 'tls' ? lasts.filter((last) => last !== undefined && maybeGoodbye(last)).length : 0;
  if (most === 0) return 'none';
  return goodbyes === 0 ? `${most}` : `${most - goodbyes} to ${most}`;
}

function messages(count: number): string {
  if (count === 0) return 'no message';
  return `${count} ${count === 1 ? 'message' : 'messages'}`;
}

function firstProblem(plain: readonly Turn[], others: readonly Turn[], mode: Mode): string | null {
  for (const [index, turn] of plain.entries()) {
    const other = others[index];
    if (other === undefined) return null;
    const problem = turnProblem(turn, other, mode);
    if (problem !== null) return `message ${index + 1}${problem}`;
  }
  return null;
}

function turnProblem(plain: Turn, other: Turn, mode: Mode): string | null {
  if (plain.side !== other.side) return ` is the ${plain.side}’s in plaintext and the ${other.side}’s ${IN[mode]}`;
  const said = `, ${quoted(plain.text ?? '')},`;
  const { least, most } = other.textBytes;
  if (plain.textBytes.most < least || plain.textBytes.least > most) {
    const holds = least === most ? `has ${least} ${IN[mode]}` : `the token at the same turn holds ${least} to ${most}`;
    return `${said} has ${plain.textBytes.most} bytes in plaintext, and ${holds}`;
  }
  // U+FFFD replaces bytes that are no longer known, so such a text cannot be compared.
  if (other.text === null || plain.text === null || plain.text.includes('\ufffd') || plain.text === other.text)
    return null;
  return ` is ${quoted(plain.text)} in plaintext, but decrypted with the key it is ${quoted(other.text)}`;
}

function quoted(text: string): string {
  const letters = Array.from(text.slice(0, 2 * MOST_QUOTED));
  return letters.length <= MOST_QUOTED && text.length <= 2 * MOST_QUOTED
    ? `“${text}”`
    : `“${letters.slice(0, MOST_QUOTED).join('')}…”`;
}
