import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { internetChecksum } from '../../../src/packets/headers/checksum.js';
import { decode, formatTcpPacket, linkTypeName } from '../../../src/packets/headers/decode.js';
import type { CapturedPacket, DecodedPacket, TcpSegment } from '../../../src/packets/headers/packet.js';
import { hex } from '../hex.js';
import { HI } from '../layer-cases.js';

function packet(linkType: number, data: Buffer, originalLength = data.length): CapturedPacket {
  return { number: 1, seconds: 0, nanoseconds: 0, linkType, originalLength, data };
}

function tcp(decoded: DecodedPacket): TcpSegment {
  if (decoded.kind !== 'tcp') throw new Error(`not TCP but ${decoded.name}`);
  return decoded.segment;
}

function other(decoded: DecodedPacket): string {
  return decoded.kind === 'tcp' ? 'TCP' : decoded.name;
}

const TCP_HI = `
  c350 128b              | ports 50000 and 4747
  fffffffe 00000007      | sequence, acknowledgement
  50 18 0200 0000 0000   | 20 bytes of header; PSH ACK; window 512
  4869                   | "Hi"
`;
const IPV4 = `
  45 00 002a 0001 4000   | version 4, 20 bytes of header; total length 42; not to be fragmented
  40 06 0000             | time to live 64, TCP
  7f000001 c0000202      | 127.0.0.1 to 192.0.2.2
`;
const IPV6 = `
  60000000 0016 06 40    | version 6; 22 bytes of payload, TCP, hop limit 64
  00000000 00000000 00000000 00000001
  20010db8 00000000 00000000 00000002
`;
const MACS = '000000000000 000000000000';

const HI_IPV4 = { sourceAddress: '127.0.0.1', destinationAddress: '192.0.2.2', ...HI };
const HI_IPV6 = { sourceAddress: '::1', destinationAddress: '2001:db8::2', ...HI };

describe('the link layer', () => {
  test.each<[string, number, string, 'IPv4' | 'IPv6']>([
    ['Ethernet', 1, `${MACS} 0800`, 'IPv4'],
    ['Ethernet', 1, `${MACS} 86dd`, 'IPv6'],
    ['Ethernet with an 802.1Q tag', 1, `${MACS} 8100 0064 0800`, 'IPv4'],
    ['Ethernet with two tags', 1, `${MACS} 88a8 0064 8100 0065 86dd`, 'IPv6'],
    ['BSD loopback, little-endian', 0, '02000000', 'IPv4'],
    ['BSD loopback, big-endian', 0, '00000002', 'IPv4'],
    ['BSD loopback of Linux', 0, '0a000000', 'IPv6'],
    ['BSD loopback of OpenBSD', 0, '00000018', 'IPv6'],
    ['BSD loopback of FreeBSD', 0, '1c000000', 'IPv6'],
    ['BSD loopback of macOS', 0, '1e000000', 'IPv6'],
    ['BSD loopback of Windows', 0, '17000000', 'IPv6'],
    ['OpenBSD loopback', 108, '00000002', 'IPv4'],
    ['OpenBSD loopback', 108, '00000018', 'IPv6'],
    ['raw IP', 101, '', 'IPv4'],
    ['raw IP', 101, '', 'IPv6'],
    ['raw IP by its DLT number', 12, '', 'IPv4'],
    ['raw IP by its OpenBSD DLT number', 14, '', 'IPv6'],
    ['raw IPv4', 228, '', 'IPv4'],
    ['raw IPv6', 229, '', 'IPv6'],
    ['Linux cooked', 113, '0000 0304 0006 000000000000 0000 0800', 'IPv4'],
    ['Linux cooked', 113, '0004 0001 0006 000000000000 0000 86dd', 'IPv6'],
    ['Linux cooked v2', 276, '0800 0000 00000001 0304 00 06 000000000000 0000', 'IPv4'],
    ['Linux cooked v2', 276, '86dd 0000 00000001 0304 04 06 000000000000 0000', 'IPv6'],
  ])('%s (%i, %j) carries %s', (_, linkType, header, version) => {
    const data = hex(`${header}${version === 'IPv4' ? IPV4 : IPV6}${TCP_HI}`);
    expect(tcp(decode(packet(linkType, data)))).toEqual(version === 'IPv4' ? HI_IPV4 : HI_IPV6);
  });

  test.each<[string, number, string]>([
    ['ARP', 1, `${MACS} 0806 0001`],
    ['LLC', 1, `${MACS} 0026 4242 03`],
    ['EtherType 0x1234', 1, `${MACS} 1234`],
    ['cut link header', 1, '0000 0000 00'],
    ['cut link header', 1, `${MACS} 8100 00`],
    ['cut link header', 113, '0000 0304 0006 000000000000 0000 08'],
    ['cut link header', 276, '0800 0000 00000001 0304 00 06 000000000000 00'],
    ['cut link header', 0, '020000'],
    ['address family 7', 0, '07000000'],
    ['cut IP header', 101, ''],
    ['IP version 5', 101, '50'],
    ['USBPCAP', 249, '1b00'],
    ['LINKTYPE 999', 999, '00'],
  ])('%s', (name, linkType, bytes) => {
    expect(other(decode(packet(linkType, hex(bytes))))).toBe(name);
  });

  test('a quarter of a million bytes that are only tags', () => {
    expect(other(decode(packet(1, hex(`${MACS} ${'8100 0000'.repeat(65_532)}`))))).toBe('more than 32 headers');
  });

  test.each([
    [0, 'NULL'],
    [1, 'ETHERNET'],
    [101, 'RAW'],
    [108, 'LOOP'],
    [113, 'LINUX_SLL'],
    [276, 'LINUX_SLL2'],
    [999, 'LINKTYPE 999'],
  ])('the name of link type %i is %s', (number, name) => {
    expect(linkTypeName(number)).toBe(name);
  });
});

