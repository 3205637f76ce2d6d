/**
 * The tap: a capture made at the sockets of one end. It needs no special rights.
 *
 * Some of the file is real: the bytes, how writes and reads divided them, their order, and their times at this end. The
 * rest is rebuilt, because the kernel does not show it to a program: the Ethernet, IP and TCP headers, with the
 * handshake, sequence numbers, checksums, an acknowledgement for all data that arrives, and the end of the connection.
 *
 * ```
 *   client                    server
 *     | SYN                     |
 *     |------------------------>|   connection()
 *     |                 SYN+ACK |
 *     |<------------------------|
 *     | ACK                     |
 *     |------------------------>|
 *     | PSH+ACK, data           |
 *     |------------------------>|   sent() at the client, received() at the server
 *     |                     ACK |
 *     |<------------------------|
 *     | FIN+ACK                 |
 *     |------------------------>|   ended() at the client, peerEnded() at the server
 *     |                     ACK |
 *     |<------------------------|
 * ```
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';

import { IPV4_BYTES, parseIpAddress } from '../packets/headers/address.js';
import { formatTcpPacket } from '../packets/headers/decode.js';
import { LINKTYPE } from '../packets/headers/link.js';
import { TCP_FLAGS } from '../packets/headers/packet.js';
import { CaptureFileError, PcapWriter } from '../packets/file/pcap.js';
import type { IfThere } from '../files/output-file.js';
import type { Side } from '../protocol/side.js';

/** The parts of a tapped capture that did not cross the socket. Show this list wherever you show such a capture. */
export const REBUILT: readonly string[] = [
  'the Ethernet, IP and TCP headers',
  'the TCP handshake and the closing',
  'sequence numbers and checksums',
  'an acknowledgement for each piece of data',
];

export interface Endpoint {
  /** As a socket reports it: IPv4, IPv6, or IPv4-mapped IPv6, perhaps with a zone. */
  readonly address: string;
  readonly port: number;
}

export interface Endpoints {
  readonly client: Endpoint;
  readonly server: Endpoint;
}

export interface TapSource {
  /** Microseconds since the Unix epoch. */
  readonly now: () => number;
  /** A 32-bit initial sequence number. */
  readonly initialSequence: () => number;
}

const REAL: TapSource = {
  // Date.now() counts milliseconds only, and may jump back.
  now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  initialSequence: () => randomInt(2 ** 32),
};

/** Records the connections of this process in a capture file. */
export class TapRecorder {
  readonly #path: string;
  readonly #source: TapSource;
  #writer: PcapWriter | null = null;
  #connections = 0;
  #packets = 0;
  #lastTime = 0;
  #failure: CaptureFileError | null = null;
  #closed = false;

  /**
   * Creates the file at `path`.
   *
   * @throws CaptureFileError if it cannot, for example because the file already exists.
   */
  static open(path: string, source: TapSource = REAL): TapRecorder {
    const recorder = new TapRecorder(path, source);
    recorder.begin();
    return recorder;
  }

  /** Does not create the file before {@link begin}. */
  constructor(path: string, source: TapSource = REAL) {
    this.#path = path;
    this.#source = source;
  }

  /** Creates the file. @throws CaptureFileError as {@link open} does. */
  begin(ifThere: IfThere = 'refuse'): void {
    this.#writer = PcapWriter.open(this.#path, LINKTYPE.ETHERNET, ifThere);
  }

  get connections(): number {
    return this.#connections;
  }

  /** Why recording stopped early (for example, because the disk is full), or null. The recorded chat goes on. */
  get failure(): CaptureFileError | null {
    return this.#failure;
  }

  /** The recorder's clock, for `opened` of {@link connection}: microseconds since the Unix epoch. */
  now(): number {
    return this.#source.now();
  }

