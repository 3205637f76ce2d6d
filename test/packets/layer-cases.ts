/** Packets of each link layer and tunnel, written by hand: our name for each, and the segment in it. */
import { hex } from './hex.js';

/** Ports 50000 and 4747, sequence 0xfffffffe, acknowledgement 7, 20 bytes of header, PSH ACK, window 512, "Hi". */
export const TCP_HI = 'c350 128b fffffffe 00000007 50 18 0200 0000 0000 4869';
/** The same segment, decoded. */
export const HI = {
  sourcePort: 50000,
  destinationPort: 4747,
  sequence: 0xfffffffe,
  acknowledgement: 7,
  flags: 0x18,
  window: 512,
  payload: Buffer.from('Hi'),
  payloadLength: 2,
};
/** 127.0.0.1 to 192.0.2.2. */
export const IPV4 = '45 00 002a 0001 4000 40 06 0000 7f000001 c0000202';
/** ::1 to 2001:db8::2. */
export const IPV6 = '60000000 0016 06 40 00000000000000000000000000000001 20010db8000000000000000000000002';

const MACS = '000000000000 000000000000';
const ETHERNET = `${MACS} 0800`;
const SNAP = 'aaaa03 000000 0800';
/** 10.0.0.1 to 10.0.0.2, with this protocol and total length. */
const outer4 = (protocol: string, total: string): string =>
  `45 00 ${total} 0002 0000 40 ${protocol} 0000 0a000001 0a000002`;
/** fe80::1 to fe80::2. */
const outer6 = (next: string, length: string): string =>
  `60000000 ${length} ${next} 40 fe800000000000000000000000000001 fe800000000000000000000000000002`;
/** Frame control, duration, three addresses, sequence control. */
const wlan = (control: string, sequence = '1000'): string =>
  `${control} 0000 020000000001 020000000002 020000000003 ${sequence}`;

export interface LayerCase {
  readonly name: string;
  readonly linkType: number;
  readonly data: Buffer;
  readonly version: 4 | 6;
}

const at = (name: string, linkType: number, header: string, version: 4 | 6 = 4, trailer = ''): LayerCase => ({
  name,
  linkType,
  data: hex(`${header} ${version === 4 ? IPV4 : IPV6} ${TCP_HI} ${trailer}`),
  version,
});

