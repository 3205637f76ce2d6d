/** How often a text stands by accident among characters that come up with the same chance each. */
import { patternsOf } from '../disguises/disguises.js';
import { Respelling, WITHOUT_CASE, WITHOUT_URL_ESCAPES } from '../disguises/respelling.js';
import type { Pattern, Spelled } from '../disguises/disguises.js';
import type { NoiseKind } from './zone.js';

const ALPHABET_SIZES: Readonly<Record<NoiseKind, number>> = { base64: 64, base64url: 64, hex: 16, bytes: 256 };

/** The share of characters that would have done as well as `byte`, of all that could have stood there. */
export function characterShare(byte: number, kind: NoiseKind, eitherCase: boolean): number {
  const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  // A line of hex is in one case throughout.
  return (eitherCase && letter && kind !== 'hex' ? 2 : 1) / ALPHABET_SIZES[kind];
}

/** Of runs of `length` such characters, the share in which `text` stands in one of its shapes: from 0 to 1. */
export function accidentShare(text: string, length: number, kind: NoiseKind): number {
  const expected = patternsOf(text).reduce(
    (sum, pattern) => sum + Math.max(0, length - pattern.bytes.length + 1) * patternShare(pattern, kind),
    0,
  );
  // Poisson's distribution: none of what is expected `expected` times.
  return 1 - Math.exp(-expected);
}

/** What stands as it was typed is counted once: among those of either case. */
function patternShare({ shape, spelled, bytes }: Pattern, kind: NoiseKind): number {
  if (shape === 'as typed' || spelled === 'without URL escapes') return 0;
  let share = 1;
  for (const byte of bytes)
    share *= isInAlphabet(byte, kind) ? characterShare(byte, kind, spelled === 'without case') : 0;
  return share;
}

function isInAlphabet(byte: number, kind: NoiseKind): boolean {
  if (kind === 'bytes') return true;
  const character = String.fromCharCode(byte);
  return kind === 'hex' ? /[0-9a-f]/.test(character) : /[A-Za-z0-9+/_-]/.test(character);
}

/** Whether `text` stands anywhere in `bytes`, in any of its shapes. */
export function standsIn(text: string, bytes: Buffer): boolean {
  const spellings: Readonly<Record<Spelled, Buffer>> = {
    'as it stands': bytes,
    'without case': new Respelling(bytes, WITHOUT_CASE).bytes,
    'without URL escapes': new Respelling(bytes, WITHOUT_URL_ESCAPES).bytes,
  };
  return patternsOf(text).some((pattern) => spellings[pattern.spelled].includes(pattern.bytes));
}
