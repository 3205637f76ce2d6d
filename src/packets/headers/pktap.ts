/** PKTAP, which macOS writes: the interface and the program, then a packet of the link type that is named. */
import { has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER, layerOfLinkType } from './link.js';
import { uint32LittleEndian } from '../../bytes/integers.js';

/** Little-endian. https://www.tcpdump.org/linktypes/LINKTYPE_PKTAP.html; bsd/net/pktap.h of Apple's xnu. */
const PKTAP = { length: 0, recordType: 4, linkType: 8, interfaceName: 12, flags: 36, end: 108 } as const;
/** Other records only name a program. */
const HAS_PACKET = 1;

export function readPktap(cursor: Cursor): Layer {
  if (!has(cursor, PKTAP.interfaceName)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const length = uint32LittleEndian(data, at + PKTAP.length);
  if (length < PKTAP.end) return none(cursor, 'bad link header');
  if (!has(cursor, length)) return none(cursor, CUT_LINK_HEADER);
  if (uint32LittleEndian(data, at + PKTAP.recordType) !== HAS_PACKET) return none(cursor, 'PKTAP');
  cursor.at += length;
  return layerOfLinkType(cursor, uint32LittleEndian(data, at + PKTAP.linkType));
}
