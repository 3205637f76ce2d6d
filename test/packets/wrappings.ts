/**
 * What an IP packet can travel in: link types, tags and tunnels, each with its options. For captures that tests make.
 */
import { hex } from './hex.js';

/** The bytes around an IPv4 or IPv6 packet in a capture. */
export interface Wrapping {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (ip: Buffer) => Buffer;
}

const MACS = '020000000001 020000000002';
const ETHERNET = 1;

const isIpv6 = (ip: Buffer): boolean => ip[0] === 0x60;
const etherTypeOf = (ip: Buffer): string => (isIpv6(ip) ? '86dd' : '0800');
const join = (header: string, ...rest: readonly Buffer[]): Buffer => Buffer.concat([hex(header), ...rest]);
const u16 = (value: number): string => value.toString(16).padStart(4, '0');

const frame = (type: string, content: Buffer): Buffer => join(`${MACS} ${type}`, content);
const framed = (ip: Buffer): Buffer => frame(etherTypeOf(ip), ip);

/** 10.9.0.1 to 10.9.0.2. */
const ipv4 = (protocol: string, content: Buffer): Buffer =>
  frame('0800', join(`4500 ${u16(20 + content.length)} 0001 0000 40 ${protocol} 0000 0a090001 0a090002`, content));
/** fe80::1 to fe80::2. */
const ipv6 = (protocol: string, content: Buffer): Buffer =>
  frame(
    '86dd',
    join(`60000000 ${u16(content.length)} ${protocol} 40 fe80${'00'.repeat(13)}01 fe80${'00'.repeat(13)}02`, content),
  );
const udp = (source: number, destination: number, content: Buffer): Buffer =>
  join(`${u16(source)} ${u16(destination)} ${u16(8 + content.length)} 0000`, content);

type Wrap = (ip: Buffer) => Buffer;
const onEthernet = (name: string, wrap: Wrap): Wrapping => ({ name, linkType: ETHERNET, wrap });
/** In UDP over IPv4, with any ports, and over IPv6. */
const inUdp = (name: string, port: number, content: Wrap): Wrapping[] => [
  onEthernet(name, (ip) => ipv4('11', udp(50_000, port, content(ip)))),
  onEthernet(`${name}, answered`, (ip) => ipv4('11', udp(port, 50_000, content(ip)))),
  onEthernet(`${name}, over IPv6`, (ip) => ipv6('11', udp(port, port, content(ip)))),
];

const VXLAN = '08000000 00002a00';
const VXLANS = [
  ...inUdp('VXLAN', 4789, (ip) => join(VXLAN, framed(ip))),
  ...inUdp('VXLAN, two tags inside', 4789, (ip) =>
    join(VXLAN, frame('88a8', join(`0064 8100 0065 ${etherTypeOf(ip)}`, ip))),
  ),
  ...inUdp('VXLAN, an LLC header inside', 4789, (ip) =>
    join(VXLAN, frame(u16(8 + ip.length), join(`aaaa03 000000 ${etherTypeOf(ip)}`, ip))),
  ),
  ...inUdp('VXLAN in VXLAN', 4789, (ip) => join(VXLAN, ipv4('11', udp(50_000, 4789, join(VXLAN, framed(ip)))))),
  ...inUdp('VXLAN-GPE, IP', 4790, (ip) => join(`0c0000 ${isIpv6(ip) ? '02' : '01'} 00002a00`, ip)),
  ...inUdp('VXLAN-GPE, Ethernet', 4790, (ip) => join('0c000003 00002a00', framed(ip))),
  ...inUdp('VXLAN-GPE, NSH', 4790, (ip) =>
    join(`0c000004 00002a00 0fc6 01 ${isIpv6(ip) ? '02' : '01'} 000001ff ${'00'.repeat(16)}`, ip),
  ),
  ...inUdp('VXLAN-GPE, MPLS', 4790, (ip) => join('0c000005 00002a00 00064140', ip)),
];