describe('IPv4', () => {
  const raw = (bytes: string, originalLength?: number): DecodedPacket => {
    const data = hex(bytes);
    return decode(packet(228, data, originalLength ?? data.length));
  };

  test('the padding of a short Ethernet frame is not payload', () => {
    const padded = hex(`${MACS} 0800 ${IPV4}${TCP_HI} 00000000`);
    expect(tcp(decode(packet(1, padded)))).toEqual(HI_IPV4);
  });

  test('options are skipped', () => {
    expect(tcp(raw(`46 00 002e 0001 4000 40 06 0000 7f000001 c0000202 94040000 ${TCP_HI}`))).toEqual(HI_IPV4);
  });

  test('a total length of zero means as far as the packet goes', () => {
    expect(tcp(raw(`${IPV4.replace('002a', '0000')}${TCP_HI}`))).toEqual(HI_IPV4);
  });

  test('a total length of zero in a snapped packet means as far as it went on the wire', () => {
    expect(tcp(raw(`${IPV4.replace('002a', '0000')}${TCP_HI}`, 1042))).toEqual({ ...HI_IPV4, payloadLength: 1002 });
  });

  test('a total length beyond the packet is ignored', () => {
    expect(tcp(raw(`${IPV4.replace('002a', '0fff')}${TCP_HI}`))).toEqual(HI_IPV4);
  });

  test('a snapped packet has the captured part and the length on the wire', () => {
    const snapped = hex(`${IPV4.replace('002a', '0410')}${TCP_HI}`).subarray(0, 41);
    expect(tcp(decode(packet(228, snapped, 1040)))).toEqual({
      ...HI_IPV4,
      payload: Buffer.from('H'),
      payloadLength: 1000,
    });
  });

  test.each([
    ['IPv4 fragment', IPV4.replace('4000', '2000')],
    ['IPv4 fragment', IPV4.replace('4000', '0001')],
    ['bad IPv4 header', IPV4.replace('45', '35')],
    ['bad IPv4 header', IPV4.replace('45', '44')],
    ['bad IPv4 header', IPV4.replace('002a', '0013')],
    ['UDP', IPV4.replace('40 06', '40 11')],
    ['ICMP', IPV4.replace('40 06', '40 01')],
    ['IP protocol 200', IPV4.replace('40 06', '40 c8')],
  ])('%s', (name, header) => {
    expect(other(raw(`${header}${TCP_HI}`))).toBe(name);
  });
});

