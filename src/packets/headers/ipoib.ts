/** LINKTYPE_IPOIB: IP over InfiniBand (RFC 4391, section 6). https://www.tcpdump.org/linktypes.html */
import { layerOfEtherType } from './ethertype.js';
import { has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16 } from '../../bytes/integers.js';

/** The header of the network behind InfiniBand's own, then IP's. */
const IPOIB = { globalRoute: 0, etherType: 40, reserved: 42, end: 44 } as const;

export function readIpoib(cursor: Cursor): Layer {
  if (!has(cursor, IPOIB.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + IPOIB.etherType);
  cursor.at += IPOIB.end;
  return layerOfEtherType(cursor, type);
}
