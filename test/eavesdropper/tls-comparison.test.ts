/** All three samples: the same conversation, and what each mode shows of it to a listener. */
import { describe, expect, test } from '@jest/globals';

import { compareCaptures } from '../../src/eavesdropper/comparison/compare.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { comparisonJson } from '../../src/faces/comparison-json.js';
import { comparisonTable } from '../../src/faces/comparison-table.js';

const sample = (mode: string): string => `captures/samples/${mode}.pcap`;

test('a tls chat is recognised by its unencrypted part', async () => {
  const { findings } = await inspectCapture(sample('tls'));
  expect(findings.conversations.map(({ protocol, messages }) => ({ protocol, messages }))).toEqual([
    {
      protocol: {
        name: 'TLS',
        encrypts: true,
        answer: 'tls',
        version: 'TLS 1.3',
        serverName: null,
        application: 'servchat/1',
      },
      messages: [],
    },
  ]);
});

describe('compared in three columns', () => {
  test('TLS hides every message and shows the length of each', async () => {
    const { messages } = await compareCaptures(sample('plaintext'), sample('encrypted'), { tls: sample('tls') });
    expect(messages.map(({ text, tls }) => [text, tls?.verdict.readable, tls?.record?.textBytes])).toEqual(
      messages.map(({ text }) => [text, false, Buffer.byteLength(text)]),
    );
    expect(messages.map(({ text }) => text)).toContain('I am from Computer science department');
    expect(messages.every(({ tls }) => tls?.verdict.readable === false && tls.verdict.control.proves)).toBe(true);
  });

  test('in both faces', async () => {
    const comparison = await compareCaptures(sample('plaintext'), sample('encrypted'), { tls: sample('tls') });
    const table = comparisonTable(comparison, { width: 100, colour: false });
    expect(table).toMatch(/^# +who +as typed +plaintext +encrypted +tls +control$/m);
    expect(table).toContain('9 of 9 messages readable in plaintext, 0 of 9 encrypted, 0 of 9 in TLS; each of the 18');
    const document = JSON.parse(comparisonJson(comparison));
    expect(document.tally.tls).toEqual({ readable: 0, notFound: 9, cannotTell: 0 });
    expect(document.captures.tls.file).toBe(sample('tls'));
  });

  test('two captures still make two columns', async () => {
    const comparison = await compareCaptures(sample('plaintext'), sample('encrypted'));
    expect(comparisonTable(comparison, { width: 100, colour: false })).not.toMatch(/\btls\b/i);
    expect(JSON.parse(comparisonJson(comparison)).captures.tls).toBeUndefined();
  });

  test('a third capture without TLS is refused', async () => {
    await expect(
      compareCaptures(sample('plaintext'), sample('encrypted'), { tls: sample('plaintext') }),
    ).rejects.toThrow('holds no TLS conversation, only plaintext');
  });
});
