/** Capture files in the classic pcap format: read through the pcap-parser package, written by a few lines of our own. */
import { EventEmitter } from 'node:events';
import { closeSync, createReadStream, ftruncateSync, openSync, writeSync } from 'node:fs';

import { parse, type PacketHeader, type Parser } from 'pcap-parser';

import { printable } from '../printable.js';
import { CaptureFileError, describeSystemError, type Damage } from './capture-file.js';
import type { CaptureEnd } from './capture-reader.js';
import type { CapturedPacket } from './packet.js';
import {
  FILE_HEADER,
  MAX_RECORD_BYTES,
  RECORD_HEADER,
  formatPcapHeader,
  formatPcapRecord,
  linkTypeOf,
  parseFileHeader,
  withMicrosecondMagic,
  type CaptureTime,
  type FileHeader,
} from './pcap-format.js';
import { emptyPacketView, type OnPacket } from './records.js';

export { CaptureFileError, type Damage } from './capture-file.js';

export interface PcapEnd {
  /** LINKTYPE_ value of the whole file. */
  readonly linkType: number;
  /** How many packets were handed out. */
  readonly packets: number;
  /** Null for a file that ends where a record does. */
  readonly damage: Damage | null;
}

/**
 * Reads a pcap file of either byte order, with micro- or nanoseconds, and hands out its packets one by one. A packet's
 * `data` is a view of what was read: copy it to keep it without its neighbours.
 *
 * Damage is no error: all that came before it is handed out, and reading stops there. What `onPacket` throws rejects.
 *
 * @throws CaptureFileError for what is no such file or cannot be read to its end.
 */
export async function readPcap(source: NodeJS.ReadableStream, onPacket: (packet: CapturedPacket) => void): Promise<PcapEnd> {
  return readNamed('the capture', source, onPacket);
}

/** {@link readPcap} of the file at `path`. */
export async function readPcapFile(path: string, onPacket: (packet: CapturedPacket) => void): Promise<PcapEnd> {
  return readNamed(`the capture ${printable(path)}`, createReadStream(path), onPacket);
}

async function readNamed(name: string, source: NodeJS.ReadableStream, onPacket: (packet: CapturedPacket) => void): Promise<PcapEnd> {
  const unreadable = (why: string): CaptureFileError => new CaptureFileError(`Cannot read ${name}: ${why}`);
  const reader = new PcapReader(onPacket, unreadable);
  const chunks = source[Symbol.asyncIterator]();
  try {
    // Not `for await`: what the source throws is to be told apart from what `onPacket` throws.
    while (!reader.finished) {
      const next = await chunks.next().catch((error: unknown) => {
        throw unreadable(describeSystemError(error));
      });
      if (next.done === true) break;
      reader.take(Buffer.from(next.value));
    }
  } finally {
    await chunks.return?.();
  }
  return reader.end();
}

/** A whole file in memory, read through the package as {@link CaptureReader} reads it without. */
export class ParsedPcap {
  readonly #onPacket: OnPacket;
  readonly #unreadable: (why: string) => CaptureFileError;

  /** `name`: what an error shall call the file. */
  constructor(onPacket: OnPacket, name: string) {
    this.#onPacket = onPacket;
    this.#unreadable = (why) => new CaptureFileError(`Cannot read ${name}: ${why}`);
  }

  read(bytes: Buffer): CaptureEnd {
    const view = emptyPacketView();
    const reader = new PcapReader(({ data, ...packet }) => {
      this.#onPacket(Object.assign(view, packet, { data, start: 0, end: data.length }));
    }, this.#unreadable);
    reader.take(bytes);
    const { linkType, packets, damage } = reader.end();
    return {
      format: 'pcap',
      compressed: false,
      packets,
      damage,
      interfaces: [{ linkType, name: null, packets }],
      otherInterfaces: 0,
      linkTypes: packets > 0 ? [{ linkType, packets }] : [],
      comments: [],
      otherComments: 0,
    };
  }
}

/**
 * pcap-parser with a guard at its door. It knows two magic numbers of four, believes any length that a record claims,
 * does not say that a file was cut, and copies all it holds at each chunk. So it is given a file header that has been
 * checked, and then only as many bytes at a time as let it finish what it is at; what a record claims is checked between
 * the record's header and its body.
 */
class PcapReader {
  readonly #onPacket: (packet: CapturedPacket) => void;
  readonly #unreadable: (why: string) => CaptureFileError;
  readonly #feed = new Feed();
  readonly #parser: Parser;

  /** Read but not given to the parser yet. */
  #held: Buffer[] = [];
  /** Bytes of the file that have been read; and up to where the parser must get them to finish its next step. */
  #received = 0;
  #needed: number = FILE_HEADER.end;

  #header: FileHeader | null = null;
  #linkType = 0;
  #packets = 0;
  /** Where the record begins that is being read. */
  #recordOffset: number = FILE_HEADER.end;
  #damage: Damage | null = null;

