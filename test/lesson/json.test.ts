import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparisonJson } from '../../src/faces/comparison-json.js';
import { inspectionJson } from '../../src/faces/inspection-json.js';
import { jsonDocument } from '../../src/faces/json-document.js';
import { capture, comparison, notFound, plaintextConversation } from './fixture.js';
import { HOSTILE, hostileText } from './hostile.js';

test('an inspection has a name and a version, and contains the findings and the searches', () => {
  const findings = capture('plain.pcap', [plaintextConversation()]);
  const finds = [{ text: 'Hi', verdict: notFound('client', 6), among: 'text' as const }];
  const document = inspectionJson(findings, finds);
  expect(document.endsWith('}\n')).toBe(true);
  expect(JSON.parse(document)).toEqual({ format: 'servchat inspection', version: 2, ...findings, finds });
});

test('a comparison has its counts and all of its data', () => {
  const data = comparison();
  expect(JSON.parse(comparisonJson(data))).toEqual({
    format: 'servchat comparison',
    version: 3,
    agreement: data.agreement,
    tally: {
      messages: 9,
      plaintext: { readable: 9, notFound: 0, cannotTell: 0 },
      encrypted: { readable: 0, notFound: 9, cannotTell: 0 },
      tls: null,
    },
    messages: data.messages,
    notes: [],
    conversations: { plaintext: 0, encrypted: 0, tls: null },
    captures: { plaintext: data.plaintext, encrypted: data.encrypted },
  });
});

test.each([
  ['\u009b', '\\u009b'],
  ['\x7f', '\\u007f'],
  ['\x1b', '\\u001b'],
  ['\u202e', '\\u202e'],
  ['\u2028', '\\u2028'],
  ['\ufeff', '\\ufeff'],
  ['\u{e0041}', '\\udb40\\udc41'],
  ['é漢😀', 'é漢😀'],
])('%j is written as %s', (text, written) => {
  expect(jsonDocument([text])).toBe(`[\n  "${written}"\n]\n`);
});

test('it contains no control character, and a parser reads the same text back', () => {
  const check = (text: string) => {
    const document = jsonDocument({ [text]: text });
    expect(document).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(Object.entries(JSON.parse(document) as object)).toEqual([[text, text]]);
  };
  HOSTILE.forEach(check);
  fc.assert(fc.property(hostileText, check));
});
