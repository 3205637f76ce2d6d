/** L2TP in UDP: version 2 carries PPP (RFC 2661, section 3.1), version 3 what its two ends agreed on (`l2tp3.ts`). */
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16 } from '../../bytes/integers.js';

/** They say which fields are there of: length, tunnel, session, two sequence numbers, offset size and its padding. */
const FLAG = { control: 0x8000, length: 0x4000, sequence: 0x0800, offset: 0x0200 } as const;
const VERSION = 0x000f;
const FIELD_BYTES = 2;
/** The flags, and two bytes that mean nothing (RFC 3931, section 4.1.2.1). */
const VERSION_3_BYTES = 4;
const CUT_L2TP_HEADER = 'cut L2TP header';

export function readL2tp(cursor: Cursor): Layer {
  if (!has(cursor, FIELD_BYTES)) return none(cursor, CUT_L2TP_HEADER);
  const { data, at } = cursor;
  const flags = uint16(data, at);
  if ((flags & FLAG.control) !== 0) return none(cursor, 'L2TP control');
  if ((flags & VERSION) === 3) {
    cursor.at += VERSION_3_BYTES;
    return LAYER.l2tp3;
  }
  if ((flags & VERSION) !== 2) return none(cursor, `L2TP version ${flags & VERSION}`);

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
