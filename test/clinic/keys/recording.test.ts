/** What a recorded conversation proves of itself: that nothing is encrypted, or that no key was exchanged. */
import { expect, test } from '@jest/globals';

import {
  noKeyCrosses,
  nothingSealed,
  sealedIn,
  type Message,
  type Recording,
  withoutHandshake,
} from '../../../src/clinic/keys/recording.js';
import type { Road } from '../../../src/clinic/seat.js';
import type { Chunk } from '../../../src/clinic/wire/treatment.js';

const THERE: Road = { from: 'client', to: 'server' };
const BACK: Road = { from: 'server', to: 'client' };
const TEXT = 'Please meet me at the old bridge at noon';

function message(bytes: Buffer | string, more: Partial<Message> = {}): Message {
  const crossed = { bytes: Buffer.from(bytes), frames: [7], chunks: [], isAnswered: false };
  return { road: THERE, text: TEXT, kind: 'first', ...crossed, ...more };
}

function recording(messages: readonly Message[], handshake: readonly Chunk[] = []): Recording {
  return { run: 4, roads: [THERE, BACK], messages, handshake, captures: { client: '', server: '' } };
}

const base64 = Buffer.from(TEXT).toString('base64');
const hex = Buffer.from(TEXT).toString('hex');
const sealed = Buffer.from('9f3c55aa01de'.repeat(8), 'hex');
const greeting: Chunk = { number: 0, link: 0, from: 'server', bytes: Buffer.from('hello'), at: 0, frame: 4 };

test.each([
  ['as it was typed', `Anna: ${TEXT}\n`],
  ['in capitals', TEXT.toUpperCase()],
  ['in base64', `${base64}\n`],
  ['in hex', `{"text": "${hex}"}`],
  ['in two bytes a letter', Buffer.from(TEXT, 'utf16le')],
])('a sentence that crosses %s is not encrypted, so nothing about keys applies', (_, bytes) => {
  const plain = recording([message(bytes), message(bytes, { road: BACK })]);
  expect(nothingSealed(plain, 'so there is no key to replace')).toMatchObject({
    verdict: 'does not apply',
    said: 'The messages are not encrypted, so there is no key to replace',
    evidence: [{ run: 4, frames: [7], half: 'client' }],
  });
  expect(sealedIn(plain)).toEqual([]);
});

test('where one side encrypts and the other does not, the question applies to what is encrypted', () => {
  const secret = message(sealed, { road: BACK });
  const half = recording([message(TEXT), secret]);
  expect(nothingSealed(half, '')).toBeNull();
  expect(sealedIn(half)).toEqual([secret]);
  expect(nothingSealed(recording([]), '')).toBeNull();
});

test('no key is exchanged only if nothing crosses before or beside the first message', () => {
  const again = message(sealed, { kind: 'again' });
  expect(noKeyCrosses(recording([message(sealed), again]))?.verdict).toBe('does not apply');
  expect(noKeyCrosses(recording([message(sealed), again], [greeting]))).toBeNull();
  expect(noKeyCrosses(recording([message(sealed, { isAnswered: true }), again]))).toBeNull();
  expect(noKeyCrosses(recording([message(Buffer.concat([sealed, sealed])), again]))).toBeNull();
  expect(noKeyCrosses(recording([message(sealed)]))).toBeNull();
});

test('keys that cross only when the first sentences have been typed are of the handshake', () => {
  const chunk = (number: number, from: 'client' | 'server', bytes: Buffer): Chunk => ({
    number,
    link: 0,
    from,
    bytes,
    at: number,
    frame: 4 + number,
  });
  const key = chunk(0, 'server', Buffer.from('a public key'));
  const secret = chunk(1, 'client', Buffer.alloc(40, 7));
  const [first, again] = [chunk(2, 'server', sealed), chunk(3, 'server', sealed)];
  // The client's first sentence was lost, because it had no key yet.
  const said = [
    message(sealed, { road: BACK, chunks: [first] }),
    message(sealed, { road: BACK, kind: 'again', chunks: [again] }),
  ];
  expect(withoutHandshake(said, [key, secret, first, again])).toEqual({ messages: said, handshake: [key, secret] });
  // The key of this client went with its first sentence.
  const both = message(Buffer.concat([secret.bytes, sealed]), { chunks: [secret, chunk(2, 'client', sealed)] });
  const later = message(sealed, { kind: 'again', chunks: [chunk(5, 'client', sealed)] });
  const split = withoutHandshake([both, later], [...both.chunks, ...later.chunks]);
  expect(split).toEqual({ messages: [later], handshake: both.chunks });
  expect(withoutHandshake([said[0]!, said[1]!], [first, again]).handshake).toEqual([]);
});
