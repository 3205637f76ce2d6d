/** EtherIP (RFC 3378): an Ethernet frame in IP, behind four bits of version and twelve that are zero. */
import { LAYER, has, none, type Cursor, type Layer } from './layers.js';

const ETHERIP_BYTES = 2;

export function readEtherIp(cursor: Cursor): Layer {
  if (!has(cursor, ETHERIP_BYTES)) return none(cursor, 'cut EtherIP header');
  cursor.at += ETHERIP_BYTES;
  return LAYER.ethernet;
}
