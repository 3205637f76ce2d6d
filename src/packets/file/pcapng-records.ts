/**
 * The blocks of a pcapng file: sections, their interfaces, and packets that name one of these.
 *
 * Blocks that are unknown or carry no packet are skipped. A block with an impossible length is damage: nobody can tell
 * where it ends, and so where the next one begins.
 */
import type { CaptureFileError, Damage } from './capture-file.js';
import { ContentsNotes, type Contents, type CountedInterface } from './contents.js';
import { MAX_RECORD_BYTES } from './pcap-format.js';
import { uint16, uint16LittleEndian, uint32, uint32LittleEndian, uint8 } from '../../bytes/integers.js';
import { DEFAULT_RESOLUTION, PcapngClock } from './pcapng-clock.js';
import {
  BLOCK,
  BLOCK_FIELD,
  BYTE_ORDER_MAGIC,
  ENHANCED_FIELD,
  INTERFACE_FIELD,
  INTERFACE_OPTION,
  MAX_BLOCK_BYTES,
  OPTION,
  OPTION_FIELD,
  PACKET_FIELD,
  SECRETS_FIELD,
  SECTION_FIELD,
  SHORTEST_BLOCK,
  SIMPLE_FIELD,
  TLS_KEY_LOG,
  VERSION,
  padded,
} from './pcapng-format.js';
import { emptyPacketView, type OnPacket, type Records } from './records.js';

/** The most that one section may have: each takes memory as long as the section lasts. */
const MAX_INTERFACES = 65_536;

interface SectionInterface extends CountedInterface {
  /** Zero if there is none. */
  readonly snapLength: number;
  readonly clock: PcapngClock;
}

export class PcapngRecords implements Records {
  readonly format = 'pcapng';
  readonly #onPacket: OnPacket;
  readonly #unreadable: (why: string) => CaptureFileError;
  readonly #view = emptyPacketView();
  readonly #notes = new ContentsNotes();
  #bigEndian = false;
  #interfaces: SectionInterface[] = [];
  packets = 0;
  /** Bytes from the beginning of the file to the block that comes next. */
  #offset = 0;
  needed: number = SHORTEST_BLOCK;
  damage: Damage | null = null;

  constructor(onPacket: OnPacket, unreadable: (why: string) => CaptureFileError) {
    this.#onPacket = onPacket;
    this.#unreadable = unreadable;
  }

  read(data: Buffer, start: number, end: number): number {
    this.#view.data = data;
    let at = start;
    this.needed = SHORTEST_BLOCK;
    while (end - at >= SHORTEST_BLOCK) {
      const type = this.#uint32(data, at + BLOCK_FIELD.type);
      if (type === BLOCK.section && !this.#learnByteOrder(data, at)) return at;
      const length = this.#uint32(data, at + BLOCK_FIELD.length);
      if (!this.#isPossible(type, length)) return at;
      if (end - at < length) {
        this.needed = length;
        return at;
      }
      if (!this.#block(type, data, at, length)) return at;
      at += length;
      this.#offset += length;
    }
    return at;
  }

  cut(bytes: Buffer, present: number): Damage {
    if (present < SHORTEST_BLOCK)
      return this.#isCut(`the file ends after ${present} of the ${SHORTEST_BLOCK} bytes that a block has at least`);
    return this.#isCut(`the file ends after ${present} of its ${this.#uint32(bytes, BLOCK_FIELD.length)} bytes`);
  }

  contents(): Contents {
    return this.#notes.contents();
  }

  #isCut(how: string): Damage {
    // The file is only a beginning: there is nothing to report of it.
    if (this.#offset === 0) throw this.#unreadable(`it ends within its first block: ${how}; record it again`);
    return this.#damageHere(`is cut: ${how}`);
  }

  /** Whether a block of this kind can be as long as it claims. */
  #isPossible(type: number, length: number): boolean {
    const least = LEAST_LENGTHS.get(type) ?? SHORTEST_BLOCK;
    if (length < least) return this.#spoil(`claims ${length} bytes, and a block of its kind has at least ${least}`);
    if (length > MAX_BLOCK_BYTES)
      return this.#spoil(`claims ${length} bytes, and a block has at most ${MAX_BLOCK_BYTES}`);
    if (length % 4 !== 0) return this.#spoil(`claims ${length} bytes, which is not a multiple of 4`);
    return true;
  }

  /** Takes a complete block. Returns false if it is damaged. */
  #block(type: number, data: Buffer, at: number, length: number): boolean {
    const again = this.#uint32(data, at + length - BLOCK_FIELD.trailer);
    if (again !== length) return this.#spoil(`claims ${length} bytes at its beginning and ${again} at its end`);
    const end = at + length - BLOCK_FIELD.trailer;
    switch (type) {
      case BLOCK.enhancedPacket:
        return this.#packet(data, at, end, this.#uint32(data, at + ENHANCED_FIELD.interface));
      case BLOCK.simplePacket:
        return this.#simplePacket(data, at, end);
      case BLOCK.packet:
        return this.#packet(data, at, end, this.#uint16(data, at + PACKET_FIELD.interface));
      case BLOCK.interface:
        return this.#interface(data, at, end);
      case BLOCK.section:
        return this.#section(data, at, end);
      case BLOCK.secrets:
        this.#secrets(data, at, end);
        return true;
      case BLOCK.journal:
      case BLOCK.custom:
      case BLOCK.uncopiedCustom:
        // Wireshark shows them in its list of packets, so that those after them have the next numbers.
        this.#view.number += 1;
        return true;
      default:
        return true;
    }
  }

  /** A section may have another byte order than the one before it. */
  #learnByteOrder(data: Buffer, at: number): boolean {
    if (uint32LittleEndian(data, at + SECTION_FIELD.magic) === BYTE_ORDER_MAGIC) this.#bigEndian = false;
    else if (uint32(data, at + SECTION_FIELD.magic) === BYTE_ORDER_MAGIC) this.#bigEndian = true;
    else return this.#spoil('begins a section in an unknown byte order');
    return true;
  }

