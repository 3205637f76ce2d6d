/** The UDP header (RFC 768). We look only for tunnels in UDP, and count everything else. */
import { IPV6_BYTES } from './address.js';
import { LAYER, has, narrow, none, type Cursor, type Layer } from './layers.js';
import { uint16 } from '../../bytes/integers.js';

const FIELD = { sourcePort: 0, destinationPort: 2, length: 4, checksum: 6, end: 8 } as const;

/** https://www.iana.org/assignments/service-names-port-numbers, and GTP's of 3GPP TS 29.281 and 29.060. */
const TUNNELS: ReadonlyMap<number, Layer> = new Map<number, Layer>([
  [1701, LAYER.l2tp],
  [2123, LAYER.gtp],
  [2152, LAYER.gtp],
  [3386, LAYER.gtp],
  [3544, LAYER.teredo],
  [4341, LAYER.lisp],
  [4754, LAYER.gre],
  [4789, LAYER.vxlan],
  [4790, LAYER.vxlanGpe],
  [6081, LAYER.geneve],
  [6635, LAYER.mpls],
]);

/**
 * Ports of other protocols, such as DNS (53), that are lower than a tunnel's. A client of DNS can happen to use a port
 * of a tunnel. Found by asking tshark 4.0.17 about each port: these are the ones that it then takes for no tunnel.
 */
const OTHERS: ReadonlySet<number> = new Set([
  7, 13, 19, 37, 49, 53, 67, 68, 69, 111, 123, 137, 138, 173, 213, 269, 319, 320, 389, 427, 434, 464, 496, 500, 513,
  514, 520, 521, 524, 525, 546, 547, 664, 701, 853, 854, 910, 921, 925, 1001, 1113, 1153, 1194, 1293, 1628, 1629, 1718,
  1719, 1745, 1755, 1900, 2099, 2157, 2221, 2222, 2246, 2268, 2269, 2313, 2345, 2887, 2944, 2945, 2948, 2949, 3000,
  3130, 3250, 3343, 3357, 3389, 3452, 3455, 3567, 3671, 3784, 3785, 3804, 3863, 4305, 4306, 4307, 4342, 4500, 4551,
  4555, 4569, 4729, 4784, 4791, 4991, 5031, 5072, 5246, 5247, 5350, 5351, 5353, 5355, 5404, 5405, 5436, 5567, 5683,
  5684, 5868, 6073,
]);

/** The name of what carries nothing that we follow. Then the cursor stays at its header. */
export const UDP = 'UDP';

/** Only a port tells that there is a tunnel. As Wireshark, we try the lower of the two ports first, then the higher. */
export function readUdp(cursor: Cursor): Layer {
  if (!has(cursor, FIELD.end)) return none(cursor, UDP);
  const { data, at } = cursor;
  const source = uint16(data, at + FIELD.sourcePort);
  const destination = uint16(data, at + FIELD.destinationPort);
  const lower = Math.min(source, destination);
  const tunnel = TUNNELS.get(lower) ?? TUNNELS.get(Math.max(source, destination));
  if (tunnel === undefined || OTHERS.has(lower)) return none(cursor, UDP);

  const length = uint16(data, at + FIELD.length);
  // Zero: a jumbogram of IPv6 (RFC 2675, section 4).
  const isJumbo = length === 0 && cursor.addressLength === IPV6_BYTES;
  if (length < FIELD.end && !isJumbo) return none(cursor, UDP);
  cursor.at += FIELD.end;
  if (!isJumbo) narrow(cursor, length - FIELD.end);
  return tunnel;
}
