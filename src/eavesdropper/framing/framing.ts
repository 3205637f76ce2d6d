/** Which framing a stream begins with. */
import { formatFraming, protobufFraming } from './format-framing.js';
import { controlFraming } from './control-framing.js';
import { decimalFraming } from './decimal-framing.js';
import { fieldFraming } from './field-framing.js';
import { HttpFraming, beginsAsHttp } from './http-framing.js';
import { headerFraming } from './header-framing.js';
import { isMixed } from './mixed-look.js';
import { PackedFraming, deflateFraming, packingAt } from './packed-framing.js';
import { packedWithin } from './packed-within.js';
import { prefixFraming } from './prefix-framing.js';
import { repeatedHeaderFraming } from './repeated-header-framing.js';
import { recordAt } from '../tls/tls-records.js';
import { telnetFraming } from './telnet-framing.js';
import { zeroFraming } from './zero-framing.js';
import type { Framing } from './sink.js';

export type { Framing, NotUnpacked, Sink, Unwrapped, Work } from './sink.js';
export { MOST_BEFORE, packedWithin } from './packed-within.js';
export { wideText } from './wide-text.js';
export { MOST_TOLD, newWork } from './sink.js';

const SPACE = 0x20;
const LEAST_BYTES = 2;

/** null for a stream without one; `more` if more of it must be seen. */
export function framingOf(bytes: Buffer, start: number, end: number, last: boolean): Framing | 'more' | null {
  if (end - start < LEAST_BYTES) return last || end > start ? null : 'more';
  const first = bytes[start] ?? 0;
  if (first >= 0x41 && first <= 0x5a && beginsAsHttp(bytes, start, end)) return new HttpFraming();
  const packing = packingAt(bytes, start, end);
  if (packing === 'gzip' || packing === 'zlib') return new PackedFraming(null);
  // TLS has a framing of its own, and in it is nothing to read.
  if (recordAt(bytes, start) !== null) return null;
  const finders = beginsAsText(bytes, start)
    ? findersOfText(bytes, start)
    : [telnetFraming, formatFraming, deflateFraming, prefixFraming, protobufFraming];
  let isOpen = false;
  for (const find of finders) {
    const found = find(bytes, start, end, last);
    if (found !== null && found !== 'more') return found;
    isOpen ||= found === 'more';
  }
  if (isOpen && !last) return 'more';
  return amongOthers(bytes, start, end, last) ?? packedWithin(bytes, start, end, last, MOST_BEFORE_FIRST);
}

/** Where numbers and texts stand side by side: a length alone in front of a text was looked for before. */
function amongOthers(bytes: Buffer, start: number, end: number, last: boolean): Framing | 'more' | null {
  if (!isMixed(bytes, start, end)) return null;
  for (const find of FINDERS_AMONG_OTHERS) {
    const found = find(bytes, start, end, last);
    if (found !== null) return found;
  }
  return null;
}

const FINDERS_AMONG_OTHERS: readonly Finder[] = [headerFraming, repeatedHeaderFraming, fieldFraming, controlFraming];
/** What stands in front of packed bytes marks a message only if it is short. */
const MOST_BEFORE_FIRST = 256;

/** Whether messages of the stream are marked by something else than line ends. */
export function marksMessages(bytes: Buffer): boolean {
  const framing = framingOf(bytes, 0, bytes.length, true);
  if (!(framing instanceof HttpFraming)) return framing !== null && framing !== 'more';
  return UPGRADE.test(bytes.toString('latin1', 0, MOST_UPGRADE));
}

const UPGRADE = /\nupgrade:[ \t]*websocket[ \t]*\r?\n/i;
/** Where a head with an upgrade ends. */
const MOST_UPGRADE = 8192;

/** A length, or a format of bytes, has a byte that no text begins with. */
function beginsAsText(bytes: Buffer, start: number): boolean {
  const [first, second, third] = [bytes[start] ?? 0, bytes[start + 1] ?? 0, bytes[start + 2] ?? 0];
  // The digit 0 is also the tag of a message in BER, in which an INTEGER comes first.
  if (first === BER_SEQUENCE && third < 0x09) return false;
  return first < 0x80 ? isOfText(first) && isOfText(second) : isOfText(first) && isInside(second);
}

/** An opcode of pickle can be a letter, and then a length with zeros follows. */
function findersOfText(bytes: Buffer, start: number): readonly Finder[] {
  const ofText = [zeroFraming, decimalFraming];
  return bytes.subarray(start, start + 8).includes(0) ? [formatFraming, ...ofText] : ofText;
}

type Finder = (bytes: Buffer, start: number, end: number, last: boolean) => Framing | 'more' | null;

const BER_SEQUENCE = 0x30;

/** A byte that continues a character of UTF-8. */
function isInside(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

function isOfText(byte: number): boolean {
  if (byte < 0x80) return byte >= SPACE ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d;
  // Bytes that begin a character of UTF-8.
  return byte >= 0xc2 && byte <= 0xf4;
}