  #section(data: Buffer, at: number, end: number): boolean {
    const major = this.#uint16(data, at + SECTION_FIELD.versionMajor);
    const minor = this.#uint16(data, at + SECTION_FIELD.versionMinor);
    if (major !== VERSION.major)
      return this.#spoil(`has pcapng version ${major}.${minor}, and servchat reads only version 1`);
    this.#interfaces = [];
    return this.#readOptions(data, at + SECTION_FIELD.options, end, (code, value) => {
      if (code === OPTION.comment) this.#notes.comment('section', null, value);
    });
  }

  #interface(data: Buffer, at: number, end: number): boolean {
    if (this.#interfaces.length === MAX_INTERFACES)
      return this.#spoil(`describes one interface more than ${MAX_INTERFACES}`);
    let name: string | null = null;
    let resolution = DEFAULT_RESOLUTION;
    let offset = 0n;
    const areGood = this.#readOptions(data, at + INTERFACE_FIELD.options, end, (code, value) => {
      if (code === OPTION.comment) this.#notes.comment('interface', null, value);
      else if (code === INTERFACE_OPTION.name) name ??= value.toString('utf8', 0, MAX_NAME_BYTES);
      else if (code === INTERFACE_OPTION.timeResolution && value.length === 1) resolution = uint8(value, 0);
      else if (code === INTERFACE_OPTION.timeOffset && value.length === 8)
        offset = this.#bigEndian ? value.readBigInt64BE() : value.readBigInt64LE();
    });
    if (!areGood) return false;
    const one: SectionInterface = {
      linkType: this.#uint16(data, at + INTERFACE_FIELD.linkType),
      name,
      packets: 0,
      snapLength: this.#uint32(data, at + INTERFACE_FIELD.snapLength),
      clock: new PcapngClock(resolution, offset),
    };
    this.#interfaces.push(one);
    this.#notes.interface(one);
    return true;
  }

  /** A block whose own lengths do not fit is passed over: it carries no packet. */
  #secrets(data: Buffer, at: number, end: number): void {
    if (end - at < SECRETS_FIELD.data || this.#uint32(data, at + SECRETS_FIELD.kind) !== TLS_KEY_LOG) return;
    const length = this.#uint32(data, at + SECRETS_FIELD.length);
    if (length <= end - at - SECRETS_FIELD.data)
      this.#notes.tlsKeyLog(data.subarray(at + SECRETS_FIELD.data, at + SECRETS_FIELD.data + length));
  }

  /** An enhanced packet, or an obsolete one. They differ only in the width of the interface's number. */
  #packet(data: Buffer, at: number, end: number, interfaceNumber: number): boolean {
    const on = this.#interfaces[interfaceNumber];
    if (on === undefined)
      return this.#spoil(`is a packet of interface ${interfaceNumber}, which the section does not have`);
    const capturedLength = this.#uint32(data, at + ENHANCED_FIELD.capturedLength);
    const start = at + ENHANCED_FIELD.data;
    if (capturedLength > MAX_RECORD_BYTES)
      return this.#spoil(`claims a packet of ${capturedLength} bytes, and one has at most ${MAX_RECORD_BYTES}`);
    if (capturedLength > end - start)
      return this.#spoil(`claims a packet of ${capturedLength} bytes, and has room for ${end - start}`);

    const options = start + padded(capturedLength);
    if (options < end && !this.#packetComments(data, options, end)) return false;
    on.clock.read(this.#uint32(data, at + ENHANCED_FIELD.timeHigh), this.#uint32(data, at + ENHANCED_FIELD.timeLow));
    const { seconds, nanoseconds } = on.clock;
    this.#handOut(
      on,
      start,
      start + capturedLength,
      this.#uint32(data, at + ENHANCED_FIELD.originalLength),
      seconds,
      nanoseconds,
    );
    return true;
  }

  #packetComments(data: Buffer, start: number, end: number): boolean {
    return this.#readOptions(data, start, end, (code, value) => {
      if (code === OPTION.comment) this.#notes.comment('packet', this.#view.number + 1, value);
    });
  }

  /** It has neither a time nor a captured length: the interface's snap length tells how much was kept. */
  #simplePacket(data: Buffer, at: number, end: number): boolean {
    const on = this.#interfaces[0];
    if (on === undefined) return this.#spoil('is a packet of interface 0, which the section does not have');
    const originalLength = this.#uint32(data, at + SIMPLE_FIELD.originalLength);
    const start = at + SIMPLE_FIELD.data;
    const capturedLength = Math.min(originalLength, on.snapLength === 0 ? originalLength : on.snapLength);
    if (capturedLength > MAX_RECORD_BYTES)
      return this.#spoil(`claims a packet of ${capturedLength} bytes, and one has at most ${MAX_RECORD_BYTES}`);
    if (capturedLength > end - start)
      return this.#spoil(`claims a packet of ${capturedLength} bytes, and has room for ${end - start}`);
    this.#handOut(on, start, start + capturedLength, originalLength, 0, 0);
    return true;
  }

  #handOut(
    on: SectionInterface,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
  ): void {
    const view = this.#view;
    this.packets += 1;
    view.number += 1;
    view.seconds = seconds;
    view.nanoseconds = nanoseconds;
    view.linkType = on.linkType;
    view.originalLength = originalLength;
    view.start = start;
    view.end = end;
    this.#notes.packet(view, on);
    this.#onPacket(view);
  }

  /** False for a list that runs past its block. */
  #readOptions(data: Buffer, start: number, end: number, onOption: (code: number, value: Buffer) => void): boolean {
    for (let at = start; end - at >= OPTION_FIELD.value;) {
      const code = this.#uint16(data, at + OPTION_FIELD.code);
      const length = this.#uint16(data, at + OPTION_FIELD.length);
      const value = at + OPTION_FIELD.value;
      if (code === OPTION.end) return true;
      if (length > end - value) return this.#spoil(`has an option of ${length} bytes, and room for ${end - value}`);
      onOption(code, data.subarray(value, value + length));
      at = value + padded(length);
    }
    return true;
  }

  #uint16(data: Buffer, at: number): number {
    return this.#bigEndian ? uint16(data, at) : uint16LittleEndian(data, at);
  }

  #uint32(data: Buffer, at: number): number {
    return this.#bigEndian ? uint32(data, at) : uint32LittleEndian(data, at);
  }

  /** Notes the damage. Always false, so that the caller can return it. */
  #spoil(what: string): false {
    if (this.#offset === 0) throw this.#unreadable(`its first block ${what}; record it again`);
    this.damage = this.#damageHere(what);
    return false;
  }

  #damageHere(what: string): Damage {
    const packet = this.#view.number + 1;
    const offset = this.#offset;
    return {
      message: `Packet ${packet}, or the block at byte ${offset} of the file where it should begin, ${what}`,
      packet,
      offset,
    };
  }
}

const MAX_NAME_BYTES = 256;

const LEAST_LENGTHS: ReadonlyMap<number, number> = new Map([
  [BLOCK.section, SECTION_FIELD.options + BLOCK_FIELD.trailer],
  [BLOCK.interface, INTERFACE_FIELD.options + BLOCK_FIELD.trailer],
  [BLOCK.packet, PACKET_FIELD.data + BLOCK_FIELD.trailer],
  [BLOCK.simplePacket, SIMPLE_FIELD.data + BLOCK_FIELD.trailer],
  [BLOCK.enhancedPacket, ENHANCED_FIELD.data + BLOCK_FIELD.trailer],
]);