describe('IPv6', () => {
  const raw = (rows: string): DecodedPacket => decode(packet(229, hex(rows)));
  const withNext = (next: string, length: string): string => IPV6.replace('0016 06', `${length} ${next}`);

  test.each([
    ['hop-by-hop options', withNext('00', '001e'), '06 00 0104 00000000'],
    ['routing, of 24 bytes', withNext('2b', '002e'), '06 02 0000 00000000 00000000000000000000000000000000'],
    ['destination options', withNext('3c', '001e'), '06 00 0104 00000000'],
    ['hop-by-hop, then destination options', withNext('00', '0026'), '3c 00 0104 00000000 06 00 0104 00000000'],
    ['a fragment header of a whole packet', withNext('2c', '001e'), '06 00 0000 12345678'],
  ])('%s', (_, header, extensions) => {
    expect(tcp(raw(`${header} ${extensions} ${TCP_HI}`))).toEqual(HI_IPV6);
  });

  test('a payload length of zero means as far as the packet goes', () => {
    expect(tcp(raw(`${IPV6.replace('0016', '0000')}${TCP_HI}`))).toEqual(HI_IPV6);
  });

  test('bytes after the payload are padding', () => {
    expect(tcp(raw(`${IPV6}${TCP_HI} 0000`))).toEqual(HI_IPV6);
  });

  test.each([
    ['IPv6 fragment', withNext('2c', '001e'), '06 00 0001 12345678'],
    ['IPv6 fragment', withNext('2c', '001e'), '06 00 0008 12345678'],
    ['ICMPv6', withNext('3a', '0016'), ''],
    ['no next header', withNext('3b', '0016'), ''],
    ['bad IPv6 header', withNext('00', '0016'), '06 ff 0104 00000000'],
    ['bad IPv6 header', IPV6.replace('60', '40'), ''],
  ])('%s', (name, header, extensions) => {
    expect(other(raw(`${header} ${extensions} ${TCP_HI}`))).toBe(name);
  });

  test('extension headers to the very end', () => {
    expect(other(raw(`${withNext('00', '0010')} 00 00 0104 00000000 00 00 0104 00000000`))).toBe('bad IPv6 header');
  });
});

describe('TCP', () => {
  test('options are not payload', () => {
    const rows = `${IPV4.replace('002a', '0032')} ${TCP_HI.replace('50 18', '70 18').replace('4869', '')} 020405b4 01030307 4869`;
    expect(tcp(decode(packet(228, hex(rows))))).toEqual(HI_IPV4);
  });

  test('the rest can be read if the options were captured only in part', () => {
    const rows = `${IPV4.replace('002a', '0032')} ${TCP_HI.replace('50 18', '70 18').replace('4869', '')} 0204`;
    expect(tcp(decode(packet(228, hex(rows), 50)))).toEqual({ ...HI_IPV4, payload: Buffer.alloc(0) });
  });

  test('a header that was captured up to its window is enough, as it is for Wireshark', () => {
    const snapped = hex(`${IPV4}${TCP_HI}`).subarray(0, 36);
    expect(tcp(decode(packet(228, snapped, 42)))).toEqual({ ...HI_IPV4, payload: Buffer.alloc(0) });
  });

  test.each([
    ['cut TCP header', hex(`${IPV4}${TCP_HI}`).subarray(0, 35), 42],
    ['bad TCP header', hex(`${IPV4}${TCP_HI.replace('50 18', '40 18')}`), 42],
    ['bad TCP header', hex(`${IPV4}${TCP_HI.replace('50 18', '60 18')}`), 42],
    ['bad TCP header', hex(`${IPV4.replace('002a', '0027')}${TCP_HI}`), 42],
  ])('%s', (name, data, originalLength) => {
    expect(other(decode(packet(228, data, originalLength)))).toBe(name);
  });
});

const LINK_TYPES = [0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 999];

