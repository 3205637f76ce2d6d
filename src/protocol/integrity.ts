/**
 * The kinds of check that can stand behind each token, one row each. A new kind is a new row. The names, the options of
 * the command line, the columns of the attack matrix and the dissector's list follow from here, and what cannot follow
 * does not compile. CONTRIBUTING.md says how to add one.
 *
 * How a check is computed is not said here: `crypto/integrity.ts` does it for the chat, `keyholder/` for the listener.
 */

/** Bytes in a check, whatever its kind: the line has a place for 64 hex digits. */
export const CHECK_BYTES = 32;

/** What a check is made with. `keyed`: whether that takes the HMAC key, which only the two sides have. */
export const ALGORITHMS = {
  'SHA-256': { keyed: false },
  'HMAC-SHA256': { keyed: true },
} as const satisfies Readonly<Record<string, { readonly keyed: boolean }>>;
export type Algorithm = keyof typeof ALGORITHMS;

/**
 * What a check is made of. `placed`: whether it fits one place only, being made of whose message it is and which of
 * theirs.
 */
export const COVERS = {
  token: { placed: false },
  'place and token': { placed: true },
} as const satisfies Readonly<Record<string, { readonly placed: boolean }>>;
export type Covers = keyof typeof COVERS;

export interface IntegrityKind {
  readonly algorithm: Algorithm;
  readonly covers: Covers;
  /** One phrase that goes on after "it is": what it is, and what it stops. */
  readonly worth: string;
  /** For the head of a narrow column; no two kinds have the same. */
  readonly short: string;
}

const KINDS = {
  sha256: {
    algorithm: 'SHA-256',
    covers: 'token',
    worth: 'a hash that anybody can compute: it stops accidents, not attackers',
    short: 'sha256',
  },
  'hmac-sha256': {
    algorithm: 'HMAC-SHA256',
    covers: 'token',
    worth: 'an HMAC over the token: it stops an attacker without the key, but not a replay',
    short: 'hmac',
  },
  'hmac-sha256-seq': {
    algorithm: 'HMAC-SHA256',
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
export const WEAKEST_INTEGRITY = 'sha256' satisfies Integrity;

export function isIntegrity(name: string): name is Integrity {
  return Object.hasOwn(KINDS, name);
}
