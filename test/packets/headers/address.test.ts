import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SocketAddress } from 'node:net';

import {
  formatIpv4Address,
  formatIpv6Address,
  mappedToIpv6,
  parseIpAddress,
} from '../../../src/packets/headers/address.js';
import { hex } from '../hex.js';

describe('formatIpv6Address', () => {
  test.each([
    ['2001 0db8 0000 0000 0001 0000 0000 0001', '2001:db8::1:0:0:1'], // RFC 5952, section 4.2.3: the first of two runs
    ['2001 0db8 0000 0001 0001 0001 0001 0001', '2001:db8:0:1:1:1:1:1'], // section 4.2.2: one group is not shortened
    ['2001 0000 0000 0001 0000 0000 0000 0001', '2001:0:0:1::1'], // section 4.2.3: the longest run
    ['2001 0db8 0000 0000 0000 0000 0002 0001', '2001:db8::2:1'],
    ['2001 0db8 aaaa bbbb cccc dddd eeee 0aaa', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa'],
    ['0000 0000 0000 0000 0000 0000 0000 0000', '::'],
    ['0000 0000 0000 0000 0000 0000 0000 0001', '::1'],
    ['fe80 0000 0000 0000 0000 0000 0000 0000', 'fe80::'],
    ['0000 0000 0000 0000 0000 ffff c000 0201', '::ffff:192.0.2.1'], // section 5
  ])('%s is %s', (bytes, text) => {
    expect(formatIpv6Address(hex(bytes), 0)).toBe(text);
    expect(formatIpv6Address(hex(`ffff ${bytes} ffff`), 2)).toBe(text);
  });

  test('gives what inet_ntop gives, for any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const bytes = Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
        const plain = groups.map((group) => group.toString(16)).join(':');
        expect(formatIpv6Address(bytes, 0)).toBe(new SocketAddress({ address: plain, family: 'ipv6' }).address);
      }),
    );
  });
});

test('formatIpv4Address', () => {
  expect(formatIpv4Address(hex('ff c0 00 02 07'), 1)).toBe('192.0.2.7');
});

describe('parseIpAddress', () => {
  test.each([
    ['127.0.0.1', '7f000001'],
    ['255.0.10.200', 'ff000ac8'],
    ['::ffff:127.0.0.1', '7f000001'],
    ['::ffff:7f00:1', '7f000001'],
    ['::', '0000 0000 0000 0000 0000 0000 0000 0000'],
    ['::1', '0000 0000 0000 0000 0000 0000 0000 0001'],
    ['1::', '0001 0000 0000 0000 0000 0000 0000 0000'],
    ['2001:DB8::a:0:0:1', '2001 0db8 0000 0000 000a 0000 0000 0001'],
    ['1:2:3:4:5:6:7:8', '0001 0002 0003 0004 0005 0006 0007 0008'],
    ['64:ff9b::192.0.2.33', '0064 ff9b 0000 0000 0000 0000 c000 0221'],
    ['fe80::1%eth0', 'fe80 0000 0000 0000 0000 0000 0000 0001'],
  ])('%s', (text, bytes) => {
    expect(parseIpAddress(text)).toEqual(hex(bytes));
  });

  test.each(['', 'localhost', '1.2.3', '1.2.3.256', ':::', '1:2', '::1::', '%lo'])('refuses %j', (text) => {
    expect(() => parseIpAddress(text)).toThrow(TypeError);
  });

  test('reads back what the formatter writes', () => {
    const parts = fc.array(fc.constantFrom(0, 0, 1, 0x7f, 0xff), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(parts, (octets) => {
        const bytes = Buffer.from(octets);
        expect(mappedToIpv6(parseIpAddress(formatIpv6Address(bytes, 0)))).toEqual(bytes);
      }),
    );
  });
});
