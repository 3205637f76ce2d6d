/**
 * Writes captures in the pcapng format. It can hold more than packets: what the file is, where it was captured,
 * comments on packets, and the secrets that open them. We write little-endian, one section, and times in nanoseconds.
 */
import { describeFileError } from '../../file-error.js';
import { WholeFile, writePatiently, type IfThere } from '../../files/output-file.js';
import { printable } from '../../printable.js';
import { CaptureFileError } from './capture-file.js';
import { MAX_RECORD_BYTES, type CaptureTime } from './pcap-format.js';
import {
  BLOCK,
  BLOCK_FIELD,
  BYTE_ORDER_MAGIC,
  ENHANCED_FIELD,
  INTERFACE_FIELD,
  INTERFACE_OPTION,
  OPTION,
  OPTION_FIELD,
  PACKET_OPTION,
  SECRETS_FIELD,
  SECTION_FIELD,
  SECTION_OPTION,
  TLS_KEY_LOG,
  VERSION,
  padded,
} from './pcapng-format.js';

export interface SectionNotes {
  /** What the file is, for the person who opens it. */
  readonly comment: string;
  readonly application: string;
}

export interface PcapngInterface {
  /** LINKTYPE_ value of all packets on it. */
  readonly linkType: number;
  readonly name?: string;
  readonly description?: string;
}

export interface PcapngPacket {
  /** The number that {@link PcapngWriter.interface} gave. */
  readonly interface: number;
  readonly time: CaptureTime;
  readonly originalLength: number;
  readonly data: Uint8Array;
  /** As seen by the machine, or the socket, that captured. */
  readonly direction?: 'in' | 'out';
  readonly comments?: readonly string[];
}

/** An option: its code and its value. */
type Option = readonly [code: number, value: Buffer];

/** Section 4.7 of the format's draft, and its number for a TLS key log. */

const NANOSECONDS = 9;
/** Section 4.3.1.1: the lowest two bits. */
const DIRECTION_FLAGS = { in: 1, out: 2 } as const;
const LENGTH_UNKNOWN = 0xffffffff;
/** A time has 64 bits. */
const MAX_TIME = 2n ** 64n - 1n;
/** An option's length has 16 bits. */
const MAX_OPTION_BYTES = 0xffff;

/** The block that begins the file. */
export function formatSection({ comment, application }: SectionNotes): Buffer {
  const head = Buffer.alloc(SECTION_FIELD.options - BLOCK_FIELD.body);
  head.writeUInt32LE(BYTE_ORDER_MAGIC, SECTION_FIELD.magic - BLOCK_FIELD.body);
  head.writeUInt16LE(VERSION.major, SECTION_FIELD.versionMajor - BLOCK_FIELD.body);
  head.writeUInt16LE(VERSION.minor, SECTION_FIELD.versionMinor - BLOCK_FIELD.body);
  head.writeUInt32LE(LENGTH_UNKNOWN, SECTION_FIELD.sectionLength - BLOCK_FIELD.body);
  head.writeUInt32LE(LENGTH_UNKNOWN, SECTION_FIELD.sectionLength + 4 - BLOCK_FIELD.body);
  return block(BLOCK.section, head, [
    [OPTION.comment, textValue(comment)],
    [SECTION_OPTION.application, textValue(application)],
  ]);
}

/** An interface; the first in the file is number 0. */
export function formatInterface({ linkType, name, description }: PcapngInterface): Buffer {
  const head = Buffer.alloc(INTERFACE_FIELD.options - BLOCK_FIELD.body);
  head.writeUInt16LE(linkType, INTERFACE_FIELD.linkType - BLOCK_FIELD.body);
  head.writeUInt32LE(MAX_RECORD_BYTES, INTERFACE_FIELD.snapLength - BLOCK_FIELD.body);
  return block(BLOCK.interface, head, [
    ...(name === undefined ? [] : [[INTERFACE_OPTION.name, textValue(name)] as const]),
    ...(description === undefined ? [] : [[INTERFACE_OPTION.description, textValue(description)] as const]),
    [INTERFACE_OPTION.timeResolution, Buffer.from([NANOSECONDS])],
  ]);
}

