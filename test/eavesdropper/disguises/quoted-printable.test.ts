import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patternsOf } from '../../../src/eavesdropper/disguises/disguises.js';
import { Haystack, search } from '../../../src/eavesdropper/search/search.js';
import { held } from './held.js';
import { longTest } from '../../tools.js';

function hits(text: string, wire: string): readonly (readonly [shape: string, offset: number])[] {
  return search(text, [new Haystack(0, 'client', held(Buffer.from(wire)), 'unknown')]).map(({ shape, place }) => [
    shape,
    place.offset,
  ]);
}

// python3: quopri.encodestring('Viele Grüße aus Köln, wir kommen morgen früh um acht am Bahnhof an und gehen über die
// Brücke'.encode())
const FOLDED =
  'Viele Gr=C3=BC=C3=9Fe aus K=C3=B6ln, wir kommen morgen fr=C3=BCh um acht am=\n Bahnhof an und gehen =C3=BCber die Br=C3=BCcke\n';

describe('text that another program folded', () => {
  test.each([
    ['Grüße', 6],
    ['wir kommen morgen früh', FOLDED.indexOf('wir')],
    // The line continues in the middle of it.
    ['acht am Bahnhof', FOLDED.indexOf('acht')],
    ['am Bahnhof an und gehen über die Brücke', FOLDED.indexOf('am=\n')],
    ['ü', FOLDED.indexOf('=C3=BC=C3')],
  ])('%j is found where it stands', (text, offset) => {
    expect(hits(text, FOLDED)[0]).toEqual(['quoted-printable', offset]);
  });

  test('with the line ends of mail', () => {
    expect(hits('acht am Bahnhof', FOLDED.replaceAll('\n', '\r\n'))).toEqual([
      ['quoted-printable', FOLDED.indexOf('acht')],
    ]);
  });
});

test.each([
  // No line of it is quoted-printable: at least one `=` is not an escape, or is alone.
  ['A', 'x=41'],
  ['AB', 'x=41&y=42 and z=q\n'],
  ['AB', 'a==b =41=42\n'],
  ['ab', 'a=\nb\n'],
])('%j is not in %j', (text, wire) => {
  expect(hits(text, wire).filter(([shape]) => shape === 'quoted-printable')).toEqual([]);
});

test('a text that is there as typed is reported only as that', () => {
  expect(hits('Bahnhof', FOLDED)).toEqual([['as typed', FOLDED.indexOf('Bahnhof')]]);
});

test('from any place on, it is found where a search of all bytes finds it', () => {
  const pieces = fc.constantFrom('=C3=BC', '=C3', '=', '=\n', '=\r\n', '\n', 'a', 'b', ' ', '=41', '=3D', '=4', '==');
  let found = 0;
  fc.assert(
    fc.property(
      fc.array(pieces, { minLength: 4, maxLength: 30 }),
      fc.constantFrom('a', 'ab', 'ü', 'A', '=', 'aü', 'üa', 'ba'),
      fc.nat({ max: 30 }),
      (parts, text, at) => {
        const wire = Buffer.from(parts.join(''));
        const from = Math.min(at, wire.length - 1);
        for (const pattern of patternsOf(text).filter(({ shape }) => shape === 'quoted-printable')) {
          const all = [...new Haystack(0, 'client', held(wire), 'unknown').spans({ ...pattern, hint: null })];
          const later = [...new Haystack(0, 'client', held(wire), 'unknown').spans(pattern, from)];
          expect(later).toEqual(all.filter(({ start }) => start >= from));
          found += later.length;
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(found).toBeGreaterThan(10);
});

longTest('time grows only with the number of bytes: many lines, and one long line', () => {
  const started = process.cpuUsage();
  for (const unit of ['=41=42\n', '=41=42', '=\n', '=41=\n', '=']) expect(hits('zz', unit.repeat(50_000))).toEqual([]);
  const { user } = process.cpuUsage(started);
  expect(user).toBeLessThan(10e6);
});
