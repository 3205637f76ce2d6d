/** What crossed in the TCP connections of a capture, segment by segment: sizes, times, and the bytes of a short one. */
import { readCapture } from '../../packets/file/read-capture.js';
import { Decoder } from '../../packets/headers/decoder.js';
import { TCP_FLAGS } from '../../packets/headers/packet.js';
import type { Side } from '../../protocol/side.js';

/** A segment that carried new bytes. */
export interface Piece {
  readonly frame: number;
  readonly from: Side;
  /** Since the first packet of the capture. */
  readonly ms: number;
  readonly bytes: Buffer;
}

export interface Connection {
  readonly serverPort: number;
  readonly pieces: readonly Piece[];
  /** Segments that are not kept, because there are so many. */
  readonly unkept: number;
}

const MOST_CONNECTIONS = 64;
const MOST_PIECES = 2_000;
const MOST_BYTES = 2 ** 20;

interface Building {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly pieces: Piece[];
  /** The sequence number of the next new byte. */
  readonly next: Map<Side, number>;
  bytes: number;
  unkept: number;
}

/** In the order in which they began. @throws CaptureFileError */
export async function connectionsIn(file: string): Promise<readonly Connection[]> {
  const decoder = new Decoder();
  const all: Building[] = [];
  let beganMs: number | null = null;
  await readCapture(file, (packet) => {
    const atMs = packet.seconds * 1000 + packet.nanoseconds / 1e6;
    beganMs ??= atMs;
    if (!decoder.decode(packet)) return;
    const { sourcePort, destinationPort, flags, payloadStart, payloadEnd, data, sequence } = decoder.tcp;
    const isOpening = (flags & TCP_FLAGS.SYN) !== 0 && (flags & TCP_FLAGS.ACK) === 0;
    const known = isOpening ? null : connectionOf(all, sourcePort, destinationPort);
    const found = known ?? opened(all, sourcePort, destinationPort, isOpening || sourcePort > destinationPort);
    if (found === null || payloadEnd <= payloadStart) return;
    const { from, connection } = found;
    const end = (sequence + payloadEnd - payloadStart) >>> 0;
    const next = connection.next.get(from);
    // What was sent once more tells nothing new. Sequence numbers are compared modulo 2^32 (RFC 9293, section 3.4).
    if (next !== undefined && ((end - next) | 0) <= 0) return;
    connection.next.set(from, end);
    if (connection.pieces.length >= MOST_PIECES || connection.bytes > MOST_BYTES) {
      connection.unkept += 1;
      return;
    }
    const bytes = Buffer.from(data.subarray(payloadStart, payloadEnd));
    connection.bytes += bytes.length;
    connection.pieces.push({ frame: packet.number, from, ms: atMs - beganMs, bytes });
  });
  return all.filter(({ pieces }) => pieces.length > 0);
}

interface Found {
  readonly from: Side;
  readonly connection: Building;
}

function connectionOf(all: readonly Building[], source: number, destination: number): Found | null {
  const isOf = (client: number, server: number): Building | undefined =>
    all.findLast((each) => each.clientPort === client && each.serverPort === server);
  const sent = isOf(source, destination);
  if (sent !== undefined) return { from: 'client', connection: sent };
  const answered = isOf(destination, source);
  return answered === undefined ? null : { from: 'server', connection: answered };
}

/** Where the beginning was not captured, whoever has the higher port counts as the client. */
function opened(all: Building[], source: number, destination: number, isFromClient: boolean): Found | null {
  if (all.length >= MOST_CONNECTIONS) return null;
  const [clientPort, serverPort] = isFromClient ? [source, destination] : [destination, source];
  const connection: Building = { clientPort, serverPort, pieces: [], next: new Map(), bytes: 0, unkept: 0 };
  all.push(connection);
  return { from: isFromClient ? 'client' : 'server', connection };
}
