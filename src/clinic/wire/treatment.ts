/**
 * What the relay does with what comes. A treatment is made anew for each run, so it may remember things.
 *
 * A *chunk* is what one read of the relay returned. If the sender’s hook pauses after each write, a chunk is one write.
 * Otherwise several writes can have come together, as they can everywhere.
 */
import { otherSide, type Side } from '../../protocol/side.js';

export interface Chunk {
  /** Counts all chunks of a run from 0. */
  readonly number: number;
  /** The connection: 0 is the first client’s, 1 the second’s. */
  readonly link: number;
  readonly from: Side;
  readonly bytes: Buffer;
  /** When it came, in milliseconds since the run began. */
  readonly at: number;
  /** The frame that carried it into the relay, in the capture of the half of the side that sent it. */
  readonly frame: number | null;
}

export interface Control {
  /** Sends bytes, at the earliest `afterMs` after whatever was sent to this side before. Always in order. */
  send(link: number, to: Side, bytes: Uint8Array, afterMs?: number): void;
  /** This side is told that nothing more comes, after all that is waiting for it. */
  end(link: number, to: Side): void;
  /** Both sides are cut off at once, with a reset. */
  reset(link: number): void;
}

export interface Treatment {
  came(chunk: Chunk, control: Control): void;
}

/** Sends on what comes, as it comes. */
export function passing(): Treatment {
  return {
    came: ({ link, from, bytes }, control) => {
      control.send(link, otherSide(from), bytes);
    },
  };
}

/** A note of a write comes a little later than the write. In milliseconds. */
const NOTE_MS = 15;

/**
 * Sends on each write of the sender alone, with a pause between. The kernel joins writes that come soon after each
 * other, so what one read returned is divided where our hook in the sender has noted the end of a write.
 *
 * @param writesOf the sizes of all writes of a side so far. Where no hook could be set, there are none, and what one
 *   read returned counts as one write.
 */
export function apart(pauseMs: number, writesOf: (from: Side) => readonly number[] = () => []): Treatment {
  const passed = new Map<string, number>();
  return {
    came: ({ link, from, bytes }, control) => {
      const key = `${link} ${from}`;
      const start = passed.get(key) ?? 0;
      passed.set(key, start + bytes.length);
      setTimeout(() => {
        // The notes of a server do not say to which client it wrote.
        const ends = link === 0 ? endsWithin(writesOf(from), start, bytes.length) : [];
        let at = 0;
        for (const end of [...ends, bytes.length]) {
          control.send(link, otherSide(from), bytes.subarray(at, end), pauseMs);
          at = end;
        }
      }, NOTE_MS);
    },
  };
}

/** Where writes end within the bytes from `start` on, counted from there. Not their own end. */
export function endsWithin(writes: readonly number[], start: number, length: number): readonly number[] {
  const ends: number[] = [];
  let end = -start;
  for (const size of writes) {
    end += size;
    if (end >= length) break;
    if (end > 0) ends.push(end);
  }
  return ends;
}

/** Sends on every byte alone, for as long as `isOn` says so; the rest as it comes. */
export function bytewise(pauseMs: number, isOn: (chunk: Chunk) => boolean = () => true): Treatment {
  return {
    came: (chunk, control) => {
      const { link, from, bytes } = chunk;
      if (!isOn(chunk)) {
        control.send(link, otherSide(from), bytes);
        return;
      }
      for (let at = 0; at < bytes.length; at += 1)
        control.send(link, otherSide(from), bytes.subarray(at, at + 1), pauseMs);
    },
  };
}

/** Sends on what comes in three pieces, the middle one a single byte: a cut within any letter of several bytes. */
export function cutWithin(pauseMs: number): Treatment {
  return {
    came: ({ link, from, bytes }, control) => {
      const middle = Math.floor(bytes.length / 2);
      for (const [start, end] of [[0, middle] as const, [middle, middle + 1] as const, [middle + 1] as const])
        if (start < bytes.length && start !== end)
          control.send(link, otherSide(from), bytes.subarray(start, end), pauseMs);
    },
  };
}

/** What one side sent until it was quiet for a while. It is often a message, whatever writes it came in. */
export interface Burst {
  readonly link: number;
  readonly from: Side;
  readonly bytes: Buffer;
  readonly chunks: readonly Chunk[];
}

/**
 * Waits until a side is quiet, and hands on all that it sent together. `handle` sends on what it wants to.
 *
 * @param quietMs how long no byte comes from this side before the burst counts as whole.
 */
export function gathered(quietMs: number, handle: (burst: Burst, control: Control) => void): Treatment {
  const waiting = new Map<string, { readonly chunks: Chunk[]; timer: NodeJS.Timeout }>();
  return {
    came: (chunk, control) => {
      const key = `${chunk.link} ${chunk.from}`;
      const before = waiting.get(key);
      clearTimeout(before?.timer);
      const chunks = [...(before?.chunks ?? []), chunk];
      const timer = setTimeout(() => {
        waiting.delete(key);
        const { link, from } = chunk;
        handle({ link, from, bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), chunks }, control);
      }, quietMs);
      waiting.set(key, { chunks, timer });
    },
  };
}