const GENEVES = [
  ...inUdp('GENEVE', 6081, (ip) => join('0000 6558 00002a00', framed(ip))),
  ...inUdp('GENEVE, an option', 6081, (ip) => join('0200 6558 00002a00 0102 80 01 00000007', framed(ip))),
  ...inUdp('GENEVE, options of each length, a control flag, IP', 6081, (ip) =>
    join(`0740 ${etherTypeOf(ip)} 00002a00 0102 80 00 0103 01 04 ${'ab'.repeat(16)} 0104 02 00`, ip),
  ),
  ...inUdp('GENEVE, all options there is room for', 6081, (ip) =>
    join(`3f00 6558 00002a00 0102 00 1f ${'cd'.repeat(124)} 0103 00 1e ${'ef'.repeat(120)}`, framed(ip)),
  ),
];

const gtp = (flags: string, optional: string, ip: Buffer): Buffer => {
  const rest = join(optional, ip);
  return join(`${flags} ff ${u16(rest.length)} 00000001`, rest);
};
const GTPS = [
  ...inUdp('GTP', 2152, (ip) => gtp('30', '', ip)),
  ...inUdp('GTP, a sequence number', 2152, (ip) => gtp('32', '0005 00 00', ip)),
  ...inUdp('GTP, a packet number', 2152, (ip) => gtp('31', '0000 07 00', ip)),
  ...inUdp('GTP, an extension header', 2152, (ip) => gtp('34', '0000 00 85 01 1001 00', ip)),
  ...inUdp('GTP, extension headers, a sequence number', 2152, (ip) =>
    gtp('36', `0005 00 85 01 0901 c0 02 ${'00'.repeat(6)} 20 01 0000 00`, ip),
  ),
  ...inUdp('GTP, an extension header that no flag announces', 2152, (ip) => gtp('32', '0005 00 85', ip)),
  ...inUdp('GTP, Ethernet', 2152, (ip) => gtp('30', '', framed(ip))),
  ...inUdp('GTP, version 0', 2152, (ip) => join(`1e ff ${u16(ip.length)} 0001 0000 00ffffff 0000000000000001`, ip)),
];

const PPPS: readonly (readonly [name: string, header: (ip: Buffer) => string])[] = [
  ['PPP', (ip) => `ff03 ${isIpv6(ip) ? '0057' : '0021'}`],
  ['PPP without address and control', (ip) => (isIpv6(ip) ? '0057' : '0021')],
  ['PPP, protocol of one byte', (ip) => `ff03 ${isIpv6(ip) ? '57' : '21'}`],
  ['PPP, all compressed', (ip) => (isIpv6(ip) ? '57' : '21')],
];
/** `rest`: the length, numbers and offset that the flags announce. The real length replaces `LLLL`. */
const L2TP_HEADERS = [
  ['L2TP', '0002 0001 0002'],
  ['L2TP, length', '4002 LLLL 0001 0002'],
  ['L2TP, sequence numbers', '0802 0001 0002 0003 0004'],
  ['L2TP, offset', '0202 0001 0002 0004 aaaaaaaa'],
  ['L2TP, an offset of zero', '0202 0001 0002 0000'],
  ['L2TP, length, sequence numbers, offset, priority', '4b02 LLLL 0001 0002 0003 0004 0002 aaaa'],
] as const;
const L2TPS = L2TP_HEADERS.flatMap(([name, header]) =>
  PPPS.map(([ppp, protocol]) =>
    onEthernet(`${name}, ${ppp}`, (ip) => {
      const content = join(protocol(ip), ip);
      const length = u16(hex(header.replace('LLLL', '0000')).length + content.length);
      return ipv4('11', udp(1701, 1701, join(header.replace('LLLL', length), content)));
    }),
  ),
);

