/**
 * The lines of one direction as captured. A gap ends a line, because the bytes before and after it were not next to
 * each other.
 */
import type { HeldBytes, Run } from './stream.js';

/** Offsets in the stream: of the first byte, after the last byte, and after the LF. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** Whether all of it was captured: it ends in LF, and no byte is missing directly before it. */
  readonly whole: boolean;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * In order, without their LF and without a CR before it. The last line of a run may have no LF; then it is not empty.
 */
export function* linesOf(stream: HeldBytes): Generator<Line, void, void> {
  for (const run of stream.runs()) yield* linesOfRun(stream.bytes, run, stream.missingBefore(run.start) > 0);
}

function* linesOfRun(
  bytes: Buffer,
  { start: runStart, end: runEnd }: Run,
  startsCut: boolean,
): Generator<Line, void, void> {
  const run = bytes.subarray(0, runEnd);
  for (let start = runStart; start < runEnd;) {
    const { end, next, hasEnd } = lineAt(run, start);
    yield { start, end, next, whole: hasEnd && !(startsCut && start === runStart) };
    start = next;
  }
}

/** Where the line ends that begins at `start` in a run, which ends where `bytes` do; and whether it has an LF. */
export function lineAt(bytes: Buffer, start: number): Pick<Line, 'end' | 'next'> & { readonly hasEnd: boolean } {
  const at = bytes.indexOf(LF, start);
  if (at === -1) return { end: bytes.length, next: bytes.length, hasEnd: false };
  return { end: at > start && bytes[at - 1] === CR ? at - 1 : at, next: at + 1, hasEnd: true };
}
