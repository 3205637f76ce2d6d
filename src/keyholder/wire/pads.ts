/**
 * Keys that are as long as the message, which cross beside it: a one-time pad that anybody can use. The XOR of both is
 * text, which hardly happens by accident.
 *
 *     key ciphertext                   in one message, in either order
 *     {"key": …, "data": …}            in one message, as hex or base64
 *     key, then ciphertext             in two messages, one behind the other
 */
import { isTyped } from '../../eavesdropper/disguises/text-bytes.js';
import { isWhollyText, type Division, type SealedUnit } from '../../eavesdropper/chat/sealed-units.js';
import type { Opened } from './trial.js';

/** Messages of a side that are looked at. */
const MOST_UNITS = 256;
/** Bytes of text in all: of two random bytes, three in eight of the XORs are a printed character. */
const LEAST_BYTES = 24;
/** The share of messages that have to open. */
const LEAST_SHARE = 0.75;
const LEAST_PAIRS = 2;

export interface Pads {
  /** The message with the first of the keys. */
  readonly key: SealedUnit;
  readonly cipher: string;
  readonly opened: readonly Opened[];
}

/** A key and what it may have sealed. */
interface Pair {
  readonly key: SealedUnit;
  readonly unit: SealedUnit;
  readonly one: Buffer;
  readonly other: Buffer;
}

const WAYS: readonly { readonly cipher: string; readonly pairs: (sealed: readonly SealedUnit[]) => Pair[] }[] = [
  { cipher: 'XOR with a key that stands in the same message', pairs: halves },
  { cipher: 'XOR with a key that stands in the same message', pairs: fields },
  { cipher: 'XOR with the message before it, which is its key', pairs: neighbours },
];

/** Of each side, the division that opens most; null if they do not prove enough together. */
export function padsIn(divisions: readonly Division[]): Pads | null {
  const best = new Map<Division['side'], Pads>();
  for (const { side, sealed } of divisions) {
    for (const { cipher, pairs } of WAYS) {
      const tried = pairs(sealed.slice(0, MOST_UNITS));
      const opened = tried.flatMap((pair) => openedBy(pair));
      const [first] = tried;
      if (first === undefined || opened.length < LEAST_SHARE * tried.length) continue;
      if (textLength(opened) <= textLength(best.get(side)?.opened ?? [])) continue;
      best.set(side, { key: first.key, cipher, opened });
    }
  }
  const sides = [...best.values()].sort((one, other) => one.key.frame - other.key.frame);
  const opened = sides.flatMap((each) => each.opened);
  const [first] = sides;
  if (first === undefined || opened.length < LEAST_PAIRS || textLength(opened) < LEAST_BYTES) return null;
  return { ...first, opened };
}

function textLength(opened: readonly Opened[]): number {
  return opened.reduce((sum, { text }) => sum + text.length, 0);
}

function openedBy({ unit, one, other }: Pair): Opened[] {
  const text = Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
  return isWhollyText(text) && (text.length < LEAST_TYPED || isTyped(text)) ? [{ unit, text }] : [];
}
/** Of fewer bytes, letters and signs are no measure. */
const LEAST_TYPED = 8;

function halves(sealed: readonly SealedUnit[]): Pair[] {
  const wholes = sealed.filter(({ form, sealed: bytes }) => form === 0 && bytes.length > 1);
  if (wholes.some(({ sealed: bytes }) => bytes.length % 2 !== 0)) return [];
  return wholes.map((unit) => {
    const middle = unit.sealed.length / 2;
    return { key: unit, unit, one: unit.sealed.subarray(0, middle), other: unit.sealed.subarray(middle) };
  });
}

/** Two parts of one message that are as long as each other. The first form is all parts together. */
function fields(sealed: readonly SealedUnit[]): Pair[] {
  return sealed.flatMap((unit, index) => {
    const next = sealed[index + 1];
    const isPair = next?.start === unit.start && unit.form === 1 && next.sealed.length === unit.sealed.length;
    return isPair ? [{ key: unit, unit, one: unit.sealed, other: next.sealed }] : [];
  });
}

function neighbours(sealed: readonly SealedUnit[]): Pair[] {
  const wholes = sealed.filter(({ form }) => form === 0);
  const pairs: Pair[] = [];
  for (let at = 0; at + 1 < wholes.length; at += 1) {
    const [key, unit] = [wholes[at], wholes[at + 1]];
    if (key === undefined || key.sealed.length !== unit?.sealed.length) continue;
    pairs.push({ key, unit, one: key.sealed, other: unit.sealed });
    at += 1;
  }
  return pairs;
}
