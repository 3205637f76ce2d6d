import { describe, expect, test } from '@jest/globals';

import { computeCheck, verifyCheck, type Position } from '../../src/crypto/integrity.js';
import { ALGORITHMS, CHECK_BYTES, COVERS, INTEGRITY_KINDS, INTEGRITY_NAMES } from '../../src/protocol/integrity.js';

const FIRST: Position = { direction: 'client', n: 0 };

describe('against published values', () => {
  test('sha256: FIPS 180-2, appendix B.1', () => {
    const check = computeCheck('sha256', new Uint8Array(32), FIRST, 'abc');
    expect(check.toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('hmac-sha256: RFC 4231, test case 2', () => {
    const check = computeCheck('hmac-sha256', Buffer.from('Jefe'), FIRST, 'what do ya want for nothing?');
    expect(check.toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test('hmac-sha256-seq is the HMAC of direction, number and token', () => {
    const position: Position = { direction: 'server', n: 12 };
    expect(computeCheck('hmac-sha256-seq', Buffer.from('k'), position, 'TOKEN')).toEqual(
      computeCheck('hmac-sha256', Buffer.from('k'), position, 'server 12 TOKEN'),
    );
  });
});

describe.each(INTEGRITY_NAMES)('%s', (integrity) => {
  const { keyed } = ALGORITHMS[INTEGRITY_KINDS[integrity].algorithm];
  const { placed } = COVERS[INTEGRITY_KINDS[integrity].covers];
  const key = Buffer.alloc(32, 7);
  const check = computeCheck(integrity, key, FIRST, 'gAAA');
  const verify = (changes: { key?: Buffer; position?: Position; token?: string; check?: Uint8Array }): boolean =>
    verifyCheck(
      integrity,
      changes.key ?? key,
      changes.position ?? FIRST,
      changes.token ?? 'gAAA',
      changes.check ?? check,
    );

  test('is as long as the protocol’s line allows', () => {
    expect(check).toHaveLength(CHECK_BYTES);
  });

  test('is valid for its own token', () => {
    expect(verify({})).toBe(true);
  });

  test('fails for another token, and for another check of any length', () => {
    expect(verify({ token: 'gAAB' })).toBe(false);
    expect(verify({ check: Buffer.alloc(32) })).toBe(false);
    expect(verify({ check: check.subarray(1) })).toBe(false);
    expect(verify({ check: new Uint8Array() })).toBe(false);
  });

  test('needs the key only if the table says so', () => {
    expect(verify({ key: Buffer.alloc(32, 8) })).toBe(!keyed);
  });

  test.each<[string, Position]>([
    ['a replay', { direction: 'client', n: 1 }],
    ['a reflection', { direction: 'server', n: 0 }],
  ])('notices %s only if the table says that it fits one place', (_, position) => {
    expect(verify({ position })).toBe(!placed);
  });
});
