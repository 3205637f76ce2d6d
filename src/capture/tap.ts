/**
 * The tap: a capture of one end's sockets that needs no rights.
 *
 * True in it are the bytes, how they were cut into writes and reads, their order and their times at this end. Rebuilt
 * around them are the headers that the kernel does not show to a program: Ethernet, IP and TCP, with the handshake,
 * sequence numbers, checksums, an acknowledgement for all that arrives, and the end of the connection.
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

/** What in a tapped capture did not cross the socket: to be told wherever such a capture is shown. */
export const REBUILT: readonly string[] = [
  'the Ethernet, IP and TCP headers',
  'the TCP handshake and the closing',
  'sequence numbers and checksums',
  'an acknowledgement for each piece of data',
];

export interface Endpoint {
  /** As a socket tells it: IPv4, IPv6, or IPv4-mapped IPv6, perhaps with a zone. */
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
  // Date.now() has milliseconds only, and may step back.
  now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000),
  initialSequence: () => randomInt(2 ** 32),
};

/** A capture file that the connections of this process are recorded into. */
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
   * @throws CaptureFileError where that cannot be done: where there is one already, for example.
   */
  static open(path: string, source: TapSource = REAL): TapRecorder {
    const recorder = new TapRecorder(path, source);
    recorder.begin();
    return recorder;
  }

  /** Of a file that is not made before {@link begin}. */
  constructor(path: string, source: TapSource = REAL) {
    this.#path = path;
    this.#source = source;
  }

  /** Creates the file. @throws CaptureFileError as {@link open} does. */
  begin(ifThere: IfThere = 'refuse'): void {
    this.#writer = PcapWriter.open(this.#path, LINKTYPE.ETHERNET, ifThere);
  }

  /** How many connections have been recorded. */
  get connections(): number {
    return this.#connections;
  }

  /** Why the record stopped before its end (the disk is full, say), or null. The chat that is recorded goes on. */
  get failure(): CaptureFileError | null {
    return this.#failure;
  }

  /** The recorder's clock, for `opened` of {@link connection}: microseconds since the Unix epoch. */
  now(): number {
    return this.#source.now();
  }

  /**
   * Records the handshake of a connection of ours and answers with the tap for what crosses it.
   *
   * @param observer which of the two ends we are.
   * @param opened when the client began to connect, by {@link now}; at the server, which does not see that, leave it
   * out.
   * @throws TypeError for an address that is none.
   */
  connection(endpoints: Endpoints, observer: Side, opened: number = this.now()): ConnectionTap {
    const tap = new ConnectionTap((packet, time) => this.#record(packet, time), this.#source, endpoints, observer);
    this.#connections += 1;
    tap.open(opened);
    return tap;
  }

  /**
   * May be called again; taps that are still told of something record it no more. A file without a connection is not
   * left.
   */
  close(): void {
    this.#closed = true;
    if (this.#connections === 0) this.#writer?.abandon();
    else this.#writer?.close();
  }

  /**
   * Time does not run backwards in a file: a packet of an earlier time gets that of the one before. The frame's number.
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
 * What a packet may carry. IPv4 counts its headers in a 16-bit length; for IPv6 what Linux's `lo`, with its MTU of
 * 65,536, allows.
 */
const MAX_PAYLOAD = { ipv4: 65_535 - 20 - 20, ipv6: 65_536 - 40 - 20 } as const;

/**
 * In a SYN unscaled; after it in units of 128 bytes, as the window scale option says. Both are larger than the largest
 * payload: one that filled the window to the byte would make Wireshark warn of a full window.
 */
const SYN_WINDOW = 65_535;
const WINDOW = 512;

const NOTHING = Buffer.alloc(0);

/** One connection in a {@link TapRecorder}: told what crosses the socket, as it crosses. Never throws. */
export class ConnectionTap {
  readonly #record: (packet: Buffer, time: number) => number | null;
  readonly #now: () => number;
  readonly #us: Half;
  readonly #peer: Half;
  readonly #client: Half;
  readonly #server: Half;
  readonly #maxPayload: number;
  #over = false;

  /** Made by {@link TapRecorder.connection}. */
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

  open(began: number): void {
    const options = synOptions(this.#maxPayload);
    const established = this.#now();
    this.#segment(this.#client, TCP_FLAGS.SYN, { time: began, window: SYN_WINDOW, options });
    this.#segment(this.#server, TCP_FLAGS.SYN | TCP_FLAGS.ACK, { time: established, window: SYN_WINDOW, options });
    this.#segment(this.#client, TCP_FLAGS.ACK, { time: established });
  }

  /**
   * We wrote `bytes` to the socket in one piece. The number of the frame that holds the last of them; null where it is
   * not recorded.
   */
  sent(bytes: Uint8Array): number | null {
    return this.#data(this.#us, bytes);
  }

  /** One read gave `bytes`. Answers as {@link sent} does. */
  received(bytes: Uint8Array): number | null {
    return this.#data(this.#peer, bytes);
  }

  /** We ended our half: after it only the other side sends. */
  ended(): void {
    this.#fin(this.#us);
  }

  /** The other side ended its half. */
  peerEnded(): void {
    this.#fin(this.#peer);
  }

  /** The connection was cut off; nothing can follow. */
  reset(by: 'us' | 'peer'): void {
    if (this.#over) return;
    this.#segment(by === 'us' ? this.#us : this.#peer, TCP_FLAGS.RST | TCP_FLAGS.ACK, { time: this.#now() });
    this.#over = true;
  }

  /** Nothing more is recorded. A half that was not ended stays open in the record: this end did not see its end. */
  close(): void {
    this.#over = true;
  }

  #data(from: Half, bytes: Uint8Array): number | null {
    if (this.#over || from.ended) return null;
    let frame: number | null = null;
    const time = this.#now();
    for (let at = 0; at < bytes.length; at += this.#maxPayload) {
      const piece = bytes.subarray(at, at + this.#maxPayload);
      // PSH marks the end of what was written at once.
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

/** One side of a connection as a sender. */
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
