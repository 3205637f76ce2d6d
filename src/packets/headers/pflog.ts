/** Link types of the BSDs: what the firewall logs (LINKTYPE_PFLOG), and what IPsec decrypts (LINKTYPE_ENC). */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';
import { CUT_LINK_HEADER } from './link.js';
import { uint32, uint8 } from '../../bytes/integers.js';

const AF_INET = 2;
const AF_INET6 = { openBsd: 24, freeBsd: 28, macOs: 30 } as const;

/** https://www.tcpdump.org/linktypes/LINKTYPE_PFLOG.html: interface, rule and direction follow. */
const PFLOG = { length: 0, family: 1, action: 2, reason: 3, end: 4 } as const;
/** The length does not count the padding. */
const ALIGNMENT = 4;

export function readPflog(cursor: Cursor): Layer {
  if (!has(cursor, PFLOG.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const length = uint8(data, at + PFLOG.length);
  if (length <= PFLOG.end) return none(cursor, 'bad link header');
  const padded = length + (-length & (ALIGNMENT - 1));
  if (!has(cursor, padded)) return none(cursor, CUT_LINK_HEADER);
  cursor.at += padded;
  const family = uint8(data, at + PFLOG.family);
  if (family === AF_INET) return LAYER.ipv4;
  const isIpv6 = family === AF_INET6.openBsd || family === AF_INET6.freeBsd || family === AF_INET6.macOs;
  return isIpv6 ? LAYER.ipv6 : none(cursor, `address family ${family}`);
}

/** https://www.tcpdump.org/linktypes/LINKTYPE_ENC.html: family and flags in the byte order of the capturing machine. */
const ENC = { family: 0, securityParameters: 4, flags: 8, end: 12 } as const;

export function readEnc(cursor: Cursor): Layer {
  if (!has(cursor, ENC.end)) return none(cursor, CUT_LINK_HEADER);
  const { data, at } = cursor;
  const family = Math.min(uint32(data, at + ENC.family), data.readUInt32LE(at + ENC.family));
  cursor.at += ENC.end;
  if (family === AF_INET) return LAYER.ipv4;
  return family === AF_INET6.openBsd ? LAYER.ipv6 : none(cursor, `address family ${family}`);
}
