/** The lines of Telnet: Enter is CR NUL or CR LF, and commands stand between the letters (RFC 854). */
import { linesOf, type Line } from './lines.js';
import type { HeldBytes } from './stream.js';

const CR = 0x0d;
const IAC = 0xff;
const COMMAND = { subnegotiationEnds: 0xf0, subnegotiation: 0xfa, will: 0xfb, dont: 0xfe } as const;
const CR_NUL = Buffer.from([CR, 0]);

/** As `linesOf`, where a line also ends in CR NUL. */
export function* telnetLinesOf(stream: HeldBytes): Generator<Line, void, void> {
  for (const { start, end, next, whole } of linesOf(stream)) {
    const line = stream.bytes.subarray(0, next);
    let from = start;
    for (let at = line.indexOf(CR_NUL, from); at !== -1; at = line.indexOf(CR_NUL, from)) {
      yield { start: from, end: at, next: at + CR_NUL.length, whole: whole || from > start };
      from = at + CR_NUL.length;
    }
    if (from < next) yield { start: from, end: Math.max(from, end), next, whole };
  }
}

/** What is said in a line, without the commands in it; null if it is nothing but commands. */
export function saidIn(line: Buffer): Buffer | null {
  const said: number[] = [];
  let commands = 0;
  for (let at = 0; at < line.length;) {
    const length = line[at] === IAC ? commandAt(line, at) : 0;
    if (length > 0) commands += 1;
    // IAC twice is one byte 255.
    else said.push(line[at] ?? 0);
    at += length > 0 ? length : line[at] === IAC ? 2 : 1;
  }
  return said.length === 0 && commands > 0 ? null : Buffer.from(said);
}

/** The bytes of the command at `at`; 0 if it is none. */
function commandAt(line: Buffer, at: number): number {
  const code = line[at + 1] ?? 0;
  if (code === IAC || code < COMMAND.subnegotiationEnds) return 0;
  if (code >= COMMAND.will) return 3;
  if (code !== COMMAND.subnegotiation) return 2;
  const end = line.indexOf(Buffer.from([IAC, COMMAND.subnegotiationEnds]), at);
  return (end === -1 ? line.length : end + 2) - at;
}
