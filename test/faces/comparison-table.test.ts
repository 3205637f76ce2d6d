import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Comparison, EncryptedComparison } from '../../src/eavesdropper/findings/findings.js';
import { displayWidth } from '../../src/faces/columns.js';
import { comparisonTable } from '../../src/faces/comparison-table.js';
import { comparison, hit, notFound, readable, SCRIPT } from '../lesson/fixture.js';
import { HOSTILE, hostileText } from '../lesson/hostile.js';
import { followed } from '../lesson/leaves.js';

const LOOK = { width: 80, colour: false };

function widest(page: string): number {
  return Math.max(...page.split('\n').map(displayWidth));
}

function withFirst(changes: Partial<EncryptedComparison['messages'][number]>): EncryptedComparison {
  const whole = comparison();
  return { ...whole, messages: whole.messages.map((message, at) => (at === 0 ? { ...message, ...changes } : message)) };
}

test('a message is a row: number, sender, text, and the three verdicts with their frames', () => {
  const lines = comparisonTable(comparison(), LOOK).split('\n');
  const row = lines.findIndex((line) => line.includes('Nice to Meet you too'));
  expect(lines[row]!.trim().split(/ {2,}/)).toEqual([
    '6',
    'server',
    'Nice to Meet you too',
    'readable',
    'not found',
    'found',
  ]);
  expect(lines[row + 1]!.trim().split(/ {2,}/)).toEqual(['frame 14', '120 chars: 16–31 bytes', 'frame 14']);
});

test('on a wide terminal a verdict and its frame share a line', () => {
  expect(comparisonTable(comparison(), { width: 140, colour: false })).toContain('readable, frame 4');
});

describe('the summary counts', () => {
  const flat = (data: Comparison) => comparisonTable(data, { width: 300, colour: false });
  test('a result without surprises', () => {
    expect(flat(comparison())).toContain(
      '9 of 9 messages readable in plaintext, 0 of 9 encrypted; each of the 9 “not found” has its control.',
    );
  });
  test('a message that can be read in the encrypted capture', () => {
    const page = flat(
      withFirst({ encrypted: { readable: true, hit: hit('client', 77, { shape: 'base64' }), others: [] } }),
    );
    expect(page).toContain('1 of 9 encrypted; each of the 8 “not found” has its control.');
    expect(page).toContain('readable, frame 77, as base64');
  });
  test('without a control nothing is “not found”: the search cannot tell, and the table says why', () => {
    const page = flat(
      withFirst({ encrypted: { readable: false, control: { proves: false, why: 'the reason' }, others: [] } }),
    );
    expect(page).toContain('each of the 8 “not found” has its control; for 1 the search cannot tell.');
    expect(page).toContain('“Hello” may or may not be in the encrypted capture: the reason.');
    expect(page).toMatch(/^1 +client +Hello +readable, frame 4 +cannot tell, /m);
  });
  test('all messages in two captures', () => {
    const data = comparison();
    const tls = { ...data.encrypted, file: 'captures/tls.pcap' };
    const messages = data.messages.map((message) => ({
      ...message,
      tls: { verdict: message.encrypted, record: null },
    }));
    const agreement = { ...data.agreement, tls: data.agreement.encrypted };
    expect(flat({ ...data, tls, agreement, messages })).toContain(
      '0 of 9 in TLS; each of the 18 “not found” has its control.',
    );
  });
  test('which two of three captures agree', () => {
    const data = comparison();
    const tls = { ...data.encrypted, file: 'captures/tls.pcap' };
    const agreement = { ...data.agreement, tls: { agrees: false, why: 'the reason' } } as const;
    expect(flat({ ...data, tls, agreement })).toContain(
      'Plaintext and encrypted agree in all that can be seen without a key',
    );
    expect(flat(data)).toContain('They agree in all that can be seen without a key');
  });
  test('nothing to compare', () => {
    expect(flat({ ...comparison(), messages: [] })).toContain('there was no message to compare.');
  });
});

