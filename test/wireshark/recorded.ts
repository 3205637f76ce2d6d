/** New chats of two real processes, recorded, and the same bytes split in other ways. */
import fs from 'node:fs';
import path from 'node:path';

import { decode } from '../../src/packets/headers/decode.js';
import { client, server as serverPacket } from '../eavesdropper/wire.js';
import { readFile } from '../packets/reading.js';
import { server, servchat, temporaryDirectory } from '../servchat-process.js';
import type { Integrity } from '../../src/protocol/integrity.js';
import type { Packet } from '../eavesdropper/wire.js';

export interface Recorded {
  readonly capture: string;
  readonly keyLog: string;
}

/** A new chat of two real processes. */
export async function record(
  mode: 'plaintext' | 'encrypted',
  integrity: Integrity = 'hmac-sha256-seq',
): Promise<Recorded> {
  const directory = temporaryDirectory();
  const [capture, keyLog] = [path.join(directory, 'chat.pcap'), path.join(directory, 'keys')];
  const both = ['--mode', mode, ...(mode === 'encrypted' ? ['--integrity', integrity] : [])];
  const { chair, port } = await server(both);
  const keys = mode === 'encrypted' ? ['--keylog', keyLog] : [];
  const other = servchat(['connect', `127.0.0.1:${port}`, ...both, '--capture', capture, ...keys]);
  await Promise.all([chair.shows('Client connected.'), other.shows('Connected to SERVCHAT')]);
  for (const [question, answer] of [
    ['Nice to Meet you', 'Nice to Meet you too'],
    ['Ünï👋 \\ "quoted" | and\ttabbed', 'x'.repeat(300)],
    ['', ''],
  ] as const) {
    other.say(question);
    await chair.shows(question === '' ? 'client:' : `client: ${question.slice(0, 3)}`);
    chair.say(answer);
    await other.shows(`Server: ${answer.slice(0, 3)}`);
  }
  other.say('Exit');
  await Promise.all([chair.ended, other.ended]);
  moveToPorts(capture, port, SERVER_PORT, CLIENT_PORT);
  return { capture, keyLog };
}

/**
 * A port that is not servchat's default and that Wireshark assigns to no protocol. A free port of the system could
 * belong to one.
 */
export const SERVER_PORT = 52_000;
const CLIENT_PORT = 51_000;

/** The offsets of these fields in the tap's packets: Ethernet, IPv4 without options, TCP. */
const AT = {
  firstRecord: 24,
  capturedLength: 8,
  packet: 16,
  sourcePort: 34,
  destinationPort: 36,
  checksum: 50,
} as const;

/** Gives the two ends in the file other ports, and corrects the checksums (RFC 1624, section 3). */
function moveToPorts(file: string, oldServer: number, server: number, client: number): void {
  const bytes = fs.readFileSync(file);
  for (let record = AT.firstRecord; record < bytes.length;) {
    const packet = record + AT.packet;
    for (const field of [AT.sourcePort, AT.destinationPort]) {
      const old = bytes.readUInt16BE(packet + field);
      const now = old === oldServer ? server : client;
      const sum = (~bytes.readUInt16BE(packet + AT.checksum) & 0xffff) + (~old & 0xffff) + now;
      const folded = (sum & 0xffff) + (sum >> 16);
      bytes.writeUInt16BE(~((folded & 0xffff) + (folded >> 16)) & 0xffff, packet + AT.checksum);
      bytes.writeUInt16BE(now, packet + field);
    }
    record = packet + bytes.readUInt32LE(record + AT.capturedLength);
  }
  fs.writeFileSync(file, bytes);
}

export interface Payload {
  readonly side: 'client' | 'server';
  bytes: Buffer;
}

/** The bytes of both sides, in their pieces and in the order in which they came. */
export async function payloadsOf(capture: string): Promise<Payload[]> {
  const payloads: Payload[] = [];
  let clientPort: number | null = null;
  await readFile(capture, (packet) => {
    const decoded = decode(packet);
    if (decoded.kind !== 'tcp') return;
    clientPort ??= decoded.segment.sourcePort;
    if (decoded.segment.payload.length === 0) return;
    payloads.push({
      side: decoded.segment.sourcePort === clientPort ? 'client' : 'server',
      bytes: Buffer.from(decoded.segment.payload),
    });
  });
  return payloads;
}

export function packetsOf(payloads: readonly Payload[]): Packet[] {
  const next = { client: 1000, server: 5000 };
  return payloads.map(({ side, bytes }) => {
    const sequence = next[side];
    next[side] += bytes.length;
    return side === 'client'
      ? client(sequence, next.server, 'PA', bytes)
      : serverPacket(sequence, next.client, 'PA', bytes);
  });
}

/** The same bytes in other pieces. Runs of the same side are joined first. */
export function recut(payloads: readonly Payload[], pieceLength: (index: number) => number): Payload[] {
  const runs: Payload[] = [];
  for (const { side, bytes } of payloads) {
    const last = runs.at(-1);
    if (last?.side === side) last.bytes = Buffer.concat([last.bytes, bytes]);
    else runs.push({ side, bytes });
  }
  return runs.flatMap(({ side, bytes }) => {
    const pieces: Payload[] = [];
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + pieceLength(pieces.length));
      pieces.push({ side, bytes: piece });
      at += piece.length;
    }
    return pieces;
  });
}
