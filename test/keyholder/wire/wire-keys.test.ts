/** Keys that cross the wire, and what they open. All chats are sealed by Python's cryptography. */
import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { inspectionTable } from '../../../src/faces/inspection-table.js';
import { wireKeyFinder } from '../../../src/keyholder/wire/wire-keys.js';
import { captureOf, withFiles, type Sent } from '../../eavesdropper/chats.js';
import { PYTHON, describeWithTool } from '../../tools.js';
import type { Find } from '../../../src/eavesdropper/inspect.js';
import type { WireKey } from '../../../src/eavesdropper/findings/findings.js';
import type { Side } from '../../../src/protocol/side.js';

interface Made {
  readonly keys: readonly (readonly [Side, string])[];
  readonly sealed: readonly (readonly [Side, string])[];
  readonly texts: readonly string[];
}

let made: Readonly<Record<string, Made>> | null = null;
/** The chats of `chats.py`, made once. */
function chats(): Readonly<Record<string, Made>> {
  const script = path.resolve('test/keyholder/wire/chats.py');
  return (made ??= JSON.parse(execFileSync(PYTHON, [script], { encoding: 'utf8' })) as Record<string, Made>);
}

function sentOf(messages: Made['keys']): readonly Sent[] {
  return messages.map(([side, hex]) => ({ side, bytes: Buffer.from(hex, 'hex') }));
}

async function noticed(
  sent: readonly Sent[],
  find: readonly string[] = [],
): Promise<{ readonly keys: readonly WireKey[]; readonly finds: readonly Find[] }> {
  return withFiles({ 'made.pcap': captureOf(sent) }, async (file) => {
    const { findings, finds } = await inspectCapture(file('made.pcap'), {
      wireKeys: wireKeyFinder(),
      find,
      searchable: false,
    });
    return { keys: findings.conversations[0]!.wireKeys ?? [], finds };
  });
}

const LINE: readonly number[] = [0x09, 0x0a, 0x0c, 0x0d];

function isShortText(bytes: Buffer): boolean {
  return (
    bytes.length < 8 && isUtf8(bytes) && bytes.every((byte) => (byte >= 0x20 && byte !== 0x7f) || LINE.includes(byte))
  );
}