  /**
   * Records the handshake of one of our connections. Returns the tap that records the rest of it.
   *
   * @param observer which of the two ends we are.
   * @param opened when the client began to connect, by {@link now}. Omit it at the server, which does not see that
   * time.
   * @throws TypeError if an address is not an IP address.
   */
  connection(endpoints: Endpoints, observer: Side, opened: number = this.now()): ConnectionTap {
    const tap = new ConnectionTap((packet, time) => this.#record(packet, time), this.#source, endpoints, observer);
    this.#connections += 1;
    tap.handshake(opened);
    return tap;
  }

  /** You may call it again. Its taps record nothing after it. A file without a connection is deleted. */
  close(): void {
    this.#closed = true;
    if (this.#connections === 0) this.#writer?.abandon();
    else this.#writer?.close();
  }

  /**
   * Returns the frame's number. Times never go back in the file: if a packet's time is earlier than that of the packet
   * before it, it gets that packet's time.
   */
  #record(packet: Buffer, time: number): number | null {
    if (this.#closed || this.#failure !== null || this.#writer === null) return null;
    this.#lastTime = Math.max(this.#lastTime, time);
    try {
      this.#writer.write(
        { seconds: Math.floor(this.#lastTime / 1e6), nanoseconds: (this.#lastTime % 1e6) * 1000 },
        packet,
      );
    } catch (error) {
      if (!(error instanceof CaptureFileError)) throw error;
      this.#failure = error;
      return null;
    }
    this.#packets += 1;
    return this.#packets;
  }
}

/**
 * The most payload bytes in a packet. In IPv4, a 16-bit length includes the headers. For IPv6, we use what Linux's `lo`
 * allows with its MTU of 65,536.
 */
const MAX_PAYLOAD = { ipv4: 65_535 - 20 - 20, ipv6: 65_536 - 40 - 20 } as const;

/**
 * The window is in bytes in a SYN, and in units of 128 bytes after it, as the window scale option says. Both are larger
 * than the largest payload. If a payload filled the window exactly, Wireshark would warn of a full window.
 */
const SYN_WINDOW = 65_535;
const WINDOW = 512;

const NOTHING = Buffer.alloc(0);

/** One connection in a {@link TapRecorder}. Report to it what crosses the socket, when it crosses. It never throws. */
export class ConnectionTap {
  readonly #record: (packet: Buffer, time: number) => number | null;
  readonly #now: () => number;
  readonly #us: Half;
  readonly #peer: Half;
  readonly #client: Half;
  readonly #server: Half;
  readonly #maxPayload: number;
  #over = false;

  /** Use {@link TapRecorder.connection} to get one. */
  constructor(
    record: (packet: Buffer, time: number) => number | null,
    { now, initialSequence }: TapSource,
    { client, server }: Endpoints,
    observer: Side,
  ) {
    this.#record = record;
    this.#now = now;
    this.#client = new Half(client, initialSequence());
    this.#server = new Half(server, initialSequence());
    [this.#us, this.#peer] = observer === 'client' ? [this.#client, this.#server] : [this.#server, this.#client];
    const ipv4 = [client, server].every(({ address }) => parseIpAddress(address).length === IPV4_BYTES);
    this.#maxPayload = ipv4 ? MAX_PAYLOAD.ipv4 : MAX_PAYLOAD.ipv6;
  }

  handshake(began: number): void {
    const options = synOptions(this.#maxPayload);
    const established = this.#now();
    this.#segment(this.#client, TCP_FLAGS.SYN, { time: began, window: SYN_WINDOW, options });
    this.#segment(this.#server, TCP_FLAGS.SYN | TCP_FLAGS.ACK, { time: established, window: SYN_WINDOW, options });
    this.#segment(this.#client, TCP_FLAGS.ACK, { time: established });
  }

  /**
   * We wrote `bytes` to the socket in one write. Returns the number of the frame that holds the last of them, or null
   * if they were not recorded.
   */
  sent(bytes: Uint8Array): number | null {
    return this.#data(this.#us, bytes);
  }

  /** One read returned `bytes`. Returns the same as {@link sent}. */
  received(bytes: Uint8Array): number | null {
    return this.#data(this.#peer, bytes);
  }

  /** We ended our half. From now on only the other side sends. */
  ended(): void {
    this.#fin(this.#us);
  }

  /** The other side ended its half. */
  peerEnded(): void {
    this.#fin(this.#peer);
  }

  /** The connection was reset; nothing can follow. */
  reset(by: 'us' | 'peer'): void {
    if (this.#over) return;
    this.#segment(by === 'us' ? this.#us : this.#peer, TCP_FLAGS.RST | TCP_FLAGS.ACK, { time: this.#now() });
    this.#over = true;
  }

  /** Stops recording. A half that did not end stays open in the file, because this end did not see it end. */
  close(): void {
    this.#over = true;
  }

  #data(from: Half, bytes: Uint8Array): number | null {
    if (this.#over || from.ended) return null;
    let frame: number | null = null;
    const time = this.#now();
    for (let at = 0; at < bytes.length; at += this.#maxPayload) {
      const piece = bytes.subarray(at, at + this.#maxPayload);
      // PSH marks the end of one write.
      const flags = at + piece.length === bytes.length ? TCP_FLAGS.PSH | TCP_FLAGS.ACK : TCP_FLAGS.ACK;
      frame = this.#segment(from, flags, { time, payload: Buffer.from(piece) });
      this.#segment(this.#other(from), TCP_FLAGS.ACK, { time });
    }
    return frame;
  }

  #fin(from: Half): void {
    if (this.#over || from.ended) return;
    const time = this.#now();
    this.#segment(from, TCP_FLAGS.FIN | TCP_FLAGS.ACK, { time });
    from.ended = true;
    this.#segment(this.#other(from), TCP_FLAGS.ACK, { time });
  }

  #other(half: Half): Half {
    return half === this.#us ? this.#peer : this.#us;
  }

  #segment(
    from: Half,
    flags: number,
    { time, payload = NOTHING, window = WINDOW, options = NOTHING }: SegmentParts,
  ): number | null {
    const to = this.#other(from);
    const packet = formatTcpPacket(
      {
        sourceAddress: from.address,
        sourcePort: from.port,
        destinationAddress: to.address,
        destinationPort: to.port,
        sequence: from.next,
        acknowledgement: (flags & TCP_FLAGS.ACK) === 0 ? 0 : to.next,
        flags,
        window,
        payload,
      },
      options,
    );
    from.advance(payload.length + ((flags & (TCP_FLAGS.SYN | TCP_FLAGS.FIN)) === 0 ? 0 : 1));
    return this.#record(packet, time);
  }
}

interface SegmentParts {
  readonly time: number;
  readonly payload?: Buffer;
  readonly window?: number;
  readonly options?: Buffer;
}

/** The sending half of one side. */
class Half {
  readonly address: string;
  readonly port: number;
  /** Sequence number of the next byte (RFC 9293: SND.NXT). SYN and FIN count as one byte each. */
  next: number;
  ended = false;

  constructor({ address, port }: Endpoint, initialSequence: number) {
    this.address = address;
    this.port = port;
    this.next = initialSequence;
  }

  advance(count: number): void {
    this.next = (this.next + count) % 2 ** 32;
  }
}

/** Maximum segment size; no-operation; window scale 7 (RFC 9293, section 3.2; RFC 7323, section 2.2). */
function synOptions(maxPayload: number): Buffer {
  return Buffer.from([2, 4, maxPayload >> 8, maxPayload & 0xff, 1, 3, 3, 7]);
}
