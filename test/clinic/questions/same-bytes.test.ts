/** What is equal in two messages of one sentence, with the ciphers of node:crypto. */
import { createCipheriv, createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';

import { equalBlocks, equalBytes } from '../../../src/clinic/questions/same-bytes.js';

const KEY = Buffer.from('0123456789abcdef');
const [SAID, OTHER] = ['Please meet me at the old bridge at noon', 'Nobody knows why that dog barks so early'];

/** 16 bytes that look random, and are the same in each run of this test. */
function random(name: string): Buffer {
  return createHash('md5').update(name).digest();
}

function cbc(text: string, iv: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cbc', KEY, iv);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

function ecb(text: string): Buffer {
  const cipher = createCipheriv('aes-128-ecb', KEY, null);
  return Buffer.concat([cipher.update(text), cipher.final()]);
}

function compared(first: Buffer, other: Buffer, again: Buffer): ReturnType<typeof equalBytes> {
  return equalBytes({ first: { bytes: first }, other: { bytes: other }, again: { bytes: again } });
}

describe('the same sentence twice', () => {
  test('is exactly the same with one IV for all', () => {
    const iv = random('iv');
    expect(compared(cbc(SAID, iv), cbc(OTHER, iv), cbc(SAID, iv))?.isWhole).toBe(true);
  });

  test('is the same behind a time that changes, also if it grows by a digit', () => {
    const iv = random('iv');
    const sealed = (time: string, text: string): Buffer => Buffer.concat([Buffer.from(time), cbc(text, iv)]);
    const equal = compared(sealed('9.5 ', SAID), sealed('9.9 ', OTHER), sealed('10.25 ', SAID));
    expect(equal?.isWhole).toBe(false);
    expect(equal?.bytes.includes(cbc(SAID, iv))).toBe(true);
  });

  test('is not the same with a new IV for each, though all have the same header', () => {
    const header = Buffer.from('{"version": 1, "cipher": "aes-128-cbc", "data": ');
    const sealed = (name: string, text: string): Buffer =>
      Buffer.concat([header, Buffer.from(Buffer.concat([random(name), cbc(text, random(name))]).toString('base64'))]);
    expect(compared(sealed('a', SAID), sealed('b', OTHER), sealed('c', SAID))).toBeNull();
  });
});

describe('one letter many times', () => {
  const letters = 'a'.repeat(48);

  test.each(['latin1', 'hex', 'base64'] as const)('shows ECB mode, written as %s', (written) => {
    expect(equalBlocks(Buffer.from(ecb(letters).toString(written), 'latin1'))).toEqual({ size: 16, times: 3 });
  });

  test('shows nothing in CBC mode, nor as it is', () => {
    expect(equalBlocks(cbc(letters, random('iv')))).toBeNull();
    expect(equalBlocks(Buffer.from(letters))).toBeNull();
  });
});
