/** Each attack as a transcript: the pieces that it gets, and the moves that it makes. */
import { createHmac, randomBytes } from 'node:crypto';

import { beforeAll, describe, expect, test } from '@jest/globals';

import type { Attack, Piece } from '../../src/attacker/attack.js';
import { ATTACKS } from '../../src/attacker/attacks.js';
import { ranked } from '../../src/attacker/attacks/guess-by-length.js';
import { computeCheck } from '../../src/crypto/integrity.js';
import { formatPrivateKey, generateKeyPair, importPublicKey, wrap, type RsaKeyPair } from '../../src/crypto/rsa.js';
import { generateSessionKey } from '../../src/crypto/session-key.js';
import { formatFrame, parseFrame, type MessageFrame } from '../../src/protocol/frames.js';
import { formatToken, parseToken } from '../../src/protocol/token.js';
import { cut, told, transcript } from './frames.js';

const attack = (name: string): Attack => ATTACKS.find((each) => each.name === name)!;

const CHAT = cut(
  ['client', 'Meet me at noon'],
  ['server', 'Yes'],
  ['client', 'Bring the papers'],
  ['client', 'Tell nobody'],
  ['client', 'Exit'],
);

describe('over plaintext', () => {
  test.each([
    ['nothing', ['> Meet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['modify', ['> Beat me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['flip', ['> Leet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['rehash', ['> Meet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['replay', ['> Meet me at noon', '< Yes', '> Bring the papers', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['drop', ['> Meet me at noon', '< Yes', '> Tell nobody', '> Exit']],
    ['reorder', ['> Meet me at noon', '< Yes', '> Tell nobody', '> Bring the papers', '> Exit']],
    ['reflect', ['> Meet me at noon', '< Meet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['truncate', ['> Meet me at noon', '< Yes', '> Bring the papers', '| cut', '> Exit']],
    ['inject', ['> Meet me at noon', '> Come alone', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['key-swap', ['> Meet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
    ['downgrade', ['> Meet me at noon', '< Yes', '> Bring the papers', '> Tell nobody', '> Exit']],
  ])('%s', (name, expected) => {
    expect(transcript(attack(name), CHAT)).toEqual(expected);
  });

  test('listen understands every line and passes every line on', () => {
    expect(transcript(attack('listen'), CHAT.slice(0, 2))).toEqual([
      '? client: Meet me at noon',
      '> Meet me at noon',
      '? server: Yes',
      '< Yes',
    ]);
  });

  test('fake-server answers each message except the one that ends the chat', () => {
    const said = cut(['client', 'Hello'], ['client', 'exit']);
    expect(transcript(attack('fake-server'), said)).toEqual(['? client: Hello', '< Of course', '? client: exit']);
  });
});

const key = generateSessionKey();
const NOW = 1_800_000_000;
const sealed = (text: string, n = 0): MessageFrame => {
  const token = key.fernet.encrypt(Buffer.from(text), { now: NOW });
  return {
    kind: 'MESSAGE',
    token,
    check: computeCheck('hmac-sha256-seq', key.hmac, { direction: 'client', n }, token),
  };
};
const HELLO = 'HELLO servchat/1 hmac-sha256-seq';
const chatOf = (...frames: readonly MessageFrame[]): readonly Piece[] =>
  cut(['client', HELLO], ...frames.map((frame) => ['client', formatFrame(frame)] as const));
/** What a receiver would decrypt if it did not check the signature. */
const unchecked = (token: string): string => {
  const { signed } = parseToken(token);
  const signature = createHmac('sha256', key.bytes.subarray(0, 16)).update(signed).digest();
  return key.fernet.decrypt(formatToken(signed, signature), { now: NOW }).toString('latin1');
};
const messageIn = (line: string): MessageFrame => parseFrame(Buffer.from(line.slice(2))) as MessageFrame;

describe('over encrypted mode', () => {
  test('modify changes the first word through the IV: without a signature, the receiver could not notice', () => {
    const frame = sealed('Meet me at noon');
    const [, line] = transcript(attack('modify'), chatOf(frame));
    const changed = messageIn(line!);
    expect(unchecked(changed.token)).toBe('Beat me at noon');
    expect(() => key.fernet.decrypt(changed.token, { now: NOW })).toThrow("the token's signature does not fit");
    expect(parseToken(changed.token).ciphertext).toEqual(parseToken(frame.token).ciphertext);
    expect(changed.check).toEqual(frame.check);
  });

  test('rehash does the same and writes a new check, which needs no key', () => {
    const [, line] = transcript(attack('rehash'), chatOf(sealed('Meet me at noon')));
    const { token, check } = messageIn(line!);
    expect(unchecked(token)).toBe('Beat me at noon');
    expect(check).toEqual(computeCheck('sha256', randomBytes(32), { direction: 'client', n: 0 }, token));
  });

  test('flip changes one bit of the ciphertext', () => {
    const frame = sealed('Meet me at noon');
    const [, line] = transcript(attack('flip'), chatOf(frame));
    const [before, after] = [parseToken(frame.token).ciphertext, parseToken(messageIn(line!).token).ciphertext];
    expect(after.map((byte, at) => byte ^ before[at]!)).toEqual(Buffer.concat([Buffer.of(1), Buffer.alloc(15)]));
  });

  test('downgrade asks for the check that needs no key', () => {
    expect(transcript(attack('downgrade'), cut(['client', HELLO]))).toEqual(['> HELLO servchat/1 sha256']);
    expect(transcript(attack('downgrade'), cut(['client', 'HELLO servchat/1 sha256']))).toEqual([
      '> HELLO servchat/1 sha256',
    ]);
  });

  test('replay, drop and reorder send the bytes as they were', () => {
    const lines = ['one', 'two', 'three'].map((text, n) => formatFrame(sealed(text, n)).toString().trimEnd());
    const pieces = cut(['client', HELLO], ...lines.map((line) => ['client', line] as const));
    const [one, two, three] = lines.map((line) => `> ${line}`);
    expect(transcript(attack('replay'), pieces).slice(1)).toEqual([one, two, two, three]);
    expect(transcript(attack('drop'), pieces).slice(1)).toEqual([one, three]);
    expect(transcript(attack('reorder'), pieces).slice(1)).toEqual([one, three, two]);
  });
});

describe('record-now-read-later', () => {
  let mine: RsaKeyPair;
  let another: RsaKeyPair;
  let recorded: readonly Piece[];
  beforeAll(async () => {
    [mine, another] = await Promise.all([generateKeyPair(2048), generateKeyPair(2048)]);
    const envelope = wrap(importPublicKey(mine.spki), key.bytes);
    recorded = cut(
      ['client', HELLO],
      ['server', formatFrame({ kind: 'SESSION-KEY', envelope })],
      ['client', formatFrame(sealed('Meet me at noon'))],
    );
  });
  const read = (privateKey: string | null): readonly string[] =>
    attack('record-now-read-later').afterwards!(recorded, { privateKey }).map(told);

  test('with the key of this chat, it reads the recording', () => {
    expect(read(formatPrivateKey(mine))).toEqual(['? client: Meet me at noon']);
  });

  test('with the key of another chat, it reads nothing: a stolen key opens only the chats that used it', () => {
    expect(read(formatPrivateKey(another))).toEqual([]);
  });

  test('without a key, it reads nothing', () => {
    expect(read(null)).toEqual([]);
  });
});

describe('guess-by-length', () => {
  const CANDIDATES = ['Yes', 'Nay', 'Meet me at noon', 'Bring the papers'];
  const fitting = (piece: Piece): readonly string[] =>
    ranked(piece, CANDIDATES).flatMap(({ text, misses }) => (misses === 0 ? [text] : []));

  test('a token shows the length in blocks of 16 bytes', () => {
    const [, short, long] = chatOf(sealed('Yes'), sealed('Bring the papers', 1));
    expect(fitting(short!)).toEqual(['Yes', 'Nay', 'Meet me at noon']);
    expect(fitting(long!)).toEqual(['Bring the papers']);
  });

  test('a TLS record shows the length to the byte', () => {
    const record = (type: number, length: number): Buffer =>
      Buffer.concat([Buffer.of(type, 3, 3, 0, length), Buffer.alloc(length)]);
    // ClientHello Finished "Meet me at noon\n", its type, the tag
    const [, , message] = cut(
      ['client', record(22, 40)],
      ['client', record(23, 53)],
      ['client', record(23, 16 + 1 + 16)],
    );
    expect(fitting(message!)).toEqual(['Meet me at noon']);
  });

  test('guesses that fit come first, then guesses that nearly fit', () => {
    const [message] = cut(['client', 'Yes!']);
    expect(ranked(message!, CANDIDATES).map(({ text, misses }) => [text, misses])).toEqual([
      ['Yes', 1],
      ['Nay', 1],
      ['Meet me at noon', 11],
      ['Bring the papers', 12],
    ]);
  });
});
