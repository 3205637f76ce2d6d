/**
 * The records of a snoop file (RFC 1761), which Solaris writes: a file header of 16 bytes, then each packet behind a
 * header of 24, with padding at its end. All numbers are in network order.
 */
import { damageAt, type CaptureFileError, type Damage } from './capture-file.js';
import { ContentsNotes, type Contents, type CountedInterface } from './contents.js';
import { MAX_RECORD_BYTES } from './pcap-format.js';
import { uint32 } from '../../bytes/integers.js';
import { emptyPacketView, type OnPacket, type Records } from './records.js';

const FILE_HEADER = { magic: 0, version: 8, network: 12, end: 16 } as const;
const RECORD_HEADER = {
  original: 0,
  captured: 4,
  record: 8,
  drops: 12,
  seconds: 16,
  microseconds: 20,
  end: 24,
} as const;
/** Version 2 is Solaris's. Network analysers by Shomiti wrote the others, which are read in the same way. */
const VERSIONS: ReadonlySet<number> = new Set([2, 3, 4, 5]);
/** Usually a few bytes. An analyser by Shomiti writes 16 bytes there, with more about the packet. */
const MAX_PADDING = 65_536;
const SHOMITI_PADDING = 16;

/** By a network's number: its LINKTYPE_ value (https://www.iana.org/assignments/snoop-datalink-types). */
const LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [0, 1], // IEEE 802.3
  [2, 6], // IEEE 802.5
  [4, 1], // Ethernet
  [8, 10], // FDDI
  [9, 0], // other: loopback
  [14, 0], // loopback
]);
/** Shomiti gave other numbers to faster Ethernet. */
const SHOMITI_ETHERNET: ReadonlySet<number> = new Set([10, 12, 19]);

/** `snoop` and a zero: the first bytes as a number. */
export const SNOOP_MAGIC = 0x736e6f6f;
const REST_OF_MAGIC = 0x70000000;

export class SnoopRecords implements Records {
  readonly format = 'snoop';
  readonly #onPacket: OnPacket;
  readonly #unreadable: (why: string) => CaptureFileError;
  readonly #view = emptyPacketView();
  readonly #notes = new ContentsNotes();
  #network = -1;
  #interface: CountedInterface | null = null;
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
    if (this.#offset === 0) {
      if (end - at < FILE_HEADER.end) return at;
      this.#begin(data, at);
      at += FILE_HEADER.end;
      this.#offset = FILE_HEADER.end;
    }
    this.needed = RECORD_HEADER.end;
    while (end - at >= RECORD_HEADER.end) {
      const length = this.#lengthOfRecord(data, at);
      if (length === null) return at;
      if (end - at < length) {
        this.needed = length;
        return at;
      }
      this.#handOut(data, at);
      at += length;
      this.#offset += length;
    }
    return at;
  }

  cut(_bytes: Buffer, present: number): Damage {
    if (this.#offset === 0) {
      throw this.#unreadable(`it ends after ${present} bytes, within the file header; record it again`);
    }
    const [bytes, what] = present < RECORD_HEADER.end ? [RECORD_HEADER.end, 'record header'] : [this.needed, 'record'];
    return this.#damageHere(`is cut: the file ends after ${present} of the ${bytes} bytes of its ${what}`);
  }

  contents(): Contents {
    // Without a packet, nothing tells whose numbers the file has; most are Solaris's.
    this.#interface ??= this.#interfaceOf(false);
    return this.#notes.contents();
  }

  #begin(data: Buffer, at: number): void {
    if (uint32(data, at + 4) !== REST_OF_MAGIC) {
      throw this.#unreadable('it begins like a snoop file, but is not one; give one that Wireshark or tcpdump saved');
    }
    const version = uint32(data, at + FILE_HEADER.version);
    if (!VERSIONS.has(version)) {
      throw this.#unreadable(`it has snoop version ${version}, and servchat reads only versions 2 to 5`);
    }
    this.#network = uint32(data, at + FILE_HEADER.network);
  }

  /** Of the record and its padding; null if it is impossible. */
  #lengthOfRecord(data: Buffer, at: number): number | null {
    const captured = uint32(data, at + RECORD_HEADER.captured);
    const length = uint32(data, at + RECORD_HEADER.record);
    if (captured > MAX_RECORD_BYTES) {
      this.damage = this.#damageHere(`claims ${captured} bytes, and a packet has at most ${MAX_RECORD_BYTES}`);
      return null;
    }
    const padding = length - RECORD_HEADER.end - captured;
    if (padding < 0 || padding > MAX_PADDING) {
      this.damage = this.#damageHere(`claims a record of ${length} bytes for a packet of ${captured}`);
      return null;
    }
    this.#interface ??= this.#interfaceOf(padding >= SHOMITI_PADDING);
    return length;
  }

  /** As Wireshark, we know an analyser by Shomiti from the padding of the first record. @throws CaptureFileError */
  #interfaceOf(isShomiti: boolean): CountedInterface {
    const isFasterEthernet = isShomiti && SHOMITI_ETHERNET.has(this.#network);
    const linkType = isFasterEthernet ? 1 : LINK_TYPES.get(this.#network);
    if (linkType === undefined) {
      throw this.#unreadable(`it is a snoop file of network type ${this.#network}, which servchat does not know`);
    }
    const one = { linkType, name: null, packets: 0 };
    this.#notes.interface(one);
    return one;
  }

  #handOut(data: Buffer, at: number): void {
    const view = this.#view;
    const microseconds = uint32(data, at + RECORD_HEADER.microseconds);
    const carried = Math.floor(microseconds / 1e6);
    view.number += 1;
    view.seconds = uint32(data, at + RECORD_HEADER.seconds) + carried;
    view.nanoseconds = (microseconds - carried * 1e6) * 1000;
    view.originalLength = uint32(data, at + RECORD_HEADER.original);
    view.data = data;
    view.start = at + RECORD_HEADER.end;
    view.end = view.start + uint32(data, at + RECORD_HEADER.captured);
    if (this.#interface !== null) {
      view.linkType = this.#interface.linkType;
      this.#notes.packet(view, this.#interface);
    }
    this.#onPacket(view);
  }

  #damageHere(what: string): Damage {
    return damageAt(this.packets + 1, this.#offset, what);
  }
}
