/**
 * DEFLATE (RFC 1951), unpacked as the bytes come. node:zlib cannot stop and go on within one call, and a listener needs
 * what came of a stream that is cut off.
 *
 *     bits of a block:   last? | kind |  stored: length, bytes  |  or: codes, symbols, end
 *     a symbol:          a byte, or "copy so many bytes from so far back"
 */
import { HuffmanCode } from './huffman-code.js';

/** It stops when this much has come out, so that the caller can look at it. */
export const BLOCK = 4096;
/** How far back a copy can reach. */
const WINDOW = 32_768;
const LONGEST_COPY = 258;
const FIRST_ROOM = 2 * (BLOCK + LONGEST_COPY);
const MOST_ROOM = WINDOW + 4 * (BLOCK + LONGEST_COPY);
/** The codes of a block, which begin it, take fewer bytes than this. */
const MOST_CODES_BYTES = 576;
/** A symbol with all that belongs to it. */
const MOST_SYMBOL_BYTES = 7;
/** Memory that all inflaters of a thread may hold together: what thousands of hostile conversations cannot exceed. */
const MOST_HELD = 64 * 2 ** 20;

let held = 0;

const NOTHING = Buffer.alloc(0);

/** `cut`: it ended in the middle of something. */
type Phase = 'header' | 'stored' | 'symbols' | 'done' | 'cut' | 'failed';

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;

/** Codes, and the lengths that they were learned from. */
interface Codes {
  readonly lengths: Uint8Array;
  readonly symbols: HuffmanCode;
  readonly distances: HuffmanCode;
}

function newCodes(): Codes {
  return { lengths: new Uint8Array(320), symbols: new HuffmanCode(), distances: new HuffmanCode() };
}

/** Those that need not be sent (section 3.2.6). Learned once, when they are first used. */
let fixed: Codes | null = null;

function fixedCodes(): Codes {
  const codes = newCodes();
  codes.lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320);
  codes.symbols.learn(codes.lengths, 0, 288);
  codes.distances.learn(codes.lengths, 288, 320);
  return codes;
}

/** A window that nobody has now: most messages are short, and need one after the other. */
let spare: Buffer | null = null;

export class Inflater {
  /** What came out, from {@link #outputStart} on, and before it as much as can be copied. */
  #window: Buffer = NOTHING;
  #outputStart = 0;
  #written = 0;
  #phase: Phase = 'header';
  #isLastBlock = false;
  #stored = 0;
  /** Bits of the last byte that was read, which are not used yet. */
  #bits = 0;
  #bitCount = 0;
  #input: Buffer = this.#window;
  #at = 0;
  #end = 0;
  /** null until a block comes with codes of its own. */
  #own: Codes | null = null;
  #symbols: HuffmanCode | null = null;
  #distances: HuffmanCode | null = null;

  /** What the last {@link step} unpacked. Valid until the next one. */
  get output(): Buffer {
    return this.#window.subarray(this.#outputStart, this.#written);
  }

  get isDone(): boolean {
    return this.#phase === 'done';
  }

  /** It ended in the middle of something: what came before that was unpacked. */
  get isCut(): boolean {
    return this.#phase === 'cut';
  }

  /** The bytes are not DEFLATE, or there is no memory. */
  get hasFailed(): boolean {
    return this.#phase === 'failed';
  }

