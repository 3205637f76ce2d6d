/** The Network Service Header (RFC 8300): which services a packet passes through, before the packet. */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const NSH = { flagsAndLength: 0, metadataType: 2, nextProtocol: 3, servicePath: 4, end: 8 } as const;
const LENGTH_IN_WORDS = 0x003f;
const WORD_BYTES = 4;
/** Metadata of a fixed length, and of any. */
const METADATA = { fixed: 1, variable: 2 } as const;
const FIXED_BYTES = 24;

export function readNsh(cursor: Cursor): Layer {
  if (!has(cursor, NSH.end)) return none(cursor, 'cut NSH header');
  const { data, at } = cursor;
  const claimed = WORD_BYTES * (uint16(data, at + NSH.flagsAndLength) & LENGTH_IN_WORDS);
  const length = headerLength(uint8(data, at + NSH.metadataType), claimed);
  if (!has(cursor, length)) return none(cursor, 'cut NSH header');
  const protocol = uint8(data, at + NSH.nextProtocol);
  cursor.at += length;
  return layerOfNextProtocol(cursor, protocol, 'NSH');
}

/** The kind of metadata can rule out the length that is claimed. Then we do what Wireshark does. */
function headerLength(metadataType: number, claimed: number): number {
  if (metadataType === METADATA.fixed) return FIXED_BYTES;
  return Math.max(claimed, metadataType === METADATA.variable ? NSH.end : WORD_BYTES);
}

/** RFC 8300, section 2.2; VXLAN-GPE has the same numbers. `carrier`: what to count a packet of another number as. */
export function layerOfNextProtocol(cursor: Cursor, protocol: number, carrier: string): Layer {
  switch (protocol) {
    case 1:
      return LAYER.ipv4;
    case 2:
      return LAYER.ipv6;
    case 3:
      return LAYER.ethernet;
    case 4:
      return LAYER.nsh;
    case 5:
      return LAYER.mpls;
    default:
      return none(cursor, carrier);
  }
}
