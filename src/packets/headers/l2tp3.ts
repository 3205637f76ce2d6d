/**
 * L2TP, version 3 (RFC 3931, section 4.1): what its two ends agreed on, mostly Ethernet, in IP or in UDP.
 *
 *     session | cookie: 0, 4 or 8 bytes | sublayer: 0 or 4 bytes (section 4.6) | Ethernet frame
 *
 * Only the two ends know how long cookie and sublayer are. So a frame is looked for at each place where one can begin,
 * and counts only if a whole IP packet is in it.
 */
import { internetChecksum } from './checksum.js';
import { ETHERTYPE } from './ethertype.js';
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint32, uint8 } from '../../bytes/integers.js';

const SESSION_BYTES = 4;
/** With a cookie, a sublayer, or both. */
const FRAME_PLACES = [0, 4, 8, 12] as const;

const ETHERNET = { type: 12, end: 14 } as const;
const TAG_BYTES = 4;
const MOST_TAGS = 2;
const TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]);

const IPV4 = { totalLength: 2, end: 20 } as const;
const IPV6 = { payloadLength: 4, end: 40 } as const;

/** The cursor stands at the session. */
export function readL2tp3(cursor: Cursor): Layer {
  if (!has(cursor, SESSION_BYTES)) return none(cursor, 'cut L2TP header');
  if (uint32(cursor.data, cursor.at) === 0) return none(cursor, 'L2TP control');
  const behind = cursor.at + SESSION_BYTES;
  const place = FRAME_PLACES.find((each) => isFrame(cursor, behind + each));
  if (place === undefined) return none(cursor, 'L2TP version 3');
  cursor.at = behind + place;
  return LAYER.ethernet;
}

function isFrame(cursor: Cursor, start: number): boolean {
  const { data } = cursor;
  let type = start + ETHERNET.type;
  for (let tags = 0; tags < MOST_TAGS && TAGS.has(uint16(data, type)); tags += 1) type += TAG_BYTES;
  const ip = type + ETHERNET.end - ETHERNET.type;
  switch (uint16(data, type)) {
    case ETHERTYPE.IPV4:
      return isIpv4(cursor, ip);
    case ETHERTYPE.IPV6:
      return isIpv6(cursor, ip);
    default:
      return false;
  }
}

/** The length must lead to the end, or the checksum must be right: what is sent on its way often lacks a checksum. */
function isIpv4({ data, end, wireEnd }: Cursor, at: number): boolean {
  const first = uint8(data, at);
  const headerLength = 4 * (first & 0x0f);
  if (first >> 4 !== 4 || headerLength < IPV4.end || at + headerLength > end) return false;
  const totalLength = uint16(data, at + IPV4.totalLength);
  if (totalLength < headerLength || at + totalLength > wireEnd) return false;
  return at + totalLength === wireEnd || internetChecksum(data.subarray(at, at + headerLength)) === 0;
}

function isIpv6({ data, end, wireEnd }: Cursor, at: number): boolean {
  if (uint8(data, at) >> 4 !== 6 || at + IPV6.end > end) return false;
  return at + IPV6.end + uint16(data, at + IPV6.payloadLength) <= wireEnd;
}