/** Each contains {@link TCP_HI} in {@link IPV4} or {@link IPV6}. */
export const LAYER_CASES: readonly LayerCase[] = [
  at('Ethernet', 1, ETHERNET),
  at('802.1Q', 1, `${MACS} 8100 0064 0800`),
  at('QinQ', 1, `${MACS} 88a8 0064 8100 0065 86dd`, 6),
  at('QinQ before it was a standard', 1, `${MACS} 9100 0064 8100 0065 0800`),
  at('an LLC header in Ethernet', 1, `${MACS} 0032 ${SNAP}`),
  at('one MPLS label', 1, `${MACS} 8847 00064 1 40`),
  at('three MPLS labels, IPv6', 1, `${MACS} 8847 00064 0 40 00065 0 40 00002 1 40`, 6),
  at('Ethernet behind an MPLS control word', 1, `${MACS} 8847 00064 1 40 00000000 001122334455 00aabbccddee 0800`),
  at('PPPoE', 1, `${MACS} 8864 11 00 0001 002c 0021`),
  at('PPPoE in a tag, IPv6', 1, `${MACS} 8100 0064 8864 11 00 0001 0040 0057`, 6),
  at('PPPoE with padding', 1, `${MACS} 8864 11 00 0001 002c 0021`, 4, '0000'),
  at('NULL', 0, '02000000'),
  at('NULL of a big-endian machine', 0, '00000002'),
  at('NULL of macOS', 0, '1e000000', 6),
  at('LOOP', 108, '00000002'),
  at('raw IP', 101, ''),
  at('raw IP', 101, '', 6),
  at('raw IP by a DLT number', 12, ''),
  at("raw IP by OpenBSD's", 14, '', 6),
  at('raw IPv4', 228, ''),
  at('raw IPv6', 229, '', 6),
  at('Linux cooked', 113, '0000 0304 0006 000000000000 0000 0800'),
  at('Linux cooked with a tag', 113, '0000 0001 0006 000000000000 0000 8100 0064 86dd', 6),
  at('Linux cooked with LLC', 113, `0000 0001 0006 000000000000 0000 0004 ${SNAP}`),
  at('Linux cooked v2', 276, '0800 0000 00000001 0304 00 06 000000000000 0000'),
  at('Linux cooked v2', 276, '86dd 0000 00000001 0001 04 06 000000000000 0000', 6),
  at('PPP', 9, 'ff 03 0021'),
  at('PPP without address and control', 9, '0021'),
  at('PPP with a protocol of one byte', 9, '21'),
  at('PPP with all of it, IPv6', 9, 'ff 03 57', 6),
  at('PPP in HDLC-like framing', 50, 'ff 03 0057', 6),
  at('PPPoE without its Ethernet', 51, '11 00 0001 002c 0021'),
  at('Cisco HDLC', 104, '0f 00 0800'),
  at('PPP with a direction', 204, '01 ff 03 0021'),
  at('802.11 to an access point', 105, `${wlan('0801')} ${SNAP}`),
  at('802.11 from one', 105, `${wlan('0802')} ${SNAP}`),
  at('802.11 between two, four addresses', 105, `${wlan('0803')} 020000000004 ${SNAP}`),
  at('802.11 QoS', 105, `${wlan('8801')} 0000 ${SNAP}`),
  at('802.11 QoS between two', 105, `${wlan('8803')} 020000000004 0000 ${SNAP}`),
  at('802.11 QoS with HT control', 105, `${wlan('8881')} 0000 00000000 ${SNAP}`),
  at('802.11 A-MSDU of one', 105, `${wlan('8801')} 8000 020000000004 020000000005 0032 ${SNAP}`),
  at(
    '802.11 A-MSDU of one packet, which does not say what follows it',
    105,
    `${wlan('8802')} 8000 020000000004 020000000005 0046 aaaa03 000000 86dd`,
    6,
    'deadbeef',
  ),
  at('802.11 with bridged Ethernet', 105, `${wlan('0801')} aaaa03 0000f8 86dd`, 6),
  at('radiotap', 127, `00 00 0800 00000000 ${wlan('0801')} ${SNAP}`),
  at('radiotap with time and flags', 127, `00 00 1200 03000000 0102030405060708 00 00 ${wlan('0801')} ${SNAP}`),
  at(
    'radiotap with two bitmaps, time and flags',
    127,
    `00 00 1a00 03000080 00000000 00000000 0102030405060708 00 00 ${wlan('8801')} 0000 ${SNAP}`,
  ),
  at('radiotap, header padded', 127, `00 00 0900 02000000 20 ${wlan('8801')} 0000 0000 ${SNAP}`),
  at('radiotap, frame check sequence', 127, `00 00 0900 02000000 10 ${wlan('0802')} ${SNAP}`, 4, 'deadbeef'),
  at('PPI', 192, `00 00 0800 69000000 ${wlan('0801')} ${SNAP}`),
  at('AVS', 163, `80211001 00000040 ${'00'.repeat(56)} ${wlan('0801')} ${SNAP}`),
  at('prism', 119, `44000000 90000000 ${'00'.repeat(136)} ${wlan('0801')} ${SNAP}`),
  at('AVS where prism is said', 119, `80211001 00000040 ${'00'.repeat(56)} ${wlan('0801')} ${SNAP}`),
  at('IP in IP', 1, `${ETHERNET} ${outer4('04', '003e')}`),
  at('6in4', 1, `${ETHERNET} ${outer4('29', '0052')}`, 6),
  at('4in6', 1, `${MACS} 86dd ${outer6('04', '002a')}`),
  at('6in6 behind destination options', 1, `${MACS} 86dd ${outer6('3c', '0046')} 29 00 0104 00000000`, 6),
  at('GRE', 1, `${ETHERNET} ${outer4('2f', '0042')} 0000 0800`),
  at('GRE with a key', 1, `${ETHERNET} ${outer4('2f', '0046')} 2000 0800 0000002a`),
  at(
    'GRE with checksum, key and sequence',
    1,
    `${ETHERNET} ${outer4('2f', '0062')} b000 86dd 00000000 0000002a 00000001`,
    6,
  ),
  at('GRE over IPv6', 1, `${MACS} 86dd ${outer6('2f', '002e')} 0000 0800`),
  at('Ethernet over GRE', 1, `${ETHERNET} ${outer4('2f', '0050')} 0000 6558 ${ETHERNET}`),
  at('PPTP', 1, `${ETHERNET} ${outer4('2f', '0052')} 3081 880b 002e 0001 00000001 00000001 ff03 0021`),
  at('ERSPAN I', 1, `${ETHERNET} ${outer4('2f', '0050')} 0000 88be ${ETHERNET}`),
  at('ERSPAN II', 1, `${ETHERNET} ${outer4('2f', '005c')} 1000 88be 00000001 1001 0001 00000000 ${ETHERNET}`),
  at(
    'ERSPAN III',
    1,
    `${ETHERNET} ${outer4('2f', '0060')} 1000 22eb 00000001 2001 0001 00000000 0000 0000 ${ETHERNET}`,
  ),
  at('MPLS in IP', 1, `${ETHERNET} ${outer4('89', '0042')} 00064 1 40`),
  at(
    'an authentication header',
    1,
    `${ETHERNET} ${outer4('33', '0056')} 04 04 0000 00000001 00000001 ${'00'.repeat(12)}`,
  ),
  at(
    'tag, PPPoE, GRE, Ethernet, IPv6',
    1,
    `${MACS} 8100 0064 8864 11 00 0001 0066 0021 ${outer4('2f', '0064')} 0000 6558 ${MACS} 86dd`,
    6,
  ),
];
