/** Logical Link Control (IEEE 802.2) and its SNAP extension, which puts an EtherType behind it (RFC 1042). */
import { FIRST_ETHERTYPE, layerOfEtherType } from './ethertype.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const LLC = { destination: 0, source: 1, control: 2, end: 3 } as const;
const SNAP = { organization: 3, protocol: 6, end: 8 } as const;
const ACCESS_POINT = { ip: 0x06, snap: 0xaa } as const;
const UNNUMBERED = 0x03;
/** The organisations whose protocol numbers are EtherTypes: number zero, and bridged Ethernet (IEEE 802.1H). */
const ETHERNET_ORGANIZATIONS: ReadonlySet<number> = new Set([0x000000, 0x0000f8]);

export function readLlc(cursor: Cursor): Layer {
  if (!has(cursor, LLC.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const accessPoint = uint8(data, at + LLC.destination);
  if (uint8(data, at + LLC.control) !== UNNUMBERED) return none(cursor, 'LLC');
  if (accessPoint === ACCESS_POINT.ip) {
    cursor.at += LLC.end;
    return LAYER.ip;
  }
  if (accessPoint !== ACCESS_POINT.snap) return none(cursor, 'LLC');

  if (!has(cursor, SNAP.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(data, at + SNAP.protocol);
  cursor.at += SNAP.end;
  const isEtherType = ETHERNET_ORGANIZATIONS.has(data.readUIntBE(at + SNAP.organization, 3)) && type >= FIRST_ETHERTYPE;
  return isEtherType ? layerOfEtherType(cursor, type) : none(cursor, 'SNAP');
}
