/** How often a text appears by accident among characters that are all equally likely. */
import { patternsOf } from '../disguises/disguises.js';
import { Respelling, type Spelling } from '../disguises/respelling.js';
import type { Pattern } from '../disguises/disguises.js';
import type { NoiseKind } from './zone.js';

const ALPHABET_SIZES: Readonly<Record<NoiseKind, number>> = { base64: 64, base64url: 64, hex: 16, bytes: 256 };

/** The share of all possible characters that would match as well as `byte` does. */
export function characterShare(byte: number, kind: NoiseKind, eitherCase: boolean): number {
  const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  // A line of hex is all upper case or all lower case.
  return (eitherCase && letter && kind !== 'hex' ? 2 : 1) / ALPHABET_SIZES[kind];
}

/** The share of runs of `length` such characters that contain `text` in one of its shapes: from 0 to 1. */
export function accidentShare(text: string, length: number, kind: NoiseKind): number {
  const expected = patternsOf(text).reduce(
    (sum, pattern) => sum + Math.max(0, length - pattern.bytes.length + 1) * patternShare(pattern, kind),
    0,
  );
  // Poisson's distribution gives the chance of no hit where `expected` hits are expected.
  return 1 - Math.exp(-expected);
}

/**
 * `as typed` is counted already, among the matches in either case. The sign of an escape is in no alphabet of noise.
 */
function patternShare({ shape, spelling, bytes }: Pattern, kind: NoiseKind): number {
  const isEscaped = spelling !== null && !spelling.ignoresCase;
  if (shape === 'as typed' || isEscaped) return 0;
  let share = 1;
  for (const byte of bytes)
    share *= isInAlphabet(byte, kind) ? characterShare(byte, kind, spelling?.ignoresCase === true) : 0;
  return share;
}

function isInAlphabet(byte: number, kind: NoiseKind): boolean {
  if (kind === 'bytes') return true;
  const character = String.fromCharCode(byte);
  return kind === 'hex' ? /[0-9a-f]/.test(character) : /[A-Za-z0-9+/_-]/.test(character);
}

/** Whether `bytes` contains `text` in any of its shapes. */
export function standsIn(text: string, bytes: Buffer): boolean {
  const spellings = new Map<Spelling, Buffer>();
  const spelled = (spelling: Spelling): Buffer => {
    const known = spellings.get(spelling) ?? new Respelling(bytes, spelling).bytes;
    spellings.set(spelling, known);
    return known;
  };
  return patternsOf(text).some(({ spelling, bytes: sought }) =>
    (spelling === null ? bytes : spelled(spelling)).includes(sought),
  );
}
