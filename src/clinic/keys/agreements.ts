/**
 * Which values of a handshake may be the two halves of a key agreement. Nobody writes that anywhere, so these are
 * guesses, the surest first; a guess is proven when both programs take our half, and what they say opens.
 */
import type { Curve, Group } from '../../attacker/key-agreement.js';
import { wellKnownGroups } from '../../attacker/well-known-groups.js';
import { bitsOf, isPrime } from '../../bytes/modular.js';
import { SIDES, type Side } from '../../protocol/side.js';
import type { Chunk } from '../wire/treatment.js';
import { valuesIn, type NumberValue, type PointValue, type Value } from './values.js';

/** A value of a side, by its number among all values of that side, from 0. */
export interface Half {
  readonly side: Side;
  readonly place: number;
  readonly value: Value;
  readonly frame: number | null;
}

export type Agreement =
  | { readonly kind: 'points'; readonly curve: Curve; readonly isCertain: boolean; readonly halves: readonly Half[] }
  | {
      readonly kind: 'numbers';
      /** null where the prime did not cross, and is none that everybody knows. */
      readonly group: Group | null;
      readonly isCertain: boolean;
      readonly halves: readonly Half[];
    };

/** The values of the first client and the server, in order. */
export function halvesIn(chunks: readonly Chunk[]): Readonly<Record<Side, readonly Half[]>> {
  const found: Record<Side, Half[]> = { client: [], server: [] };
  for (const { link, from, bytes, frame } of chunks) {
    if (link !== 0) continue;
    for (const value of valuesIn(bytes)) found[from].push({ side: from, place: found[from].length, value, frame });
  }
  return found;
}

/** In the order in which they should be tried. */
export function agreementsIn(chunks: readonly Chunk[]): readonly Agreement[] {
  const halves = halvesIn(chunks);
  const all = [...pointAgreements(halves), ...numberAgreements(halves)];
  return [...all.filter(({ isCertain }) => isCertain), ...all.filter(({ isCertain }) => !isCertain)];
}

function pointAgreements(all: Readonly<Record<Side, readonly Half[]>>): readonly Agreement[] {
  const [client, server] = SIDES.map((side) =>
    all[side].filter((half): half is Half & { readonly value: PointValue } => half.value.kind === 'point'),
  );
  const found = (client ?? []).flatMap((one) =>
    (server ?? [])
      .filter(({ value }) => value.curve === one.value.curve)
      .map((other): Agreement => {
        const isCertain = one.value.isCertain && other.value.isCertain;
        return { kind: 'points', curve: one.value.curve, isCertain, halves: [one, other] };
      }),
  );
  return found.slice(0, MOST_GUESSES);
}
const MOST_GUESSES = 4;

type NumberHalf = Half & { readonly value: NumberValue };

/** A prime so large is none by accident: one in 70 numbers of 100 bits is a prime. */
const CERTAIN_BITS = 100;

function numberAgreements(all: Readonly<Record<Side, readonly Half[]>>): readonly Agreement[] {
  const own = SIDES.map((side) => all[side].filter((half): half is NumberHalf => half.value.kind === 'number'));
  const numbers = own.flat();
  const withGroup = own.map((halves) => halves.find(({ value }) => value.group !== null));
  const [one, other] = withGroup;
  const group = one?.value.group ?? null;
  if (group !== null && one !== undefined && other !== undefined)
    return [{ kind: 'numbers', group, isCertain: true, halves: [one, other] }];
  const primes = [...new Set(numbers.map(({ value }) => value.number))].filter(
    (number) => number > 3n && isPrime(number),
  );
  const sent = primes
    .sort((a, b) => (a < b ? 1 : -1))
    .flatMap((p) => {
      const halves = publicOnes(own, (number) => number < p);
      if (halves === null) return [];
      const g = baseAmong(numbers, halves, p);
      const isCertain = bitsOf(p) >= CERTAIN_BITS;
      return [{ kind: 'numbers' as const, group: { p, g }, isCertain, halves }];
    });
  if (sent.length > 0) return [...sent.slice(0, MOST_GUESSES), ...sent.slice(0, 1).map(asOne)];
  const halves = publicOnes(own, () => true);
  if (halves === null) return [];
  const bits = Math.max(...halves.map(({ value }) => bitsOf(value.number)));
  const known = wellKnownGroups(bits).map((group) => ({ kind: 'numbers' as const, group, isCertain: false, halves }));
  return [...known, { kind: 'numbers', group: null, isCertain: false, halves }];
}

/** The same halves with 1 in their place, which needs no base. */
function asOne(agreement: Agreement & { readonly kind: 'numbers' }): Agreement {
  return { ...agreement, group: null };
}

/** Of each side: its last number that can be one. null if a side has none. */
function publicOnes(
  own: readonly (readonly NumberHalf[])[],
  isFit: (number: bigint) => boolean,
): readonly NumberHalf[] | null {
  const halves = own.flatMap((numbers) => {
    const fit = numbers.filter(({ value }) => value.number > 1n && isFit(value.number));
    const longest = Math.max(0, ...fit.map(({ value }) => bitsOf(value.number)));
    // Lengths and ports are short beside a large number.
    return fit.filter(({ value }) => bitsOf(value.number) > longest / 2).slice(-1);
  });
  return halves.length === own.length ? halves : null;
}

/** The base crossed beside the prime; it is mostly 2 or 5 where it did not. */
function baseAmong(numbers: readonly NumberHalf[], halves: readonly NumberHalf[], p: bigint): bigint {
  const rest = numbers.filter((half) => !halves.includes(half) && half.value.number !== p);
  return rest.map(({ value }) => value.number).find((number) => number > 1n && number < p) ?? 2n;
}
