/**
 * GTP, the tunnel of mobile networks: what a phone sends, in UDP.
 *
 * Version 1: 3GPP TS 29.281. Version 0: 3GPP TS 29.060.
 */
import { ETHERTYPE } from './ethertype.js';
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16, uint8 } from '../../bytes/integers.js';

/** `length`: of all that follows the header, which in version 0 has 12 bytes more. */
const GTP = { flags: 0, messageType: 1, length: 2, tunnel: 4, end: 8 } as const;
const VERSION_0_BYTES = 20;
const VERSION_SHIFT = 5;
/** Clear in GTP', which carries bills and no packets. */
const IS_GTP = 0x10;
/** If one of these bits is set, all fields of {@link OPTIONAL} are there. */
const HAS_OPTIONAL = 0x07;
const HAS_EXTENSIONS = 0x04;
const OPTIONAL = { sequence: 0, packetNumber: 2, nextExtension: 3, end: 4 } as const;
/** A packet of a user. All other types are messages between the two ends of the tunnel. */
const PACKET = 0xff;
const WORD_BYTES = 4;
/** Behind this extension header stands an encrypted frame of the radio link. */
const RADIO_CONTAINER = 0x84;
const CUT_GTP_HEADER = 'cut GTP header';

export function readGtp(cursor: Cursor): Layer {
  if (!has(cursor, GTP.end)) return none(cursor, CUT_GTP_HEADER);
  const { data, at } = cursor;
  const flags = uint8(data, at + GTP.flags);
  const version = flags >> VERSION_SHIFT;
  const isGtp = version === 0 || (version === 1 && (flags & IS_GTP) !== 0);
  if (!isGtp || uint8(data, at + GTP.messageType) !== PACKET) return none(cursor, 'GTP');

  cursor.at += version === 0 ? VERSION_0_BYTES : GTP.end;
  narrow(cursor, uint16(data, at + GTP.length));
  if (version === 0 || (flags & HAS_OPTIONAL) === 0) return layerOfPacket(cursor);
  return readOptional(cursor, (flags & HAS_EXTENSIONS) !== 0);
}

function readOptional(cursor: Cursor, hasExtensions: boolean): Layer {
  if (!has(cursor, OPTIONAL.end)) return none(cursor, CUT_GTP_HEADER);
  let type = hasExtensions ? uint8(cursor.data, cursor.at + OPTIONAL.nextExtension) : 0;
  cursor.at += OPTIONAL.end;
  let isRadio = false;
  // Each begins with its length in words, and ends with the type of the next.
  while (type !== 0) {
    isRadio ||= type === RADIO_CONTAINER;
    const length = has(cursor, 1) ? WORD_BYTES * uint8(cursor.data, cursor.at) : 0;
    if (length === 0 || !has(cursor, length)) return none(cursor, CUT_GTP_HEADER);
    type = uint8(cursor.data, cursor.at + length - 1);
    cursor.at += length;
  }
  return isRadio ? none(cursor, 'GTP') : layerOfPacket(cursor);
}

const ETHERNET_TYPE_AT = 12;
const ETHERNET_BYTES = 14;

/**
 * Nothing says what the packet is. As Wireshark, we guess: by the first byte of an IPv4 header of 20 to 56 bytes, by
 * that of an IPv6 header, or by an EtherType of IP in its place in an Ethernet frame.
 */
function layerOfPacket(cursor: Cursor): Layer {
  if (!has(cursor, 1)) return none(cursor, CUT_GTP_HEADER);
  const { data, at } = cursor;
  const first = uint8(data, at);
  if (first >= 0x45 && first <= 0x4e) return LAYER.ipv4;
  if (first >> 4 === 6) return LAYER.ipv6;
  const type = has(cursor, ETHERNET_BYTES) ? uint16(data, at + ETHERNET_TYPE_AT) : 0;
  return type === ETHERTYPE.IPV4 || type === ETHERTYPE.IPV6 ? LAYER.ethernet : none(cursor, 'GTP');
}
