/**
 * Telnet (RFC 854): commands stand among what is typed. Who types at a terminal also goes back and types again, and the
 * program at the other end takes the letters away that were not meant.
 *
 *     ff fd 01   a n m a 7f 7f n a ␍␀
 *     command    typed: "anma", two back, "na"      read: "anna"
 */
import { editedLine, holdsEdit } from './edited-line.js';
import type { Framing, Sink } from './sink.js';

const IAC = 0xff;
const LF = 0x0a;
const CR = 0x0d;
const COMMAND = { subnegotiationEnds: 0xf0, subnegotiation: 0xfa, will: 0xfb, dont: 0xfe } as const;
/** Options have smaller numbers (https://www.iana.org/assignments/telnet-options). */
const LEAST_NO_OPTION = 0x60;
/** A longer line, or a longer command, is taken as it is. */
const MOST_HELD = 8192;

/** null unless the stream begins with a command that asks for an option, or offers one. */
export function telnetFraming(bytes: Buffer, start: number, end: number, last: boolean): Framing | 'more' | null {
  if (bytes[start] !== IAC) return null;
  if (end - start < 3) return last ? null : 'more';
  const [command, option] = [bytes[start + 1] ?? 0, bytes[start + 2] ?? 0];
  const asks = command >= COMMAND.will && command <= COMMAND.dont && option < LEAST_NO_OPTION;
  // FF FE is also the mark of UTF-16, behind which a character stands.
  const isMark = command === COMMAND.dont && (bytes[start + 3] === 0 || option === 0);
  return asks && !isMark ? new TelnetFraming() : null;
}

class TelnetFraming implements Framing {
  readonly name = null;
  readonly isOver = false;

  take(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
    let at = start;
    while (at < end) {
      const length = bytes[at] === IAC ? commandAt(bytes, at, end) : 0;
      if (length === Infinity) {
        if (!last && end - at < MOST_HELD) return at;
        sink.framing(at, end);
        return end;
      }
      if (length > 0) sink.framing(at, at + length);
      const from = at + length;
      const next = bytes.subarray(0, end).indexOf(IAC, from === at ? at + 1 : from);
      const stop = next === -1 ? end : next;
      at = stop > from ? typed(bytes, from, stop, last || next !== -1, sink) : from;
      if (at < stop) return at;
    }
    return at;
  }
}

/** Tells what was typed, line by line where something was taken back. Returns how far it got. */
function typed(bytes: Buffer, start: number, end: number, last: boolean, sink: Sink): number {
  if (!holdsEdit(bytes, start, end)) return sink.plain(bytes, start, end, last);
  for (let at = start; at < end;) {
    const stop = behindLine(bytes, at, end);
    if (stop === -1 && !last && end - at < MOST_HELD) return at;
    const lineEnd = stop === -1 ? end : stop;
    if (!holdsEdit(bytes, at, lineEnd)) sink.plain(bytes, at, lineEnd, true);
    else {
      const source = bytes.subarray(at, lineEnd);
      const content = editedLine(source);
      sink.unwrapped({
        as: EDITED,
        source,
        start: at,
        end: lineEnd,
        content,
        isNext: false,
        hasNext: false,
        isSure: true,
      });
    }
    at = lineEnd;
  }
  return end;
}

const EDITED = 'corrected typing';

/** Behind LF, or behind CR and NUL; -1 if the line does not end here. */
function behindLine(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === LF || (bytes[at] === 0 && bytes[at - 1] === CR)) return at + 1;
  }
  return -1;
}

/** How long the command is; Infinity if its end has not come; 0 for IAC twice, which is a byte of text. */
function commandAt(bytes: Buffer, at: number, end: number): number {
  if (at + 1 >= end) return Infinity;
  const code = bytes[at + 1] ?? 0;
  if (code === IAC || code < COMMAND.subnegotiationEnds) return 0;
  if (code >= COMMAND.will) return at + 3 > end ? Infinity : 3;
  if (code !== COMMAND.subnegotiation) return 2;
  const stop = bytes.subarray(0, end).indexOf(SUBNEGOTIATION_ENDS, at);
  return stop === -1 ? Infinity : stop + SUBNEGOTIATION_ENDS.length - at;
}
const SUBNEGOTIATION_ENDS = Buffer.from([IAC, COMMAND.subnegotiationEnds]);
