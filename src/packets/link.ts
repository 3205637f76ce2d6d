/**
 * The link layer: what stands before the IP header depends on the interface that was captured.
 *
 * Numbers and layouts: https://www.tcpdump.org/linktypes.html
 */

export const LINKTYPE = {
  NULL: 0,
  ETHERNET: 1,
  /** DLT_RAW of most systems and of OpenBSD, which some writers put in the file as they are. */
  DLT_RAW: 12,
  DLT_RAW_OPENBSD: 14,
  RAW: 101,
  LOOP: 108,
  LINUX_SLL: 113,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [LINKTYPE.NULL, 'NULL'],
  [LINKTYPE.ETHERNET, 'ETHERNET'],
  [6, 'IEEE802_5'],
  [9, 'PPP'],
  [LINKTYPE.DLT_RAW, 'RAW'],
  [LINKTYPE.DLT_RAW_OPENBSD, 'RAW'],
  [51, 'PPP_ETHER'],
  [LINKTYPE.RAW, 'RAW'],
  [105, 'IEEE802_11'],
  [LINKTYPE.LOOP, 'LOOP'],
  [LINKTYPE.LINUX_SLL, 'LINUX_SLL'],
  [117, 'PFLOG'],
  [119, 'IEEE802_11_PRISM'],
  [127, 'IEEE802_11_RADIOTAP'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4_WITHFCS'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [LINKTYPE.IPV4, 'IPV4'],
  [LINKTYPE.IPV6, 'IPV6'],
  [239, 'NFLOG'],
  [249, 'USBPCAP'],
  [251, 'BLUETOOTH_LE_LL'],
  [LINKTYPE.LINUX_SLL2, 'LINUX_SLL2'],
]);

/** The LINKTYPE_ name without its prefix, or `LINKTYPE 999` for a number that is not in our table. */
export function linkTypeName(linkType: number): string {
  return NAMES.get(linkType) ?? `LINKTYPE ${linkType}`;
}

/** Where the network header begins and what it is; `other` where it is nothing that we look into. */
export type NetworkLayer =
  | { readonly kind: 'ipv4' | 'ipv6'; readonly offset: number }
  | { readonly kind: 'other'; readonly name: string };

/** Finds the network header of a packet that was captured on `linkType`. */
export function parseLink(linkType: number, data: Buffer): NetworkLayer {
  switch (linkType) {
    case LINKTYPE.ETHERNET:
      return parseEtherType(data, ETHERNET.etherType);
    case LINKTYPE.LINUX_SLL:
      return parseEtherType(data, SLL.protocol);
    case LINKTYPE.LINUX_SLL2:
      return parseEtherType(data, SLL2.protocol, SLL2.end);
    case LINKTYPE.NULL:
    case LINKTYPE.LOOP:
      return parseLoopback(data);
    case LINKTYPE.DLT_RAW:
    case LINKTYPE.DLT_RAW_OPENBSD:
    case LINKTYPE.RAW:
      return parseRaw(data);
    case LINKTYPE.IPV4:
      return { kind: 'ipv4', offset: 0 };
    case LINKTYPE.IPV6:
      return { kind: 'ipv6', offset: 0 };
    default:
      return { kind: 'other', name: linkTypeName(linkType) };
  }
}

/** IEEE 802.3. */
const ETHERNET = { destination: 0, source: 6, etherType: 12, end: 14 } as const;

/** Linux cooked capture, which stands in for the real header on the interface "any". */
const SLL = { packetType: 0, hardwareType: 2, addressLength: 4, address: 6, protocol: 14, end: 16 } as const;
const SLL2 = { protocol: 0, reserved: 2, interface: 4, hardwareType: 8, packetType: 10, addressLength: 11, address: 12, end: 20 } as const;

/** IEEE 802.1Q: the tag's control word, then the EtherType of what it tags. */
const TAG = { control: 0, etherType: 2, end: 4 } as const;

export const ETHERTYPE = { IPV4: 0x0800, IPV6: 0x86dd } as const;
const ETHERTYPES_OF_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);
const OTHER_ETHERTYPES: ReadonlyMap<number, string> = new Map([
  [0x0806, 'ARP'],
  [0x8035, 'RARP'],
  [0x8847, 'MPLS'],
  [0x8863, 'PPPoE'],
  [0x8864, 'PPPoE'],
  [0x888e, 'EAPOL'],
  [0x88cc, 'LLDP'],
]);
/** Below this the field is the length of an IEEE 802.3 frame with an LLC header. */
const FIRST_ETHERTYPE = 0x0600;

/** Follows the EtherType at `typeOffset` through any tags. A header ends after its type, but for SLL2's `headerEnd`. */
function parseEtherType(data: Buffer, typeOffset: number, headerEnd = typeOffset + 2): NetworkLayer {
  let end = headerEnd;
  if (data.length < end) return { kind: 'other', name: 'cut link header' };
  let type = data.readUInt16BE(typeOffset);
  while (ETHERTYPES_OF_TAGS.has(type)) {
    if (data.length < end + TAG.end) return { kind: 'other', name: 'cut link header' };
    type = data.readUInt16BE(end + TAG.etherType);
    end += TAG.end;
  }
  if (type === ETHERTYPE.IPV4) return { kind: 'ipv4', offset: end };
  if (type === ETHERTYPE.IPV6) return { kind: 'ipv6', offset: end };
  if (type < FIRST_ETHERTYPE) return { kind: 'other', name: 'LLC' };
  return { kind: 'other', name: OTHER_ETHERTYPES.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}` };
}

const AF_INET = 2;
/** AF_INET6 of Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS. */
const AF_INET6: ReadonlySet<number> = new Set([10, 23, 24, 28, 30]);
const FAMILY_BYTES = 4;

/**
 * BSD loopback: an address family of 4 bytes, in network order for LOOP and in that of the capturing machine for NULL,
 * which may not be the order of the file. No family is both, so either order is taken.
 */
function parseLoopback(data: Buffer): NetworkLayer {
  if (data.length < FAMILY_BYTES) return { kind: 'other', name: 'cut link header' };
  const families = [data.readUInt32LE(0), data.readUInt32BE(0)];
  if (families.includes(AF_INET)) return { kind: 'ipv4', offset: FAMILY_BYTES };
  if (families.some((family) => AF_INET6.has(family))) return { kind: 'ipv6', offset: FAMILY_BYTES };
  return { kind: 'other', name: `address family ${Math.min(...families)}` };
}

/** No link header: the version is the first half of the IP header's first byte. */
function parseRaw(data: Buffer): NetworkLayer {
  const first = data[0];
  if (first === undefined) return { kind: 'other', name: 'cut IP header' };
  switch (first >> 4) {
    case 4:
      return { kind: 'ipv4', offset: 0 };
    case 6:
      return { kind: 'ipv6', offset: 0 };
    default:
      return { kind: 'other', name: `IP version ${first >> 4}` };
  }
}

/** An Ethernet header with zero addresses, as Linux's `lo` delivers it. */
export function formatEthernetHeader(etherType: number): Buffer {
  const header = Buffer.alloc(ETHERNET.end);
  header.writeUInt16BE(etherType, ETHERNET.etherType);
  return header;
}
