/** Each link layer and tunnel: what we find in it, and what tshark finds. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { decode } from '../../../src/packets/headers/decode.js';
import type { DecodedPacket } from '../../../src/packets/headers/packet.js';
import { describeWithTool } from '../../tools.js';
import { LITTLE, captureInterface, enhanced, section } from '../blocks.js';
import { hex } from '../hex.js';
import { IPV4, LAYER_CASES, TCP_HI } from '../layer-cases.js';
import { tsharkFields } from '../tshark.js';

const HI = {
  sourcePort: 50000,
  destinationPort: 4747,
  sequence: 0xfffffffe,
  acknowledgement: 7,
  flags: 0x18,
  window: 512,
  payload: Buffer.from('Hi'),
  payloadLength: 2,
};
const ADDRESSES = {
  4: { sourceAddress: '127.0.0.1', destinationAddress: '192.0.2.2' },
  6: { sourceAddress: '::1', destinationAddress: '2001:db8::2' },
};

function decoded(linkType: number, data: Buffer, originalLength = data.length): DecodedPacket {
  return decode({ number: 1, seconds: 0, nanoseconds: 0, linkType, originalLength, data });
}

test.each(LAYER_CASES.map((one) => [one.name, one.linkType, one] as const))('%s (link type %i)', (_, linkType, { data, version }) => {
  expect(decoded(linkType, data)).toEqual({ kind: 'tcp', segment: { ...ADDRESSES[version], ...HI } });
});

test('cut anywhere, each is something with a name, or the segment with less of its payload', () => {
  for (const { linkType, data } of LAYER_CASES) {
    for (let end = 0; end < data.length; end += 1) {
      const found = decoded(linkType, data.subarray(0, end), data.length);
      if (found.kind === 'other') expect(found.name).toMatch(/^(cut|bad) [A-Za-z0-9]+ header$|^IP version/);
      else expect(found.segment.payload.length).toBeLessThanOrEqual(2);
    }
  }
});

const MACS = '000000000000 000000000000';
const wlan = (control: string, sequence = '1000'): string => `${control} 0000 020000000001 020000000002 020000000003 ${sequence}`;
const ip4 = (protocol: string): string => `${MACS} 0800 ${IPV4.replace('40 06', `40 ${protocol}`)}`;

test.each<[string, number, string]>([
  ['PPPoE discovery', 1, `${MACS} 8863 11 09 0000 0000`],
  ['PPPoE discovery', 51, '11 65 0000 0000'],
  ['LCP', 9, 'ff 03 c021 01010004'],
  ['PPP protocol 0x1234', 9, '1234'],
  ['MPLS', 1, `${MACS} 8847 00064 1 40 50`],
  ['SNAP', 1, `${MACS} 0026 aaaa03 00000c 2000`],
  ['802.11 management', 105, wlan('8000')],
  ['802.11 control', 105, 'd400 0000 020000000001'],
  ['802.11 extension', 105, wlan('0c00')],
  ['802.11 without data', 105, wlan('4801')],
  ['802.11 encrypted', 105, `${wlan('0841')} 00000020 00000000`],
  ['802.11 fragment', 105, wlan('0805')],
  ['802.11 fragment', 105, wlan('0801', '1100')],
  ['cut link header', 105, `${wlan('8801')} 8000 020000000001 020000000002 00`],
  ['bad link header', 127, '00 00 0400 00000000'],
  ['bad link header', 192, '00 00 0400 69000000'],
  ['bad link header', 163, '80211001 00000004'],
  ['USBPCAP', 192, '00 00 0800 f9000000'],
  ['GRE with source routing', 1, `${ip4('2f')} 4000 0800 00000000`],
  ['GRE version 2', 1, `${ip4('2f')} 0002 0800`],
  ['GRE version 7', 1, `${ip4('2f')} 0007 0800`],
  ['SCTP', 1, ip4('84')],
  ['IEEE802_5', 6, '00'],
  ['LINKTYPE 147', 147, TCP_HI],
])('%s (link type %i)', (name, linkType, bytes) => {
  expect(decoded(linkType, hex(bytes))).toEqual({ kind: 'other', name });
});

test('headers in headers have an end', () => {
  // Each outer packet claims all that follows it.
  const nested = (depth: number): Buffer =>
    hex(`${Array.from({ length: depth }, (_, index) => `45 00 ${(42 + 20 * (depth - index)).toString(16).padStart(4, '0')} 0001 0000 40 04 0000 0a000001 0a000002`).join('')} ${IPV4} ${TCP_HI}`);
  expect(decoded(228, nested(10)).kind).toBe('tcp');
  expect(decoded(228, nested(100))).toEqual({ kind: 'other', name: 'more than 32 headers' });
});

describeWithTool('tshark', 'tshark', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'servchat-layers-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('finds the same in each of them', () => {
    const file = path.join(folder, 'layers.pcapng');
    const interfaces = LAYER_CASES.map(({ linkType }) => captureInterface(LITTLE, linkType, 0));
    const packets = LAYER_CASES.map(({ data }, on) => enhanced(LITTLE, { on, data }));
    writeFileSync(file, Buffer.concat([section(LITTLE), ...interfaces, ...packets]));
    const rows = tsharkFields(file, ['frame.number', 'tcp.stream', 'tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.len', 'tcp.payload', 'ip.src', 'ipv6.src'], 'last');
    const named = rows.map(([number, stream, ...fields], index) => [LAYER_CASES[index]?.name, number, stream, ...fields.slice(0, 5), LAYER_CASES[index]?.version === 4 ? fields[5] : fields[6]]);
    // The same two conversations in all of them, one in each version of IP.
    const expected = LAYER_CASES.map(({ name, version }, index) => [name, String(index + 1), version === 4 ? '0' : '1', '50000', '4747', '4294967294', '2', '4869', version === 4 ? '127.0.0.1' : '::1']);
    expect(named).toEqual(expected);
  });
});

describe('names', () => {
  test('all cases have different packets, or the tests above test less than they seem to', () => {
    const packets = LAYER_CASES.map(({ linkType, data }) => `${linkType} ${data.toString('hex')}`);
    expect(new Set(packets).size).toBe(packets.length);
  });
});
