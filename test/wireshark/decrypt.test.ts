/** The plaintext copy of an encrypted capture: tshark shows the chat that was typed, without a warning. */
import { constants, createHash, createPrivateKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, expect, test } from '@jest/globals';

import { Fernet } from '../../src/crypto/fernet.js';
import { inspectCapture } from '../../src/eavesdropper/inspect.js';
import { formatFrame } from '../../src/protocol/frames.js';
import { INTEGRITY_NAMES, type Integrity } from '../../src/protocol/integrity.js';
import { parseKeyLog } from '../../src/protocol/keylog.js';
import { writePlaintextTwin, type Twin } from '../../src/wireshark/plaintext-twin.js';
import { client, pcapOf, server as serverPacket } from '../eavesdropper/wire.js';
import { tsharkChecked, tsharkFields, tsharkFollow, tsharkWarnings } from '../packets/tshark.js';
import { run, temporaryDirectory } from '../servchat-process.js';
import { testWithTool } from '../tools.js';
import { written } from './dissection.js';
import { certificate, tsharkInside } from '../keyholder/tls/recording.js';
import { packetsOf, payloadsOf, record, recut, type Payload, type Recorded } from './recorded.js';
import { TlsKeyLog } from '../../src/keyholder/tls/tls-key-log.js';
import { openerWith } from '../../src/keyholder/opening.js';

const recorded = new Map<Integrity, Recorded>();
const recording = (name: Integrity): Recorded => recorded.get(name)!;

beforeAll(async () => {
  await Promise.all(INTEGRITY_NAMES.map(async (name) => recorded.set(name, await record('encrypted', name))));
});

async function twinOf(capture: string, keyLog: string): Promise<{ file: string; twin: Twin }> {
  const file = path.join(temporaryDirectory(), 'twin.pcap');
  const bytes = fs.readFileSync(keyLog);
  const keys = { sessions: parseKeyLog(bytes.toString()), tls: new TlsKeyLog(bytes) };
  return { file, twin: await writePlaintextTwin(capture, file, () => keys) };
}

/** The messages with their sides and their packets' times. */
async function said(file: string, keyLog?: string): Promise<{ side: string; text: string | null }[]> {
  const { findings } = await inspectCapture(
    file,
    keyLog === undefined ? {} : { opener: await openerWith(parseKeyLog(fs.readFileSync(keyLog, 'utf8'))) },
  );
  return findings.conversations.flatMap(({ messages }) =>
    messages.map((message) => ({
      side: message.place.side,
      text: message.kind === 'readable' ? message.text : message.opened?.ok === true ? message.opened.text : null,
      ...(keyLog === undefined ? { time: message.place.time } : {}),
    })),
  );
}

testWithTool('tshark', 'each integrity kind: the same chat, addresses and times, without a warning', async () => {
  for (const name of INTEGRITY_NAMES) {
    const { capture, keyLog } = recording(name);
    const file = path.join(temporaryDirectory(), 'opened.pcap');
    const { status, output, errors } = await run(['decrypt', capture, '--keys', keyLog, file]);
    expect([status, output, errors]).toEqual([0, `Decrypted: ${file}, 1 conversation, 7 messages.\n`, '']);

    const original = await inspectCapture(capture, {
      opener: await openerWith(parseKeyLog(fs.readFileSync(keyLog, 'utf8'))),
    });
    const expected = original.findings.conversations[0]!.messages.map((message) => ({
      side: message.place.side,
      text: message.kind === 'sealed' && message.opened?.ok === true ? message.opened.text : null,
      time: message.place.time,
    }));
    expect(await said(file)).toEqual(expected);
    const bytes = (side: string): Buffer =>
      Buffer.from(
        expected
          .filter((each) => each.side === side)
          .map(({ text }) => `${text}\n`)
          .join(''),
      );
    expect(tsharkChecked(file, 0)).toEqual({
      warnings: '',
      followed: { client: bytes('client'), server: bytes('server') },
    });
    const ends = (of: string): string[] => [
      ...new Set(tsharkFields(of, ['ip.src', 'tcp.srcport', 'tcp.dstport']).map((row) => row.join(' '))),
    ];
    expect(ends(file)).toEqual(ends(capture));
  }
});

