/**
 * Finds the conversations of several captures that belong together: a capture may contain a failed attempt before the
 * real chat.
 */
import { agreementOf } from './agreement.js';
import type { Talk } from './talk.js';

export interface Paired {
  readonly plaintext: Talk;
  /** null if there is none to choose from. */
  readonly encrypted: Talk | null;
  readonly tls: Talk | null;
}

/** How many conversations of each list are tried. */
const MOST_TRIED = 500;

/**
 * Returns the conversations that agree best; if several agree equally well, the longest of them, and of equally long
 * ones the first. null if there is no plaintext conversation.
 */
export function paired(plaintext: readonly Talk[], encrypted: readonly Talk[], tls: readonly Talk[]): Paired | null {
  const [plain, sealed, inTls] = [spoken(plaintext), spoken(encrypted), spoken(tls)];
  let best: (Paired & { readonly rank: number }) | null = null;
  for (const one of plain) {
    const [withSealed, withTls] = [bestFor(one, sealed), bestFor(one, inTls)];
    const rank = (withSealed?.rank ?? 0) + (withTls?.rank ?? 0);
    if (best === null || rank > best.rank)
      best = { plaintext: one, encrypted: withSealed?.talk ?? null, tls: withTls?.talk ?? null, rank };
  }
  return best;
}

/** The chat with the most messages; null if there is no chat. */
export function longest(talks: readonly Talk[]): Talk | null {
  return spoken(talks)[0] ?? null;
}

/** The chats that have messages, the longest first. If none has any, all of them. */
function spoken(talks: readonly Talk[]): readonly Talk[] {
  const some = talks.filter(({ turns }) => turns.length > 0);
  return (some.length > 0 ? some : talks)
    .slice(0, MOST_TRIED)
    .sort((one, other) => other.turns.length - one.turns.length);
}

/** `others` are sorted, the longest first. Of those that agree equally well, it takes the first. */
function bestFor(plain: Talk, others: readonly Talk[]): { readonly talk: Talk; readonly rank: number } | null {
  let best: { readonly talk: Talk; readonly rank: number } | null = null;
  for (const talk of others) {
    const rank = rankOf(plain, talk);
    if (best === null || rank > best.rank) best = { talk, rank };
  }
  return best;
}

/** Full agreement ranks above partial agreement, and equal texts rank above equal lengths. */
function rankOf(plain: Talk, other: Talk): number {
  const agreement = agreementOf(plain, other);
  if (!agreement.agrees) return 0;
  return 1 + (agreement.isWhole ? 2 : 0) + (agreement.by === 'texts' ? 1 : 0);
}
