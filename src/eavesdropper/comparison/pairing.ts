/**
 * Which conversations of several captures belong together: a capture may hold a failed attempt before the real chat.
 */
import { agreementOf } from './agreement.js';
import type { Talk } from './talk.js';

export interface Paired {
  readonly plaintext: Talk;
  /** null where there is none to choose from. */
  readonly encrypted: Talk | null;
  readonly tls: Talk | null;
}

/** Of each list, those that are tried. */
const MOST_TRIED = 500;

/**
 * The ones that agree best, the first of them where several do; where none agrees, those with most messages. null where
 * there is none in plaintext.
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

/** null where there is none. */
export function longest(talks: readonly Talk[]): Talk | null {
  return spoken(talks)[0] ?? null;
}

/** Those in which something was said, the longest first; all of them where nothing was said in any. */
function spoken(talks: readonly Talk[]): readonly Talk[] {
  const some = talks.filter(({ turns }) => turns.length > 0);
  return (some.length > 0 ? some : talks)
    .slice(0, MOST_TRIED)
    .sort((one, other) => other.turns.length - one.turns.length);
}

/** `others` come the longest first, and the first of those that agree as well as any is taken. */
function bestFor(plain: Talk, others: readonly Talk[]): { readonly talk: Talk; readonly rank: number } | null {
  let best: { readonly talk: Talk; readonly rank: number } | null = null;
  for (const talk of others) {
    const rank = rankOf(plain, talk);
    if (best === null || rank > best.rank) best = { talk, rank };
  }
  return best;
}

/** Whole is better than in part, and the texts are better than their lengths. */
function rankOf(plain: Talk, other: Talk): number {
  const agreement = agreementOf(plain, other);
  if (!agreement.agrees) return 0;
  return 1 + (agreement.isWhole ? 2 : 0) + (agreement.by === 'texts' ? 1 : 0);
}
