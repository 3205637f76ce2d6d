/**
 * Datagrams of UDP, by the two ends between which they went. Each is a message by itself. What is in them is read when
 * the file has ended. Protocols that are no chat, such as DNS, are named and not kept.
 */
import { uint16 } from '../bytes/integers.js';
import { formatIpAddress } from '../packets/headers/address.js';
import { goesOn, udpProtocolOf, type UdpProtocol } from './udp-protocols.js';
import type { Address } from './findings/findings.js';
import type { Side } from '../protocol/side.js';

const HEADER_BYTES = 8;
const AT = { source: 0, destination: 2, length: 4 } as const;
/** A shorter one says nothing: some programs send a byte to show that they are there. */
const LEAST_BYTES = 2;
/** More are counted, but not looked at: their number, the bytes of all, and how many pairs of ends are kept. */
const MOST = { datagrams: 20_000, bytes: 8 * 2 ** 20, talks: 1000 } as const;
/** Pairs of ends that are remembered for what is encrypted between them. */
const MOST_SEALED = 4096;

/** Where the addresses stand in the packet, and the datagram with its header, as far as it was captured. */
export interface DatagramView {
  readonly data: Buffer;
  readonly start: number;
  readonly end: number;
  readonly source: number;
  readonly destination: number;
  readonly addressLength: number;
}

export interface Datagram {
  readonly side: Side;
  readonly frame: number;
  readonly time: number;
  readonly bytes: Buffer;
}

/** What went between two ends. The client is who sent first. */
export interface UdpTalk {
  readonly client: Address;
  readonly server: Address;
  readonly datagrams: Datagram[];
}

export class Datagrams {
  readonly #talks = new Map<string, UdpTalk>();
  readonly #sealed = new Map<string, 'QUIC' | 'DTLS'>();
  #kept = 0;
  #bytes = 0;
  #unlooked = 0;

  /** In the order of their first datagrams. */
  get talks(): readonly UdpTalk[] {
    return [...this.#talks.values()];
  }

  /** How many were not looked at, because there are so many. */
  get unlooked(): number {
    return this.#unlooked;
  }

  /** Takes a datagram, and returns its protocol if that is no chat. */
  take(view: DatagramView, frame: number, time: number): UdpProtocol | null {
    const { data, start, end } = view;
    if (end - start < HEADER_BYTES + LEAST_BYTES) return null;
    const from = start + HEADER_BYTES;
    const to = Math.min(end, start + Math.max(HEADER_BYTES, uint16(data, start + AT.length)));
    if (to - from < LEAST_BYTES) return null;
    const ports = [uint16(data, start + AT.source), uint16(data, start + AT.destination)] as const;
    const payload = data.subarray(from, to);
    const protocol = udpProtocolOf(payload, ports);
    const isFull = this.#kept >= MOST.datagrams || this.#bytes + payload.length > MOST.bytes;
    if (protocol !== null && protocol !== 'QUIC' && protocol !== 'DTLS') return protocol;
    if (isFull && this.#sealed.size === 0 && protocol === null) {
      this.#unlooked += 1;
      return null;
    }
    const { key, isTurned } = keyOf(view, ports);
    if (protocol !== null) {
      if (this.#sealed.size < MOST_SEALED) this.#sealed.set(key, protocol);
      return protocol;
    }
    const sealed = this.#sealed.get(key);
    if (sealed !== undefined && goesOn(payload, sealed)) return sealed;
    const talk = isFull ? null : this.#talkOf(key, view, ports);
    if (talk === null) {
      this.#unlooked += 1;
      return null;
    }
    this.#kept += 1;
    this.#bytes += payload.length;
    const isFirstEnd = isTurned === this.#isTurned.get(key);
    talk.datagrams.push({ side: isFirstEnd ? 'client' : 'server', frame, time, bytes: Buffer.from(payload) });
    return null;
  }

  /** Whether the first datagram of a pair went from the end that comes second in the key. */
  readonly #isTurned = new Map<string, boolean>();

  #talkOf(key: string, view: DatagramView, [source, destination]: readonly [number, number]): UdpTalk | null {
    const known = this.#talks.get(key);
    if (known !== undefined) return known;
    if (this.#talks.size >= MOST.talks) return null;
    const { data, addressLength } = view;
    const talk: UdpTalk = {
      client: { address: formatIpAddress(data, view.source, addressLength), port: source },
      server: { address: formatIpAddress(data, view.destination, addressLength), port: destination },
      datagrams: [],
    };
    this.#talks.set(key, talk);
    this.#isTurned.set(key, keyOf(view, [source, destination]).isTurned);
    return talk;
  }
}

/** The same for both directions. */
function keyOf(
  { data, source, destination, addressLength }: DatagramView,
  [from, to]: readonly [number, number],
): { readonly key: string; readonly isTurned: boolean } {
  const one = `${data.toString('latin1', source, source + addressLength)}:${from}`;
  const other = `${data.toString('latin1', destination, destination + addressLength)}:${to}`;
  return one <= other ? { key: `${one}-${other}`, isTurned: false } : { key: `${other}-${one}`, isTurned: true };
}