/** Teredo carries only IPv6, which can carry IPv4. */
const inIpv6 = (ip: Buffer): Buffer => (isIpv6(ip) ? ip : ipv6('04', ip).subarray(14));
const TEREDOS = [
  ...inUdp('Teredo', 3544, inIpv6),
  ...inUdp('Teredo, authentication', 3544, (ip) => join(`0001 00 00 ${'11'.repeat(8)} 00`, inIpv6(ip))),
  ...inUdp('Teredo, authentication with a name and a value', 3544, (ip) =>
    join(`0001 03 04 aaaaaa bbbbbbbb ${'11'.repeat(8)} 00`, inIpv6(ip)),
  ),
  ...inUdp('Teredo, origin', 3544, (ip) => join('0000 63bf f5fffffe', inIpv6(ip))),
  ...inUdp('Teredo, authentication and origin', 3544, (ip) =>
    join(`0001 00 00 ${'11'.repeat(8)} 00 0000 63bf f5fffffe`, inIpv6(ip)),
  ),
];

const protocolOf = (ip: Buffer): string => (isIpv6(ip) ? '29' : '04');
const IN_IP = [
  onEthernet('EtherIP', (ip) => ipv4('61', join('3000', framed(ip)))),
  onEthernet('EtherIP over IPv6', (ip) => ipv6('61', join('3000', framed(ip)))),
  onEthernet('Ethernet in IPv6', (ip) => ipv6('8f', framed(ip))),
  onEthernet('AH', (ip) => ipv4('33', join(`${protocolOf(ip)} 04 0000 00000001 00000001 ${'cc'.repeat(12)}`, ip))),
  onEthernet('AH, a longer signature', (ip) =>
    ipv4('33', join(`${protocolOf(ip)} 07 0000 00000001 00000001 ${'cc'.repeat(24)}`, ip)),
  ),
  onEthernet('AH over IPv6', (ip) =>
    ipv6('33', join(`${protocolOf(ip)} 05 0000 00000001 00000001 ${'cc'.repeat(16)}`, ip)),
  ),
  onEthernet('options behind AH', (ip) =>
    ipv6('33', join(`3c 05 0000 00000001 00000001 ${'cc'.repeat(16)} ${protocolOf(ip)} 00 0104 00000000`, ip)),
  ),
  onEthernet('AH behind options', (ip) =>
    ipv6('00', join(`33 00 0104 00000000 ${protocolOf(ip)} 05 0000 00000001 00000001 ${'cc'.repeat(16)}`, ip)),
  ),
  ...inUdp('MPLS in UDP', 6635, (ip) => join('00064140', ip)),
  ...inUdp('GRE in UDP', 4754, (ip) => join(`0000 ${etherTypeOf(ip)}`, ip)),
  ...inUdp('LISP', 4341, (ip) => join('80000001 00000001', ip)),
];

const SIGNATURE = Buffer.alloc(16, 0xdd);
const tagged = (name: string, type: string, tag: string): Wrapping[] => [
  onEthernet(name, (ip) => frame(type, join(`${tag} ${etherTypeOf(ip)}`, ip))),
  onEthernet(`${name}, before a tag`, (ip) => frame(type, join(`${tag} 8100 0064 ${etherTypeOf(ip)}`, ip))),
  onEthernet(`${name}, behind two`, (ip) =>
    frame('88a8', join(`0064 8100 0065 ${type} ${tag} ${etherTypeOf(ip)}`, ip)),
  ),
];
const nsh =
  (length: string, kind: string, metadata: string) =>
  (ip: Buffer): Buffer =>
    frame('894f', join(`${length} ${kind} ${isIpv6(ip) ? '02' : '01'} 000001ff ${metadata}`, ip));
