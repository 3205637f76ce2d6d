/**
 * The messages of a conversation that nobody can read as they are: bytes that are no text, and base64 or hex whose
 * content is no text. For whoever compares them with each other, or tries a key on them.
 */
import { isUtf8 } from 'node:buffer';
import { isText } from '../disguises/text-bytes.js';
import { MOST_DIVIDED, divisionsOf } from '../tcp/units.js';
import type { Conversation } from '../tcp/conversation.js';
import type { Run, Stream } from '../tcp/stream.js';
import { SIDES, type Side } from '../../protocol/side.js';

/** A message, as offsets of held bytes. */
export interface Unit extends Run {
  readonly side: Side;
  /** The packet that carried its last byte. */
  readonly frame: number;
  /** As it was sent. */
  readonly bytes: Buffer;
}

/** A message that is sealed, and what its bytes are without base64 or hex. */
export interface SealedUnit extends Unit {
  readonly sealed: Buffer;
  /** Which form of its message it is, counted from 0. */
  readonly form: number;
}

/** One way to divide what a side said into messages. */
export interface Division {
  readonly side: Side;
  readonly units: readonly Unit[];
  readonly sealed: readonly SealedUnit[];
}

/** Of a conversation of which both streams are whole; none of a long one. */
export function divisionsIn({ streams }: Conversation): readonly Division[] {
  const { client, server } = streams;
  if (client.stream.length + server.stream.length > MOST_DIVIDED) return [];
  return SIDES.flatMap((side) => {
    const { stream } = streams[side];
    const other = side === 'client' ? server.stream : client.stream;
    const divisions = [...divisionsOf(stream, other), tokensIn(stream.bytes)];
    // A segment that ends inside a character is text too.
    const isTextSide = saysText(stream);
    return divisions.map((runs) => {
      const units = runs.map((run) => unitOf(side, stream, run));
      return { side, units, sealed: units.flatMap((unit) => sealedIn(unit, isTextSide)) };
    });
  });
}

/** How the time in a Fernet token begins, and the version before it: this century's, in base64. */
const TOKEN = /gAAAA[\w-]+?(?:={1,2}|(?=gAAAA)|(?![\w-]))/g;

/** Fernet tokens, which some programs send one directly behind the other. */
function tokensIn(bytes: Buffer): readonly Run[] {
  return Array.from(bytes.toString('latin1').matchAll(TOKEN), ({ index, 0: { length } }) => ({
    start: index,
    end: index + length,
  }));
}

/** Whether all that a side said is text, as far as it was captured. */
export function saysText(stream: Stream): boolean {
  return stream.runs().every(({ start, end }) => isText(stream.bytes.subarray(start, end), end - start));
}

function unitOf(side: Side, stream: Stream, { start, end }: Run): Unit {
  return { side, start, end, frame: stream.carrierOf(end - 1).frame, bytes: stream.bytes.subarray(start, end) };
}

/** What is sealed in a message, in each form that it can have; mostly one, or none. */
function sealedIn(unit: Unit, isTextSide: boolean): SealedUnit[] {
  const { bytes } = unit;
  if (!isTextSide && !isWhollyText(bytes)) return [{ ...unit, sealed: bytes, form: 0 }];
  const parts = encodedIn(bytes).filter((part) => !isWhollyText(part.bytes));
  if (parts.length === 0) return [];
  // As in {"nonce": …, "ciphertext": …, "tag": …}: together they are what other programs send as one.
  const whole = parts.length > 1 ? [Buffer.concat(parts.map((part) => part.bytes))] : [];
  return [...whole, ...parts.map((part) => part.bytes)].map((sealed, form) => ({ ...unit, sealed, form }));
}

/** Whether it is text from its first byte to its last, with no character cut. */
export function isWhollyText(bytes: Buffer): boolean {
  return isText(bytes, bytes.length) && isUtf8(bytes);
}

/** A stretch of text that is base64 or hex, and what comes out. */
export interface Encoded {
  readonly as: 'base64' | 'hex';
  readonly text: string;
  readonly bytes: Buffer;
}

/** Shorter ones are words. */
const RUN = /[\w+/-]{11,}={0,2}/g;
const HEX = /^(?:[\da-f]{2})+$|^(?:[\dA-F]{2})+$/;
/** Words of a language or of a program. */
const WORDS = /^[a-zA-Z]?[a-z_-]+$/;
/** In one message. */
const MOST_ENCODED = 8;

/** The base64 and hex in a text, in order. */
export function encodedIn(text: Buffer): readonly Encoded[] {
  const found: Encoded[] = [];
  for (const [run] of text.toString('latin1').matchAll(RUN)) {
    if (found.length === MOST_ENCODED) break;
    const bare = run.replace(/=+$/, '');
    if (WORDS.test(bare)) continue;
    if (HEX.test(run)) found.push({ as: 'hex', text: run, bytes: Buffer.from(run, 'hex') });
    else if (bare.length % 4 !== 1) found.push({ as: 'base64', text: run, bytes: Buffer.from(bare, 'base64') });
  }
  return found;
}