describe('decode never throws', () => {
  test('at any cut of a packet', () => {
    const whole = hex(`${MACS} 8100 0064 86dd ${IPV6.replace('0016 06', '001e 00')} 06 00 0104 00000000 ${TCP_HI}`);
    for (let end = 0; end < whole.length; end += 1) {
      for (const originalLength of [0, end, whole.length]) {
        const decoded = decode(packet(1, whole.subarray(0, end), originalLength));
        if (decoded.kind === 'other') expect(decoded.name).not.toBe('');
        else expect(decoded.segment.payloadLength).toBeGreaterThanOrEqual(decoded.segment.payload.length);
      }
    }
  });

  test('for any bytes', () => {
    const near = fc.constantFrom(0x45, 0x60, 0x06, 0x08, 0x00, 0x81, 0x86, 0xdd, 0x2c, 0x50, 0xff);
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 120 }), fc.array(near, { maxLength: 120 }));
    fc.assert(
      fc.property(fc.constantFrom(...LINK_TYPES), bytes, fc.nat(70_000), (linkType, octets, originalLength) => {
        const decoded = decode(packet(linkType, Buffer.from(octets), originalLength));
        if (decoded.kind === 'tcp')
          expect(decoded.segment.payloadLength).toBeGreaterThanOrEqual(decoded.segment.payload.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatTcpPacket', () => {
  // A few lines of Python computed the checksums from RFC 1071.
  test('every byte of a segment in IPv4', () => {
    const expected = hex(`
      000000000000 000000000000 0800
      45 00 002a 0000 4000 40 06 f9ca 7f000001 c0000202
      c350 128b fffffffe 00000007 50 18 0200 4e7c 0000 4869
    `);
    expect(formatTcpPacket(HI_IPV4)).toEqual(expected);
    expect(formatTcpPacket({ ...HI_IPV4, sourceAddress: '::ffff:127.0.0.1' })).toEqual(expected);
  });

  test('every byte of a segment in IPv6', () => {
    expect(formatTcpPacket(HI_IPV6)).toEqual(
      hex(`${MACS} 86dd ${IPV6} c350 128b fffffffe 00000007 50 18 0200 61c4 0000 4869`),
    );
  });

  test.each([
    ['a port', { ...HI_IPV4, sourcePort: 65_536 }, /out of range/],
    ['a sequence number', { ...HI_IPV4, sequence: 2 ** 32 }, /out of range/],
    ['a payload', { ...HI_IPV4, payload: Buffer.alloc(65_496) }, /out of range/],
    ['a payload in IPv6', { ...HI_IPV6, payload: Buffer.alloc(65_516) }, /out of range/],
    ['an address', { ...HI_IPV4, sourceAddress: 'localhost' }, /neither IPv4 nor IPv6/],
  ])('refuses %s that its field cannot hold', (_, unfit, message) => {
    expect(() => formatTcpPacket(unfit)).toThrow(message);
  });

  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const segment = fc.record({
    sourceAddress: address,
    destinationAddress: address,
    sourcePort: fc.nat(0xffff),
    destinationPort: fc.nat(0xffff),
    sequence: fc.nat(0xffffffff),
    acknowledgement: fc.nat(0xffffffff),
    flags: fc.nat(0xff),
    window: fc.nat(0xffff),
    payload: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
  });

  test('decode reads what it writes, and all checksums are right', () => {
    fc.assert(
      fc.property(segment, fc.constantFrom('', '02040fff', '02040fff01030307'), (written, options) => {
        const bytes = formatTcpPacket(written, hex(options));
        const read = tcp(decode(packet(1, bytes)));
        const { sourceAddress, destinationAddress } = read;
        expect(read).toEqual({ ...written, sourceAddress, destinationAddress, payloadLength: written.payload.length });
        expect(formatTcpPacket({ ...written, sourceAddress, destinationAddress }, hex(options))).toEqual(bytes);

        // RFC 1071: the checksum of a packet that contains its own checksum is 0.
        const version = bytes.readUInt8(14) >> 4;
        const [tcpAt, addresses] = version === 4 ? [34, bytes.subarray(26, 34)] : [54, bytes.subarray(22, 54)];
        const length = bytes.length - tcpAt;
        expect(
          internetChecksum(addresses, Buffer.from([0, 6, length >> 8, length & 0xff]), bytes.subarray(tcpAt)),
        ).toBe(0);
        if (version === 4) expect(internetChecksum(bytes.subarray(14, 34))).toBe(0);
      }),
    );
  });
});
