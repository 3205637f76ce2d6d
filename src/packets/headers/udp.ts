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

/** Only a port tells that there is a tunnel. As Wireshark, we try the lower of the two ports first, then the higher. */
export function readUdp(cursor: Cursor): Layer {
  if (!has(cursor, FIELD.end)) return none(cursor, 'UDP');
  const { data, at } = cursor;
  const source = uint16(data, at + FIELD.sourcePort);
  const destination = uint16(data, at + FIELD.destinationPort);
  const tunnel = TUNNELS.get(Math.min(source, destination)) ?? TUNNELS.get(Math.max(source, destination));
  if (tunnel === undefined) return none(cursor, 'UDP');

  const length = uint16(data, at + FIELD.length);
  cursor.at += FIELD.end;
  // Zero: a jumbogram of IPv6 (RFC 2675, section 4).
  const isJumbo = length === 0 && cursor.addressLength === IPV6_BYTES;
  if (length < FIELD.end && !isJumbo) return none(cursor, 'UDP');
  if (!isJumbo) narrow(cursor, length - FIELD.end);
  return tunnel;
}
