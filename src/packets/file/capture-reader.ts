/**
 * Reads a capture file of any format that we know. The file is pushed in pieces of any size, and handed out packet by
 * packet.
 *
 * A record that is cut by the end of a piece is held until the next piece comes. All others are read where they are, so
 * one record is the most that is copied. Damage is not an error: the packets before it are handed out, and the result
 * says where it begins. The result is the same however the file was cut into pieces.
 */
import { CaptureFileError, type Damage } from './capture-file.js';
import type { Contents } from './contents.js';
import { MAGIC_BYTES, parseFileHeader } from './pcap-format.js';
import { PcapRecords } from './pcap-records.js';
import { BLOCK } from './pcapng-format.js';
import { PcapngRecords } from './pcapng-records.js';
import type { CaptureFormat, OnPacket, Records } from './records.js';
import { SNOOP_MAGIC, SnoopRecords } from './snoop-records.js';

/** What a capture came to. */
export interface CaptureEnd extends Contents {
  readonly format: CaptureFormat;
  /** Whether the file was compressed with gzip. */
  readonly compressed: boolean;
  /** How many packets were handed out. */
  readonly packets: number;
  /** Null where the file ends at the end of a record. */
  readonly damage: Damage | null;
}

const FIRST_CAPACITY = 4096;

export class CaptureReader {
  readonly #onPacket: OnPacket;
  readonly #unreadable: (why: string) => CaptureFileError;
  #records: Records | null = null;
  /** The beginning of a record whose rest has not come: the first `#heldLength` bytes. */
  #held = Buffer.alloc(FIRST_CAPACITY);
  #heldLength = 0;

  /** `name`: what errors call the file. */
  constructor(onPacket: OnPacket, name = 'the capture') {
    this.#onPacket = onPacket;
    this.#unreadable = (why) => new CaptureFileError(`Cannot read ${name}: ${why}`);
  }

  /** Whether no later byte can change the result. */
  get finished(): boolean {
    return this.#records !== null && this.#records.damage !== null;
  }

  /**
   * Takes the next bytes of the file, and hands out the packets that they complete. It throws what `onPacket` throws.
   *
   * @throws CaptureFileError where the file is not a capture.
   */
  push(chunk: Buffer): void {
    let at = 0;
    while (this.#heldLength > 0 && at < chunk.length && !this.finished) {
      at = this.#holdUpTo(this.#records?.needed ?? MAGIC_BYTES, chunk, at);
      this.#readHeld();
    }
    if (at === chunk.length || this.finished) return;
    this.#records ??= this.#recordsOf(chunk, at);
    if (this.#records !== null) at = this.#records.read(chunk, at, chunk.length);
    this.#holdUpTo(chunk.length - at, chunk, at);
  }

  /**
   * The file ends here.
   *
   * @throws CaptureFileError where the file is not a capture, or ends within its first header.
   */
  end(): CaptureEnd {
    const held = this.#held.subarray(0, this.#heldLength);
    const records = this.#records;
    if (records === null) throw this.#unreadable(problemOf(held));
    const damage = records.damage ?? (held.length > 0 ? records.cut(held, held.length) : null);
    return { format: records.format, compressed: false, packets: records.packets, damage, ...records.contents() };
  }

  /** Copies bytes of `chunk`, from `at` on, until `length` are held or the chunk ends. Returns where it stopped. */
  #holdUpTo(length: number, chunk: Buffer, at: number): number {
    const count = Math.min(length - this.#heldLength, chunk.length - at);
    this.#reserve(this.#heldLength + count);
    chunk.copy(this.#held, this.#heldLength, at, at + count);
    this.#heldLength += count;
    return at + count;
  }

  /** Grows with the bytes that have come, not with the length that a record claims. */
  #reserve(length: number): void {
    if (length <= this.#held.length) return;
    const larger = Buffer.alloc(Math.max(length, 2 * this.#held.length));
    this.#held.copy(larger, 0, 0, this.#heldLength);
    this.#held = larger;
  }

  /** Reads the held record if all of it is there now, and drops it. */
  #readHeld(): void {
    this.#records ??= this.#recordsOf(this.#held.subarray(0, this.#heldLength), 0);
    if (this.#records === null || this.#heldLength < this.#records.needed) return;
    const left = this.#records.read(this.#held, 0, this.#heldLength);
    this.#held.copyWithin(0, left, this.#heldLength);
    this.#heldLength -= left;
  }

  #recordsOf(data: Buffer, at: number): Records | null {
    if (data.length - at < MAGIC_BYTES) return null;
    const magic = data.readUInt32BE(at);
    const Format = magic === BLOCK.section ? PcapngRecords : magic === SNOOP_MAGIC ? SnoopRecords : PcapRecords;
    return new Format(this.#onPacket, this.#unreadable);
  }
}

/** Why these few bytes are not a capture. */
function problemOf(bytes: Buffer): string {
  const header = parseFileHeader(bytes);
  if (!('problem' in header))
    throw new Error('Cannot name what is wrong with a capture that has been told by its magic number');
  return header.problem;
}