const TAGS = [
  ...tagged('VN-Tag', '8926', '00010002'),
  ...tagged('802.1BR', '893f', '000100020000'),
  ...tagged('HSR', '892f', '003a0001'),
  ...tagged('R-TAG', 'f1c1', '00000001'),
  ...tagged('Cisco metadata', '8909', '010100010007'),
  ...tagged('PBB', '88e7', `00000001 ${MACS}`),
  onEthernet('a VN-Tag and LLC', (ip) =>
    frame('8926', join(`00010002 ${u16(8 + ip.length)} aaaa03 000000 ${etherTypeOf(ip)}`, ip)),
  ),
  onEthernet('a PRP trailer', (ip) => Buffer.concat([framed(ip), hex('0001 a034 88fb')])),
  onEthernet('MACsec, signed', (ip) => frame('88e5', join(`00 00 00000001 ${etherTypeOf(ip)}`, ip, SIGNATURE))),
  onEthernet('MACsec, signed, channel', (ip) =>
    frame('88e5', join(`22 00 00000001 020000000001 0001 ${etherTypeOf(ip)}`, ip, SIGNATURE)),
  ),
  onEthernet('MACsec, a tag inside', (ip) =>
    frame('88e5', join(`03 00 00000001 8100 0064 ${etherTypeOf(ip)}`, ip, SIGNATURE)),
  ),
  onEthernet('NSH, fixed metadata', nsh('0fc6', '01', '00'.repeat(16))),
  onEthernet('NSH, no metadata', nsh('0fc2', '02', '')),
  onEthernet('NSH, variable metadata', nsh('0fc4', '02', '0001 00 04 00000000')),
  onEthernet('NSH, Ethernet', (ip) => frame('894f', join('0fc2 02 03 000001ff', framed(ip)))),
  onEthernet('NSH in NSH', (ip) =>
    frame('894f', join(`0fc2 02 04 000001ff 0fc2 02 ${isIpv6(ip) ? '02' : '01'} 000001ff`, ip)),
  ),
  onEthernet('batman-adv 15, unicast', (ip) => frame('4305', join('40 0f 40 01 020000000009', framed(ip)))),
  onEthernet('batman-adv 15, four addresses', (ip) =>
    frame('4305', join('42 0f 40 01 020000000009 020000000008 01 00', framed(ip))),
  ),
  onEthernet('batman-adv 15, broadcast', (ip) => frame('4305', join('01 0f 40 00 00000001 020000000009', framed(ip)))),
  onEthernet('batman-adv 14, unicast', (ip) => frame('4305', join('03 0e 40 01 020000000009', framed(ip)))),
];

/** An attribute of NFLOG, little-endian as on most machines, padded to a multiple of 4 bytes. */
function attribute(type: number, value: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(4 + value.length, 0);
  header.writeUInt16LE(type, 2);
  return Buffer.concat([header, value, Buffer.alloc(-value.length & 3)]);
}
const NFLOG_BEFORE = [
  attribute(5, hex('00000002')),
  attribute(10, Buffer.from('px\0')),
  attribute(3, Buffer.alloc(16)),
];
const nflog = (name: string, attributes: (ip: Buffer) => readonly Buffer[], family?: string): Wrapping => ({
  name,
  linkType: 239,
  wrap: (ip) => join(`${family ?? (isIpv6(ip) ? '0a' : '02')} 00 0000`, ...attributes(ip)),
});
const NFLOGS = [
  nflog('NFLOG', (ip) => [attribute(9, ip)]),
  nflog('NFLOG, attributes before', (ip) => [...NFLOG_BEFORE, attribute(9, ip)]),
  nflog('NFLOG, attributes behind', (ip) => [attribute(9, ip), ...NFLOG_BEFORE.toReversed()]),
  nflog(
    'NFLOG around a packet whose version only the type tells',
    (ip) => [attribute(1, hex(`${etherTypeOf(ip)} 0100`)), attribute(9, ip), ...NFLOG_BEFORE],
    '07',
  ),
  nflog('NFLOG, an unknown attribute', (ip) => [attribute(77, hex('010203')), attribute(9, ip)]),
];

