/** L2TP, version 2 (RFC 2661, section 3.1): PPP in UDP. */
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16 } from '../../bytes/integers.js';

/** They say which fields are there of: length, tunnel, session, two sequence numbers, offset size and its padding. */
const FLAG = { control: 0x8000, length: 0x4000, sequence: 0x0800, offset: 0x0200 } as const;
const VERSION = 0x000f;
const FIELD_BYTES = 2;
const CUT_L2TP_HEADER = 'cut L2TP header';

export function readL2tp(cursor: Cursor): Layer {
  if (!has(cursor, FIELD_BYTES)) return none(cursor, CUT_L2TP_HEADER);
  const { data, at } = cursor;
  const flags = uint16(data, at);
  // In version 3, only the two ends know what a session carries.
  if ((flags & VERSION) !== 2) return none(cursor, `L2TP version ${flags & VERSION}`);
  if ((flags & FLAG.control) !== 0) return none(cursor, 'L2TP control');

  const tunnelAt = FIELD_BYTES + ((flags & FLAG.length) !== 0 ? FIELD_BYTES : 0);
  const offsetAt = tunnelAt + 2 * FIELD_BYTES + ((flags & FLAG.sequence) !== 0 ? 2 * FIELD_BYTES : 0);
  const hasOffset = (flags & FLAG.offset) !== 0;
  const fixed = offsetAt + (hasOffset ? FIELD_BYTES : 0);
  if (!has(cursor, fixed)) return none(cursor, CUT_L2TP_HEADER);
  const length = fixed + (hasOffset ? uint16(data, at + offsetAt) : 0);
  if (!has(cursor, length)) return none(cursor, CUT_L2TP_HEADER);
  if ((flags & FLAG.length) !== 0) narrow(cursor, uint16(data, at + FIELD_BYTES));
  cursor.at += length;
  return LAYER.ppp;
}
