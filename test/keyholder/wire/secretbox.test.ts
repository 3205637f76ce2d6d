/** The secretbox of NaCl, against what PyNaCl 1.5, which is libsodium, sealed. */
import { describe, expect, test } from '@jest/globals';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { openedSecretbox } from '../../../src/keyholder/wire/secretbox.js';
import { wireKeyFinder } from '../../../src/keyholder/wire/wire-keys.js';
import { captureOf, withFiles } from '../../eavesdropper/chats.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const SENTENCE = 'Meet me at the old bridge at nine, and bring the map with you. ';
// nacl.secret.SecretBox(bytes(range(32))).encrypt(text, bytes(range(100, 124)))
const SEALED: readonly (readonly [text: string, hex: string])[] = [
  ['hello', '6465666768696a6b6c6d6e6f707172737475767778797a7b7aa65d0746d91e97be50daadf49b4e706adcf5a555'],
  [
    SENTENCE.repeat(3),
    '6465666768696a6b6c6d6e6f707172737475767778797a7bbc8c5da96aa720ba58ef56b3535562224fdcfcbd1adbabc9d18903e05fe1837752ce18c596cf2f7cc32c23e02ae5a0e6cd43d4792153bb86877f79052067b500e1fdcf6832f1502b6bc12a6bae9cbe2926ee384da55968ebcdaf6b9a25e382ff30b7ef75ce9b1c67b2fafd07168f8ba3d6e988158bf958b56a1518abc834f018154ee66aa042346160f561d6ca319b59db742d7552ee7c7d6d57435dfda68c31434984764940173cca7d871c0f56acdca11e454cfdb3a10efc87c35231ddc28a9dd2d66a90954f3a3c1459ad64',
  ],
];

describe.each(SEALED)('%s', (text, hex) => {
  const sealed = Buffer.from(hex, 'hex');

  test('opens with its key', () => {
    expect(openedSecretbox(KEY, sealed)?.toString()).toBe(text);
  });

  test('does not open with another key, or with any bit changed', () => {
    expect(openedSecretbox(Buffer.alloc(32, 7), sealed)).toBeNull();
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(openedSecretbox(KEY, changed)).toBeNull();
    }
  });
});

test('a key that crossed the wire opens it', async () => {
  const sent = [KEY, ...SEALED.map(([, hex]) => Buffer.from(hex, 'hex'))];
  const capture = captureOf(sent.map((bytes, index) => ({ side: index % 2 === 0 ? 'server' : 'client', bytes })));
  await withFiles({ 'chat.pcap': capture }, async (path) => {
    const { findings } = await inspectCapture(path('chat.pcap'), { wireKeys: wireKeyFinder() });
    const [key, ...others] = findings.conversations[0]?.wireKeys ?? [];
    expect(others).toEqual([]);
    expect(key).toMatchObject({ what: 'NaCl secretbox key', written: 'bytes', opened: 2, place: { frame: 4 } });
    expect(key?.texts.map(({ text }) => text)).toEqual(SEALED.map(([text]) => text));
  });
});
