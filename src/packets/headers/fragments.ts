/**
 * Puts IP packets together that came in fragments (RFC 791, section 3.2; RFC 8200, section 4.5).
 *
 *     fragments     [0.....7][8....15]            offsets are counted in blocks of 8 bytes
 *                                    [16...23)    the last one may be shorter
 *     as they come   2         1          3       in any order, some twice: the bytes seen first win
 *
 * An attacker may send fragments only to fill the memory of the program that collects them. So there is a bound, and
 * the oldest packet is given up for a new one.
 */
import { MeshFragments } from './mesh-fragments.js';

/** The most that is held, in bytes. */
export const MAX_HELD_BYTES = 8 * 1024 * 1024;
/** How long a packet may take from its first fragment to its last, by the capture's clock (RFC 8200, section 4.5). */
const PATIENCE_SECONDS = 60;

const BLOCK = 8;
const MAX_PACKET_BYTES = 65_535;
/** Before a packet's bytes there is room for its two addresses, 16 bytes each at most. */
export const ADDRESS_ROOM = 32;
/** What an entry takes besides its buffers, roughly. */
const ENTRY_BYTES = 256;

/** What became of the fragmented packets of a capture. */
export interface FragmentReport {
  /** Packets that were put together. */
  readonly reassembled: number;
  /** Packets with a part that did not come, or came too late. */
  readonly incomplete: number;
  /** Fragments whose bytes differ from those seen first. */
  readonly conflicts: number;
  /** Impossible fragments: empty, not in blocks of 8 bytes, beyond the largest packet or beyond the last fragment. */
  readonly bad: number;
}

/** One fragment: `length` bytes of `data` from `start` on. In the packet they stand at `offset`. */
export interface Fragment {
  /** Addresses, identification and whatever else tells the packet from others, as one text. */
  readonly key: string;
  /** What the packet carries, as the fragment says. */
  readonly protocol: number;
  readonly data: Buffer;
  readonly start: number;
  readonly length: number;
  readonly offset: number;
  /** Whether less than `length` was captured. */
  readonly isSnapped: boolean;
  /** Whether it is not the last one. */
  readonly hasMore: boolean;
  /** When it was captured, in seconds since the Unix epoch. */
  readonly seconds: number;
}

/** A complete packet. Its bytes stand in `data` from {@link ADDRESS_ROOM} on. */
export interface WholePacket {
  readonly data: Buffer;
  readonly length: number;
  /** As the first fragment says. */
  readonly protocol: number;
}

export class Fragments {
  /** Frames of batman-adv, which cuts them in its own way. */
  readonly mesh = new MeshFragments();
  /** In the order of their first fragments. */
  readonly #packets = new Map<string, PartialPacket>();
  #byAge = this.#packets.entries();
  #candidate: readonly [string, PartialPacket] | null = null;
  #heldBytes = 0;
  #reassembled = 0;
  #incomplete = 0;
  #conflicts = 0;
  #bad = 0;

  /** As of now. Packets that still wait for a fragment count as incomplete. */
  report(): FragmentReport {
    return {
      reassembled: this.#reassembled,
      incomplete: this.#incomplete + this.#packets.size,
      conflicts: this.#conflicts,
      bad: this.#bad,
    };
  }

  /** Takes a fragment. Returns the packet that it completes, or null. The bytes are copied. */
  add(fragment: Fragment): WholePacket | null {
    const { key, length, offset, isSnapped, hasMore, seconds } = fragment;
    if (length <= 0 || (hasMore && length % BLOCK !== 0) || offset + length > MAX_PACKET_BYTES) {
      this.#bad += 1;
      return null;
    }
    this.#giveUpBefore(seconds - PATIENCE_SECONDS);
    const packet = this.#packets.get(key) ?? this.#begin(key, seconds);
    if (isSnapped) return null;
    const cost = packet.cost;
    const outcome = packet.add(fragment);
    this.#heldBytes += packet.cost - cost;
    if (outcome === 'conflict') this.#conflicts += 1;
    if (outcome === 'bad') this.#bad += 1;
    if (packet.isWhole) {
      this.#close(key, packet);
      this.#reassembled += 1;
      return packet;
    }
    while (this.#heldBytes > MAX_HELD_BYTES) this.#giveUpOldest();
    return null;
  }

  #begin(key: string, seconds: number): PartialPacket {
    const packet = new PartialPacket(seconds);
    this.#packets.set(key, packet);
    this.#heldBytes += packet.cost;
    return packet;
  }