/** @throws RangeError where the time is before 1970 or after 2554, or the packet is longer than 262,144 bytes. */
export function formatPacket(packet: PcapngPacket): Buffer {
  const { data, time, direction, comments = [] } = packet;
  if (data.length > MAX_RECORD_BYTES)
    throw new RangeError(`Cannot write a packet of ${data.length} bytes: ${MAX_RECORD_BYTES} is the most`);
  const units = BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanoseconds);
  if (units < 0n || units > MAX_TIME)
    throw new RangeError('Cannot write a packet of a time before 1970 or after 2554: it does not fit');
  const dataAt = ENHANCED_FIELD.data - BLOCK_FIELD.body;
  const body = Buffer.alloc(dataAt + padded(data.length));
  body.writeUInt32LE(packet.interface, ENHANCED_FIELD.interface - BLOCK_FIELD.body);
  body.writeUInt32LE(Number(units >> 32n), ENHANCED_FIELD.timeHigh - BLOCK_FIELD.body);
  body.writeUInt32LE(Number(units & 0xffffffffn), ENHANCED_FIELD.timeLow - BLOCK_FIELD.body);
  body.writeUInt32LE(data.length, ENHANCED_FIELD.capturedLength - BLOCK_FIELD.body);
  body.writeUInt32LE(packet.originalLength, ENHANCED_FIELD.originalLength - BLOCK_FIELD.body);
  body.set(data, dataAt);
  return block(BLOCK.enhancedPacket, body, [
    ...comments.map((comment) => [OPTION.comment, textValue(comment)] as const),
    ...(direction === undefined ? [] : [[PACKET_OPTION.flags, uint32(DIRECTION_FLAGS[direction])] as const]),
  ]);
}

/** The lines of a TLS key log. The block must stand before the packets that it opens. */
export function formatTlsSecrets(keyLog: string): Buffer {
  const text = Buffer.from(keyLog);
  const at = SECRETS_FIELD.data - BLOCK_FIELD.body;
  const body = Buffer.alloc(at + padded(text.length));
  body.writeUInt32LE(TLS_KEY_LOG, SECRETS_FIELD.kind - BLOCK_FIELD.body);
  body.writeUInt32LE(text.length, SECRETS_FIELD.length - BLOCK_FIELD.body);
  text.copy(body, at);
  return block(BLOCK.secrets, body, []);
}

function block(type: number, body: Buffer, options: readonly Option[]): Buffer {
  const list = options.length === 0 ? [] : [...options.map(formatOption), uint32(OPTION.end)];
  const length = list.reduce(
    (sum, option) => sum + option.length,
    BLOCK_FIELD.body + body.length + BLOCK_FIELD.trailer,
  );
  return Buffer.concat([uint32(type), uint32(length), body, ...list, uint32(length)]);
}

function formatOption([code, value]: Option): Buffer {
  const option = Buffer.alloc(OPTION_FIELD.value + padded(value.length));
  option.writeUInt16LE(code, OPTION_FIELD.code);
  option.writeUInt16LE(value.length, OPTION_FIELD.length);
  value.copy(option, OPTION_FIELD.value);
  return option;
}

/** A text that is too long for an option is cut between two characters. */
function textValue(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_OPTION_BYTES) return bytes;
  let end = MAX_OPTION_BYTES;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** This much is collected before it is written. */
const BATCH_BYTES = 1024 * 1024;

export interface PcapngOutput {
  /** A file that is there already is left alone unless this says otherwise. */
  readonly ifThere?: IfThere;
  /** Whether keys go into the file. Then only its owner may read it. */
  readonly secret?: boolean;
}

/** Writes a file block by block. It appears at its path when it is closed. */
export class PcapngWriter {
  readonly #path: string;
  readonly #file: WholeFile;
  #batch: Buffer[] = [];
  #batchBytes = 0;
  #interfaces = 0;

  /** @throws CaptureFileError where the file cannot be made, for example because there is one already. */
  static open(path: string, section: SectionNotes, output: PcapngOutput = {}): PcapngWriter {
    const writer = new PcapngWriter(path, output);
    writer.#append(formatSection(section));
    return writer;
  }

  private constructor(path: string, { ifThere = 'refuse', secret = false }: PcapngOutput) {
    this.#path = path;
    this.#file = this.#trying(() => new WholeFile({ path, ifThere, secret }));
  }

  /** To be called before the first packet. @throws CaptureFileError */
  tlsSecrets(keyLog: string): void {
    this.#append(formatTlsSecrets(keyLog));
  }

  /** Returns the interface's number. @throws CaptureFileError */
  interface(described: PcapngInterface): number {
    this.#append(formatInterface(described));
    this.#interfaces += 1;
    return this.#interfaces - 1;
  }

  /** @throws CaptureFileError where it cannot be written; RangeError where {@link formatPacket} does. */
  packet(packet: PcapngPacket): void {
    this.#append(formatPacket(packet));
  }

  /** Writes the rest, and puts the file at its path. @throws CaptureFileError; then nothing of the file stays. */
  close(): void {
    try {
      this.#flush();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.#trying(() => {
      this.#file.commit();
    });
  }

  /** Instead of {@link close}: leaves nothing of the file. */
  abandon(): void {
    this.#file.abandon();
  }

  #append(bytes: Buffer): void {
    this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
    if (this.#batchBytes >= BATCH_BYTES) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    this.#trying(() => {
      writePatiently(this.#file.descriptor, bytes);
    });
  }

  #trying<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      throw new CaptureFileError(`Cannot write the capture ${printable(this.#path)}: ${describeFileError(error)}`);
    }
  }
}
