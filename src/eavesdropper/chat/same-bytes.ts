/**
 * Ciphers that give equal bytes for equal plaintexts: nobody needs a key to see what is said twice. Three kinds show
 * it:
 *
 *     blocks        ECB mode: an equal block of the text is an equal block on the wire, wherever it is
 *     beginnings    a fixed IV: messages that begin alike begin alike on the wire
 *     keystream     each message is mixed with the same bytes: two of them, XORed, are two texts XORed
 *
 * It is said only if chance and other explanations are excluded. Two blocks of 16 random bytes are equal once in 2^128.
 * All messages but two are whole blocks, and the different blocks are spread like random bytes, as those of a format
 * are not. What begins every message says nothing about the text: it may be the IV. For a keystream, no byte of any
 * message has another highest bit than those at its place in the others, as ASCII mixed with one stream has, although
 * the stream's own highest bits are mixed: once in 2^80 by accident.
 */
import { placeOf } from '../tcp/place.js';
import type { Conversation } from '../tcp/conversation.js';
import type { SameBytes } from '../findings/findings.js';
import { divisionsIn, saysText, type Division, type SealedUnit } from './sealed-units.js';
import { SIDES } from '../../protocol/side.js';

const BLOCKS: readonly number[] = [16, 8];
/** Messages of one division that are compared, and bytes of each. */
const MOST_COMPARED = 256;
const MOST_BYTES = 4096;
/** Messages that are no whole blocks: a key, or a name, may come first. */
const MOST_OTHERS = 2;
/** Of what must be spread like random bytes: at least so many. */
const LEAST_SPREAD = 64;
/** The chi-squared of 16 values: more is an accident in 10,000. */
const MOST_UNEVEN = 45;
/** For a keystream: bits of accident that are excluded, places at which bytes differ, and of those with either bit. */
const LEAST_BITS = 80;
const LEAST_PLACES = 16;
const LEAST_OF_EITHER = 6;
const MOST_PLACES = 256;

/** Of a conversation of which both streams are whole; null where nothing shows it. */
export function sameBytesIn(conversation: Conversation): SameBytes | null {
  const { streams, number } = conversation;
  if (SIDES.every((side) => saysText(streams[side].stream) && !MAY_BE_ENCODED.test(latin1Of(conversation, side))))
    return null;
  const divisions = divisionsIn(conversation);
  const found = sameBlocksAmong(divisions) ?? firstOf(groupsOf(divisions));
  if (found === null) return null;
  const { units, ...what } = found;
  const [first, second] = units.map(({ side, start, end }) => placeOf(number, side, streams[side].stream, start, end));
  return first === undefined || second === undefined ? null : { ...what, places: [first, second] };
}

const MAY_BE_ENCODED = /[\w+/-]{22}/;

function latin1Of({ streams }: Conversation, side: Division['side']): string {
  return streams[side].stream.bytes.toString('latin1');
}

interface Found extends Omit<SameBytes, 'places'> {
  /** Two messages that show it. */
  readonly units: readonly [SealedUnit, SealedUnit];
}

/** The sealed messages of both sides together, for each way in which each side can be divided. */
function groupsOf(divisions: readonly Division[]): readonly (readonly SealedUnit[])[] {
  const [client = [], server = []] = SIDES.map((side) =>
    divisions
      .filter((division) => division.side === side && division.sealed.length > 0)
      .map((division) => comparedOf(division)),
  );
  const both = client.flatMap((one) => server.map((other) => [...one, ...other]));
  return (both.length > 0 ? both : [...client, ...server])
    .filter(({ length }) => length > 1)
    .map((units) => [...units].sort((one, other) => one.frame - other.frame));
}

/**
 * Among the messages of both sides. Of several divisions into whole blocks the finest is taken: another one can put an
 * IV in the middle of a message.
 */
function sameBlocksAmong(divisions: readonly Division[]): Found | null {
  for (const size of BLOCKS) {
    const units = SIDES.flatMap((side) => {
      const fitting = divisions.flatMap((division) => (division.side === side ? [inBlocks(division, size)] : []));
      return fitting.reduce((finest, each) => (each.length > finest.length ? each : finest), []);
    });
    const found =
      units.length < 2
        ? null
        : sameBlocks(
            [...units].sort((one, other) => one.frame - other.frame),
            size,
          );
    if (found !== null) return found;
  }
  return null;
}

/** The messages that are whole blocks; none if others are more than a key or a name may be. */
function inBlocks(division: Division, size: number): readonly SealedUnit[] {
  const all = comparedOf(division);
  const units = all.filter(({ sealed }) => sealed.length % size === 0);
  return all.length - units.length > MOST_OTHERS ? [] : units;
}