  /**
   * Unpacks until about {@link BLOCK} bytes have come out, or nothing more can. Returns how far it read. With `last`,
   * nothing comes after `end`; otherwise a few hundred bytes may be left, to be given again with what follows.
   */
  step(input: Buffer, start: number, end: number, last: boolean): number {
    this.#makeRoom();
    [this.#input, this.#at, this.#end] = [input, start, end];
    while (this.#written - this.#outputStart < BLOCK && this.#goOn(last));
    // Whole bytes that were read and not used.
    this.#at -= this.#bitCount >> 3;
    this.#bitCount &= 7;
    this.#bits &= (1 << this.#bitCount) - 1;
    if (this.#phase === 'done') this.#bitCount = this.#bits = 0;
    return this.#at;
  }

  /** Another message follows, which may copy from the ones before it (RFC 7692, section 7.2.2). */
  nextMessage(): void {
    if (this.#phase === 'done') this.#phase = 'header';
  }

  /** It is not needed any more. */
  close(): void {
    held -= this.#window.length;
    if (this.#window.length === FIRST_ROOM) spare = this.#window;
    this.#window = NOTHING;
    this.#outputStart = this.#written = 0;
    if (this.#phase !== 'done') this.#phase = 'failed';
  }

  /** Whether something was read, and more can be. */
  #goOn(last: boolean): boolean {
    const left = this.#end - this.#at;
    switch (this.#phase) {
      case 'header':
        if (left < (last ? 1 : MOST_CODES_BYTES) && !(last && this.#bitCount >= 3)) return false;
        return this.#beginBlock();
      case 'stored':
        return this.#copyStored();
      case 'symbols':
        return this.#readSymbols(last);
      case 'done':
      case 'cut':
      case 'failed':
        return false;
    }
  }

  #beginBlock(): boolean {
    this.#isLastBlock = this.#take(1) === 1;
    const kind = this.#take(2);
    if (kind === 0) return this.#beginStored();
    if (kind === 1) return this.#useFixedCodes();
    return kind === 2 ? this.#readCodes() : this.#fail();
  }

  #beginStored(): boolean {
    this.#at -= this.#bitCount >> 3;
    this.#bitCount = this.#bits = 0;
    if (this.#end - this.#at < 4) return this.#cut();
    this.#stored = this.#input.readUInt16LE(this.#at);
    if ((this.#stored ^ 0xffff) !== this.#input.readUInt16LE(this.#at + 2)) return this.#fail();
    this.#at += 4;
    this.#phase = 'stored';
    return true;
  }

  #copyStored(): boolean {
    const room = BLOCK - (this.#written - this.#outputStart);
    const count = Math.min(this.#stored, this.#end - this.#at, room);
    this.#input.copy(this.#window, this.#written, this.#at, this.#at + count);
    this.#at += count;
    this.#written += count;
    this.#stored -= count;
    if (this.#stored > 0) return count > 0;
    this.#endBlock();
    return true;
  }

  #useFixedCodes(): boolean {
    const { symbols, distances } = (fixed ??= fixedCodes());
    this.#symbols = symbols;
    this.#distances = distances;
    this.#phase = 'symbols';
    return true;
  }

  #readCodes(): boolean {
    const { lengths, distances: code } = (this.#own ??= newCodes());
    lengths.fill(0);
    const symbols = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const count = this.#take(4) + 4;
    for (let index = 0; index < count; index += 1) lengths[CODE_ORDER[index] ?? 0] = this.#take(3);
    if (symbols > 286 || distances > 30 || !code.learn(lengths, 0, 19)) return this.#fail();
    if (!this.#readLengths(this.#own, symbols + distances)) return this.#fail();
    if (this.isCut) return false;
    return lengths[END_OF_BLOCK] === 0 ? this.#fail() : this.#learnCodes(this.#own, symbols, distances);
  }

  /** How long each code is, itself in a code of its own (section 3.2.7). */
  #readLengths({ lengths, distances }: Codes, count: number): boolean {
    lengths.fill(0);
    for (let index = 0; index < count;) {
      this.#fill();
      const read = distances.read(this.#bits);
      if (read === 0) return this.#cutOrFailed();
      if (!this.#drop(read & 15)) return this.#cut();
      const symbol = read >> 4;
      if (symbol < 16) {
        lengths[index] = symbol;
        index += 1;
        continue;
      }
      if (symbol === 16 && index === 0) return false;
      const value = symbol === 16 ? (lengths[index - 1] ?? 0) : 0;
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (index + times > count) return false;
      lengths.fill(value, index, index + times);
      index += times;
    }
    return true;
  }

  #learnCodes(own: Codes, symbolCount: number, distanceCount: number): boolean {
    const { lengths, symbols, distances } = own;
    if (!symbols.learn(lengths, 0, symbolCount)) return this.#fail();
    if (!distances.learn(lengths, symbolCount, symbolCount + distanceCount)) return this.#fail();
    this.#symbols = symbols;
    this.#distances = distances;
    this.#phase = 'symbols';
    return true;
  }

  #readSymbols(last: boolean): boolean {
    const least = last ? 0 : MOST_SYMBOL_BYTES;
    while (this.#written - this.#outputStart < BLOCK) {
      if (this.#end - this.#at < least) return false;
      this.#fill();
      const read = this.#symbols?.read(this.#bits) ?? 0;
      if (read === 0) return this.#cutOrFailed();
      if (!this.#drop(read & 15)) return this.#cut();
      const symbol = read >> 4;
      if (symbol < END_OF_BLOCK) {
        this.#window[this.#written] = symbol;
        this.#written += 1;
      } else if (symbol === END_OF_BLOCK) {
        this.#endBlock();
        return true;
      } else if (!this.#copyBack(symbol - 257)) return false;
    }
    return true;
  }

  #copyBack(which: number): boolean {
    if (which >= LENGTH_BASE.length) return this.#fail();
    const length = (LENGTH_BASE[which] ?? 0) + this.#take(LENGTH_BITS[which] ?? 0);
    this.#fill();
    const read = this.#distances?.read(this.#bits) ?? 0;
    if (read === 0) return this.#cutOrFailed();
    if (!this.#drop(read & 15)) return this.#cut();
    const far = read >> 4;
    if (far >= DISTANCE_BASE.length) return this.#fail();
    const distance = (DISTANCE_BASE[far] ?? 0) + this.#take(DISTANCE_BITS[far] ?? 0);
    if (this.isCut) return false;
    if (distance > this.#written) return this.#fail();
    const window = this.#window;
    let to = this.#written;
    for (const end = to + length; to < end; to += 1) window[to] = window[to - distance] ?? 0;
    this.#written = to;
    return true;
  }

  #endBlock(): void {
    this.#phase = this.#isLastBlock ? 'done' : 'header';
  }

  /** What was cut off may look wrong. */
  #fail(): false {
    if (!this.isCut) this.#phase = 'failed';
    return false;
  }

  #cut(): false {
    this.#phase = 'cut';
    return false;
  }

  /** Where bits are missing at the end, no code can be read; that is no fault of what came. */
  #cutOrFailed(): false {
    return this.#bitCount < 15 && this.#at === this.#end ? this.#cut() : this.#fail();
  }

  /** At least 17 bits, if there are as many. */
  #fill(): void {
    while (this.#bitCount <= 16 && this.#at < this.#end) {
      this.#bits |= (this.#input[this.#at] ?? 0) << this.#bitCount;
      this.#at += 1;
      this.#bitCount += 8;
    }
  }

  /** Whether there were as many bits. */
  #drop(count: number): boolean {
    if (count > this.#bitCount) return false;
    this.#bits >>>= count;
    this.#bitCount -= count;
    return true;
  }

  /** Up to 13 bits, the first one lowest. Beyond the end they are 0, and the stream is cut. */
  #take(count: number): number {
    if (this.#bitCount < count) this.#fill();
    const value = this.#bits & ((1 << count) - 1);
    if (!this.#drop(count)) this.#cut();
    return value;
  }

  /** For one step: the window grows to its full size only if as much comes out. */
  #makeRoom(): void {
    const most = BLOCK + LONGEST_COPY;
    if (this.#written + most > this.#window.length) {
      if (this.#window.length < MOST_ROOM) this.#grow();
      else {
        this.#window.copyWithin(0, this.#written - WINDOW, this.#written);
        this.#written = WINDOW;
      }
    }
    this.#outputStart = this.#written;
  }

  #grow(): void {
    const room = Math.min(MOST_ROOM, Math.max(FIRST_ROOM, 2 * this.#window.length));
    if (held + room > MOST_HELD) {
      this.#phase = 'failed';
      return;
    }
    const window = room === FIRST_ROOM && spare !== null ? spare : Buffer.allocUnsafeSlow(room);
    if (window === spare) spare = null;
    this.#window.copy(window, 0, 0, this.#written);
    held += room - this.#window.length;
    this.#window = window;
  }
}
