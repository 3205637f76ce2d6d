/**
 * The kinds of check that can follow a token, one row each. To add a kind, add a row. The names, the command-line
 * options, the columns of the attack matrix and the dissector's list are made from this table. Code that also needs a
 * change does not compile until it has one. CONTRIBUTING.md says how to add a kind.
 *
 * This file does not compute checks. `crypto/integrity.ts` does so for the chat, `keyholder/` for the listener.
 */

/** Bytes in a check of any kind. The line has room for 64 hex digits. */
export const CHECK_BYTES = 32;

/** The algorithms of a check. `keyed`: whether it needs the HMAC key, which only the two sides have. */
export const ALGORITHMS = {
  'SHA-256': { keyed: false },
  'HMAC-SHA256': { keyed: true },
} as const satisfies Readonly<Record<string, { readonly keyed: boolean }>>;
export type Algorithm = keyof typeof ALGORITHMS;

/**
 * What a check covers. `placed`: whether it is valid at one place in the chat only, because it also covers the sender
 * and the number of the message.
 */
export const COVERS = {
  token: { placed: false },
  'place and token': { placed: true },
} as const satisfies Readonly<Record<string, { readonly placed: boolean }>>;
export type Covers = keyof typeof COVERS;

export interface IntegrityKind {
  readonly algorithm: Algorithm;
  readonly covers: Covers;
  /** A phrase that continues "it is …": what the check is and what it stops. */
  readonly worth: string;
  /** A heading for a narrow column. Each kind has a different one. */
  readonly short: string;
}

const KINDS = {
  sha256: {
    algorithm: 'SHA-256',
    covers: 'token',
    worth: 'a hash that anyone can compute: it stops accidents, not attackers',
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

/** A kind of check, by its name in HELLO. */
export type Integrity = keyof typeof KINDS;
export const INTEGRITY_KINDS: Readonly<Record<Integrity, IntegrityKind>> = KINDS;
/** From the weakest to the strongest. */
export const INTEGRITY_NAMES = Object.keys(KINDS) as readonly Integrity[];
export const DEFAULT_INTEGRITY: Integrity = 'hmac-sha256-seq';
/** A check that anyone can compute. An attacker changes the client's HELLO to ask for it. */
export const WEAKEST_INTEGRITY = 'sha256' satisfies Integrity;

export function isIntegrity(name: string): name is Integrity {
  return Object.hasOwn(KINDS, name);
}
