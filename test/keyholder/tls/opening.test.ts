/** Opens TLS with a key log: the traces of RFC 8448, and records and key logs that an attacker changed. */
import { Readable } from 'node:stream';

import { describe, expect, test } from '@jest/globals';

import { inspectChunks } from '../../../src/eavesdropper/inspect.js';
import { trafficKey } from '../../../src/keyholder/tls/key-schedule.js';
import { TlsKeyLog } from '../../../src/keyholder/tls/tls-key-log.js';
import { tlsOpenerWith } from '../../../src/keyholder/tls/tls-opening.js';
import { client, pcapOf, server, type Packet } from '../../eavesdropper/wire.js';
import { insideOf } from './recording.js';
import { CLIENT_RANDOM, KEY_LOG, RECORDS, SAID, SECRETS } from './rfc8448.js';
import type { ConversationFindings, TlsRecordFindings } from '../../../src/eavesdropper/findings/findings.js';
import { longTest } from '../../tools.js';
import { processorMs } from '../../processor-time.js';

type Piece = (typeof RECORDS)[number];

function packetsOf(pieces: readonly Pick<Piece, 'side' | 'bytes'>[]): Packet[] {
  const next = { client: 1001, server: 5001 };
  const opening = [client(1000, 0, 'S', Buffer.alloc(0)), server(5000, 1001, 'SA', Buffer.alloc(0))];
  return [
    ...opening,
    ...pieces.map(({ side, bytes }) => {
      const sequence = next[side];
      next[side] += bytes.length;
      return side === 'client'
        ? client(sequence, next.server, 'PA', bytes)
        : server(sequence, next.client, 'PA', bytes);
    }),
  ];
}

async function openedWith(keyLog: string | Buffer, packets: readonly Packet[]): Promise<ConversationFindings> {
  const opener = tlsOpenerWith(new TlsKeyLog(Buffer.from(keyLog)));
  const { findings } = await inspectChunks(Readable.from([pcapOf([...packets])]), {
    tlsOpener: opener,
    searchable: false,
  });
  return findings.conversations[0]!;
}

const holds = ({ sealed, messages, opened }: TlsRecordFindings): string => {
  if (!sealed) return messages.join(' ');
  if (opened?.ok !== true) return opened?.why ?? 'sealed';
  return `${opened.type}${opened.messages.length === 0 ? '' : ': '}${opened.messages.join(' ')}`;
};

