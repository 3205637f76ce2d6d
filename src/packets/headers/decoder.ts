/** Finds the TCP segments in millions of captured packets, without an object for each. */
import { IPV4_BYTES } from './address.js';
import { Fragments, type FragmentReport } from './fragments.js';
import { LAYER, NO_SUBFRAME, emptyCursor, none, type Layer } from './layers.js';
import { layerOfLinkType } from './link.js';
import { readLayer } from './read-layer.js';
import { readTcp, readTcpHeader } from './tcp.js';
import { UDP } from './udp.js';
import type { PacketView, TcpView } from './packet.js';

/**
 * The most headers in one packet: more than any network has, and few enough that a hostile packet costs little time.
 */
const MAX_HEADERS = 32;

/**
 * Is called for each TCP header that belongs to no segment, while its packet is decoded. An ICMP error quotes the
 * header, or its length is impossible. Wireshark counts both when it numbers conversations.
 */
export type OnHeader = (header: TcpView, isQuote: boolean) => void;

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
  readonly #onHeader: OnHeader;

  constructor(onHeader: OnHeader = () => undefined) {
    this.#onHeader = onHeader;
  }

  /** What the last packet without a segment was, in a word, for counting: `UDP`, `ICMP`, `ARP`, `IPv4 fragment`, … */
  get other(): string {
    return this.#cursor.name;
  }

  /**
   * Where the last packet's header begins, if that is UDP that carries nothing which is followed, with the end of what
   * was captured of it, and the offsets of the addresses; null otherwise. Valid until the next packet.
   */
  datagram(): {
    readonly data: Buffer;
    readonly start: number;
    readonly end: number;
    readonly source: number;
    readonly destination: number;
    readonly addressLength: number;
  } | null {
    const { name, data, at, end, source, destination, addressLength } = this.#cursor;
    return name === UDP ? { data, start: at, end, source, destination, addressLength } : null;
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
    return this.#descend(layerOfLinkType(cursor, packet.linkType), MAX_HEADERS) || this.next(packet);
  }

  /** Whether the decoded `packet` holds one more segment. Only a Wi-Fi frame that is made of several packets can. */
  next(packet: PacketView): boolean {
    const cursor = this.#cursor;
    while (cursor.subframe !== NO_SUBFRAME) {
      this.#begin(packet, cursor.subframe);
      if (this.#descend(LAYER.subframe, MAX_HEADERS)) return true;
    }
    return false;
  }

  #begin(packet: PacketView, at: number): void {
    const cursor = this.#cursor;
    cursor.data = packet.data;
    cursor.at = at;
    cursor.end = packet.end;
    cursor.wireEnd = Math.max(packet.start + packet.originalLength, packet.end);
    cursor.seconds = packet.seconds;
  }

  /** Reads `most` headers at most. */
  #descend(first: Layer, most: number): boolean {
    const cursor = this.#cursor;
    let layer = first;
    for (let left = most; left > 0; left -= 1) {
      if (layer === LAYER.tcp) return (!cursor.isQuote && readTcp(cursor, this.tcp)) || this.#readHeader();
      if (layer === LAYER.none) return false;
      if (layer === LAYER.quote) return this.#readQuote(LAYER.ip, left - 1);
      if (layer === LAYER.quoteV6) return this.#readQuote(LAYER.ipv6, left - 1);
      layer = readLayer(layer, cursor, this.#fragments);
    }
    none(cursor, `more than ${MAX_HEADERS} headers`);
    return false;
  }

  #readHeader(): false {
    if (readTcpHeader(this.#cursor, this.tcp)) this.#onHeader(this.tcp, this.#cursor.isQuote);
    return false;
  }

  /** Whatever the error quotes, the packet is counted as ICMP. */
  #readQuote(first: Layer, most: number): false {
    const cursor = this.#cursor;
    const { name } = cursor;
    cursor.isQuote = true;
    this.#descend(first, most);
    cursor.isQuote = false;
    cursor.name = name;
    return false;
  }
}
