/** Generic Routing Encapsulation (RFC 2784, RFC 2890), PPTP's (RFC 2637), and mirrored Ethernet in it (ERSPAN). */
import { layerOfEtherType } from './ethertype.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const GRE = { flagsAndVersion: 0, protocol: 2, end: 4 } as const;
/** Each says that a field of four bytes follows the header. */
const FLAG = { checksum: 0x8000, routing: 0x4000, key: 0x2000, sequence: 0x1000, acknowledgement: 0x0080 } as const;
const FIELD_BYTES = 4;
const VERSION = 0x0007;
const PPTP_VERSION = 1;
/** Those that are no EtherType; `ppp`: PPTP's. `bridged`: an older number for an Ethernet frame. */
const PROTOCOL = { erspan: 0x88be, erspan3: 0x22eb, ppp: 0x880b, bridged: 0x6400 } as const;
const CUT_GRE_HEADER = 'cut GRE header';

export function readGre(cursor: Cursor): Layer {
  if (!has(cursor, GRE.end)) return none(cursor, CUT_GRE_HEADER);
  const flags = uint16(cursor.data, cursor.at + GRE.flagsAndVersion);
  const protocol = uint16(cursor.data, cursor.at + GRE.protocol);
  // A list of sources that no router takes any more (RFC 2784, section 2.3).
  if ((flags & FLAG.routing) !== 0) return none(cursor, 'GRE with source routing');
  if ((flags & VERSION) > PPTP_VERSION) return none(cursor, `GRE version ${flags & VERSION}`);

  let length: number = GRE.end;
  if ((flags & FLAG.checksum) !== 0) length += FIELD_BYTES;
  if ((flags & FLAG.key) !== 0) length += FIELD_BYTES;
  if ((flags & FLAG.sequence) !== 0) length += FIELD_BYTES;
  if ((flags & VERSION) === PPTP_VERSION && (flags & FLAG.acknowledgement) !== 0) length += FIELD_BYTES;
  if (!has(cursor, length)) return none(cursor, CUT_GRE_HEADER);
  cursor.at += length;
  // The first kind of ERSPAN has no header of its own and no sequence number, the second has both.
  if (protocol === PROTOCOL.erspan) return (flags & FLAG.sequence) === 0 ? LAYER.ethernet : LAYER.erspan2;
  if (protocol === PROTOCOL.erspan3) return LAYER.erspan3;
  if (protocol === PROTOCOL.ppp) return LAYER.ppp;
  if (protocol === PROTOCOL.bridged) return LAYER.ethernet;
  return layerOfEtherType(cursor, protocol);
}

/** https://datatracker.ietf.org/doc/html/draft-foschiano-erspan-03, section 4. */
const ERSPAN2_BYTES = 8;
const ERSPAN3 = { flags: 11, end: 12 } as const;
const HAS_PLATFORM_HEADER = 0x01;
const PLATFORM_HEADER_BYTES = 8;

export function readErspan2(cursor: Cursor): Layer {
  if (!has(cursor, ERSPAN2_BYTES)) return none(cursor, CUT_GRE_HEADER);
  cursor.at += ERSPAN2_BYTES;
  return LAYER.ethernet;
}

export function readErspan3(cursor: Cursor): Layer {
  if (!has(cursor, ERSPAN3.end)) return none(cursor, CUT_GRE_HEADER);
  const hasPlatformHeader = (uint8(cursor.data, cursor.at + ERSPAN3.flags) & HAS_PLATFORM_HEADER) !== 0;
  cursor.at += ERSPAN3.end + (hasPlatformHeader ? PLATFORM_HEADER_BYTES : 0);
  return LAYER.ethernet;
}