describe('RFC 8448, section 3', () => {
  test.each(SECRETS)('the key and the IV of $label', ({ secret, key, iv }) => {
    const made = trafficKey('sha256', 'aes-128-gcm', Buffer.from(secret, 'hex'));
    expect([made.key.toString('hex'), made.iv.toString('hex')]).toEqual([key, iv]);
  });

  test('each record, and what both sides say', async () => {
    const conversation = await openedWith(KEY_LOG, packetsOf(RECORDS));
    expect(conversation.tls?.records.map((record) => [record.place.side, holds(record)])).toEqual(
      RECORDS.map((record) => [record.side, record.holds]),
    );
    expect(insideOf(conversation)).toEqual({ client: SAID, server: SAID });
    expect(conversation.tls).toMatchObject({
      opening: { keyFound: true, opened: 7, refused: 0, why: null },
      clientHello: { random: CLIENT_RANDOM, serverName: 'server', versions: ['TLS 1.3'], keyShares: ['x25519'] },
      serverHello: {
        version: 'TLS 1.3',
        cipherSuite: { name: 'TLS_AES_128_GCM_SHA256' },
        keyShare: 'x25519',
        resumes: false,
      },
    });
    expect(conversation.tls?.clientHello?.cipherSuites).toEqual([
      'TLS_AES_128_GCM_SHA256',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_AES_256_GCM_SHA384',
    ]);
  });

  test('in pieces of any length, and after unencrypted lines', async () => {
    for (const length of [1, 7, 300]) {
      const cut = RECORDS.flatMap(({ side, bytes }) =>
        Array.from({ length: Math.ceil(bytes.length / length) }, (_, at) => ({
          side,
          bytes: bytes.subarray(at * length, (at + 1) * length),
        })),
      );
      const before = [
        { side: 'server' as const, bytes: Buffer.from('220 mail ready\r\n') },
        { side: 'client' as const, bytes: Buffer.from('STARTTLS\r\n') },
        { side: 'server' as const, bytes: Buffer.from('220 go on\r\n') },
      ];
      for (const pieces of [cut, [...before, ...cut]]) {
        const conversation = await openedWith(KEY_LOG, packetsOf(pieces));
        expect(insideOf(conversation)).toEqual({ client: SAID, server: SAID });
      }
    }
  });

  test('without one label, the rest still opens, and the result names that label', async () => {
    for (const { label } of SECRETS) {
      const conversation = await openedWith(
        KEY_LOG.split('\n')
          .filter((line) => !line.startsWith(label))
          .join('\n'),
        packetsOf(RECORDS),
      );
      const closed = conversation.tls!.records.filter(({ sealed, opened }) => sealed && opened?.ok !== true);
      expect(closed.length).toBeGreaterThan(0);
      for (const { place, opened } of closed) {
        expect([label, place.side]).toEqual([label, label.startsWith('CLIENT') ? 'client' : 'server']);
        expect(opened).toEqual({ ok: false, why: `the key log has no ${label} for this session` });
      }
      expect(insideOf(conversation)).toEqual(
        label === 'CLIENT_TRAFFIC_SECRET_0'
          ? { client: '', server: SAID }
          : label === 'SERVER_TRAFFIC_SECRET_0'
            ? { client: SAID, server: '' }
            : { client: SAID, server: SAID },
      );
    }
  });

  test('a changed record does not open, but the records around it do', async () => {
    for (const index of [2, 3, 4, 5, 6]) {
      const changed = RECORDS.map(({ side, bytes }, at) => ({
        side,
        bytes: at === index ? Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]) : bytes,
      }));
      const conversation = await openedWith(KEY_LOG, packetsOf(changed));
      const opened = conversation.tls!.records.map(({ sealed, opened: inner }) => !sealed || inner?.ok === true);
      expect(opened).toEqual(RECORDS.map((_, at) => at !== index));
      expect(holds(conversation.tls!.records[index]!)).toMatch(/tag does not fit/);
      // Packets 1 and 2 are the TCP handshake.
      expect(conversation.tls!.records[index]!.place.frame).toBe(index + 3);
    }
  });

  test('an inserted record does not open, but the records after it do', async () => {
    const forged = {
      side: 'client' as const,
      bytes: RECORDS[5]!.bytes.map((byte, at) => (at < 5 ? byte : byte ^ 0x55)) as Buffer,
    };
    const conversation = await openedWith(
      KEY_LOG,
      packetsOf([...RECORDS.slice(0, 5), { ...forged, bytes: Buffer.from(forged.bytes) }, ...RECORDS.slice(5)]),
    );
    expect(insideOf(conversation)).toEqual({ client: SAID, server: SAID });
    expect(conversation.tls?.opening).toMatchObject({ opened: 7, refused: 1 });
  });

  test.each([
    ['another session', KEY_LOG.replaceAll('cb34', 'cb35'), RECORDS, /no line for this client random, cb34ecb1/],
    ['nothing', '', RECORDS, /no line for this client random/],
    ['a capture without the ClientHello', KEY_LOG, RECORDS.slice(1), /does not hold the ClientHello/],
    [
      'a capture without the ServerHello',
      KEY_LOG,
      RECORDS.filter((_, at) => at !== 1),
      /does not hold the ServerHello/,
    ],
    [
      'a capture of only the client',
      KEY_LOG,
      RECORDS.filter(({ side }) => side === 'client'),
      /does not hold the ServerHello/,
    ],
    ['a capture that begins midway', KEY_LOG, RECORDS.slice(5), /does not hold the ClientHello/],
  ] as const)('%s: it is said why nothing opens', async (_, keyLog, records, why) => {
    const conversation = await openedWith(keyLog, packetsOf(records));
    expect(conversation.tls?.opening).toMatchObject({ opened: 0, refused: 0, why: expect.stringMatching(why) });
    expect(conversation.tls?.records.every(({ opened }) => opened === null)).toBe(true);
  });

  test('the list ends at bytes that the capture lacks, and they are counted', async () => {
    const packets = packetsOf(RECORDS);
    const conversation = await openedWith(
      KEY_LOG,
      packets.filter((_, at) => at !== 2 + 4),
    );
    expect(insideOf(conversation)).toEqual({ client: SAID, server: '' });
    expect(conversation.tls?.unread).toEqual({
      client: 0,
      server: RECORDS[6]!.bytes.length + RECORDS[8]!.bytes.length,
    });
  });

  test('cut after any byte: complete records open, and nothing throws', async () => {
    const whole = packetsOf(RECORDS);
    const all = Buffer.concat(RECORDS.map(({ bytes }) => bytes));
    for (let length = 0; length < all.length; length += 3) {
      let left = length;
      const pieces = RECORDS.flatMap(({ side, bytes }) => {
        const piece = bytes.subarray(0, Math.max(0, left));
        left -= bytes.length;
        return piece.length === 0 ? [] : [{ side, bytes: piece }];
      });
      const conversation = await openedWith(KEY_LOG, packetsOf(pieces));
      expect(SAID.startsWith(insideOf(conversation).client)).toBe(true);
    }
    expect(whole.length).toBe(RECORDS.length + 2);
  });

  test('any byte changed: nothing throws, and no other text appears', async () => {
    let seed = 1;
    for (let round = 0; round < 400; round += 1) {
      const changed = RECORDS.map(({ side, bytes }) => ({ side, bytes: Buffer.from(bytes) }));
      for (let change = 0; change < 1 + (round % 3); change += 1) {
        seed = (seed * 48271) % 2147483647;
        const { bytes } = changed[seed % changed.length]!;
        bytes[(seed >> 4) % bytes.length]! ^= 1 << ((seed >> 12) % 8);
      }
      const { client: said, server: answered } = insideOf(await openedWith(KEY_LOG, packetsOf(changed)));
      for (const text of [said, answered]) expect([SAID, '']).toContain(text);
    }
  });
});