const pktap = (name: string, linkType: number, length: number, inner: number, content: Wrap): Wrapping => ({
  name: `${name} (${linkType})`,
  linkType,
  wrap: (ip) => {
    const header = Buffer.alloc(length);
    header.writeUInt32LE(length, 0);
    header.writeUInt32LE(1, 4);
    header.writeUInt32LE(inner, 8);
    header.write('en0', 12);
    header.writeUInt32LE(2, 36);
    header.writeUInt32LE(1234, 52);
    header.write('nc', 56);
    return Buffer.concat([header, content(ip)]);
  },
});
const PKTAPS = [149, 258].flatMap((linkType) => [
  pktap('PKTAP', linkType, 108, ETHERNET, framed),
  pktap('PKTAP, a longer header', linkType, 156, ETHERNET, framed),
  pktap('PKTAP, loopback', linkType, 108, 0, (ip) => join(isIpv6(ip) ? '1e000000' : '02000000', ip)),
  pktap('PKTAP, raw', linkType, 108, 12, (ip) => ip),
  pktap('PKTAP, raw IPv4', linkType, 108, 101, (ip) => ip),
]);

/**
 * Length without padding, family, action, reason; then the names of interface and rules, and a direction at byte 60.
 */
const pflog = (length: number, ipv6Family: string, direction: string): Wrapping => ({
  name: `PFLOG of ${length} bytes, family ${ipv6Family}, direction ${direction}`,
  linkType: 117,
  wrap: (ip) => {
    const header = Buffer.alloc(length + (-length & 3));
    hex(`${length.toString(16)} ${isIpv6(ip) ? ipv6Family : '02'} 00 00`).copy(header);
    header.write('em0', 4);
    if (length > 60) hex(direction).copy(header, 60);
    return Buffer.concat([header, ip]);
  },
});
/** Time, type, flags, the record's length, a count, the frame's length on the wire. */
const erf = (type: string, content: Buffer, extensions: string): Buffer => {
  const length = u16(16 + hex(extensions).length + content.length);
  return join(`0000000000f15365 ${type} 04 ${length} 0000 ${u16(content.length)} ${extensions}`, content);
};

const OTHER_LINK_TYPES: readonly Wrapping[] = [
  pflog(61, '18', '01'),
  pflog(61, '1c', '02'),
  pflog(61, '1e', '00'),
  pflog(64, '18', '01'),
  pflog(100, '18', '01'),
  pflog(48, '18', '01'),
  {
    name: 'ENC, little-endian',
    linkType: 109,
    wrap: (ip) => join(`${isIpv6(ip) ? '18' : '02'}000000 00001234 000c0000`, ip),
  },
  ...['02', '0b', '10', '14'].map((type) => ({
    name: `ERF of type ${type}`,
    linkType: 197,
    wrap: (ip: Buffer) => erf(type, join('0000', framed(ip)), ''),
  })),
  {
    name: 'ERF, extension headers',
    linkType: 197,
    wrap: (ip) => erf('82', join('0000', framed(ip)), `83${'00'.repeat(7)} 04${'00'.repeat(7)}`),
  },
  { name: 'ERF, IP', linkType: 197, wrap: (ip) => erf(isIpv6(ip) ? '17' : '16', ip, '') },
  { name: 'IPoIB', linkType: 242, wrap: (ip) => join(`${'00'.repeat(40)} ${etherTypeOf(ip)} 0000`, ip) },
];

export const WRAPPINGS: readonly Wrapping[] = [
  ...VXLANS,
  ...GENEVES,
  ...GTPS,
  ...L2TPS,
  ...TEREDOS,
  ...IN_IP,
  ...TAGS,
  ...NFLOGS,
  ...PKTAPS,
  ...OTHER_LINK_TYPES,
];

/** What stands behind the session of L2TP version 3, and how Wireshark is told of it. */
export const L2TP3: readonly (Wrapping & { readonly cookie: string; readonly sublayer: string })[] = [
  ['', '', 'None', 'None'],
  ['a1b2c3d4', '', '4 Byte Cookie', 'None'],
  ['a1b2c3d4e5f60718', '', '8 Byte Cookie', 'None'],
  ['', '40000007', 'None', 'Default L2-Specific'],
  ['a1b2c3d4', '40000007', '4 Byte Cookie', 'Default L2-Specific'],
  ['a1b2c3d4e5f60718', '00000000', '8 Byte Cookie', 'Default L2-Specific'],
].flatMap(([cookieBytes = '', sublayerBytes = '', cookie = '', sublayer = '']) => {
  const behind = `00001234 ${cookieBytes} ${sublayerBytes}`;
  const name = `L2TP version 3, cookie: ${cookie}, sublayer: ${sublayer}`;
  return [
    { ...onEthernet(name, (ip) => ipv4('73', join(behind, framed(ip)))), cookie, sublayer },
    {
      ...onEthernet(`${name}, in UDP, tagged`, (ip) =>
        ipv6('11', udp(1701, 1701, join(`0003 0000 ${behind}`, frame('8100', join(`0064 ${etherTypeOf(ip)}`, ip))))),
      ),
      cookie,
      sublayer,
    },
  ];
});

