/** LINKTYPE_ERF: what cards by Endace write, and what Wireshark makes of their files. https://wiki.wireshark.org/ERF */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint8 } from '../../bytes/integers.js';

const ERF = { time: 0, type: 8, flags: 9, recordLength: 10, lost: 12, wireLength: 14, end: 16 } as const;
/** In the first byte of the type, and of each extension header: another extension header follows. */
const HAS_EXTENSION = 0x80;
const EXTENSION_BYTES = 8;
/** Plain, and with a colour, a hash or both in place of the count of lost packets. */
const ETHERNET_TYPES: ReadonlySet<number> = new Set([2, 11, 16, 20]);
/** An offset and padding, before an Ethernet frame. */
const ETHERNET_PADDING = 2;
const TYPE = { ipv4: 22, ipv6: 23 } as const;

export function readErf(cursor: Cursor): Layer {
  if (!has(cursor, ERF.end)) return none(cursor, CUT_LINK_HEADER);
  const first = uint8(cursor.data, cursor.at + ERF.type);
  cursor.at += ERF.end;
  for (let header = first; (header & HAS_EXTENSION) !== 0; cursor.at += EXTENSION_BYTES) {
    if (!has(cursor, EXTENSION_BYTES)) return none(cursor, CUT_LINK_HEADER);
    header = uint8(cursor.data, cursor.at);
  }
  const type = first & ~HAS_EXTENSION;
  if (type === TYPE.ipv4) return LAYER.ipv4;
  if (type === TYPE.ipv6) return LAYER.ipv6;
  if (!ETHERNET_TYPES.has(type)) return none(cursor, 'ERF');
  cursor.at += ETHERNET_PADDING;
  return LAYER.ethernet;
}