describe('a key log', () => {
  const secrets = (text: string | Buffer, random = CLIENT_RANDOM): string[] =>
    [...new TlsKeyLog(Buffer.from(text)).secretsOf(random)].map(
      ([label, secret]) => `${label} ${secret.toString('hex').slice(0, 4)}`,
    );

  test('comments, other programs’ lines and damaged lines are skipped', () => {
    const noise = `# a comment\r\nSERVCHAT_SESSION_KEY ${'a'.repeat(64)} ${'b'.repeat(128)}\nRSA 0011 2233\nCLIENT_RANDOM ${CLIENT_RANDOM} 12\nEXPORTER_SECRET ${CLIENT_RANDOM} ${'c'.repeat(64)}\n\n`;
    expect(secrets(`${noise}${KEY_LOG.replaceAll('\n', '\r\n')}${noise}`)).toHaveLength(4);
    expect(new TlsKeyLog(Buffer.from(noise)).size).toBe(0);
    expect(secrets(KEY_LOG.toUpperCase())).toEqual(secrets(KEY_LOG));
  });

  test('of two lines for the same secret, the later one counts', () => {
    const line = (secret: string): string => `CLIENT_TRAFFIC_SECRET_0 ${CLIENT_RANDOM} ${secret.repeat(64)}\n`;
    expect(secrets(line('a') + line('b'))).toEqual(['CLIENT_TRAFFIC_SECRET_0 bbbb']);
  });

  longTest('100 MB are read in seconds, also as one line or as lines of one session', () => {
    const line = KEY_LOG.split('\n')[0]!;
    const megabytes = 100 * 2 ** 20;
    const many = Buffer.alloc(megabytes, `${line}\n`);
    const other = Buffer.alloc(megabytes, `${line.replace('cb34', 'cb35')}\n`);
    const texts = [
      many,
      Buffer.alloc(megabytes, 'a'),
      Buffer.alloc(megabytes, '\n'),
      Buffer.concat([other, Buffer.from(`\n${KEY_LOG}`)]),
    ];
    for (const [index, text] of texts.entries()) {
      const began = processorMs();
      const log = new TlsKeyLog(text);
      for (let asked = 0; asked < 1000; asked += 1) log.secretsOf(CLIENT_RANDOM);
      expect(processorMs() - began).toBeLessThan(30_000);
      expect(log.secretsOf(CLIENT_RANDOM).size).toBe([1, 0, 0, 4][index]);
    }
  });
});
