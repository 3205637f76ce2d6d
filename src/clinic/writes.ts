/**
 * Compares what one program wrote with what the other one read, by the notes of our hooks. TCP keeps the order of the
 * bytes, and not where a write ends.
 */
import type { Noted } from './hook-log.js';

/** A read that returned the end of one write and the beginning of the next. */
export interface Together {
  /** The sizes of the writes that it returned something of, in order. */
  readonly writes: readonly number[];
  /** How many bytes it returned. */
  readonly read: number;
}

/** The first read that went over the end of a write. null where each read kept to one. */
export function firstTogether(sender: readonly Noted[], receiver: readonly Noted[]): Together | null {
  const writes = sizesOf(sender, 'send');
  const reads = sizesOf(receiver, 'recv');
  let writeEnd = 0;
  let next = 0;
  let readEnd = 0;
  for (const read of reads) {
    const start = readEnd;
    readEnd += read;
    const covered: number[] = [];
    // The write that was begun and not read to its end is still the one before `next`.
    if (start < writeEnd) covered.push(writes[next - 1] ?? 0);
    for (; writeEnd < readEnd && next < writes.length; next += 1) {
      writeEnd += writes[next] ?? 0;
      covered.push(writes[next] ?? 0);
    }
    if (covered.length > 1) return { writes: covered, read };
  }
  return null;
}

/** The sizes of all writes, or of all reads that returned something. */
export function sizesOf(noted: readonly Noted[], what: 'send' | 'recv'): readonly number[] {
  return noted.flatMap((each) => (each.what === what && each.bytes > 0 ? [each.bytes] : []));
}