testWithTool('tshark', 'split into other pieces, joined, and with packets sent again', async () => {
  const { capture, keyLog } = recording('hmac-sha256-seq');
  const expected = await said(capture, keyLog);
  const payloads = await payloadsOf(capture);
  for (const pieceLength of [7, 333, 60_000]) {
    const packets = packetsOf(recut(payloads, () => pieceLength));
    const again = packets.flatMap((packet, index) => (index % 3 === 2 ? [packet, packet] : [packet]));
    const { file, twin } = await twinOf(written('cut.pcap', pcapOf(again)), keyLog);
    expect(twin).toMatchObject({ conversations: 1, messages: 7, refused: 0, leftOut: 0, damage: null });
    expect((await said(file)).map(({ side, text }) => ({ side, text }))).toEqual(expected);
    expect(tsharkWarnings(file)).toBe('');
  }
});

test('ports that are used twice: two separate conversations', async () => {
  const { capture, keyLog } = recording('hmac-sha256');
  const payloads = await payloadsOf(capture);
  const opened = (initial: number): ReturnType<typeof packetsOf> => [
    client(initial, 0, 'S'),
    serverPacket(initial + 10_000, initial + 1, 'SA'),
    ...packetsOf(payloads).map((packet) => ({
      ...packet,
      sequence:
        packet.sequence -
        (packet.from === 'client' ? 1000 : 5000) +
        initial +
        1 +
        (packet.from === 'client' ? 0 : 10_000),
      acknowledgement: 0,
      flags: 'P',
    })),
  ];
  const { file, twin } = await twinOf(written('reused.pcap', pcapOf([...opened(1), ...opened(500_000)])), keyLog);
  expect(twin).toMatchObject({ conversations: 2, messages: 14 });
  const expected = await said(capture, keyLog);
  expect((await said(file)).map(({ side, text }) => ({ side, text }))).toEqual([...expected, ...expected]);
});

test('texts that are completed together and are too long for one packet', async () => {
  const { capture, keyLog } = recording('sha256');
  const [sessionKey] = parseKeyLog(fs.readFileSync(keyLog, 'utf8')).values();
  const texts = ['a', 'b'].map((letter) => letter.repeat(40_000));
  const lines = texts.map((text) => {
    const token = new Fernet(sessionKey!.subarray(0, 32)).encrypt(Buffer.from(text), { now: 1_700_000_000 });
    return formatFrame({ kind: 'MESSAGE', token, check: createHash('sha256').update(token).digest() });
  });
  // One packet holds the first text without its LF. The next holds the LF and the second text.
  const bytes = Buffer.concat(lines);
  const cut = lines[0]!.length - 2;
  const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].map((piece): Payload => ({
    side: 'server',
    bytes: piece,
  }));
  const { file, twin } = await twinOf(
    written('long.pcap', pcapOf(packetsOf([...(await payloadsOf(capture)), ...pieces]))),
    keyLog,
  );
  expect(twin.messages).toBe(9);
  expect((await said(file)).slice(-2).map(({ text }) => text)).toEqual(texts);
});

test('a message that does not verify is left out, and the output says so', async () => {
  const { capture, keyLog } = recording('hmac-sha256-seq');
  const payloads = await payloadsOf(capture);
  const replayed = payloads.find(({ bytes }) => bytes.subarray(0, 7).toString() === 'MESSAGE')!;
  const source = written('replayed.pcap', pcapOf(packetsOf([...payloads, replayed])));
  const out = path.join(temporaryDirectory(), 'out.pcap');
  const { status, output } = await run(['decrypt', source, '--keys', keyLog, out]);
  expect([status, output]).toEqual([
    1,
    `Decrypted: ${out}, 1 conversation, 7 messages.\nLeft out: 1 message whose check or signature is wrong.\n`,
  ]);
});

