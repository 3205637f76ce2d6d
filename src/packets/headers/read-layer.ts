/** Which file reads which layer. */
import { readBatman } from './batman.js';
import { readErf } from './erf.js';
import { readEtherIp } from './etherip.js';
import type { Fragments } from './fragments.js';
import { readGeneve } from './geneve.js';
import { readErspan2, readErspan3, readGre } from './gre.js';
import { readGtp } from './gtp.js';
import { readIcmp, readIcmpv6 } from './icmp.js';
import { readAuthentication } from './ip.js';
import { readIpoib } from './ipoib.js';
import { readIpv4 } from './ipv4.js';
import { readExtensions, readIpv6 } from './ipv6.js';
import { readL2tp } from './l2tp.js';
import { readL2tp3 } from './l2tp3.js';
import { LAYER, type Cursor, type Layer } from './layers.js';
import { readCooked, readCooked2, readEthernet, readIp, readLoopback, readVlan } from './link.js';
import { readLisp } from './lisp.js';
import { readLlc } from './llc.js';
import { readMacsec } from './macsec.js';
import { readMpls } from './mpls.js';
import { readNflog } from './nflog.js';
import { readNsh } from './nsh.js';
import { readEnc, readPflog } from './pflog.js';
import { readPktap } from './pktap.js';
import { readDirectedPpp, readHdlc, readPpp, readPppoe } from './ppp.js';
import { readBackbone, readCiscoMetadata, readETag, readRedundancy, readVnTag } from './tags.js';
import { readTeredo } from './teredo.js';
import { readUdp } from './udp.js';
import { readVxlan, readVxlanGpe } from './vxlan.js';
import { readAvs, readPpi, readPrism, readRadiotap, readSubframe, readWlan } from './wlan.js';

/** Reads the header at the cursor, and returns which layer comes next. */
export function readLayer(layer: Layer, cursor: Cursor, fragments: Fragments): Layer {
  switch (layer) {
    case LAYER.tcp:
    case LAYER.quote:
    case LAYER.quoteV6:
    case LAYER.none:
      return layer;
    // Nearly all packets need only these, and calling them by name is faster than through the table.
    case LAYER.ethernet:
      return readEthernet(cursor);
    case LAYER.ipv4:
      return readIpv4(cursor, fragments);
    case LAYER.ipv6:
      return readIpv6(cursor);
    default:
      return READERS[layer](cursor, fragments);
  }
}

type Reader = (cursor: Cursor, fragments: Fragments) => Layer;
type Common = (typeof LAYER)['tcp' | 'quote' | 'quoteV6' | 'none' | 'ethernet' | 'ipv4' | 'ipv6'];

/** The reader of each other layer. */
const READERS: Readonly<Record<Exclude<Layer, Common>, Reader>> = {
  [LAYER.ip]: readIp,
  [LAYER.loopback]: readLoopback,
  [LAYER.cooked]: readCooked,
  [LAYER.cooked2]: readCooked2,
  [LAYER.vlan]: readVlan,
  [LAYER.mpls]: readMpls,
  [LAYER.llc]: readLlc,
  [LAYER.ppp]: readPpp,
  [LAYER.pppoe]: readPppoe,
  [LAYER.hdlc]: readHdlc,
  [LAYER.directedPpp]: readDirectedPpp,
  [LAYER.wlan]: readWlan,
  [LAYER.subframe]: readSubframe,
  [LAYER.radiotap]: readRadiotap,
  [LAYER.prism]: readPrism,
  [LAYER.avs]: readAvs,
  [LAYER.ppi]: readPpi,
  [LAYER.gre]: readGre,
  [LAYER.erspan2]: readErspan2,
  [LAYER.erspan3]: readErspan3,
  [LAYER.authentication]: readAuthentication,
  [LAYER.extensions]: readExtensions,
  [LAYER.udp]: readUdp,
  [LAYER.icmp]: readIcmp,
  [LAYER.icmpv6]: readIcmpv6,
  [LAYER.vxlan]: readVxlan,
  [LAYER.vxlanGpe]: readVxlanGpe,
  [LAYER.geneve]: readGeneve,
  [LAYER.gtp]: readGtp,
  [LAYER.l2tp]: readL2tp,
  [LAYER.l2tp3]: readL2tp3,
  [LAYER.teredo]: readTeredo,
  [LAYER.lisp]: readLisp,
  [LAYER.etherIp]: readEtherIp,
  [LAYER.nsh]: readNsh,
  [LAYER.vnTag]: readVnTag,
  [LAYER.eTag]: readETag,
  [LAYER.redundancy]: readRedundancy,
  [LAYER.ciscoMetadata]: readCiscoMetadata,
  [LAYER.backbone]: readBackbone,
  [LAYER.macsec]: readMacsec,
  [LAYER.batman]: readBatman,
  [LAYER.nflog]: readNflog,
  [LAYER.pktap]: readPktap,
  [LAYER.pflog]: readPflog,
  [LAYER.enc]: readEnc,
  [LAYER.ipoib]: readIpoib,
  [LAYER.erf]: readErf,
};
