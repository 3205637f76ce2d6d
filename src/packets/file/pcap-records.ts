/** The records of a classic pcap file: a file header of 24 bytes, then each packet behind a header of 16. */
import { damageAt, type CaptureFileError, type Damage } from './capture-file.js';
import { ContentsNotes, type Contents, type CountedInterface } from './contents.js';
import {
  FILE_HEADER,
  MAX_RECORD_BYTES,
  RECORD_HEADER,
  linkTypeOf,
  parseFileHeader,
  type FileHeader,
} from './pcap-format.js';
import { uint32, uint32LittleEndian } from '../../bytes/integers.js';
import { emptyPacketView, type OnPacket, type Records } from './records.js';

export class PcapRecords implements Records {
  readonly format = 'pcap';
  readonly #onPacket: OnPacket;
  readonly #unreadable: (why: string) => CaptureFileError;
  readonly #view = emptyPacketView();
  readonly #notes = new ContentsNotes();
  #header: FileHeader | null = null;
  #interface: CountedInterface = { linkType: 0, name: null, packets: 0 };
  /** Bytes from the beginning of the file to the record that comes next. */
  #offset = 0;
  needed: number = FILE_HEADER.end;
  damage: Damage | null = null;

  constructor(onPacket: OnPacket, unreadable: (why: string) => CaptureFileError) {
    this.#onPacket = onPacket;
    this.#unreadable = unreadable;
  }

  get packets(): number {
    return this.#view.number;
  }

  read(data: Buffer, start: number, end: number): number {
    let at = start;
    if (this.#header === null) {
      if (end - at < FILE_HEADER.end) return at;
      this.#begin(data.subarray(at, at + FILE_HEADER.end));
      at += FILE_HEADER.end;
      this.#offset += FILE_HEADER.end;
    }
    const left = this.#records(data, at, end, this.#header ?? NO_HEADER);
    this.#offset += left - at;
    return left;
  }

  cut(bytes: Buffer, present: number): Damage {
    if (this.#header === null) this.#begin(bytes);
    return present < RECORD_HEADER.end
      ? this.#damageAt(
          this.#offset,
          `is cut: the file ends after ${present} of the ${RECORD_HEADER.end} bytes of its record header`,
        )
      : this.#damageAt(
          this.#offset,
          `is cut: the file ends after ${present - RECORD_HEADER.end} of its ${this.needed - RECORD_HEADER.end} bytes`,
        );
  }

  contents(): Contents {
    return this.#notes.contents();
  }

  #begin(bytes: Buffer): void {
    const header = parseFileHeader(bytes);
    if ('problem' in header) throw this.#unreadable(header.problem);
    const field = (header.bigEndian ? uint32 : uint32LittleEndian)(bytes, FILE_HEADER.linkType);
    this.#header = header;
    this.#interface = { linkType: linkTypeOf(field), name: null, packets: 0 };
    this.#notes.interface(this.#interface);
  }

  #records(data: Buffer, start: number, end: number, { bigEndian, unitsPerSecond }: FileHeader): number {
    const view = this.#view;
    const nanosecondsInUnit = 1e9 / unitsPerSecond;
    view.data = data;
    view.linkType = this.#interface.linkType;
    const field = bigEndian ? uint32 : uint32LittleEndian;
    let at = start;
    while (end - at >= RECORD_HEADER.end) {
      const capturedLength = field(data, at + RECORD_HEADER.capturedLength);
      if (capturedLength > MAX_RECORD_BYTES) {
        this.damage = this.#damageAt(
          this.#offset + at - start,
          `claims ${capturedLength} bytes, but a packet has at most ${MAX_RECORD_BYTES}`,
        );
        return at;
      }
      const next = at + RECORD_HEADER.end + capturedLength;
      if (next > end) {
        this.needed = next - at;
        return at;
      }
      const seconds = field(data, at + RECORD_HEADER.seconds);
      const fraction = field(data, at + RECORD_HEADER.fraction);
      // A broken writer may put more than a second into the fraction.
      const carried = fraction < unitsPerSecond ? 0 : Math.floor(fraction / unitsPerSecond);
      view.number += 1;
      view.seconds = seconds + carried;
      view.nanoseconds = (fraction - carried * unitsPerSecond) * nanosecondsInUnit;
      view.originalLength = field(data, at + RECORD_HEADER.originalLength);
      view.start = at + RECORD_HEADER.end;
      view.end = next;
      this.#notes.packet(view, this.#interface);
      this.#onPacket(view);
      at = next;
    }
    this.needed = RECORD_HEADER.end;
    return at;
  }

  #damageAt(offset: number, what: string): Damage {
    return damageAt(this.packets + 1, offset, what);
  }
}

const NO_HEADER: FileHeader = { bigEndian: false, unitsPerSecond: 1e6 };
