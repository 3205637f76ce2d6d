/**
 * Python's pickle, protocols 1 to 5: a program for a machine with a stack (PEP 3154, and pickletools of Python). It is
 * only read here. Nothing of it is run.
 */
import type { Format, FormatKind, Span, Unit } from './format.js';

/** What stands behind an opcode: so many bytes, a length of so many bytes and what it counts, or so many lines. */
type Argument =
  | { readonly kind: 'bytes'; readonly count: number }
  | { readonly kind: 'counted'; readonly lengthBytes: 1 | 4 | 8; readonly isString: boolean }
  | { readonly kind: 'lines'; readonly count: number };

const ARGUMENTS: readonly (Argument | undefined)[] = argumentsOf();
const STOP = 0x2e;
const PROTO = 0x80;
const NEWEST = 5;

function argumentsOf(): (Argument | undefined)[] {
  const table: (Argument | undefined)[] = [];
  const set = (opcodes: string, argument: Argument): void => {
    for (const opcode of Buffer.from(opcodes, 'latin1')) table[opcode] = argument;
  };
  set('.()012NRQabd}el]ostu\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98', { kind: 'bytes', count: 0 });
  set('Khq\x80\x82', { kind: 'bytes', count: 1 });
  set('M\x83', { kind: 'bytes', count: 2 });
  set('Jjr\x84', { kind: 'bytes', count: 4 });
  set('G\x95', { kind: 'bytes', count: 8 });
  set('UC\x8c', { kind: 'counted', lengthBytes: 1, isString: true });
  set('TXB', { kind: 'counted', lengthBytes: 4, isString: true });
  set('\x8d\x8e\x96', { kind: 'counted', lengthBytes: 8, isString: true });
  set('\x8a', { kind: 'counted', lengthBytes: 1, isString: false });
  set('\x8b', { kind: 'counted', lengthBytes: 4, isString: false });
  set('FILSVgpP', { kind: 'lines', count: 1 });
  set('ci', { kind: 'lines', count: 2 });
  return table;
}

/** How much each opcode says, of which a quarter of all bytes are. */
const NATS_PER_OPCODE = Math.log(4);
/** More are in no message of a chat. */
const MOST_OPCODES = 20_000;

export const PICKLE: FormatKind = { mayBegin: (first) => ARGUMENTS[first] !== undefined, made: () => FORMAT };

const FORMAT: Format = {
  isNamed: true,
  name: 'each is an object of Python, as pickle writes it',
  read(bytes, start, end): Unit | 'more' | null {
    const strings: Span[] = [];
    const hasHeader = bytes[start] === PROTO;
    if (hasHeader && start + 1 < end && (bytes[start + 1] ?? 0) > NEWEST) return null;
    let at = start;
    for (let count = 1; count <= MOST_OPCODES; count += 1) {
      if (at >= end) return 'more';
      const opcode = bytes[at] ?? 0;
      const behind = argumentAt(bytes, at + 1, end, ARGUMENTS[opcode], strings);
      if (behind === null || behind === 'more') return behind;
      at = behind;
      if (opcode === STOP) return { end: at, strings, nats: (hasHeader ? 8 : 0) + NATS_PER_OPCODE * count };
    }
    return null;
  },
};

/** Where the argument ends. */
function argumentAt(
  bytes: Buffer,
  at: number,
  end: number,
  argument: Argument | undefined,
  strings: Span[],
): number | 'more' | null {
  switch (argument?.kind) {
    case undefined:
      return null;
    case 'bytes':
      return at + argument.count > end ? 'more' : at + argument.count;
    case 'counted': {
      const from = at + argument.lengthBytes;
      if (from > end) return 'more';
      const length = lengthAt(bytes, at, argument.lengthBytes);
      if (!(length < 2 ** 31)) return null;
      if (from + length > end) return 'more';
      if (argument.isString && length > 0) strings.push({ start: from, end: from + length });
      return from + length;
    }
    case 'lines':
      return behindLines(bytes, at, end, argument.count, strings);
  }
}

function behindLines(bytes: Buffer, at: number, end: number, count: number, strings: Span[]): number | 'more' {
  let from = at;
  for (let line = 0; line < count; line += 1) {
    const lf = bytes.subarray(0, end).indexOf(0x0a, from);
    if (lf === -1) return 'more';
    if (lf > from) strings.push({ start: from, end: lf });
    from = lf + 1;
  }
  return from;
}

function lengthAt(bytes: Buffer, at: number, count: 1 | 4 | 8): number {
  if (count === 1) return bytes[at] ?? 0;
  return count === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
}
