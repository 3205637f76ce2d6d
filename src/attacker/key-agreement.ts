/** What a key agreement is about: the curve or the group in which two people calculate. */

export type Curve = 'X25519' | 'X448' | 'P-256' | 'P-384' | 'P-521' | 'secp256k1';

/** Of Diffie–Hellman: the prime and the base. */
export interface Group {
  readonly p: bigint;
  readonly g: bigint;
}