function firstOf(groups: readonly (readonly SealedUnit[])[]): Found | null {
  for (const units of groups) {
    const found = sameStream(units);
    if (found !== null) return found;
  }
  return null;
}

function comparedOf({ sealed }: Division): readonly SealedUnit[] {
  return sealed.filter(({ form }) => form === 0).slice(0, MOST_COMPARED);
}

/** A block, and where it was seen first. */
interface Seen {
  readonly unit: SealedUnit;
  readonly index: number;
  /** All blocks of its message up to it. */
  readonly before: string;
}

function sameBlocks(units: readonly SealedUnit[], size: number): Found | null {
  const seen = new Map<string, Seen>();
  const pairs: { readonly first: Seen; readonly second: Seen }[] = [];
  const skipped = commonBeginning(units, size);
  for (const unit of units) {
    const latin1 = unit.sealed.toString('latin1', skipped, MOST_BYTES);
    for (let at = 0; at < latin1.length; at += size) {
      const block = latin1.slice(at, at + size);
      const here = { unit, index: at / size, before: latin1.slice(0, at) };
      const first = seen.get(block);
      if (first === undefined) seen.set(block, here);
      else if (isVaried(block)) pairs.push({ first, second: here });
    }
  }
  if (pairs.length === 0 || !isSpread(Buffer.from([...seen.keys()].join(''), 'latin1'))) return null;
  const apart = pairs.find(({ first, second }) => first.index !== second.index || first.before !== second.before);
  const shown = apart ?? pairs.find(({ first, second }) => !first.unit.sealed.equals(second.unit.sealed));
  if (shown === undefined) return null;
  const kind = apart === undefined ? 'beginnings' : 'blocks';
  return { kind, blockBytes: size, again: pairs.length, units: [shown.first.unit, shown.second.unit] };
}

/** How many bytes, in whole blocks, begin every message. */
function commonBeginning(units: readonly SealedUnit[], size: number): number {
  const [first] = units;
  let length = 0;
  const isCommon = (end: number): boolean =>
    units.every(
      ({ sealed }) => first !== undefined && sealed.length >= end && sealed.compare(first.sealed, 0, end, 0, end) === 0,
    );
  while (length < MOST_BYTES && isCommon(length + size)) length += size;
  return length;
}

/** Whether a block can be ciphertext: of 16 random bytes, hardly ever fewer than 10 are different. */
function isVaried(block: string): boolean {
  return new Set(block).size >= (5 * block.length) / 8;
}

/** Whether the halves of the bytes are spread as evenly as those of random bytes. */
function isSpread(bytes: Buffer): boolean {
  if (bytes.length < LEAST_SPREAD) return false;
  return [4, 0].every((shift) => {
    const counts = new Array<number>(16).fill(0);
    for (const byte of bytes) counts[(byte >> shift) & 15] = (counts[(byte >> shift) & 15] ?? 0) + 1;
    const expected = bytes.length / 16;
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) < MOST_UNEVEN;
  });
}

function sameStream(all: readonly SealedUnit[]): Found | null {
  const units = [...new Map(all.map((unit) => [unit.sealed.toString('latin1'), unit])).values()];
  const [longest, next] = [...units].sort((one, other) => other.sealed.length - one.sealed.length);
  if (longest === undefined || next === undefined) return null;
  const bits = { excluded: 0, set: 0, clear: 0 };
  const bytes: number[] = [];
  for (let place = 0; place < Math.min(next.sealed.length, MOST_PLACES); place += 1) {
    const here = units.flatMap(({ sealed }) => sealed[place] ?? []);
    const high = (here[0] ?? 0) & 0x80;
    if (here.some((byte) => (byte & 0x80) !== high)) return null;
    if (new Set(here).size < 2) continue;
    bits.excluded += here.length - 1;
    bits[high === 0 ? 'clear' : 'set'] += 1;
    bytes.push(...here);
  }
  const isMixed = Math.min(bits.set, bits.clear) >= LEAST_OF_EITHER && bits.set + bits.clear >= LEAST_PLACES;
  if (bits.excluded < LEAST_BITS || !isMixed || !isVariedStream(longest.sealed)) return null;
  return { kind: 'keystream', again: units.length - 1, units: [longest, next] };
}

/** Whether the bytes of one message are as different from each other as random ones: of 32, hardly ever 8 are not. */
function isVariedStream(sealed: Buffer): boolean {
  const looked = sealed.subarray(0, 64);
  return new Set(looked).size >= 0.75 * looked.length;
}
