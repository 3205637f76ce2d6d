/** EtherTypes: which layer each announces. Ethernet, its tags, LLC, Linux cooked captures and GRE have one. */
import { LAYER, none, type Cursor, type Layer } from './layers.js';

/** https://www.iana.org/assignments/ieee-802-numbers */
export const ETHERTYPE = { IPV4: 0x0800, IPV6: 0x86dd } as const;

/** The smallest EtherType. Up to {@link LONGEST}, the field of an Ethernet frame is a length (IEEE 802.3, 3.2.6). */
export const FIRST_ETHERTYPE = 0x0600;
const LONGEST = 1500;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x0806, 'ARP'],
  [0x8035, 'RARP'],
  [0x8863, 'PPPoE discovery'],
  [0x888e, 'EAPOL'],
  [0x88cc, 'LLDP'],
]);

/** What follows a field that is either an EtherType or the length of what an LLC header begins. */
export function layerOfTypeOrLength(cursor: Cursor, field: number): Layer {
  return field <= LONGEST ? LAYER.llc : layerOfEtherType(cursor, field);
}

/** The cursor stands behind `type`. */
export function layerOfEtherType(cursor: Cursor, type: number): Layer {
  switch (type) {
    case ETHERTYPE.IPV4:
      return LAYER.ipv4;
    case ETHERTYPE.IPV6:
      return LAYER.ipv6;
    case 0x8100: // IEEE 802.1Q
    case 0x88a8: // IEEE 802.1ad, the outer of two tags
    case 0x9100: // the same before it was a standard
      return LAYER.vlan;
    case 0x8847: // RFC 5332: downstream-assigned labels, which multicast has too
    case 0x8848:
      return LAYER.mpls;
    case 0x8864:
      return LAYER.pppoe;
    case 0x6558: // Transparent Ethernet Bridging: what GRE calls an Ethernet frame (RFC 1701)
      return LAYER.ethernet;
    case 0x88e5:
      return LAYER.macsec;
    case 0x88e7:
      return LAYER.backbone;
    case 0x8909:
      return LAYER.ciscoMetadata;
    case 0x8926:
      return LAYER.vnTag;
    case 0x892f: // HSR, and IEEE 802.1CB's R-TAG, which looks the same
    case 0xf1c1:
      return LAYER.redundancy;
    case 0x893f:
      return LAYER.eTag;
    case 0x894f:
      return LAYER.nsh;
    case 0x4305:
      return LAYER.batman;
    default:
      return none(cursor, NAMES.get(type) ?? `EtherType 0x${type.toString(16).padStart(4, '0')}`);
  }
}