/** The parts of a frame that batman-adv cut, in the order in which Linux sends them. */
export const MESH_PARTS: readonly { readonly name: string; readonly cut: (ip: Buffer, number: number) => Buffer[] }[] =
  [
    {
      name: 'batman-adv 14',
      cut: (ip, number) => {
        const whole = framed(ip);
        const half = Math.floor(whole.length / 2);
        const part = (flags: string, at: number, content: Buffer): Buffer =>
          frame('4305', join(`06 0e 32 01 020000000009 ${flags} 00 020000000001 ${u16(at)}`, content));
        return [part('01', 2 * number, whole.subarray(0, half)), part('00', 2 * number + 1, whole.subarray(half))];
      },
    },
    {
      // net/batman-adv/fragmentation.c: cut off from the end, numbered from 0; the last part holds the header.
      name: 'batman-adv 15',
      cut: (ip, number) => {
        const whole = join('40 0f 40 01 020000000009', framed(ip));
        const third = Math.ceil(whole.length / 3);
        return [2, 1, 0].map((place, index) =>
          frame(
            '4305',
            join(
              `41 0f 32 ${index}0 020000000009 020000000001 ${u16(number)} ${u16(whole.length)}`,
              whole.subarray(place * third, (place + 1) * third),
            ),
          ),
        );
      },
    },
  ];

/** Packets that look like a tunnel but are not. */
export const OTHERS: readonly Wrapping[] = [
  onEthernet('VXLAN at the port of an older draft', (ip) => ipv4('11', udp(50_000, 8472, join(VXLAN, framed(ip))))),
  onEthernet('IP in UDP', (ip) => ipv4('11', udp(50_000, 5000, ip))),
  onEthernet('a GTP message', (ip) => ipv4('11', udp(2152, 2152, join(`30 1a ${u16(ip.length)} 00000001`, ip)))),
  onEthernet('GTP, a frame of the radio link', (ip) =>
    ipv4('11', udp(2152, 2152, gtp('34', '0000 00 84 01 0000 00', ip))),
  ),
  onEthernet('L2TP control', (ip) =>
    ipv4('11', udp(1701, 1701, join(`c802 ${u16(12 + ip.length)} 0001 0002 0003 0004`, ip))),
  ),
  onEthernet('L2TP version 3 with no frame in it', (ip) => ipv4('73', join('00000001 aaaaaa', framed(ip)))),
  onEthernet('L2TP version 3, control', (ip) => ipv4('73', join('00000000', framed(ip)))),
  onEthernet('batman-adv 15, a fragment', (ip) =>
    frame('4305', join('41 0f 32 00 020000000009 020000000001 0001 0054', framed(ip))),
  ),
  onEthernet('MACsec, encrypted', (ip) =>
    frame('88e5', join(`2c 00 00000001 020000000001 0001 ${etherTypeOf(ip)}`, ip, SIGNATURE)),
  ),
  onEthernet('an UDP length that cannot be', (ip) => {
    const datagram = udp(50_000, 4789, join(VXLAN, framed(ip)));
    datagram.writeUInt16BE(7, 4);
    return ipv4('11', datagram);
  }),
  {
    name: 'PKTAP without a packet',
    linkType: 258,
    wrap: (ip) => Buffer.concat([pktap('', 258, 108, ETHERNET, framed).wrap(ip).fill(0, 4, 8)]),
  },
];
