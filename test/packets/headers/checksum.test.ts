import { describe, expect, test } from '@jest/globals';

import { internetChecksum } from '../../../src/packets/headers/checksum.js';
import { hex } from '../hex.js';

describe('internetChecksum', () => {
  test.each([
    ['the example of RFC 1071, section 3: the sum is ddf2', '0001 f203 f4f5 f6f7', 0x220d],
    ['an IPv4 header with its checksum field empty', '4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7', 0xb861],
    ['the same header with the checksum in place', '4500 0073 0000 4000 4011 b861 c0a8 0001 c0a8 00c7', 0],
    ['an odd byte is padded on the right', '01', 0xfeff],
    ['nothing', '', 0xffff],
  ])('%s', (_, bytes, checksum) => {
    expect(internetChecksum(hex(bytes))).toBe(checksum);
  });

  test('carries are added until none is left: the sum of 65,536 times ffff is ffff, and its complement is zero', () => {
    expect(internetChecksum(Buffer.alloc(131_072, 0xff))).toBe(0);
  });

  test('several parts have the checksum of all of them joined', () => {
    expect(internetChecksum(hex('0001 f203'), hex('f4f5'), hex(''), hex('f6f7'))).toBe(0x220d);
  });
});