test('the client’s private key decrypts it too, and another key does not', async () => {
  const { capture, keyLog } = recording('hmac-sha256-seq');
  const [sessionKey] = parseKeyLog(fs.readFileSync(keyLog, 'utf8')).values();
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const frames = {
    'PUBLIC-KEY': formatFrame({ kind: 'PUBLIC-KEY', spki: publicKey.export({ type: 'spki', format: 'der' }) }),
    'SESSION-KEY': formatFrame({
      kind: 'SESSION-KEY',
      envelope: publicEncrypt(
        { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
        sessionKey!,
      ),
    }),
  };
  // No check covers the handshake, so the test can make the same chat with a key pair that it knows.
  const payloads = (await payloadsOf(capture)).map(({ side, bytes }): Payload => {
    const word = bytes.subarray(0, bytes.indexOf(0x20)).toString();
    return { side, bytes: word in frames ? frames[word as keyof typeof frames] : bytes };
  });
  const source = written('known.pcap', pcapOf(packetsOf(payloads)));
  const pem = written('client.pem', Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const out = path.join(temporaryDirectory(), 'out.pcap');
  expect(await run(['decrypt', source, '--private-key', pem, out])).toEqual({
    status: 0,
    output: `Decrypted: ${out}, 1 conversation, 7 messages.\n`,
    errors: '',
  });
  expect((await said(out)).map(({ side, text }) => ({ side, text }))).toEqual(await said(capture, keyLog));

  const refused = await run(['decrypt', capture, '--private-key', pem, path.join(temporaryDirectory(), 'no.pcap')]);
  expect([refused.status, refused.errors]).toEqual([
    1,
    expect.stringMatching(/^servchat: Cannot decrypt: no client in the capture offered the public key.*\n$/),
  ]);
});

test('one line reports a file that is not a key, or the keys of another chat', async () => {
  const { capture, keyLog } = recording('sha256');
  const out = path.join(temporaryDirectory(), 'out.pcap');
  for (const [args, complaint] of [
    [['--keys', recording('hmac-sha256').keyLog], 'Cannot decrypt: the keys open no conversation in this capture'],
    [['--private-key', keyLog], 'Cannot decrypt: the file holds no RSA private key in PEM'],
    [['--private-key', path.join(temporaryDirectory(), 'none')], 'Cannot read the private key'],
  ] as const) {
    const { status, errors } = await run(['decrypt', capture, ...args, out]);
    expect([status, errors]).toEqual([1, expect.stringMatching(new RegExp(`^servchat: ${complaint}.*\\n$`))]);
  }
  expect(fs.existsSync(out)).toBe(false);
  expect((await run(['decrypt', capture, out])).status).toBe(2);
  expect((await run(['decrypt', capture, '--keys', keyLog, '--private-key', keyLog, out])).status).toBe(2);
});

testWithTool('tshark', 'of a TLS chat: what tshark opens with the same key log, without a warning', async () => {
  const [capture, keyLog] = ['captures/samples/tls.pcap', 'captures/samples/tls.keylog'];
  const file = path.join(temporaryDirectory(), 'opened.pcap');
  const { status, output, errors } = await run(['decrypt', capture, '--keys', keyLog, file]);
  expect([status, output, errors]).toEqual([0, `Decrypted: ${file}, 1 conversation, 9 TLS records.\n`, '']);
  const inside = tsharkInside(capture, keyLog, 0, 4747);
  const followed = tsharkFollow(file, 0);
  expect({ client: followed.client.toString('hex'), server: followed.server.toString('hex') }).toEqual(inside);
  expect(followed.client.toString()).toContain('Nice to Meet you\n');
  expect(tsharkWarnings(file)).toBe('');
});

testWithTool(
  'openssl',
  'a private key, even the certificate’s, does not decrypt TLS, and the output says why',
  async () => {
    const { key } = certificate();
    const file = path.join(temporaryDirectory(), 'opened.pcap');
    const { status, output, errors } = await run(['decrypt', 'captures/samples/tls.pcap', '--private-key', key, file]);
    expect([status, output, fs.existsSync(file)]).toEqual([1, '', false]);
    expect(errors).toMatch(/^servchat: Cannot decrypt: .*Diffie–Hellman.*forward secrecy.*--keys\n$/);
  },
);

test('the attack of chapter 8 gives away its certificate’s key, which does not decrypt TLS', async () => {
  const directory = temporaryDirectory();
  const attack = ['attack', 'record-now-read-later', '--mode', 'tls', '--out', directory];
  expect((await run(attack)).status).toBe(0);
  const part = (end: string): string => path.join(directory, `record-now-read-later.tls.${end}`);
  expect(createPrivateKey(fs.readFileSync(part('key.pem'))).asymmetricKeyType).toBe('ec');
  const [capture, opened] = [part('client-side.pcap'), path.join(directory, 'opened.pcap')];
  const { status, errors } = await run(['decrypt', capture, '--private-key', part('key.pem'), opened]);
  expect([status, fs.existsSync(opened)]).toEqual([1, false]);
  expect(errors).toMatch(/^servchat: Cannot decrypt: .*Diffie–Hellman.*forward secrecy.*--keys\n$/);
  const other = await run(['decrypt', 'captures/samples/encrypted.pcap', '--private-key', part('key.pem'), opened]);
  expect(other.errors).toMatch(/^servchat: Cannot decrypt: the file holds no RSA private key in PEM/);
});
