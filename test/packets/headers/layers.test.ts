/** Each link layer and tunnel: what we find in it, and what tshark finds in it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { decode } from '../../../src/packets/headers/decode.js';
import type { DecodedPacket } from '../../../src/packets/headers/packet.js';
import { describeWithTool } from '../../tools.js';
import { LITTLE, captureInterface, enhanced, section } from '../blocks.js';
import { hex } from '../hex.js';
import { HI, IPV4, IPV6, LAYER_CASES, TCP_HI } from '../layer-cases.js';
import { tsharkFields } from '../tshark.js';
import { L2TP3, OTHERS, WRAPPINGS, type Wrapping } from '../wrappings.js';

const ADDRESSES = {
  4: { sourceAddress: '127.0.0.1', destinationAddress: '192.0.2.2' },
  6: { sourceAddress: '::1', destinationAddress: '2001:db8::2' },
};

function decoded(linkType: number, data: Buffer, originalLength = data.length): DecodedPacket {
  return decode({ number: 1, seconds: 0, nanoseconds: 0, linkType, originalLength, data });
}

test.each(LAYER_CASES.map((one) => [one.name, one.linkType, one] as const))(
  '%s (link type %i)',
  (_, linkType, { data, version }) => {
    expect(decoded(linkType, data)).toEqual({ kind: 'tcp', segment: { ...ADDRESSES[version], ...HI } });
  },
);

test('cut anywhere, each is something with a name, or the segment with less of its payload', () => {
  for (const { linkType, data } of LAYER_CASES) {
    for (let end = 0; end < data.length; end += 1) {
      const found = decoded(linkType, data.subarray(0, end), data.length);
      if (found.kind === 'other') expect(found.name).toMatch(/^(cut|bad) [A-Za-z0-9]+ header$|^IP version/);
      else expect(found.segment.payload.length).toBeLessThanOrEqual(2);
    }
  }
});

const VERSIONS = [
  [4, hex(`${IPV4} ${TCP_HI}`)],
  [6, hex(`${IPV6} ${TCP_HI}`)],
] as const;

const NAMES_OF_CUT = /^(cut|bad) [A-Za-z0-9]+ header$|^IP version|^(UDP|GTP|NFLOG|L2TP version 3)$/;
type Row = readonly [name: string, linkType: number, wrap: Wrapping['wrap']];
const rowOf = ({ name, linkType, wrap }: Wrapping): Row => [name, linkType, wrap];

describe.each(VERSIONS)('IPv%i', (version, ip) => {
  test.each([...WRAPPINGS, ...L2TP3].map(rowOf))('in %s (link type %i)', (_, linkType, wrap) => {
    expect(decoded(linkType, wrap(ip))).toEqual({ kind: 'tcp', segment: { ...ADDRESSES[version], ...HI } });
  });

  test('cut anywhere, each is something with a name, or the segment with less of its payload', () => {
    for (const { name, linkType, wrap } of [...WRAPPINGS, ...L2TP3]) {
      const data = wrap(ip);
      for (let end = 0; end < data.length; end += 1) {
        const found = decoded(linkType, data.subarray(0, end), data.length);
        if (found.kind === 'other') expect([name, found.name]).toEqual([name, expect.stringMatching(NAMES_OF_CUT)]);
        else expect(found.segment.payload.length).toBeLessThanOrEqual(2);
      }
    }
  });

  test.each(OTHERS.map(rowOf))('not in %s (link type %i)', (_, linkType, wrap) => {
    expect(decoded(linkType, wrap(ip)).kind).toBe('other');
  });
});

const MACS = '000000000000 000000000000';
const wlan = (control: string, sequence = '1000'): string =>
  `${control} 0000 020000000001 020000000002 020000000003 ${sequence}`;
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
  ['UDP', 1, `${ip4('11')} c350 1389 000a 0000 4869`],
  ['UDP', 1, `${ip4('11')} c350 12b5 0000 0000 0800000000002a00`],
  ['cut VXLAN header', 1, `${ip4('11')} c350 12b5 000f 0000 08000000000000`],
  ['cut GENEVE header', 1, `${ip4('11')} c350 17c1 0012 0000 0100 6558 00002a00 0000`],
  ['GTP', 1, `${ip4('11')} 0868 0868 0010 0000 3001 0000 00000000`],
  ['cut GTP header', 1, `${ip4('11')} 0868 0868 0014 0000 34ff 0004 00000001 0000 00 85`],
  ['L2TP control', 1, `${ip4('11')} 06a5 06a5 0014 0000 c802 000c 0001 0000 0000 0000`],
  ['L2TP version 3', 1, `${ip4('11')} 06a5 06a5 0010 0000 0003 0000 00000001`],
  ['cut Teredo header', 1, `${ip4('11')} c350 0dd8 000b 0000 0001 00`],
  ['cut EtherIP header', 1, `${ip4('61')} 30`],
  ['MACsec', 1, `${MACS} 88e5 0c 00 00000001 ${'00'.repeat(18)}`],
  ['NSH', 1, `${MACS} 894f 0fc2 02 07 000001ff`],
  ['batman-adv', 1, `${MACS} 4305 00 0f 32 00`],
  ['batman-adv fragment', 1, `${MACS} 4305 41 0f 32 00 020000000009 020000000001 0001 0054`],
  ['batman-adv fragment', 1, `${MACS} 4305 06 0e 32 01 020000000009 01 00 020000000001 0001`],
  ['NFLOG', 239, '02 00 0000 0800 0a00 70780000'],
  ['bad link header', 239, '02 00 0000 0300 0900 45'],
  ['PKTAP', 258, `6c000000 00000000 01000000 ${'00'.repeat(96)}`],
  ['bad link header', 258, `6b000000 01000000 01000000 ${'00'.repeat(96)}`],
  ['bad link header', 117, '04 02 00 00'],
  ['address family 7', 117, `3d 07 00 00 ${'00'.repeat(60)}`],
  ['address family 28', 109, '1c000000 00000000 00000000'],
  ['EtherType 0x1234', 242, `${'00'.repeat(40)} 1234 0000`],
  ['IEEE802_5', 6, '00'],
  ['LINKTYPE 147', 147, TCP_HI],
])('%s (link type %i)', (name, linkType, bytes) => {
  expect(decoded(linkType, hex(bytes))).toEqual({ kind: 'other', name });
});

test('headers in headers are read to a limited depth', () => {
  // The length of each outer packet includes everything after it.
  const nested = (depth: number): Buffer =>
    hex(
      `${Array.from({ length: depth }, (_, index) => `45 00 ${(42 + 20 * (depth - index)).toString(16).padStart(4, '0')} 0001 0000 40 04 0000 0a000001 0a000002`).join('')} ${IPV4} ${TCP_HI}`,
    );
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
    const rows = tsharkFields(
      file,
      [
        'frame.number',
        'tcp.stream',
        'tcp.srcport',
        'tcp.dstport',
        'tcp.seq_raw',
        'tcp.len',
        'tcp.payload',
        'ip.src',
        'ipv6.src',
      ],
      'last',
    );
    const named = rows.map(([number, stream, ...fields], index) => [
      LAYER_CASES[index]?.name,
      number,
      stream,
      ...fields.slice(0, 5),
      LAYER_CASES[index]?.version === 4 ? fields[5] : fields[6],
    ]);
    // All of them hold the same two conversations, one in each version of IP.
    const expected = LAYER_CASES.map(({ name, version }, index) => [
      name,
      String(index + 1),
      version === 4 ? '0' : '1',
      '50000',
      '4747',
      '4294967294',
      '2',
      '4869',
      version === 4 ? '127.0.0.1' : '::1',
    ]);
    expect(named).toEqual(expected);
  });
});

describe('names', () => {
  test('all cases have different packets; otherwise the tests above check less than they seem to', () => {
    const packets = LAYER_CASES.map(({ linkType, data }) => `${linkType} ${data.toString('hex')}`);
    expect(new Set(packets).size).toBe(packets.length);
  });
});
