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
  let start = runStart;
  const run = bytes.subarray(0, runEnd);
  for (let at = run.indexOf(LF, start); at !== -1; at = run.indexOf(LF, start)) {
    const end = at > start && bytes[at - 1] === CR ? at - 1 : at;
    yield { start, end, next: at + 1, whole: !(startsCut && start === runStart) };
    start = at + 1;
  }
  if (start < runEnd) yield { start, end: runEnd, next: runEnd, whole: false };
}
