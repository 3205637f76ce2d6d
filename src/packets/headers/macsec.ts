/**
 * MACsec (IEEE 802.1AE, clause 9): a frame with a signature at its end. Most are encrypted too. A frame that is only
 * signed can be read by anyone.
 */
import { layerOfEtherType } from './ethertype.js';
import { has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16, uint8 } from '../../bytes/integers.js';

/** The tag behind the EtherType. If a flag says so, the name of the channel follows. */
const TAG = { flags: 0, shortLength: 1, packetNumber: 2, end: 6 } as const;
const CHANNEL_BYTES = 8;
const FLAG = { version: 0x80, hasChannel: 0x20, encrypted: 0x08, changed: 0x04 } as const;
const ETHERTYPE_BYTES = 2;

export function readMacsec(cursor: Cursor): Layer {
  if (!has(cursor, TAG.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const flags = uint8(data, at + TAG.flags);
  if ((flags & (FLAG.version | FLAG.encrypted | FLAG.changed)) !== 0) return none(cursor, 'MACsec');

  const typeAt = TAG.end + ((flags & FLAG.hasChannel) !== 0 ? CHANNEL_BYTES : 0);
  if (!has(cursor, typeAt + ETHERTYPE_BYTES)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(data, at + typeAt);
  cursor.at += typeAt + ETHERTYPE_BYTES;
  return layerOfEtherType(cursor, type);
}
