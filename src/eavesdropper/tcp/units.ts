/**
 * What one side said, divided into messages in each way that fits its bytes. TCP keeps no borders, and programs mark
 * their messages in different ways: with a line end, with a length before each, or not at all.
 */
import { LENGTH_PREFIXES } from '../../bytes/length-prefixes.js';
import { linesOf } from './lines.js';
import { sentAtOnce } from './pieces.js';
import type { Run, Stream } from './stream.js';

/** Of one side, in one division: the most messages that are looked at, and the most bytes of the side. */
export const MOST_UNITS = 4096;
export const MOST_DIVIDED = 2 ** 18;

/** The messages of `stream` in each division that fits. No two are the same. `other`: what the other side said. */
export function divisionsOf(stream: Stream, other: Stream): readonly (readonly Run[])[] {
  if (!stream.isWhole || stream.bytes.length === 0 || stream.bytes.length > MOST_DIVIDED) return [];
  const { bytes } = stream;
  const isGapless = stream.missingBefore(bytes.length) === 0;
  const divisions = [
    // What was sent at once goes on where a character does. Of bytes that are not text that is an accident.
    stream.segments(),
    sentAtOnce(stream, other),
    linesOf(stream),
    ...(isGapless ? PREFIXES.map((prefix) => prefixedIn(bytes, prefix)) : []),
  ];
  const different: (readonly Run[])[] = [];
  for (const division of divisions) {
    const units = first(division);
    if (units.length > 0 && !different.some((other) => areSame(units, other))) different.push(units);
  }
  return different;
}

/** The messages of both sides behind the same kind of length, for each kind that leads exactly to the end of both. */
export function behindLengths(one: Stream, other: Stream): readonly (readonly [readonly Run[], readonly Run[]])[] {
  const sides = [one, other];
  if (!sides.every((stream) => stream.isWhole && stream.missingBefore(stream.bytes.length) === 0)) return [];
  if (one.bytes.length + other.bytes.length > MOST_DIVIDED) return [];
  return PREFIXES.flatMap((prefix) => {
    const [ofOne = [], ofOther = []] = sides.map(({ bytes }) => first(prefixedIn(bytes, prefix)));
    const isWhole = sides.every(({ bytes }, side) => bytes.length === 0 || [ofOne, ofOther][side]?.length !== 0);
    // One letter of text may be as large as the rest of a side is long.
    const isByAccident = prefix.bytes === 1 && ofOne.length <= 1 && ofOther.length <= 1;
    return isWhole && !isByAccident ? [[ofOne, ofOther] as const] : [];
  });
}

function areSame(some: readonly Run[], others: readonly Run[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ start, end }, index) => others[index]?.start === start && others[index].end === end)
  );
}

/** The first messages in each division that may fit: a quick look, which takes less than {@link divisionsOf}. */
export function headsOf(stream: Stream): readonly (readonly Run[])[] {
  if (!stream.isWhole || stream.bytes.length === 0) return [];
  const { bytes } = stream;
  const divisions = [stream.segments(), linesOf(stream), ...PREFIXES.map((prefix) => prefixedIn(bytes, prefix))];
  return divisions.map((division) => first(division, HEAD_UNITS)).filter((units) => units.length > 0);
}
const HEAD_UNITS = 12;

function first(runs: Iterable<Run>, most = MOST_UNITS): readonly Run[] {
  const units: Run[] = [];
  for (const { start, end } of runs) {
    if (end === start) continue;
    if (units.length === most) break;
    units.push({ start, end });
  }
  return units;
}

/** How many bytes stand before a message to say how long it is; and the length, or null where they are no number. */
interface Prefix {
  readonly bytes: number;
  readonly length: (bytes: Buffer, at: number) => number | null;
}

const DECIMAL = /^ *(\d+) *$/;

function decimal(width: number): Prefix {
  return {
    bytes: width,
    length: (bytes, at) => {
      const digits = DECIMAL.exec(bytes.toString('latin1', at, at + width))?.[1];
      return digits === undefined ? null : Number(digits);
    },
  };
}

const PREFIXES: readonly Prefix[] = [
  ...LENGTH_PREFIXES.map(({ bytes, read }) => ({ bytes, length: read })),
  { bytes: 1, length: (bytes, at) => bytes[at] ?? null },
  // `f"{len(data):<10}"` and its like are in many tutorials.
  ...[4, 5, 8, 10, 16, 64].map(decimal),
];

/** The messages behind their lengths; none if the lengths do not lead exactly to the end. */
function prefixedIn(bytes: Buffer, { bytes: width, length }: Prefix): readonly Run[] {
  const units: Run[] = [];
  for (let at = 0; at < bytes.length;) {
    const count = at + width <= bytes.length ? length(bytes, at) : null;
    if (count === null || at + width + count > bytes.length) return [];
    units.push({ start: at + width, end: at + width + count });
    at += width + count;
  }
  return units;
}
