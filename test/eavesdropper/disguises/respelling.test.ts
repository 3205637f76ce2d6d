import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Respelling, WITHOUT_CASE } from '../../../src/eavesdropper/disguises/respelling.js';
import { WITHOUT_URL_ESCAPES } from '../../../src/eavesdropper/disguises/url-escapes.js';

/** Pieces of a source with the respelling of each: equal in length, shorter, longer. */
const PIECES = {
  'without case': {
    spelling: WITHOUT_CASE,
    units: ['a>a', 'B>b', 'É>é', '\u212A>k', 'İ>i\u0307', 'ß>ss', '\u0390>\u03b9\u0308\u0301', '👋>👋'],
  },
  'without URL escapes': { spelling: WITHOUT_URL_ESCAPES, units: ['z>z', '%41>A', '%7e>~', '%>%', '%4>%4', ' > '] },
} as const;

describe.each(Object.entries(PIECES))('%s', (_, { spelling, units }) => {
  test('each place leads back to its unit of the source, in any order of questions', () => {
    const made = fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 40 });
    // Long enough for several bookmarks on the way.
    fc.assert(
      fc.property(
        made,
        fc.constantFrom(1, 300),
        fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
        (pattern, times, questions) => {
          const sequence = Array.from({ length: times }, () => [...pattern, 'z>z', ' > ']).flat();
          let source = 0;
          let target = 0;
          const parts = sequence.map((unit) => {
            const [from, to] = unit.split('>') as [string, string];
            const part = { from, to, source, target };
            source += Buffer.byteLength(from);
            target += Buffer.byteLength(to);
            return part;
          });
          const respelling = new Respelling(Buffer.from(parts.map(({ from }) => from).join('')), spelling);
          expect(respelling.bytes.toString()).toBe(parts.map(({ to }) => to).join(''));
          for (const question of questions) {
            const part = parts[question % parts.length]!;
            expect(respelling.startOf(part.target)).toBe(part.source);
            expect(respelling.endOf(part.target + Buffer.byteLength(part.to))).toBe(
              part.source + Buffer.byteLength(part.from),
            );
          }
        },
      ),
    );
  });

  test('a respelling that starts later starts with a whole unit, and is the same from there on', () => {
    const made = fc.array(fc.constantFrom(...units), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(made, fc.nat(), (pattern, at) => {
        const parts = pattern.map((unit) => unit.split('>') as [string, string]);
        const source = Buffer.from(parts.map(([from]) => from).join(''));
        const start = at % source.length;
        const all = new Respelling(source, spelling);
        const later = new Respelling(source, spelling, start);
        const skipped = all.bytes.length - later.bytes.length;
        expect(later.bytes.equals(all.bytes.subarray(skipped))).toBe(true);
        expect(later.start).toBeLessThanOrEqual(start);
        expect(all.endOf(skipped)).toBe(later.start);
        for (let target = 0; target <= later.bytes.length; target += 1) {
          // A text to search for starts and ends with a whole character.
          if (((later.bytes[target] ?? 0) & 0xc0) === 0x80) continue;
          expect(later.startOf(target)).toBe(all.startOf(skipped + target));
          expect(later.endOf(target)).toBe(all.endOf(skipped + target));
        }
      }),
    );
  });

  test('bytes that are not UTF-8, and cut characters, stay as they are', () => {
    for (const hex of ['ff', 'c3', 'e284', 'f09f91', 'c3ff41', '80', '25', '2534', 'eda080']) {
      const source = Buffer.from(hex, 'hex');
      expect(new Respelling(source, spelling).bytes.length).toBe(source.length);
    }
  });
});