test('a protocol word and a chance hit are not taken for the message', () => {
  const flat = comparisonTable(
    withFirst({
      encrypted: notFound('client', 4, [
        hit('client', 31, { meaning: 'protocol word', shape: 'in another case', within: 'the handshake (HELLO)' }),
        hit('server', 33, {
          meaning: 'chance',
          within: 'a token',
          place: { ...hit('server', 33).place, lastFrame: 34 },
        }),
      ]),
    }),
    { width: 300, colour: false },
  );
  expect(flat).toMatch(
    /“Hello” also occurs in frame 31 \(in another case\) of the encrypted capture, in the handshake \(HELLO\): that is part of the protocol, not a message\./,
  );
  expect(flat).toMatch(
    /“Hello” also occurs in frames 33–34 \(as typed\) of the encrypted capture, in a token: so short a text appears there by chance\./,
  );
});

test('each value comes from the data', () => {
  expect(followed(comparison(), (data) => comparisonTable(data, LOOK))).toEqual([
    'agreement.encrypted.messages',
    'conversations.encrypted',
    'encrypted.conversations.*.client.address',
    'encrypted.conversations.*.client.port',
    'encrypted.conversations.*.ended',
    'encrypted.conversations.*.handshake.hello.integrity',
    'encrypted.conversations.*.handshake.publicKey.bits',
    'encrypted.conversations.*.handshake.publicKey.fingerprint',
    'encrypted.conversations.*.messages.*.token.characters',
    'encrypted.conversations.*.messages.*.token.created',
    'encrypted.conversations.*.number',
    'encrypted.conversations.*.server.address',
    'encrypted.conversations.*.server.port',
    'encrypted.conversations.*.started',
    'encrypted.conversations.*.streams.client.bytes',
    'encrypted.conversations.*.streams.server.bytes',
    'encrypted.file',
    'encrypted.packets',
    'messages.*.encrypted.control.hit.place.frame',
    'messages.*.encrypted.control.hit.place.lastFrame',
    'messages.*.encrypted.others.*.place.frame',
    'messages.*.encrypted.others.*.place.lastFrame',
    'messages.*.encrypted.others.*.within',
    'messages.*.number',
    'messages.*.plaintext.hit.place.frame',
    'messages.*.plaintext.hit.place.lastFrame',
    'messages.*.sealed.token.characters',
    'messages.*.sealed.token.textBytes.least',
    'messages.*.sealed.token.textBytes.most',
    'messages.*.text',
    'plaintext.file',
    'plaintext.packets',
  ]);
});

describe('never wider than the terminal', () => {
  const emoji = SCRIPT.map(([side, text]) => [side, `${text} 😀🫠漢字 `.repeat(20)] as const);
  test.each([60, 80, 120])('%i columns', (width) => {
    expect(widest(comparisonTable(comparison(), { width, colour: false }))).toBeLessThanOrEqual(width);
    expect(widest(comparisonTable(comparison(emoji), { width, colour: false }))).toBeLessThanOrEqual(width);
  });
});

test('for any typed text, LF is the only control character, and the width is right', () => {
  const check = (text: string) => {
    const page = comparisonTable(
      comparison([
        ['client', text],
        ['server', text],
      ]),
      LOOK,
    );
    expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\p{Cs}]/u);
    expect(widest(page)).toBeLessThanOrEqual(80);
  };
  HOSTILE.forEach(check);
  fc.assert(fc.property(hostileText, check));
});

test('colour adds no information to the words', () => {
  const coloured = comparisonTable(comparison(), { width: 80, colour: true });
  // eslint-disable-next-line no-control-regex -- removing the colour is the point
  const bare = coloured.replace(/\x1b\[\d+m/g, '').replace(/ +$/gm, '');
  expect(coloured).not.toBe(bare);
  expect(bare).toBe(comparisonTable(comparison(), LOOK));
});

test('another verdict changes the row', () => {
  const page = comparisonTable(
    withFirst({ plaintext: notFound('client', 4), encrypted: readable('client', 88) }),
    LOOK,
  );
  expect(page).toContain('8 of 9 messages readable in plaintext, 1 of 9 encrypted');
  expect(page).toContain('frame 88');
});
