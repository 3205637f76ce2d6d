/** PPP (RFC 1661) and what it comes in: HDLC-like framing (RFC 1662), PPPoE (RFC 2516), Cisco's HDLC. */
import { layerOfEtherType } from './ethertype.js';
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint16, uint8 } from '../../bytes/integers.js';

const HDLC = { address: 0, control: 1, protocol: 2, end: 4 } as const;
const ADDRESS = { all: 0xff, ciscoUnicast: 0x0f, ciscoMulticast: 0x8f } as const;
const UNNUMBERED = 0x03;
/**
 * A protocol number has an even first byte and an odd last one. So an odd first byte is a compressed number, and all of
 * it.
 */
const IS_LAST_BYTE = 0x01;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x8021, 'IPCP'],
  [0x8057, 'IPv6CP'],
  [0x80fd, 'CCP'],
  [0xc021, 'LCP'],
  [0xc023, 'PAP'],
  [0xc223, 'CHAP'],
]);

/** Address and control may be missing: the two ends can agree to leave them out (RFC 1661, section 6.6). */
export function readPpp(cursor: Cursor): Layer {
  const { data, at } = cursor;
  if (!has(cursor, HDLC.protocol)) return none(cursor, CUT_LINK_HEADER);
  const first = uint8(data, at);
  if (first === ADDRESS.ciscoUnicast || first === ADDRESS.ciscoMulticast) return LAYER.hdlc;
  if (first === ADDRESS.all && uint8(data, at + HDLC.control) === UNNUMBERED) cursor.at += HDLC.protocol;
  return readProtocol(cursor);
}

function readProtocol(cursor: Cursor): Layer {
  if (!has(cursor, 1)) return none(cursor, CUT_LINK_HEADER);
  const first = uint8(cursor.data, cursor.at);
  if ((first & IS_LAST_BYTE) !== 0) {
    cursor.at += 1;
    return layerOfProtocol(cursor, first);
  }
  if (!has(cursor, 2)) return none(cursor, CUT_LINK_HEADER);
  const protocol = uint16(cursor.data, cursor.at);
  cursor.at += 2;
  return layerOfProtocol(cursor, protocol);
}

function layerOfProtocol(cursor: Cursor, protocol: number): Layer {
  switch (protocol) {
    case 0x0021:
      return LAYER.ipv4;
    case 0x0057:
      return LAYER.ipv6;
    case 0x0281:
    case 0x0283:
      return LAYER.mpls;
    default:
      return none(cursor, NAMES.get(protocol) ?? `PPP protocol 0x${protocol.toString(16).padStart(4, '0')}`);
  }
}

/** LINKTYPE_PPP_WITH_DIR: a byte that says whether the packet was sent or received. */
export function readDirectedPpp(cursor: Cursor): Layer {
  cursor.at += 1;
  return LAYER.ppp;
}

/** Cisco's HDLC: the protocol is an EtherType. */
export function readHdlc(cursor: Cursor): Layer {
  if (!has(cursor, HDLC.end)) return none(cursor, CUT_LINK_HEADER);
  const type = uint16(cursor.data, cursor.at + HDLC.protocol);
  cursor.at += HDLC.end;
  return layerOfEtherType(cursor, type);
}

const PPPOE = { versionAndType: 0, code: 1, session: 2, length: 4, end: 6 } as const;
const SESSION_CODE = 0;

export function readPppoe(cursor: Cursor): Layer {
  if (!has(cursor, PPPOE.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  if (uint8(data, at + PPPOE.code) !== SESSION_CODE) return none(cursor, 'PPPoE discovery');
  cursor.at += PPPOE.end;
  narrow(cursor, uint16(data, at + PPPOE.length));
  return LAYER.ppp;
}
