import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/** Any character of Unicode. */
const character = fc.nat(0x10_ffff - SURROGATES).map(
  (index) => String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES),
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) throw new TypeError('not one character');
    return code < FIRST_SURROGATE ? code : code - SURROGATES;
  },
);

/**
 * What `fc.string({ unit: 'binary' })` gives. That one first makes a table of all the million characters, which takes
 * one or two seconds of processor time in each test file.
 */
export function anyText(constraints: fc.StringSharedConstraints = {}): fc.Arbitrary<string> {
  return fc.string({ ...constraints, unit: character });
}
