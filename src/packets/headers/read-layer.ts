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

/** Reads the header at the cursor, and answers what comes next. */
export function readLayer(layer: Layer, cursor: Cursor, fragments: Fragments): Layer {
  switch (layer) {
    case LAYER.ethernet:
      return readEthernet(cursor);
    case LAYER.ipv4:
      return readIpv4(cursor, fragments);
    case LAYER.ipv6:
      return readIpv6(cursor);
    case LAYER.ip:
      return readIp(cursor);
    case LAYER.loopback:
      return readLoopback(cursor);
    case LAYER.cooked:
      return readCooked(cursor);
    case LAYER.cooked2:
      return readCooked2(cursor);
    case LAYER.vlan:
      return readVlan(cursor);
    case LAYER.mpls:
      return readMpls(cursor);
    case LAYER.llc:
      return readLlc(cursor);
    case LAYER.ppp:
      return readPpp(cursor);
    case LAYER.pppoe:
      return readPppoe(cursor);
    case LAYER.hdlc:
      return readHdlc(cursor);
    case LAYER.directedPpp:
      return readDirectedPpp(cursor);
    case LAYER.wlan:
      return readWlan(cursor);
    case LAYER.subframe:
      return readSubframe(cursor);
    case LAYER.radiotap:
      return readRadiotap(cursor);
    case LAYER.prism:
      return readPrism(cursor);
    case LAYER.avs:
      return readAvs(cursor);
    case LAYER.ppi:
      return readPpi(cursor);
    case LAYER.gre:
      return readGre(cursor);
    case LAYER.erspan2:
      return readErspan2(cursor);
    case LAYER.erspan3:
      return readErspan3(cursor);
    case LAYER.authentication:
      return readAuthentication(cursor);
    case LAYER.extensions:
      return readExtensions(cursor, fragments);
    case LAYER.udp:
      return readUdp(cursor);
    case LAYER.tcp:
    case LAYER.quote:
    case LAYER.quoteV6:
    case LAYER.none:
      return layer;
    default:
      return readRarerLayer(layer, cursor);
  }
}

type RarerLayer = (typeof LAYER)[
  | 'icmp'
  | 'icmpv6'
  | 'vxlan'
  | 'vxlanGpe'
  | 'geneve'
  | 'gtp'
  | 'l2tp'
  | 'teredo'
  | 'lisp'
  | 'etherIp'
  | 'nsh'
  | 'vnTag'
  | 'eTag'
  | 'redundancy'
  | 'ciscoMetadata'
  | 'backbone'
  | 'macsec'
  | 'batman'
  | 'nflog'
  | 'pktap'
  | 'pflog'
  | 'enc'
  | 'ipoib'
  | 'erf'];

/** Apart, so that what reads most packets stays small. */
function readRarerLayer(layer: RarerLayer, cursor: Cursor): Layer {
  switch (layer) {
    case LAYER.icmp:
      return readIcmp(cursor);
    case LAYER.icmpv6:
      return readIcmpv6(cursor);
    case LAYER.vxlan:
      return readVxlan(cursor);
    case LAYER.vxlanGpe:
      return readVxlanGpe(cursor);
    case LAYER.geneve:
      return readGeneve(cursor);
    case LAYER.gtp:
      return readGtp(cursor);
    case LAYER.l2tp:
      return readL2tp(cursor);
    case LAYER.teredo:
      return readTeredo(cursor);
    case LAYER.lisp:
      return readLisp(cursor);
    case LAYER.etherIp:
      return readEtherIp(cursor);
    case LAYER.nsh:
      return readNsh(cursor);
    case LAYER.vnTag:
      return readVnTag(cursor);
    case LAYER.eTag:
      return readETag(cursor);
    case LAYER.redundancy:
      return readRedundancy(cursor);
    case LAYER.ciscoMetadata:
      return readCiscoMetadata(cursor);
    case LAYER.backbone:
      return readBackbone(cursor);
    case LAYER.macsec:
      return readMacsec(cursor);
    case LAYER.batman:
      return readBatman(cursor);
    case LAYER.nflog:
      return readNflog(cursor);
    case LAYER.pktap:
      return readPktap(cursor);
    case LAYER.pflog:
      return readPflog(cursor);
    case LAYER.enc:
      return readEnc(cursor);
    case LAYER.ipoib:
      return readIpoib(cursor);
    case LAYER.erf:
      return readErf(cursor);
  }
}
