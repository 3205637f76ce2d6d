/** How mail writes text beyond ASCII: `=C3=BC`, and `=` at the end of a line that goes on (RFC 2045, section 6.7). */
import type { Disguise, Disguised } from './disguise.js';
import { countEscapes, isEscape, LEAST_ESCAPES, unescaped } from './hex-escapes.js';
import { isText } from './text-bytes.js';

const EQUALS = 0x3d;
const LF = 0x0a;
const CR = 0x0d;

export const QUOTED_PRINTABLE: Disguise<'quoted-printable'> = {
  name: 'quoted-printable',
  recognised: { within: 'line', sign: EQUALS, of: quotedPrintableOf },
  // It is recognised, but not searched for.
  patterns: () => [],
};

function quotedPrintableOf(bytes: Buffer, start: number, end: number): Disguised<'quoted-printable'> | null {
  const escapes = countEscapes(bytes, start, end, EQUALS);
  if (escapes === 0) return null;
  let last = end - 1;
  while (last > start && (bytes[last] === LF || bytes[last] === CR)) last -= 1;
  if (escapes < LEAST_ESCAPES && bytes[last] !== EQUALS) return null;
  for (let at = start; at + 2 < end; at += 1) {
    // `x=1` and `a==b` are no escapes: one that is none makes the line none.
    if (bytes[at] === EQUALS && at < last && !isEscape(bytes, at, end)) return null;
  }
  const decoded = (most: number): Buffer => {
    return unescaped(bytes, start, Math.min(end, start + most), EQUALS, (at, stop) => softBreak(bytes, at, stop));
  };
  const all = decoded(end - start);
  return isText(all, all.length) ? { as: 'quoted-printable', decoded } : null;
}

/** The bytes of a sign and the line ends behind it, none of which is part of the text; 0 for another sign. */
function softBreak(bytes: Buffer, at: number, end: number): number {
  let stop = at + 1;
  while (stop < end && (bytes[stop] === LF || bytes[stop] === CR)) stop += 1;
  return stop === at + 1 ? 0 : stop - at;
}
