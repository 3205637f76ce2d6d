/**
 * The kinds of check that can stand behind each token, one row each. A new kind is a new row: the names, the options of
 * the command line and the columns of the attack matrix follow from here, and what cannot follow does not compile.
 *
 * How a check is computed is not said here: `crypto/integrity.ts` does it for the chat, `keyholder/` for the listener.
 */

/** What a check is computed over: the token, or the token and its place (whose it is, and which of theirs). */
export type Covers = 'token' | 'place and token';

export interface IntegrityKind {
  /** Whether it takes the HMAC key: HMAC-SHA256 with it, SHA-256 without. */
  readonly keyed: boolean;
  readonly covers: Covers;
  /** One phrase: what it is, and what it stops. */
  readonly worth: string;
  /** For the head of a narrow column; no two kinds have the same. */
  readonly short: string;
}

const KINDS = {
  sha256: {
    keyed: false,
    covers: 'token',
    worth: 'a hash that anybody can compute again: it stops accidents, not attackers',
    short: 'sha256',
  },
  'hmac-sha256': {
    keyed: true,
    covers: 'token',
    worth: 'an HMAC over the token: it stops whoever lacks the key, but not a replay',
    short: 'hmac',
  },
  'hmac-sha256-seq': {
    keyed: true,
    covers: 'place and token',
    worth: 'an HMAC over direction, sequence number and token: a replayed or reordered message fails too',
    short: 'seq',
  },
} as const satisfies Readonly<Record<string, IntegrityKind>>;

/** What the check behind each token is, by the name that stands in HELLO. */
export type Integrity = keyof typeof KINDS;
export const INTEGRITY_KINDS: Readonly<Record<Integrity, IntegrityKind>> = KINDS;
/** From the weakest to the strongest. */
export const INTEGRITY_NAMES = Object.keys(KINDS) as readonly Integrity[];
export const DEFAULT_INTEGRITY: Integrity = 'hmac-sha256-seq';
/** What anybody can compute: an attacker asks for it in the client's place. */
export const WEAKEST_INTEGRITY: Integrity = 'sha256';

export function isIntegrity(name: string): name is Integrity {
  return Object.hasOwn(KINDS, name);
}