  #close(key: string, packet: PartialPacket): void {
    this.#packets.delete(key);
    this.#heldBytes -= packet.cost;
  }

  #giveUpBefore(seconds: number): void {
    for (let oldest = this.#oldest(); oldest !== null && oldest[1].seconds < seconds; oldest = this.#oldest())
      this.#giveUpOldest();
  }

  #giveUpOldest(): void {
    const oldest = this.#oldest();
    if (oldest === null) return;
    this.#close(...oldest);
    this.#incomplete += 1;
  }

  /** Continues where it stopped last time: starting again would pass over all deleted entries each time. */
  #oldest(): readonly [string, PartialPacket] | null {
    while (this.#packets.size > 0) {
      if (this.#candidate !== null && this.#packets.get(this.#candidate[0]) === this.#candidate[1])
        return this.#candidate;
      const next = this.#byAge.next();
      this.#candidate = next.done === true ? null : next.value;
      if (next.done === true) this.#byAge = this.#packets.entries();
    }
    return null;
  }
}

class PartialPacket implements WholePacket {
  /** When its first fragment was captured. */
  readonly seconds: number;
  protocol = 0;
  #data = Buffer.alloc(ADDRESS_ROOM);
  /** For each block, how many of its bytes are there: 8, or fewer in the last block. */
  #present = new Uint8Array(0);
  #received = 0;
  /** Where the bytes that have come end; and where the packet ends, as soon as that is known. */
  #reach = 0;
  #length = Infinity;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  get data(): Buffer {
    return this.#data;
  }

  get length(): number {
    return this.#length;
  }

  get isWhole(): boolean {
    return this.#received === this.#length;
  }

  get cost(): number {
    return ENTRY_BYTES + this.#data.length + this.#present.length;
  }

  add({ protocol, data, start, length, offset, hasMore }: Fragment): 'good' | 'conflict' | 'bad' {
    const end = offset + length;
    if (end > this.#length || (!hasMore && (end < this.#reach || (this.#length !== Infinity && end !== this.#length))))
      return 'bad';
    if (!hasMore) this.#length = end;
    if (offset === 0) this.protocol = protocol;
    this.#reserve(end);
    this.#reach = Math.max(this.#reach, end);

    let isConflicting = false;
    for (let at = offset; at < end; at += BLOCK) {
      const count = Math.min(BLOCK, end - at);
      const from = start + at - offset;
      const to = ADDRESS_ROOM + at;
      const known = Math.min(this.#present[at / BLOCK] ?? 0, count);
      if (known > 0 && this.#data.compare(data, from, from + known, to, to + known) !== 0) isConflicting = true;
      if (known === count) continue;
      data.copy(this.#data, to + known, from + known, from + count);
      this.#present[at / BLOCK] = count;
      this.#received += count - known;
    }
    return isConflicting ? 'conflict' : 'good';
  }

  #reserve(length: number): void {
    if (ADDRESS_ROOM + length <= this.#data.length) return;
    const capacity = Math.max(2 * (this.#data.length - ADDRESS_ROOM), length + (-length & (BLOCK - 1)));
    const data = Buffer.alloc(ADDRESS_ROOM + capacity);
    this.#data.copy(data);
    this.#data = data;
    const present = new Uint8Array(capacity / BLOCK);
    present.set(this.#present);
    this.#present = present;
  }
}
