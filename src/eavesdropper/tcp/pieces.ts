/**
 * Finds where messages start and end for a side that sends no line ends. TCP keeps no borders. But a program that sends
 * a short text calls send() once, and its bytes mostly travel in their own segment. So a piece that was sent at once
 * counts as a message. That is a guess: TCP may put two short messages into one segment.
 */
import { SIDES, type Side } from '../../protocol/side.js';
import type { FollowedPiece } from './followed.js';
import type { Line } from './lines.js';
import type { Segment, Stream } from './stream.js';

const LF = 0x0a;
const CR = 0x0d;

/**
 * A host may always send this many bytes in a segment (RFC 9293, section 3.7.1). So a shorter segment was not cut by
 * TCP.
 */
const LEAST_FULL = 536;
/** Full segments of one message follow each other within this many seconds. */
const MOST_PAUSE = 1;
/** Segments with this many bytes on average come from a terminal, which sends each key by itself. */
const KEY_BYTES = 3;

/**
 * The pieces that `stream` sent at once, in order, each as a line. null if its line ends mark its messages, or if there
 * is nothing to separate.
 */
export function piecesOf(stream: Stream, other: Stream): readonly Line[] | null {
  if (isMarkedByLines(stream, other)) return null;
  const { bytes } = stream;
  return sentAtOnce(stream, other).map(({ start, end, startsCut }) => ({
    start,
    end: withoutEnd(bytes, start, end),
    next: end,
    whole: !startsCut,
  }));
}

/** The sides of a followed conversation that send no line ends. */
export function unmarkedSides(pieces: readonly FollowedPiece[]): readonly Side[] {
  const seen = pieces.flatMap(({ side, bytes }) => (typeof bytes === 'number' ? [] : [{ side, bytes }]));
  const sent = seen.map(({ side, bytes }, index) => ({ side, bytes, endsTurn: seen[index + 1]?.side !== side }));
  return SIDES.filter((side) => !areMarkedByLines(sent.filter(({ side: from }) => from === side)));
}

/** Whether `next`, which directly follows `piece` from the same side, continues it. */
export function isContinued(piece: FollowedPiece, next: FollowedPiece): boolean {
  if (typeof piece.bytes === 'number' || typeof next.bytes === 'number') return false;
  return isFull(piece.bytes.length, next.time - piece.time) || isInside(piece.bytes.at(-1), next.bytes[0]);
}

/** The content of a segment, and whether the other side or nobody sent something next. */
interface Sent {
  readonly bytes: Buffer;
  readonly endsTurn: boolean;
}

function isMarkedByLines(stream: Stream, other: Stream): boolean {
  const segments = Array.from(stream.segments());
  const answers = Array.from(other.segments(), ({ frame }) => frame);
  let answer = 0;
  const sent = segments.map(({ start, end, frame }, index) => {
    while (answer < answers.length && (answers[answer] ?? 0) < frame) answer += 1;
    const next = segments[index + 1]?.frame ?? Infinity;
    return {
      bytes: stream.bytes.subarray(start, end),
      endsTurn: next === Infinity || (answers[answer] ?? next) < next,
    };
  });
  return areMarkedByLines(sent);
}

/**
 * Whether line ends mark the messages of a side. They do if at least half of its segments end with one, or at least
 * half of its turns, however TCP split their content. They also do if the segments are split lines or single keys, and
 * the last one ends with a line end.
 */
function areMarkedByLines(sent: readonly Sent[]): boolean {
  const ending = sent.filter(({ bytes }) => bytes.at(-1) === LF);
  const others = sent.length - ending.length;
  if (sent.length < 2 || ending.length >= others) return true;
  if (ending.length === 0) return false;
  const turns = sent.filter(({ endsTurn }) => endsTurn).length;
  const endedTurns = ending.filter(({ endsTurn }) => endsTurn).length;
  if (turns > 1 && 2 * endedTurns >= turns) return true;
  return keyByKey(sent, others) || (sent.at(-1)?.bytes.at(-1) === LF && linesIn(sent) >= others);
}

function keyByKey(sent: readonly Sent[], others: number): boolean {
  const unended = sent.filter(({ bytes }) => bytes.at(-1) !== LF);
  return unended.reduce((sum, { bytes }) => sum + bytes.length, 0) <= KEY_BYTES * others;
}

function linesIn(sent: readonly Sent[]): number {
  return sent.reduce((sum, { bytes }) => sum + bytes.reduce((count, byte) => count + (byte === LF ? 1 : 0), 0), 0);
}

function isFull(length: number, pause: number): boolean {
  return length >= LEAST_FULL && pause <= MOST_PAUSE;
}

/**
 * The segments, each joined with those that continue it. A full segment continues in the next one if the other side did
 * not answer between them. A character is never split.
 */
export function sentAtOnce(stream: Stream, other: Stream): Segment[] {
  const { bytes } = stream;
  const answers = other.segments();
  let answer = answers.next();
  const pieces: Segment[] = [];
  let last: Segment | null = null;
  for (const segment of stream.segments()) {
    while (answer.done !== true && last !== null && answer.value.frame < last.frame) answer = answers.next();
    const isAnswered: boolean = answer.done !== true && answer.value.frame < segment.frame;
    const piece = pieces.at(-1);
    const isCut = last !== null && isFull(last.end - last.start, segment.time - last.time) && !isAnswered;
    const goesOn = !segment.startsCut && (isCut || isInside(bytes[segment.start - 1], bytes[segment.start]));
    if (piece !== undefined && goesOn) pieces[pieces.length - 1] = { ...piece, end: segment.end };
    else pieces.push(segment);
    last = segment;
  }
  return pieces;
}

/** Whether two bytes belong to one character: in UTF-8 only bytes inside a character start with the bits 10. */
function isInside(before: number | undefined, at: number | undefined): boolean {
  return before !== undefined && before >= 0x80 && ((at ?? 0) & 0xc0) === 0x80;
}

/** The piece without a line end and without the zero bytes that C programs send after a text. */
function withoutEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === 0) at -= 1;
  if (at > start && bytes[at - 1] === LF) at -= 1;
  if (at > start && bytes[at - 1] === CR) at -= 1;
  return at;
}
