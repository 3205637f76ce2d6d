/** Finds the TCP segments in millions of captured packets, without an object for each. */
import { IPV4_BYTES } from './address.js';
import { Fragments, type FragmentReport } from './fragments.js';
import { readErspan2, readErspan3, readGre } from './gre.js';
import { readAuthentication } from './ip.js';
import { readIpv4 } from './ipv4.js';
import { readIpv6 } from './ipv6.js';
import { LAYER, NO_SUBFRAME, emptyCursor, none, type Cursor, type Layer } from './layers.js';
import { layerOfLinkType, readCooked, readCooked2, readEthernet, readIp, readLoopback, readVlan } from './link.js';
import { readLlc } from './llc.js';
import { readMpls } from './mpls.js';
import { readDirectedPpp, readHdlc, readPpp, readPppoe } from './ppp.js';
import { readTcp } from './tcp.js';
import { readAvs, readPpi, readPrism, readRadiotap, readSubframe, readWlan } from './wlan.js';
import type { PacketView, TcpView } from './packet.js';

/**
 * The most headers in one packet: more than any network has, and few enough that a hostile packet costs little time.
 */
const MAX_HEADERS = 32;

export class Decoder {
  /** The segment of the last packet that had one. Each fills the same object again. */
  readonly tcp: TcpView = {
    data: Buffer.alloc(0),
    source: 0,
    destination: 0,
    addressLength: IPV4_BYTES,
    sourcePort: 0,
    destinationPort: 0,
    sequence: 0,
    acknowledgement: 0,
    flags: 0,
    window: 0,
    payloadStart: 0,
    payloadEnd: 0,
    payloadLength: 0,
  };
  readonly #cursor = emptyCursor();
  readonly #fragments = new Fragments();

  /** What the last packet without a segment was, in a word, for counting: `UDP`, `ICMP`, `ARP`, `IPv4 fragment`, … */
  get other(): string {
    return this.#cursor.name;
  }

  /** What became of the packets that came in fragments, up to now. */
  get fragments(): FragmentReport {
    return this.#fragments.report();
  }

  /**
   * Whether `packet` holds a TCP segment, or completes one that came in fragments. If so, {@link tcp} has it, and
   * {@link next} finds further ones; if not, {@link other} says what the packet is. Never throws, whatever the bytes
   * are. Checksums are ignored: a capture taken on the sending machine seldom has them. The payload ends where the IP
   * header says, so padding is not part of it.
   */
  decode(packet: PacketView): boolean {
    const cursor = this.#cursor;
    cursor.subframe = NO_SUBFRAME;
    this.#begin(packet, packet.start);
    return this.#descend(layerOfLinkType(cursor, packet.linkType)) || this.next(packet);
  }

  /** Whether the decoded `packet` holds one more segment. Only a Wi-Fi frame that is made of several packets can. */
  next(packet: PacketView): boolean {
    const cursor = this.#cursor;
    while (cursor.subframe !== NO_SUBFRAME) {
      this.#begin(packet, cursor.subframe);
      if (this.#descend(LAYER.subframe)) return true;
    }
    return false;
  }

  #begin(packet: PacketView, at: number): void {
    const cursor = this.#cursor;
    // Mostly it is the same piece of the file, and an object that is stored anew is noted for the collector each time.
    if (cursor.data !== packet.data) cursor.data = packet.data;
    cursor.at = at;
    cursor.end = packet.end;
    cursor.wireEnd = Math.max(packet.start + packet.originalLength, packet.end);
    cursor.seconds = packet.seconds;
  }

  #descend(first: Layer): boolean {
    const cursor = this.#cursor;
    let layer = first;
    for (let headers = 0; headers < MAX_HEADERS; headers += 1) {
      if (layer === LAYER.tcp) return readTcp(cursor, this.tcp);
      if (layer === LAYER.none) return false;
      layer = readLayer(layer, cursor, this.#fragments);
    }
    none(cursor, `more than ${MAX_HEADERS} headers`);
    return false;
  }
}

function readLayer(layer: Layer, cursor: Cursor, fragments: Fragments): Layer {
  switch (layer) {
    case LAYER.ethernet:
      return readEthernet(cursor);
    case LAYER.ipv4:
      return readIpv4(cursor, fragments);
    case LAYER.ipv6:
      return readIpv6(cursor, fragments);
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
    case LAYER.tcp:
    case LAYER.none:
      return layer;
  }
}
