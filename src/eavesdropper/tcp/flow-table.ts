/**
 * The pairs of addresses and ports that were seen, found by the bytes of a packet. Each pair has a number, from 0 on.
 * The number of a removed pair is given to another.
 *
 * It is a hash table over integers in rows. A Map would need a text as key for each of a million packets; src/README.md
 * says how much longer that takes:
 *
 *     slot ──> row  | next | hash | address | address | ports | length | tag | free |
 *                     in the same slot  first words     first, second
 *
 * The hash is the same for both directions, and starts from a secret random number. So the author of a capture cannot
 * choose ports that all fall into one slot.
 */
import { randomInt } from 'node:crypto';
import { IPV4_BYTES, IPV6_BYTES, formatIpv4Address, formatIpv6Address } from '../../packets/headers/address.js';
import type { TcpView } from '../../packets/headers/packet.js';
import type { Address } from '../findings/findings.js';

/** Stands for a pair that is not there, and for a tag that was not set. */
export const NONE = -1;

const LEAST_ROWS = 16;
const SEED = randomInt(2 ** 31);
/** The factor for a port. It is odd, so that no two ports give the same product. */
const PORT_FACTOR = randomInt(2 ** 31) | 1;

/** Two rows fit in a processor's cache line. The other words of an IPv6 address are in a separate table. */
const ROW = { next: 0, hash: 1, firstWord: 2, secondWord: 3, ports: 4, addressLength: 5, tag: 6, size: 8 } as const;
const REST_WORDS = 3;
const REST_SIZE = 2 * REST_WORDS;

export class FlowTable {
  /** The first pair in each slot. There are as many slots as rows. */
  #slots = new Int32Array(LEAST_ROWS).fill(NONE);
  #rows = new Int32Array(LEAST_ROWS * ROW.size);
  /** Made for the first pair of IPv6 addresses: the other words of the first address, then of the second. */
  #rest: Int32Array | null = null;
  #size = 0;
  /** Rows that are or were in use. Those that are free again are a list, linked by their `next`. */
  #used = 0;
  #removed = NONE;

  get size(): number {
    return this.#size;
  }

