/** Equal bytes for equal plaintexts: node:crypto seals, as a chat program would. */
import { describe, expect, test } from '@jest/globals';
import { createCipheriv, createHash } from 'node:crypto';
import { inspectCapture } from '../../../src/eavesdropper/inspect.js';
import { inspectionTable } from '../../../src/faces/inspection-table.js';
import { CONVERSATION, captureOf, withFiles, type Sent } from '../chats.js';

const KEY = createHash('sha256').update('a key').digest();
const IV = createHash('md5').update('an IV').digest();

/** Another IV each time, and the same ones in each run. */
function freshIv(text: string, index: number): Buffer {
  return createHash('md5').update(`${index} ${text}`).digest();
}

function sealed(cipher: string, iv: Buffer | null, text: string): Buffer {
  const encryption = createCipheriv(cipher, KEY, iv);
  return Buffer.concat([encryption.update(text), encryption.final()]);
}

function chat(seal: (text: string, index: number) => Buffer | string): readonly Sent[] {
  return CONVERSATION.map(({ side, text }, index) => ({ side, bytes: seal(text, index) }));
}

async function seen(sent: readonly Sent[]): Promise<{ kind: string | null; shown: string }> {
  return withFiles({ 'made.pcap': captureOf(sent) }, async (path) => {
    const { findings } = await inspectCapture(path('made.pcap'));
    const shown = inspectionTable(findings, [], { width: 200, colour: false });
    return { kind: findings.conversations[0]!.sameBytes?.kind ?? null, shown };
  });
}

const LONG = 'the same words again, the same words again, the same words again, and again';

describe('equal plaintexts give equal bytes', () => {
  test.each([
    // “Nice to Meet you” and “Nice to Meet you too” begin with the same block.
    ['ECB', chat((text) => sealed('aes-256-ecb', null, text)), 'beginnings'],
    ['ECB in hex lines', chat((text) => `${sealed('aes-256-ecb', null, text).toString('hex')}\n`), 'beginnings'],
    ['ECB in base64', chat((text) => sealed('aes-256-ecb', null, text).toString('base64')), 'beginnings'],
    ['a fixed IV', chat((text) => sealed('aes-256-cbc', IV, text)), 'beginnings'],
    ['a fixed IV, sent each time', chat((text) => Buffer.concat([IV, sealed('aes-256-cbc', IV, text)])), 'beginnings'],
    [
      'ECB, at another place',
      chat((text) => sealed('aes-256-ecb', null, `${text.padEnd(48)}${'again'.padEnd(16)}`)),
      'blocks',
    ],
    ['one counter for all', chat((text) => sealed('aes-256-ctr', IV, `${text} ${LONG}`)), 'keystream'],
  ])('with %s', async (_, sent, kind) => {
    const { kind: found, shown } = await seen(sent);
    expect(found).toBe(kind);
    expect(shown).toContain('equal plaintexts give equal bytes');
  });

  test.each([
    ['a fresh IV', chat((text, index) => sealed('aes-256-cbc', freshIv(text, index), text))],
    [
      'a fresh IV, sent',
      chat((text, index) => Buffer.concat([freshIv(text, index), sealed('aes-256-cbc', freshIv(text, index), text)])),
    ],
    ['a fresh counter', chat((text, index) => sealed('aes-256-ctr', freshIv(text, index), `${text} ${LONG}`))],
    ['a plaintext chat', chat((text) => `${text}\n`)],
    ['text in blocks', chat((text) => text.padEnd(48))],
    ['text in base64', chat((text) => Buffer.from(text.padEnd(48)).toString('base64'))],
    [
      'numbers and zeros in blocks',
      chat((_, index) => Buffer.alloc(64, Buffer.from([0, 0, 0, index, 0x80, 0, 1, 200]))),
    ],
    [
      'a header that is always the same',
      chat((text, index) => Buffer.concat([IV, freshIv(text, index), freshIv(text, index + 50)])),
    ],
    [
      'a format with text and numbers',
      chat((text, index) => Buffer.concat([Buffer.from([1, 0, 0, index]), Buffer.from(text.padEnd(60, '\0'))])),
    ],
  ])('is not said of %s', async (_, sent) => {
    const { kind, shown } = await seen(sent);
    expect(kind).toBeNull();
    expect(shown).not.toContain('equal plaintexts');
  });
});
