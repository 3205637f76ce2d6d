/** LINKTYPE_NFLOG: what Linux's firewall logs. https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html */
import { layerOfEtherType } from './ethertype.js';
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16, uint16LittleEndian, uint8 } from '../../bytes/integers.js';

const NFLOG = { family: 0, version: 1, resource: 2, end: 4 } as const;
const FAMILY = { ipv4: 2, ipv6: 10 } as const;
/** Then attributes, in the byte order of the machine: length, type, value, filled up to a multiple of 4 bytes. */
const ATTRIBUTE = { length: 0, type: 2, value: 4, alignment: 4 } as const;
const TYPE_BITS = 0x7fff;
/** The packet header begins with the packet's EtherType, in network order. */
const TYPE = { packetHeader: 1, payload: 9 } as const;
/** Types are small numbers. A larger one was read in the wrong byte order. */
const NO_TYPE = 0x100;

/** The attributes come in any order. If there are two of a type, the last one counts. */
export function readNflog(cursor: Cursor): Layer {
  if (!has(cursor, NFLOG.end)) return none(cursor, CUT_LINK_HEADER);
  const { data } = cursor;
  const family = uint8(data, cursor.at + NFLOG.family);
  cursor.at += NFLOG.end;
  const field = isIn(cursor, uint16) ? uint16 : uint16LittleEndian;
  let etherType = 0;
  let payloadAt = 0;
  let payloadLength = 0;
  // Of a snapped packet, only padding may be missing. Wireshark reads no other, and numbers depend on that.
  while (cursor.at <= cursor.end && cursor.wireEnd - cursor.at >= ATTRIBUTE.value) {
    if (!has(cursor, ATTRIBUTE.value)) return none(cursor, CUT_LINK_HEADER);
    const valueAt = cursor.at + ATTRIBUTE.value;
    const length = field(data, cursor.at + ATTRIBUTE.length);
    if (length < ATTRIBUTE.value) return none(cursor, 'bad link header');
    if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
    const type = field(data, cursor.at + ATTRIBUTE.type) & TYPE_BITS;
    if (type === TYPE.packetHeader) etherType = uint16(data, valueAt);
    if (type === TYPE.payload) {
      payloadAt = valueAt;
      payloadLength = length - ATTRIBUTE.value;
    }
    cursor.at += length + (-length & (ATTRIBUTE.alignment - 1));
  }
  if (payloadAt === 0) return none(cursor, 'NFLOG');
  cursor.at = payloadAt;
  narrow(cursor, payloadLength);
  return etherType === 0 ? layerOfFamily(cursor, family) : layerOfEtherType(cursor, etherType);
}

function layerOfFamily(cursor: Cursor, family: number): Layer {
  if (family === FAMILY.ipv4) return LAYER.ipv4;
  return family === FAMILY.ipv6 ? LAYER.ipv6 : none(cursor, `address family ${family}`);
}

/** Whether the first attribute makes sense where `field` reads it. */
function isIn({ data, at }: Cursor, field: typeof uint16): boolean {
  const type = field(data, at + ATTRIBUTE.type) & TYPE_BITS;
  return field(data, at + ATTRIBUTE.length) >= ATTRIBUTE.value && type > 0 && type < NO_TYPE;
}
