/**
 * ICMP (RFC 792) and ICMPv6 (RFC 4443). We read only their errors. Each error quotes the beginning of the packet that
 * could not be delivered, and Wireshark gives the quoted conversation a number. So we must do the same.
 */
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint8 } from '../../bytes/integers.js';

const ICMP = { type: 0, code: 1, checksum: 2, rest: 4, end: 8 } as const;
/** Destination unreachable, source quench, time exceeded, parameter problem. Wireshark does not number a redirect. */
const ERRORS: ReadonlySet<number> = new Set([3, 4, 11, 12]);

export function readIcmp(cursor: Cursor): Layer {
  none(cursor, 'ICMP');
  if (!has(cursor, ICMP.end) || !ERRORS.has(uint8(cursor.data, cursor.at + ICMP.type))) return LAYER.none;
  cursor.at += ICMP.end;
  return LAYER.quote;
}

/** Destination unreachable, packet too big, time exceeded, parameter problem. */
const ERRORS_V6: ReadonlySet<number> = new Set([1, 2, 3, 4]);
/** RFC 4861, section 4.5: the two addresses, then options. One of the options has the packet (section 4.6.3). */
const REDIRECT = { type: 137, target: 8, destination: 24, options: 40 } as const;
const OPTION = { type: 0, lengthInEights: 1, packet: 8 } as const;
const REDIRECTED_PACKET = 4;

export function readIcmpv6(cursor: Cursor): Layer {
  none(cursor, 'ICMPv6');
  if (!has(cursor, ICMP.end)) return LAYER.none;
  const type = uint8(cursor.data, cursor.at + ICMP.type);
  if (type === REDIRECT.type) return readRedirect(cursor);
  if (!ERRORS_V6.has(type)) return LAYER.none;
  cursor.at += ICMP.end;
  return LAYER.quoteV6;
}

function readRedirect(cursor: Cursor): Layer {
  cursor.at += REDIRECT.options;
  while (has(cursor, OPTION.packet)) {
    const { data, at } = cursor;
    const length = 8 * uint8(data, at + OPTION.lengthInEights);
    if (length === 0) return LAYER.none;
    if (uint8(data, at + OPTION.type) === REDIRECTED_PACKET) {
      cursor.at += OPTION.packet;
      narrow(cursor, length - OPTION.packet);
      return LAYER.quoteV6;
    }
    cursor.at += length;
  }
  return LAYER.none;
}
