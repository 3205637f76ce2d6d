/** VXLAN (RFC 7348): an Ethernet frame in UDP; and its generic extension, which names what it carries (VXLAN-GPE). */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { layerOfNextProtocol } from './nsh.js';
import { uint8 } from '../../bytes/integers.js';

/**
 * `nextProtocol` of the extension only: https://datatracker.ietf.org/doc/html/draft-ietf-nvo3-vxlan-gpe-12, section
 * 3.1.
 */
const VXLAN = { flags: 0, nextProtocol: 3, network: 4, end: 8 } as const;
const CUT_VXLAN_HEADER = 'cut VXLAN header';

export function readVxlan(cursor: Cursor): Layer {
  if (!has(cursor, VXLAN.end)) return none(cursor, CUT_VXLAN_HEADER);
  cursor.at += VXLAN.end;
  return LAYER.ethernet;
}

export function readVxlanGpe(cursor: Cursor): Layer {
  if (!has(cursor, VXLAN.end)) return none(cursor, CUT_VXLAN_HEADER);
  const protocol = uint8(cursor.data, cursor.at + VXLAN.nextProtocol);
  cursor.at += VXLAN.end;
  return layerOfNextProtocol(cursor, protocol, 'VXLAN');
}