  /** The pair that the segment belongs to, or {@link NONE}. */
  find({ data, source, destination, addressLength, sourcePort, destinationPort }: TcpView): number {
    const from = wordAt(data, source);
    const to = wordAt(data, destination);
    const isIpv4 = addressLength === IPV4_BYTES;
    const hash = pairHash(data, source, destination, isIpv4, sourcePort, destinationPort);
    const there = (sourcePort << 16) | destinationPort;
    const back = (destinationPort << 16) | sourcePort;
    const rows = this.#rows;
    for (
      let flow = this.#slots[hash & (this.#slots.length - 1)] ?? NONE;
      flow !== NONE;
      flow = rows[flow * ROW.size + ROW.next] ?? NONE
    ) {
      const at = flow * ROW.size;
      if (rows[at + ROW.hash] !== hash || rows[at + ROW.addressLength] !== addressLength) continue;
      const ports = rows[at + ROW.ports];
      const first = rows[at + ROW.firstWord];
      const second = rows[at + ROW.secondWord];
      if (
        ports === there &&
        first === from &&
        second === to &&
        (isIpv4 || this.#isRest(flow, data, source, destination))
      )
        return flow;
      if (
        ports === back &&
        first === to &&
        second === from &&
        (isIpv4 || this.#isRest(flow, data, destination, source))
      )
        return flow;
    }
    return NONE;
  }

  /** Adds the pair of `view`, which must not be there; its sender is the first of the two. */
  add({ data, source, destination, addressLength, sourcePort, destinationPort }: TcpView): number {
    const flow = this.#vacantRow();
    const at = flow * ROW.size;
    const isIpv4 = addressLength === IPV4_BYTES;
    this.#rows[at + ROW.hash] = pairHash(data, source, destination, isIpv4, sourcePort, destinationPort);
    this.#rows[at + ROW.firstWord] = wordAt(data, source);
    this.#rows[at + ROW.secondWord] = wordAt(data, destination);
    this.#rows[at + ROW.ports] = (sourcePort << 16) | destinationPort;
    this.#rows[at + ROW.addressLength] = addressLength;
    this.#rows[at + ROW.tag] = NONE;
    if (!isIpv4) {
      this.#rest ??= new Int32Array(this.#slots.length * REST_SIZE);
      for (let word = 0; word < REST_WORDS; word += 1) {
        this.#rest[flow * REST_SIZE + word] = wordAt(data, source + 4 * (word + 1));
        this.#rest[flow * REST_SIZE + REST_WORDS + word] = wordAt(data, destination + 4 * (word + 1));
      }
    }
    this.#put(flow);
    this.#size += 1;
    return flow;
  }

  remove(flow: number): void {
    const rows = this.#rows;
    const next = rows[flow * ROW.size + ROW.next] ?? NONE;
    const slot = this.#slotOf(flow);
    if (this.#slots[slot] === flow) {
      this.#slots[slot] = next;
    } else {
      let before = this.#slots[slot] ?? NONE;
      while (rows[before * ROW.size + ROW.next] !== flow) before = rows[before * ROW.size + ROW.next] ?? NONE;
      rows[before * ROW.size + ROW.next] = next;
    }
    rows[flow * ROW.size + ROW.next] = this.#removed;
    this.#removed = flow;
    this.#size -= 1;
  }

  /** Whether `view`, which belongs to the pair, was sent by the first of the two ends. */
  isFromFirst(flow: number, { data, source, addressLength, sourcePort }: TcpView): boolean {
    const ports = this.#rows[flow * ROW.size + ROW.ports] ?? 0;
    if (ports >>> 16 !== sourcePort) return false;
    // Both ports are seldom the same, and only then do the addresses have to decide.
    if ((ports & 0xffff) !== sourcePort) return true;
    if (this.#rows[flow * ROW.size + ROW.firstWord] !== wordAt(data, source)) return false;
    return addressLength === IPV4_BYTES || this.#isRestOf(flow * REST_SIZE, data, source);
  }

  /** A number, from 0 on, that the table's user stores with a pair. {@link NONE} until it is set. */
  tagOf(flow: number): number {
    return this.#rows[flow * ROW.size + ROW.tag] ?? NONE;
  }

  setTag(flow: number, tag: number): void {
    this.#rows[flow * ROW.size + ROW.tag] = tag;
  }

  /** Both ends, the first one first, with their addresses as text. */
  ends(flow: number): readonly [Address, Address] {
    const at = flow * ROW.size;
    const ports = this.#rows[at + ROW.ports] ?? 0;
    const isIpv4 = this.#rows[at + ROW.addressLength] === IPV4_BYTES;
    const addressOf = (firstWord: number, restAt: number): string => {
      const bytes = Buffer.alloc(IPV6_BYTES);
      bytes.writeInt32BE(firstWord, 0);
      if (isIpv4) return formatIpv4Address(bytes, 0);
      for (let word = 0; word < REST_WORDS; word += 1)
        bytes.writeInt32BE(this.#rest?.[restAt + word] ?? 0, 4 * (word + 1));
      return formatIpv6Address(bytes, 0);
    };
    return [
      { address: addressOf(this.#rows[at + ROW.firstWord] ?? 0, flow * REST_SIZE), port: ports >>> 16 },
      { address: addressOf(this.#rows[at + ROW.secondWord] ?? 0, flow * REST_SIZE + REST_WORDS), port: ports & 0xffff },
    ];
  }

  #isRest(flow: number, data: Buffer, first: number, second: number): boolean {
    return this.#isRestOf(flow * REST_SIZE, data, first) && this.#isRestOf(flow * REST_SIZE + REST_WORDS, data, second);
  }

  #isRestOf(at: number, data: Buffer, address: number): boolean {
    const rest = this.#rest;
    return (
      rest !== null &&
      rest[at] === wordAt(data, address + 4) &&
      rest[at + 1] === wordAt(data, address + 8) &&
      rest[at + 2] === wordAt(data, address + 12)
    );
  }

  #vacantRow(): number {
    const vacant = this.#removed;
    if (vacant !== NONE) {
      this.#removed = this.#rows[vacant * ROW.size + ROW.next] ?? NONE;
      return vacant;
    }
    if (this.#used === this.#slots.length) this.#grow();
    this.#used += 1;
    return this.#used - 1;
  }

  #slotOf(flow: number): number {
    return (this.#rows[flow * ROW.size + ROW.hash] ?? 0) & (this.#slots.length - 1);
  }

  #put(flow: number): void {
    const slot = this.#slotOf(flow);
    this.#rows[flow * ROW.size + ROW.next] = this.#slots[slot] ?? NONE;
    this.#slots[slot] = flow;
  }

  /** Called only while all rows are in use. */
  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length).fill(NONE);
    this.#rows = twiceAsLong(this.#rows);
    if (this.#rest !== null) this.#rest = twiceAsLong(this.#rest);
    for (let flow = 0; flow < this.#used; flow += 1) this.#put(flow);
  }
}

function twiceAsLong(words: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * words.length);
  longer.set(words);
  return longer;
}

function wordAt(data: Buffer, offset: number): number {
  return (
    ((data[offset] ?? 0) << 24) |
    ((data[offset + 1] ?? 0) << 16) |
    ((data[offset + 2] ?? 0) << 8) |
    (data[offset + 3] ?? 0)
  );
}

/** Each end has its own hash. The pair's hash is made of their sum, which does not depend on the order. */
function pairHash(
  data: Buffer,
  source: number,
  destination: number,
  isIpv4: boolean,
  sourcePort: number,
  destinationPort: number,
): number {
  const endHash = isIpv4 ? ipv4Hash : ipv6Hash;
  return finalized((endHash(data, source, sourcePort) + endHash(data, destination, destinationPort)) | 0);
}

function ipv4Hash(data: Buffer, address: number, port: number): number {
  return withPort(finalized(wordAt(data, address) ^ SEED), port);
}

function ipv6Hash(data: Buffer, address: number, port: number): number {
  let hash = SEED;
  for (let at = address; at < address + IPV6_BYTES; at += 4) hash = finalized(hash ^ wordAt(data, at));
  return withPort(hash, port);
}

/** The port is added after the secret has mixed the address, so nobody can choose a port that cancels an address. */
function withPort(hash: number, port: number): number {
  return finalized((hash + Math.imul(port, PORT_FACTOR)) | 0);
}

/** One round of MurmurHash3's finalizer. */
function finalized(value: number): number {
  const hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
