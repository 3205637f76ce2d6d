/**
 * The pairs of addresses and ports that were seen, found again by the bytes of a packet: a hash table over integers,
 * since a text made for each of a million packets would take longer than all else.
 *
 * The hash is the same for both directions, and begins at a number that nobody outside can know: who writes a capture
 * cannot choose ports so that all of them fall together.
 */
import { randomInt } from 'node:crypto';
import { IPV4_BYTES, formatIpv4Address, formatIpv6Address } from '../packets/address.js';
import type { TcpView } from '../packets/packet.js';
import type { Address } from './findings.js';

const LEAST_SLOTS = 1024;
const SEED = randomInt(2 ** 31);

/** One end of a pair. An IPv4 address is in the first word, and the others are zero. */
interface End {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  readonly port: number;
}

/** A pair, and what is known under it. */
export interface Flow<Value> {
  readonly hash: number;
  readonly addressLength: number;
  /** Whoever sent the packet that it was first seen by. */
  readonly first: End;
  readonly second: End;
  /** What tells most pairs apart, at hand: ports, and the first words of both addresses. */
  readonly firstPort: number;
  readonly secondPort: number;
  readonly firstWord: number;
  readonly secondWord: number;
  value: Value;
  /** The next one in the same slot. */
  next: Flow<Value> | null;
}

export class FlowTable<Value> {
  #slots = new Array<Flow<Value> | null>(LEAST_SLOTS).fill(null);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  find({ data, source, destination, addressLength, sourcePort, destinationPort }: TcpView): Flow<Value> | null {
    const s0 = word(data, source);
    const d0 = word(data, destination);
    if (addressLength === IPV4_BYTES) {
      const hash = mixed(s0, 0, 0, 0, sourcePort, d0, 0, 0, 0, destinationPort);
      for (let flow = this.#slots[hash & (this.#slots.length - 1)] ?? null; flow !== null; flow = flow.next) {
        if (flow.hash !== hash || flow.addressLength !== IPV4_BYTES) continue;
        const { firstWord, secondWord, firstPort, secondPort } = flow;
        if (firstPort === sourcePort && secondPort === destinationPort && firstWord === s0 && secondWord === d0) return flow;
        if (firstPort === destinationPort && secondPort === sourcePort && firstWord === d0 && secondWord === s0) return flow;
      }
      return null;
    }
    const from = endOf(data, source, addressLength, sourcePort);
    const to = endOf(data, destination, addressLength, destinationPort);
    const hash = hashOf(from, to);
    for (let flow = this.#slots[hash & (this.#slots.length - 1)] ?? null; flow !== null; flow = flow.next) {
      if (flow.hash !== hash || flow.addressLength !== addressLength) continue;
      if (isSame(flow.first, from) && isSame(flow.second, to)) return flow;
      if (isSame(flow.first, to) && isSame(flow.second, from)) return flow;
    }
    return null;
  }

  /** Adds the pair of `view`, which must not be there. */
  add(view: TcpView, value: Value): Flow<Value> {
    if (this.#size >= this.#slots.length) this.#grow();
    const first = endOf(view.data, view.source, view.addressLength, view.sourcePort);
    const second = endOf(view.data, view.destination, view.addressLength, view.destinationPort);
    const flow: Flow<Value> = {
      hash: hashOf(first, second),
      addressLength: view.addressLength,
      first,
      second,
      firstPort: first.port,
      secondPort: second.port,
      firstWord: first.word0,
      secondWord: second.word0,
      value,
      next: null,
    };
    this.#put(flow);
    this.#size += 1;
    return flow;
  }

  remove(flow: Flow<Value>): void {
    const slot = flow.hash & (this.#slots.length - 1);
    const head = this.#slots[slot] ?? null;
    if (head === flow) {
      this.#slots[slot] = flow.next;
      this.#size -= 1;
      return;
    }
    for (let at = head; at !== null; at = at.next) {
      if (at.next !== flow) continue;
      at.next = flow.next;
      this.#size -= 1;
      return;
    }
  }

  #put(flow: Flow<Value>): void {
    const slot = flow.hash & (this.#slots.length - 1);
    flow.next = this.#slots[slot] ?? null;
    this.#slots[slot] = flow;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Array<Flow<Value> | null>(2 * old.length).fill(null);
    for (const head of old) {
      for (let flow = head; flow !== null; ) {
        const { next } = flow;
        this.#put(flow);
        flow = next;
      }
    }
  }
}

/** Whether `view` was sent by the first of the two ends. */
export function isFromFirst({ first, firstPort, secondPort, addressLength }: Flow<unknown>, { data, source, sourcePort }: TcpView): boolean {
  if (firstPort !== sourcePort) return false;
  // Seldom are both ports the same, and only then do the addresses have to tell.
  return firstPort !== secondPort || isSame(first, endOf(data, source, addressLength, sourcePort));
}

/** An end with its address as text. */
export function addressOf({ addressLength }: Flow<unknown>, { word0, word1, word2, word3, port }: End): Address {
  const bytes = Buffer.alloc(16);
  for (const [index, each] of [word0, word1, word2, word3].entries()) bytes.writeInt32BE(each, 4 * index);
  return { address: addressLength === IPV4_BYTES ? formatIpv4Address(bytes, 0) : formatIpv6Address(bytes, 0), port };
}

function endOf(data: Buffer, offset: number, addressLength: number, port: number): End {
  if (addressLength === IPV4_BYTES) return { word0: word(data, offset), word1: 0, word2: 0, word3: 0, port };
  return { word0: word(data, offset), word1: word(data, offset + 4), word2: word(data, offset + 8), word3: word(data, offset + 12), port };
}

function isSame(one: End, other: End): boolean {
  return (
    one.word0 === other.word0 && one.port === other.port && one.word1 === other.word1 && one.word2 === other.word2 && one.word3 === other.word3
  );
}

function word(data: Buffer, offset: number): number {
  return ((data[offset] ?? 0) << 24) | ((data[offset + 1] ?? 0) << 16) | ((data[offset + 2] ?? 0) << 8) | (data[offset + 3] ?? 0);
}

function hashOf(one: End, other: End): number {
  const { word0, word1, word2, word3, port } = one;
  return mixed(word0, word1, word2, word3, port, other.word0, other.word1, other.word2, other.word3, other.port);
}

/** Each end by itself, and then their sum, which has no order. */
function mixed(a0: number, a1: number, a2: number, a3: number, ap: number, b0: number, b1: number, b2: number, b3: number, bp: number): number {
  return finalized((endHash(a0, a1, a2, a3, ap) + endHash(b0, b1, b2, b3, bp)) | 0);
}

function endHash(w0: number, w1: number, w2: number, w3: number, port: number): number {
  const hash = (w1 | w2 | w3) === 0 ? w0 : finalized(finalized(finalized(w0 ^ SEED) ^ w1) + w2) ^ w3;
  return finalized(hash ^ SEED ^ (port << 16));
}

/** One round of MurmurHash3's finalizer. */
function finalized(value: number): number {
  const hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
