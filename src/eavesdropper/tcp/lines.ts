/**
 * The lines of one direction as it was captured. A gap ends a line: what stands on its two sides was never one text.
 */
import type { HeldBytes, Run } from './stream.js';

/** Offsets in the stream: of the first byte, behind the last one, and behind the LF too. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
  /** Whether all of it was captured: it ends in LF, and no byte is missing directly before it. */
  readonly whole: boolean;
}

const LF = 0x0a;
const CR = 0x0d;

/** In order, without their LF and without a CR before it. The last one of a run may lack its LF, and is not empty then. */
export function* linesOf(stream: HeldBytes): Generator<Line, void, void> {
  for (const run of stream.runs()) yield* linesOfRun(stream.bytes, run, stream.missingBefore(run.start) > 0);
}

function* linesOfRun(bytes: Buffer, { start: runStart, end: runEnd }: Run, startsCut: boolean): Generator<Line, void, void> {
  let start = runStart;
  const run = bytes.subarray(0, runEnd);
  for (let at = run.indexOf(LF, start); at !== -1; at = run.indexOf(LF, start)) {
    const end = at > start && bytes[at - 1] === CR ? at - 1 : at;
    yield { start, end, next: at + 1, whole: !(startsCut && start === runStart) };
    start = at + 1;
  }
  if (start < runEnd) yield { start, end: runEnd, next: runEnd, whole: false };
}
