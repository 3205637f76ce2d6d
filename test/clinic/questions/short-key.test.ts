/** A short key comes out of what was typed and what crossed. The expected bytes are those of other programs. */
import { createCipheriv } from 'node:crypto';

import { expect, test } from '@jest/globals';

import { shortKeyOf } from '../../../src/clinic/questions/short-key.js';

const TEXT = 'I will meet you at the station tomorrow morning';

test('the word of a Vigenère cipher', () => {
  // The example that textbooks use: LEMON turns “attack at dawn” into “lxfopv ef rnhr”; the rest is Python’s.
  const text = 'attack at dawn attack at dawn';
  expect(shortKeyOf({ text, bytes: Buffer.from('MSG lxfopv ef rnhr mhglgw og oeib\n') })).toMatchObject({
    kind: 'letters',
    length: 5,
    key: 'LEMON',
  });
});

test('the bytes of an XOR, wherever the text begins, in base64 too', () => {
  const key = Buffer.from('139a44e75c21f08d', 'hex');
  const sealed = Buffer.from(Buffer.from(TEXT).map((byte, at) => byte ^ key[at % key.length]!));
  const found = { kind: 'bytes', length: 8, key: '13 9a 44 e7 5c 21 f0 8d' };
  expect(shortKeyOf({ text: TEXT, bytes: Buffer.concat([Buffer.from([0, 0, 0, 47]), sealed, key]) })).toEqual(found);
  expect(shortKeyOf({ text: TEXT, bytes: Buffer.from(`${sealed.toString('base64')}\n`) })).toEqual(found);
});

test.each([
  ['as it is', Buffer.from(`${TEXT}\n`)],
  ['encrypted', createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16, 9)).update(TEXT)],
  // Each letter by one more than the one before: no key comes again.
  ['moved without a repetition', Buffer.from('I xkop rklb hyf mg hwu jltndkk rnmptusb svzwsys')],
])('a text that is %s has none', (_, bytes) => {
  expect(shortKeyOf({ text: TEXT, bytes })).toBeNull();
});
