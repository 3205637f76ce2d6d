/** The groups of Diffie–Hellman that everybody knows, so that they need not cross (RFC 2409, RFC 3526). */
import { getDiffieHellman } from 'node:crypto';

import { bitsOf, numberIn } from '../bytes/modular.js';
import type { Group } from './key-agreement.js';

const NAMES = ['modp1', 'modp2', 'modp5', 'modp14', 'modp15', 'modp16'];

/** Those whose prime is that long. @param bits of a public number, which can be a few bits shorter. */
export function wellKnownGroups(bits: number): readonly Group[] {
  return NAMES.map((name) => {
    const known = getDiffieHellman(name);
    return { p: numberIn(known.getPrime()), g: numberIn(known.getGenerator()) };
  }).filter(({ p }) => bitsOf(p) >= bits && bitsOf(p) < bits + SHORTER_BITS);
}
const SHORTER_BITS = 24;