  constructor(onPacket: (packet: CapturedPacket) => void, unreadable: (why: string) => CaptureFileError) {
    this.#onPacket = onPacket;
    this.#unreadable = unreadable;
    this.#parser = parse(this.#feed);
    this.#parser.on('globalHeader', ({ linkLayerType }) => {
      this.#linkType = linkTypeOf(linkLayerType);
      this.#needed += RECORD_HEADER.end;
    });
    this.#parser.on('packetHeader', (header) => {
      this.#startRecord(header);
    });
    this.#parser.on('packet', ({ header, data }) => {
      this.#finishRecord(header, data);
    });
    this.#parser.on('error', (error) => {
      throw unreadable(error.message);
    });
  }

  /** No later byte changes the answer. */
  get finished(): boolean {
    return this.#damage !== null;
  }

  take(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#needed) return;

    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    if (this.#header !== null) this.#feed.emit('data', bytes);
    else this.#begin(bytes);
  }

  end(): PcapEnd {
    if (this.#header === null) this.#checkedHeader(Buffer.concat(this.#held));
    this.#damage ??= this.#cut();
    return { linkType: this.#linkType, packets: this.#packets, damage: this.#damage };
  }

  #begin(bytes: Buffer): void {
    const fileHeader = bytes.subarray(0, FILE_HEADER.end);
    this.#header = this.#checkedHeader(fileHeader);
    this.#feed.emit('data', withMicrosecondMagic(fileHeader, this.#header.bigEndian));
    this.#feed.emit('data', bytes.subarray(FILE_HEADER.end));
  }

  #checkedHeader(bytes: Buffer): FileHeader {
    const header = parseFileHeader(bytes);
    if ('problem' in header) throw this.#unreadable(header.problem);
    return header;
  }

  #startRecord({ capturedLength }: PacketHeader): void {
    if (this.#damage !== null) return;
    if (capturedLength > MAX_RECORD_BYTES) {
      this.#damage = this.#damageHere(`claims ${capturedLength} bytes, and a packet has at most ${MAX_RECORD_BYTES}`);
      return;
    }
    this.#needed += capturedLength;
  }

  #finishRecord(header: PacketHeader, data: Buffer): void {
    if (this.#damage !== null || this.#header === null) return;
    this.#packets += 1;
    this.#recordOffset = this.#needed;
    this.#needed += RECORD_HEADER.end;
    const { unitsPerSecond } = this.#header;
    const units = header.timestampMicroseconds;
    this.#onPacket({
      number: this.#packets,
      // A broken writer may put more than a second into the fraction.
      seconds: header.timestampSeconds + Math.floor(units / unitsPerSecond),
      nanoseconds: (units % unitsPerSecond) * (1e9 / unitsPerSecond),
      linkType: this.#linkType,
      originalLength: header.originalLength,
      data,
    });
  }

  #cut(): Damage | null {
    const present = this.#received - this.#recordOffset;
    if (present === 0) return null;
    const bodyBytes = this.#needed - this.#recordOffset - RECORD_HEADER.end;
    return present < RECORD_HEADER.end
      ? this.#damageHere(`is cut: the file ends after ${present} of the ${RECORD_HEADER.end} bytes of its record header`)
      : this.#damageHere(`is cut: the file ends after ${present - RECORD_HEADER.end} of its ${bodyBytes} bytes`);
  }

  #damageHere(what: string): Damage {
    const packet = this.#packets + 1;
    return { message: `Packet ${packet}, at byte ${this.#recordOffset} of the file, ${what}`, packet, offset: this.#recordOffset };
  }
}

/** As much of a stream as the parser uses: it is pushed, so there is nothing to pause. */
class Feed extends EventEmitter {
  pause(): void {
    return;
  }

  resume(): void {
    return;
  }
}

/** Writes a file that is whole after each packet, so that nothing is lost if the process dies. */
export class PcapWriter {
  readonly #path: string;
  readonly #file: number;
  /** Bytes of whole records. */
  #length = 0;
  #open = true;

  /**
   * Creates the file at `path`, or empties it.
   *
   * @throws CaptureFileError where that cannot be done.
   */
  static open(path: string, linkType: number): PcapWriter {
    const writer = new PcapWriter(path);
    writer.#append(formatPcapHeader(linkType));
    return writer;
  }

  private constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /**
   * Appends a packet. If that fails the file is closed, as it was before.
   *
   * @throws CaptureFileError where it cannot be written; RangeError for what {@link formatPcapRecord} does not take.
   */
  write(time: CaptureTime, data: Uint8Array): void {
    this.#append(formatPcapRecord(time, data));
  }

  /** May be called again. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#file);
  }

  #append(bytes: Buffer): void {
    // The number of a closed file may by now be another file's.
    if (!this.#open) throw new CaptureFileError(`Cannot write the capture ${printable(this.#path)}: it has been closed`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
      this.#length += bytes.length;
    } catch (error) {
      this.#dropHalfRecord();
      this.close();
      throw unwritable(this.#path, error);
    }
  }

  #dropHalfRecord(): void {
    try {
      ftruncateSync(this.#file, this.#length);
    } catch {
      // A device or a pipe cannot be shortened; that the write failed is reported all the same.
    }
  }
}

function unwritable(path: string, error: unknown): CaptureFileError {
  return new CaptureFileError(`Cannot write the capture ${printable(path)}: ${describeSystemError(error)}`);
}
