/** What both versions of IP share: the number of the protocol inside, and fragments. */
import { ADDRESS_ROOM, type Fragment, type Fragments } from './fragments.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint8 } from '../../bytes/integers.js';

/** https://www.iana.org/assignments/protocol-numbers */
export const PROTOCOL = {
  ICMP: 1,
  IPV4: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  GRE: 47,
  AUTHENTICATION: 51,
  ICMPV6: 58,
  ETHERIP: 97,
  L2TP: 115,
  MPLS: 137,
  ETHERNET: 143,
} as const;

/** Extension headers of IPv6. They can also stand behind an authentication header. */
export const EXTENSION = { hopByHop: 0, routing: 43, fragment: 44, destination: 60, shim6: 140 } as const;

const NAMES: ReadonlyMap<number, string> = new Map([
  [2, 'IGMP'],
  [50, 'ESP'],
  [59, 'no next header'],
  [89, 'OSPF'],
  [103, 'PIM'],
  [112, 'VRRP'],
  [132, 'SCTP'],
  [135, 'Mobile IPv6'],
  [139, 'HIP'],
]);

/** The layer that an IP header announces by `protocol`. The cursor stands behind the header. */
export function layerOfProtocol(cursor: Cursor, protocol: number): Layer {
  switch (protocol) {
    case PROTOCOL.TCP:
      return LAYER.tcp;
    case PROTOCOL.UDP:
      return LAYER.udp;
    case PROTOCOL.ICMP:
      return LAYER.icmp;
    case PROTOCOL.ICMPV6:
      return LAYER.icmpv6;
    case PROTOCOL.IPV4:
      return LAYER.ipv4;
    case PROTOCOL.IPV6:
      return LAYER.ipv6;
    case PROTOCOL.GRE:
      return LAYER.gre;
    case PROTOCOL.AUTHENTICATION:
      return LAYER.authentication;
    case PROTOCOL.ETHERIP:
      return LAYER.etherIp;
    case PROTOCOL.L2TP:
      return LAYER.l2tp3;
    case PROTOCOL.MPLS:
      return LAYER.mpls;
    case PROTOCOL.ETHERNET:
      return LAYER.ethernet;
    case EXTENSION.hopByHop:
    case EXTENSION.routing:
    case EXTENSION.fragment:
    case EXTENSION.destination:
    case EXTENSION.shim6:
      cursor.extension = protocol;
      return LAYER.extensions;
    default:
      return none(cursor, NAMES.get(protocol) ?? `IP protocol ${protocol}`);
  }
}

/** RFC 4302, section 2: it signs what follows, and hides nothing. Its length is in words of 4 bytes, minus two. */
const AUTHENTICATION = { nextHeader: 0, lengthInWords: 1, end: 12 } as const;

export function readAuthentication(cursor: Cursor): Layer {
  if (!has(cursor, AUTHENTICATION.end)) return none(cursor, 'cut AH header');
  const { data, at } = cursor;
  cursor.at += 4 * (uint8(data, at + AUTHENTICATION.lengthInWords) + 2);
  return layerOfProtocol(cursor, uint8(data, at + AUTHENTICATION.nextHeader));
}

/** What an IP header says of the fragment behind it. `name`: what to count it as while the packet is not complete. */
interface FragmentHeader extends Pick<Fragment, 'key' | 'protocol' | 'offset' | 'hasMore'> {
  readonly name: string;
  /** Whether the header claims more bytes than there are. */
  readonly isPart: boolean;
}

/** The cursor stands behind the header. If the fragment completes its packet, the cursor moves into that packet. */
export function readFragment(cursor: Cursor, fragments: Fragments, fragment: FragmentHeader): Layer {
  const { name, key, isPart, ...header } = fragment;
  // An ICMP error quotes no other fragment. As Wireshark, we read the first one if the quote does not hold all of it.
  if (cursor.isQuote) {
    return header.offset === 0 && isPart ? layerOfProtocol(cursor, header.protocol) : none(cursor, name);
  }
  const { data, at, end, source, destination, addressLength } = cursor;
  // Bytes that were not captured never come, so the packet stays incomplete, as if a fragment were lost.
  const isSnapped = end < cursor.wireEnd;
  const addresses =
    data.toString('latin1', source, source + addressLength) +
    data.toString('latin1', destination, destination + addressLength);
  const whole = fragments.add({
    ...header,
    key: `${key} ${addresses}`,
    data,
    start: at,
    length: cursor.wireEnd - at,
    isSnapped,
    seconds: cursor.seconds,
  });
  if (whole === null) return none(cursor, name);

  data.copy(whole.data, 0, source, source + addressLength);
  data.copy(whole.data, addressLength, destination, destination + addressLength);
  cursor.data = whole.data;
  cursor.source = 0;
  cursor.destination = addressLength;
  cursor.at = ADDRESS_ROOM;
  cursor.end = ADDRESS_ROOM + whole.length;
  cursor.wireEnd = cursor.end;
  return layerOfProtocol(cursor, whole.protocol);
}
