/** Tags behind an Ethernet header. Each ends with the EtherType of what follows. */
import { layerOfEtherType, layerOfTypeOrLength } from './ethertype.js';
import { has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16 } from '../../bytes/integers.js';

/** Cisco's VN-Tag: direction and the two virtual interfaces. */
const VN_TAG = { interfaces: 0, etherType: 4, end: 6 } as const;
/** IEEE 802.1BR, E-TAG: priority and the channels. */
const E_TAG = { channels: 0, etherType: 6, end: 8 } as const;
/** HSR (IEC 62439-3): path and size. R-TAG (IEEE 802.1CB): reserved. Then a sequence number, to recognise copies. */
const REDUNDANCY = { pathAndSize: 0, sequence: 2, etherType: 4, end: 6 } as const;
/** Cisco metadata: version and length, the option's kind, a security group. */
const CISCO_METADATA = { version: 0, length: 1, option: 2, group: 4, etherType: 6, end: 8 } as const;
/** IEEE 802.1ah, I-TAG: the service, then the addresses of the customer's frame. */
const BACKBONE = { service: 0, destination: 4, source: 10, etherType: 16, end: 18 } as const;

interface Tag {
  readonly etherType: number;
  readonly end: number;
}

function readTag(cursor: Cursor, { etherType, end }: Tag): Layer {
  if (!has(cursor, end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + etherType);
  cursor.at += end;
  return layerOfEtherType(cursor, type);
}

/** Unlike the other tags, and like 802.1Q's, this one can stand before a length and an LLC header. */
export function readVnTag(cursor: Cursor): Layer {
  if (!has(cursor, VN_TAG.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + VN_TAG.etherType);
  cursor.at += VN_TAG.end;
  return layerOfTypeOrLength(cursor, type);
}

export function readETag(cursor: Cursor): Layer {
  return readTag(cursor, E_TAG);
}

export function readRedundancy(cursor: Cursor): Layer {
  return readTag(cursor, REDUNDANCY);
}

export function readCiscoMetadata(cursor: Cursor): Layer {
  return readTag(cursor, CISCO_METADATA);
}

export function readBackbone(cursor: Cursor): Layer {
  return readTag(cursor, BACKBONE);
}
