/**
 * The link layer: what stands before the IP header depends on the interface that was captured.
 *
 * Numbers and layouts: https://www.tcpdump.org/linktypes.html
 */
import { layerOfEtherType, layerOfTypeOrLength } from './ethertype.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint32, uint8 } from '../../bytes/integers.js';

export const LINKTYPE = {
  NULL: 0,
  ETHERNET: 1,
  PPP: 9,
  /** DLT_RAW of most systems, and of OpenBSD. Some programs write these numbers into the file. */
  DLT_RAW: 12,
  DLT_RAW_OPENBSD: 14,
  PPP_HDLC: 50,
  PPP_ETHER: 51,
  RAW: 101,
  C_HDLC: 104,
  IEEE802_11: 105,
  LOOP: 108,
  ENC: 109,
  LINUX_SLL: 113,
  PFLOG: 117,
  IEEE802_11_PRISM: 119,
  IEEE802_11_RADIOTAP: 127,
  /** Free for anyone's use. macOS writes PKTAP with this number, and Wireshark reads it as PKTAP. */
  USER2: 149,
  IEEE802_11_AVS: 163,
  PPI: 192,
  ERF: 197,
  PPP_WITH_DIR: 204,
  IPV4: 228,
  IPV6: 229,
  NFLOG: 239,
  IPOIB: 242,
  PKTAP: 258,
  LINUX_SLL2: 276,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE.NULL, 'NULL'],
  [LINKTYPE.ETHERNET, 'ETHERNET'],
  [6, 'IEEE802_5'],
  [LINKTYPE.PPP, 'PPP'],
  [LINKTYPE.DLT_RAW, 'RAW'],
  [LINKTYPE.DLT_RAW_OPENBSD, 'RAW'],
  [LINKTYPE.PPP_HDLC, 'PPP_HDLC'],
  [LINKTYPE.PPP_ETHER, 'PPP_ETHER'],
  [LINKTYPE.RAW, 'RAW'],
  [LINKTYPE.C_HDLC, 'C_HDLC'],
  [LINKTYPE.IEEE802_11, 'IEEE802_11'],
  [LINKTYPE.LOOP, 'LOOP'],
  [LINKTYPE.ENC, 'ENC'],
  [LINKTYPE.LINUX_SLL, 'LINUX_SLL'],
  [LINKTYPE.PFLOG, 'PFLOG'],
  [LINKTYPE.IEEE802_11_PRISM, 'IEEE802_11_PRISM'],
  [LINKTYPE.IEEE802_11_RADIOTAP, 'IEEE802_11_RADIOTAP'],
  [LINKTYPE.USER2, 'PKTAP'],
  [LINKTYPE.IEEE802_11_AVS, 'IEEE802_11_AVS'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [LINKTYPE.PPI, 'PPI'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [LINKTYPE.ERF, 'ERF'],
  [LINKTYPE.PPP_WITH_DIR, 'PPP_WITH_DIR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [LINKTYPE.IPV4, 'IPV4'],
  [LINKTYPE.IPV6, 'IPV6'],
  [LINKTYPE.NFLOG, 'NFLOG'],
  [LINKTYPE.IPOIB, 'IPOIB'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [LINKTYPE.PKTAP, 'PKTAP'],
  [LINKTYPE.LINUX_SLL2, 'LINUX_SLL2'],
]);

/** The LINKTYPE_ name without its prefix, or `LINKTYPE 999` for a number that is not in our table. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `LINKTYPE ${linkType}`;
}

/** The first layer of a packet that was captured on `linkType`. */
export function layerOfLinkType(cursor: Cursor, linkType: number): Layer {
  return LAYERS[linkType] ?? none(cursor, linkTypeName(linkType));
}

const LAYERS: Readonly<Record<number, Layer>> = {
  [LINKTYPE.ETHERNET]: LAYER.ethernet,
  [LINKTYPE.LINUX_SLL]: LAYER.cooked,
  [LINKTYPE.LINUX_SLL2]: LAYER.cooked2,
  [LINKTYPE.NULL]: LAYER.loopback,
  [LINKTYPE.LOOP]: LAYER.loopback,
  [LINKTYPE.DLT_RAW]: LAYER.ip,
  [LINKTYPE.DLT_RAW_OPENBSD]: LAYER.ip,
  [LINKTYPE.RAW]: LAYER.ip,
  [LINKTYPE.IPV4]: LAYER.ipv4,
  [LINKTYPE.IPV6]: LAYER.ipv6,
  [LINKTYPE.PPP]: LAYER.ppp,
  [LINKTYPE.PPP_HDLC]: LAYER.ppp,
  [LINKTYPE.PPP_ETHER]: LAYER.pppoe,
  [LINKTYPE.PPP_WITH_DIR]: LAYER.directedPpp,
  [LINKTYPE.C_HDLC]: LAYER.hdlc,
  [LINKTYPE.IEEE802_11]: LAYER.wlan,
  [LINKTYPE.IEEE802_11_RADIOTAP]: LAYER.radiotap,
  [LINKTYPE.IEEE802_11_PRISM]: LAYER.prism,
  [LINKTYPE.IEEE802_11_AVS]: LAYER.avs,
  [LINKTYPE.PPI]: LAYER.ppi,
  [LINKTYPE.ERF]: LAYER.erf,
  [LINKTYPE.NFLOG]: LAYER.nflog,
  [LINKTYPE.USER2]: LAYER.pktap,
  [LINKTYPE.PKTAP]: LAYER.pktap,
  [LINKTYPE.PFLOG]: LAYER.pflog,
  [LINKTYPE.ENC]: LAYER.enc,
  [LINKTYPE.IPOIB]: LAYER.ipoib,
};

/** The name for a link-layer header that was captured only in part. */
export const CUT_LINK_HEADER = 'cut link header';

/** IEEE 802.3. */
const ETHERNET = { destination: 0, source: 6, etherType: 12, end: 14 } as const;

export function readEthernet(cursor: Cursor): Layer {
  if (!has(cursor, ETHERNET.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + ETHERNET.etherType);
  cursor.at += ETHERNET.end;
  return layerOfTypeOrLength(cursor, type);
}

/** IEEE 802.1Q: the tag's control word, then the EtherType of what it tags. */
const TAG = { control: 0, etherType: 2, end: 4 } as const;

export function readVlan(cursor: Cursor): Layer {
  if (!has(cursor, TAG.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + TAG.etherType);
  cursor.at += TAG.end;
  return layerOfTypeOrLength(cursor, type);
}

/** Linux cooked capture: stands in place of the real header on the interface "any". */
const COOKED = { packetType: 0, hardwareType: 2, addressLength: 4, address: 6, protocol: 14, end: 16 } as const;
const COOKED2 = {
  protocol: 0,
  reserved: 2,
  interface: 4,
  hardwareType: 8,
  packetType: 10,
  addressLength: 11,
  address: 12,
  end: 20,
} as const;
/** In place of an EtherType: an LLC header follows. */
const COOKED_LLC = 0x0004;

export function readCooked(cursor: Cursor): Layer {
  if (!has(cursor, COOKED.end)) return none(cursor, CUT_LINK_HEADER);
  return cooked(cursor, uint16(cursor.data, cursor.at + COOKED.protocol), COOKED.end);
}

export function readCooked2(cursor: Cursor): Layer {
  if (!has(cursor, COOKED2.end)) return none(cursor, CUT_LINK_HEADER);
  return cooked(cursor, uint16(cursor.data, cursor.at + COOKED2.protocol), COOKED2.end);
}

function cooked(cursor: Cursor, protocol: number, headerLength: number): Layer {
  cursor.at += headerLength;
  return protocol === COOKED_LLC ? LAYER.llc : layerOfEtherType(cursor, protocol);
}

const FAMILY_BYTES = 4;
const AF_INET = 2;

/** AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
function isInet6(family: number): boolean {
  return family === 10 || family === 23 || family === 24 || family === 28 || family === 30;
}

/**
 * BSD loopback: an address family of 4 bytes, in network order for LOOP and in that of the capturing machine for NULL,
 * which may not be the order of the file. No family is both, so either order is taken.
 */
export function readLoopback(cursor: Cursor): Layer {
  if (!has(cursor, FAMILY_BYTES)) return none(cursor, CUT_LINK_HEADER);
  const little = cursor.data.readUInt32LE(cursor.at);
  const big = uint32(cursor.data, cursor.at);
  cursor.at += FAMILY_BYTES;
  if (little === AF_INET || big === AF_INET) return LAYER.ipv4;
  if (isInet6(little) || isInet6(big)) return LAYER.ipv6;
  return none(cursor, `address family ${Math.min(little, big)}`);
}

/** No link header: the version is the first half of the IP header's first byte. */
export function readIp(cursor: Cursor): Layer {
  if (!has(cursor, 1)) return none(cursor, 'cut IP header');
  const version = uint8(cursor.data, cursor.at) >> 4;
  if (version === 4) return LAYER.ipv4;
  if (version === 6) return LAYER.ipv6;
  return none(cursor, `IP version ${version}`);
}

/** An Ethernet header with zero addresses, as Linux's `lo` delivers it. */
export function formatEthernetHeader(etherType: number): Buffer {
  const header = Buffer.alloc(ETHERNET.end);
  header.writeUInt16BE(etherType, ETHERNET.etherType);
  return header;
}
