/** Comparing with TLS if there is a key log: what it opens has to be what the plaintext capture says. */
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { openersFor } from '../../../src/cli/keys.js';
import { compareCaptures } from '../../../src/eavesdropper/comparison/compare.js';
import { comparisonTable } from '../../../src/faces/comparison-table.js';
import { gatherLesson } from '../../../src/lesson/gather.js';
import { TlsKeyLog } from '../../../src/keyholder/tls/tls-key-log.js';
import { reportOf } from '../../../src/lesson/write-report.js';
import { certificate, opensslClient, opensslServer, recorded, tsharkInside } from '../../keyholder/tls/recording.js';
import { lesson as fixture } from '../../lesson/fixture.js';
import { describeWithTool, testWithTool } from '../../tools.js';
import { CONVERSATION, captureOf, plaintextChat, withFiles, type Said } from '../chats.js';
import type { Comparison } from '../../../src/eavesdropper/findings/findings.js';

const SAMPLES = 'captures/samples';
const KEY_LOG = `${SAMPLES}/tls.keylog`;

async function compared(
  said: readonly Said[],
  tls = `${SAMPLES}/tls.pcap`,
  keyLog: string | null = KEY_LOG,
): Promise<Comparison> {
  const openers = keyLog === null ? {} : await openersFor(keyLog);
  return withFiles({ 'plain.pcap': captureOf(plaintextChat(said)) }, (path) =>
    compareCaptures(path('plain.pcap'), tls, { openers }),
  );
}

function openedIn({ messages }: Comparison): readonly unknown[] {
  return messages.map(({ tls }) => tls?.record?.opened);
}

testWithTool('tshark', 'the key log opens each message, and it is what tshark opens', async () => {
  const comparison = await compared(CONVERSATION);
  expect(comparison.agreement.tls).toEqual({ agrees: true, by: 'texts', messages: 9, isWhole: true });
  expect(openedIn(comparison)).toEqual(CONVERSATION.map(({ text }) => ({ ok: true, text })));
  const sent = (side: Said['side']): string =>
    CONVERSATION.flatMap((each) => (each.side === side ? [`${each.text}\n`] : [])).join('');
  expect(tsharkInside(`${SAMPLES}/tls.pcap`, KEY_LOG, 0, 4747)).toEqual({
    client: Buffer.from(sent('client')).toString('hex'),
    server: Buffer.from(sent('server')).toString('hex'),
  });
});

test('the verdicts stay those of a listener, who has no key', async () => {
  const [withKey, without] = [await compared(CONVERSATION), await compared(CONVERSATION, undefined, null)];
  expect(without.agreement.tls).toMatchObject({ agrees: true, by: 'lengths' });
  expect(openedIn(without)).toEqual(CONVERSATION.map(() => null));
  expect(withKey.messages.map(({ tls }) => tls?.verdict)).toEqual(without.messages.map(({ tls }) => tls?.verdict));
});

test('texts of the same lengths are the same conversation to a listener, and another one to the key', async () => {
  const other = CONVERSATION.map((each) => (each.text === 'Ok Bye' ? { ...each, text: 'Ok bye' } : each));
  expect((await compared(other, undefined, null)).agreement.tls).toMatchObject({ agrees: true, by: 'lengths' });
  expect((await compared(other)).agreement.tls).toEqual({
    agrees: false,
    why: 'message 7 is “Ok bye” in plaintext, but decrypted with the key it is “Ok Bye”',
  });
});

test('the report and the table say which records the key log opened', async () => {
  const captures = ['plaintext', 'tls'].map((mode) => ({
    file: `${SAMPLES}/${mode}.pcap`,
    captured: { way: 'given' } as const,
  }));
  const material = { captures, privateKey: null, attacks: null, stream: fixture().stream, command: 'servchat' };
  const keyLog = { file: KEY_LOG, sessions: new Map<string, Buffer>(), tls: new TlsKeyLog(readFileSync(KEY_LOG)) };
  const [opened, closed] = [
    await gatherLesson({ ...material, keyLog }),
    await gatherLesson({ ...material, keyLog: null }),
  ];
  expect(opened.verdicts.map(({ tls }) => tls?.record?.opened)).toEqual(
    CONVERSATION.map(({ text }) => ({ ok: true, text })),
  );
  // What a listener sees, the closing alerts included, is the same as without a key.
  expect(opened.tls).toEqual(closed.tls);
  expect(opened.keys).toBeNull();
  expect(reportOf(opened).markdown).toContain('the key log opens');
  expect(reportOf(closed).markdown).not.toContain('the key log opens');
  expect(comparisonTable(await compared(CONVERSATION), { width: 200, colour: false })).toMatch(
    /not found, 16 bytes, opened/,
  );
});

describeWithTool(['openssl', 'tshark'], 'TLS of another program', () => {
  const lines = ['Nice to Meet you', 'x'.repeat(300), 'Bye'];
  const said = lines.flatMap((text): Said[] => [
    { side: 'client', text },
    { side: 'server', text: Buffer.from(text).reverse().toString('latin1') },
  ]);

  // Without a key, only TLS 1.3 with two session tickets can be told by the number of a record.
  test.each([
    ['TLS 1.2', ['-tls1_2']],
    ['TLS 1.3 without tickets', ['-num_tickets', '0']],
    ['TLS 1.3 with four tickets', ['-num_tickets', '4']],
  ])('%s: the texts agree', async (_, options) => {
    const { cert, key } = certificate();
    const server = await opensslServer(['-cert', cert, '-key', key, '-rev', ...options]);
    const forClient = options.filter((option) => option === '-tls1_2');
    const { capture, keyLog } = await recorded(server.port, (port, file) =>
      opensslClient(port, ['-keylogfile', file, ...forClient], lines),
    ).finally(server.stop);
    expect((await compared(said, capture, keyLog)).agreement.tls).toEqual({
      agrees: true,
      by: 'texts',
      messages: 6,
      isWhole: true,
    });
  });
});