/** The name of the key, how it is written, and what its cipher's name begins with. */
const OPENED: readonly (readonly [chat: string, what: string, written: WireKey['written'], cipher: RegExp])[] = [
  ['Fernet, one behind the other', 'Fernet key', 'base64', /^Fernet$/],
  ['Fernet, lines', 'Fernet key', 'base64', /^Fernet$/],
  ['Fernet, lengths', 'Fernet key', 'base64', /^Fernet$/],
  ['Fernet, as Python shows bytes', 'Fernet key', 'base64', /^Fernet$/],
  ['Fernet, in JSON', 'Fernet key', 'base64', /^Fernet$/],
  ['AES-128-ECB', 'AES-128 key', 'bytes', /^AES-128-ECB$/],
  ['AES-192-ECB', 'AES-192 key', 'bytes', /^AES-192-ECB$/],
  ['AES-256-ECB', 'AES-256 key', 'bytes', /^AES-256-ECB$/],
  ['AES-256-CBC, IV first', 'AES-256 key', 'bytes', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, IV first, base64 lines', 'AES-256 key', 'base64', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, IV first, hex lines', 'AES-256 key', 'hex', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, IV first, lengths', 'AES-256 key', 'bytes', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, IV first, decimal lengths', 'AES-256 key', 'bytes', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, IV first, Russian', 'AES-256 key', 'bytes', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, key as hex', 'AES-256 key', 'hex', /^AES-256-CBC, the IV before each message$/],
  ['AES-256-CBC, key as base64 with a word before', 'AES-256 key', 'base64', /^AES-256-CBC, the IV before/],
  ['AES-128-CBC, zeros as IV', 'AES-128 key', 'bytes', /^AES-128-CBC, with zeros as IV$/],
  ['AES-128-CBC, key and IV in one message', 'AES-128 key', 'bytes', /^AES-128-CBC, with an IV that crossed too$/],
  ['AES-256-CBC, key and IV in one message', 'AES-256 key', 'bytes', /^AES-256-CBC, with an IV that crossed too$/],
  ['AES-256-CBC, IV in a message of its own', 'AES-256 key', 'bytes', /^AES-256-CBC, with an IV that crossed too$/],
  ['AES-128-ECB, a word as key, padded with blanks', 'AES-128 key', 'text', /^AES-128-ECB$/],
  ['AES-128-CBC in JSON', 'AES-128 key', 'base64', /^AES-128-CBC, the IV before each message$/],
  ['AES-128-CTR, counter first', 'AES-128 key', 'bytes', /^AES-128-CTR, the IV before each message$/],
  ['AES-128-CTR, nonce of 8 first', 'AES-128 key', 'bytes', /^AES-128-CTR, the nonce before each message$/],
  ['AES-128-CTR, the same counter each time', 'AES-128 key', 'bytes', /^AES-128-CTR, with an IV that crossed too$/],
  ['AES-256-CFB, IV first', 'AES-256 key', 'bytes', /^AES-256-CFB, the IV before each message$/],
  ['AES-256-CFB8, IV first', 'AES-256 key', 'bytes', /^AES-256-CFB8, the IV before each message$/],
  ['AES-256-OFB, IV first', 'AES-256 key', 'bytes', /^AES-256-OFB, the IV before each message$/],
  ['AES-256-GCM', 'AES-256 key', 'bytes', /^AES-256-GCM, the nonce before each message, the tag behind it$/],
  ['AES-256-GCM, base64 lines', 'AES-256 key', 'base64', /^AES-256-GCM, the nonce before each message, the tag/],
  ['AES-128-GCM, nonce of 16 and tag first', 'AES-128 key', 'bytes', /^AES-128-GCM, the nonce and the tag before/],
  ['ChaCha20-Poly1305', 'ChaCha20-Poly1305 key', 'bytes', /^ChaCha20-Poly1305, /],
  ['RC4', 'RC4 key', 'bytes', /^RC4, /],
  ['DES-CBC', 'DES key', 'bytes', /^DES-CBC, the IV before each message$/],
  ['XOR, a word', 'XOR key', 'text', /^XOR /],
  ['XOR, 16 bytes', 'XOR key', 'bytes', /^XOR /],
  ['RSA-OAEP, SHA-1, PKCS #8 in PEM', 'RSA private key, 2048 bits', 'PEM', /^RSA-OAEP with SHA-1$/],
  ['RSA-OAEP, SHA-256, PKCS #1 in PEM', 'RSA private key, 2048 bits', 'PEM', /^RSA-OAEP with SHA-256$/],
  ['RSA, PKCS #1 v1.5, base64 lines', 'RSA private key, 2048 bits', 'PEM', /^RSA with PKCS #1 v1\.5$/],
  ['RSA-OAEP, SHA-256, DER', 'RSA private key, 2048 bits', 'DER', /^RSA-OAEP with SHA-256$/],
  ['RSA-OAEP, SHA-256, DER in base64', 'RSA private key, 2048 bits', 'DER in base64', /^RSA-OAEP with SHA-256$/],
];

describeWithTool('python3-cryptography', 'a key on the wire', () => {
  test.each(OPENED)('%s', async (name, what, written, cipher) => {
    const { keys, sealed, texts } = chats()[name]!;
    const { keys: found } = await noticed(sentOf([...keys, ...sealed]));
    expect(found).toHaveLength(1);
    // So few bytes can look like text by accident.
    const opened = texts.filter((_, index) => !isShortText(Buffer.from(sealed[index]![1], 'hex')));
    expect(found[0]).toMatchObject({ what, written, cipher: expect.stringMatching(cipher), opened: opened.length });
    expect(found[0]!.texts.map(({ text }) => text.trimEnd())).toEqual(opened);
    expect(found[0]!.place).toMatchObject({ side: 'server', frame: 4 });
    // Each is shown at the packet that carried it.
    const from = found[0]!.place.lastFrame + keys.length;
    expect(found[0]!.texts.map(({ place: { side, lastFrame } }) => [side, lastFrame])).toEqual(
      opened.map((text) => [sealed[texts.indexOf(text)]![0], from + texts.indexOf(text)]),
    );
    // Without its key, or with the wrong one, nothing is claimed.
    const wrong = Buffer.from(Buffer.from(keys[0]![1], 'hex').map((byte) => byte ^ 2));
    for (const other of [sentOf(sealed), [{ side: 'server' as const, bytes: wrong }, ...sentOf(sealed)]])
      expect((await noticed(other)).keys).toEqual([]);
  });

  test.each(['AES-256-CBC, key sealed with RSA-OAEP', 'Fernet, key sealed with RSA PKCS #1 v1.5'])(
    '%s',
    async (name) => {
      const { keys, sealed, texts } = chats()[name]!;
      const { keys: found } = await noticed(sentOf([...keys, ...sealed]));
      const [outer, inner] = found;
      expect(outer).toMatchObject({ what: 'RSA private key, 2048 bits', written: 'PEM' });
      expect(inner).toMatchObject({ sealedWith: { frame: outer!.place.frame }, opened: texts.length });
      expect(inner!.texts.map(({ text }) => text)).toEqual(texts);
    },
  );

  test.each([
    ['only an EC key', 'private key for elliptic curves, prime256v1'],
    ['only an EC key, SEC 1', 'private key for elliptic curves, prime256v1'],
    ['only an RSA key', 'RSA private key, 2048 bits'],
    ['only a locked key', 'private key, locked with a passphrase'],
    ['only an OpenSSH key', 'OpenSSH private key'],
  ])('%s is named, and nothing is claimed that it opens', async (name, what) => {
    const { keys } = await noticed(sentOf(chats()[name]!.keys));
    expect(keys).toMatchObject([{ what, written: 'PEM', cipher: null, opened: 0, texts: [] }]);
  });

  test.each(['only a public key', 'only a public key, DER'])('%s is no secret', async (name) => {
    expect((await noticed(sentOf(chats()[name]!.keys))).keys).toEqual([]);
  });

  test('a text that it opens is found, with the frame of the key', async () => {
    const { keys, sealed } = chats()['AES-256-CBC, IV first']!;
    const { finds } = await noticed(sentOf([...keys, ...sealed]), ['meet', 'tulip']);
    const [meet, tulip] = finds;
    expect(meet!.verdict).toMatchObject({
      readable: true,
      hit: { place: { frame: 9 }, shape: 'in another case, with the key of frame 4', meaning: 'text' },
    });
    expect(tulip!.verdict.readable).toBe(false);
  });
});

describe('a conversation with more than 256 KiB', () => {
  test.each([
    ['after the key and what it opens', true],
    ['before them', false],
  ])('says that no key was looked for: %s', async (_, isBehind) => {
    const { keys, sealed } = chats()['Fernet, lines']!;
    const chat = sentOf([...keys, ...sealed]);
    const more = inTurns(randomBytes(2 ** 18), [1000]);
    const seen = (sent: readonly Sent[]) =>
      withFiles({ 'long.pcap': captureOf(sent) }, async (file) => {
        const { findings } = await inspectCapture(file('long.pcap'), { wireKeys: wireKeyFinder(), searchable: false });
        return findings;
      });
    const { conversations } = await seen(isBehind ? [...chat, ...more] : [...more, ...chat]);
    expect(conversations[0]).toMatchObject({ wireKeysUnsought: 'too long' });
    expect(conversations[0]).not.toHaveProperty('wireKeys');
    const table = inspectionTable(await seen([...chat, ...more]), [], { colour: false, width: 300 });
    expect(table).toContain('servchat did not look for keys: the conversation has more than 256 KiB');
    const short = await seen(chat);
    expect(short.conversations[0]).toHaveProperty('wireKeys');
    expect(short.conversations[0]).not.toHaveProperty('wireKeysUnsought');
    expect(inspectionTable(short, [], { colour: false, width: 300 })).not.toContain('did not look for keys');
  });
});

/** Bytes that are as random in each run. */
function randomBytes(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: Math.ceil(count / 64) }, (_, index) => createHash('sha512').update(String(index)).digest()),
  ).subarray(0, count);
}

