/** GENEVE (RFC 8926): a packet of any EtherType in UDP, behind options of any length. */
import { layerOfEtherType } from './ethertype.js';
import { has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const GENEVE = { versionAndLength: 0, flags: 1, protocol: 2, network: 4, end: 8 } as const;
/** Of the options, in words of 4 bytes. */
const OPTIONS_LENGTH = 0x3f;

export function readGeneve(cursor: Cursor): Layer {
  if (!has(cursor, GENEVE.end)) return none(cursor, 'cut GENEVE header');
  const { data, at } = cursor;
  const length = GENEVE.end + 4 * (uint8(data, at + GENEVE.versionAndLength) & OPTIONS_LENGTH);
  if (!has(cursor, length)) return none(cursor, 'cut GENEVE header');
  const protocol = uint16(data, at + GENEVE.protocol);
  cursor.at += length;
  return layerOfEtherType(cursor, protocol);
}
