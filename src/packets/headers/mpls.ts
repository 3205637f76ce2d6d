/** MPLS (RFC 3032): a stack of labels. It does not say what it carries, so every reader has to guess. */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint8 } from '../../bytes/integers.js';

const LABEL = { label: 0, bottom: 2, timeToLive: 3, end: 4 } as const;
const IS_BOTTOM = 0x01;
/** Stands before an Ethernet frame, and begins with four zero bits, so it cannot be IP (RFC 4448, section 4.6). */
const CONTROL_WORD_BYTES = 4;

/** Reads one label. */
export function readMpls(cursor: Cursor): Layer {
  if (!has(cursor, LABEL.end)) return none(cursor, CUT_LINK_HEADER);
  const isBottom = (uint8(cursor.data, cursor.at + LABEL.bottom) & IS_BOTTOM) !== 0;
  cursor.at += LABEL.end;
  if (!isBottom) return LAYER.mpls;

  if (!has(cursor, 1)) return none(cursor, CUT_LINK_HEADER);
  switch (uint8(cursor.data, cursor.at) >> 4) {
    case 4:
      return LAYER.ipv4;
    case 6:
      return LAYER.ipv6;
    case 0:
      cursor.at += CONTROL_WORD_BYTES;
      return LAYER.ethernet;
    default:
      return none(cursor, 'MPLS');
  }
}