/** Messages of these lengths, in turns. */
function inTurns(bytes: Buffer, lengths: readonly number[]): readonly Sent[] {
  const sent: { side: Side; bytes: Buffer }[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = lengths[sent.length % lengths.length]!;
    sent.push({ side: sent.length % 2 === 0 ? 'client' : 'server', bytes: bytes.subarray(at, at + length) });
    at += length;
  }
  return sent;
}

describe('no key', () => {
  test.each([
    ['random bytes, as long as keys and blocks', inTurns(randomBytes(60_000), [16, 32, 48, 24, 44])],
    ['random bytes of any length', inTurns(randomBytes(60_000), [3, 17, 80, 250, 1, 40])],
    [
      'words, and then random bytes',
      [
        ...inTurns(Buffer.from('password, elephants, sixteen byte key, tulipgarden'), [10, 11, 18, 12]),
        ...inTurns(randomBytes(60_000), [7, 20, 64]),
      ],
    ],
    ['base64 of random bytes', inTurns(Buffer.from(randomBytes(60_000).toString('base64')), [44, 24, 64])],
    ['hex of random bytes', inTurns(Buffer.from(randomBytes(60_000).toString('hex')), [32, 64, 96])],
  ])('is noticed in %s', async (_, sent) => {
    expect((await noticed(sent)).keys).toEqual([]);
  });

  test('is noticed in a chat that anybody can read', async () => {
    const texts = ['the key is sixteen byte key', 'sixteen byte key', 'aGVsbG8gd29ybGQsIGhlbGxv', 'deadbeefdeadbeef'];
    expect((await noticed(texts.map((text) => ({ side: 'client', bytes: `${text}\n` })))).keys).toEqual([]);
  });
});
