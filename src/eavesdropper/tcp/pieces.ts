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
  return SIDES.filter((side) => {
    const ends = new LineEnds();
    for (const [index, { side: from, bytes }] of seen.entries())
      if (from === side) ends.add(bytes, 0, bytes.length, seen[index + 1]?.side !== side);
    return !ends.markMessages(() =>
      seen.reduce((sum, piece) => sum + (piece.side === side ? linesIn(piece.bytes) : 0), 0),
    );
  });
}

/** Whether `next`, which directly follows `piece` from the same side, continues it. */
export function isContinued(piece: FollowedPiece, next: FollowedPiece): boolean {
  if (typeof piece.bytes === 'number' || typeof next.bytes === 'number') return false;
  return isFull(piece.bytes.length, next.time - piece.time) || isInside(piece.bytes.at(-1), next.bytes[0]);
}

function isMarkedByLines(stream: Stream, other: Stream): boolean {
  const { bytes } = stream;
  const answers = other.segments();
  let answer = answers.next();
  const ends = new LineEnds();
  let last: Segment | null = null;
  const add = ({ start, end, frame }: Segment, next: number): void => {
    while (answer.done !== true && answer.value.frame < frame) answer = answers.next();
    ends.add(bytes, start, end, next === Infinity || (answer.done !== true && answer.value.frame < next));
  };
  for (const segment of stream.segments()) {
    if (last !== null) add(last, segment.frame);
    last = segment;
  }
  if (last !== null) add(last, Infinity);
  return ends.markMessages(() => linesIn(bytes));
}

/** Counts the segments of one side, and which of them end with a line end. */
class LineEnds {
  #sent = 0;
  #ending = 0;
  #turns = 0;
  #endedTurns = 0;
  #lastEnds = false;
  /** Bytes of the segments that end otherwise. */
  #otherBytes = 0;

  /** `endsTurn`: whether the other side or nobody sent something next. */
  add(bytes: Buffer, start: number, end: number, endsTurn: boolean): void {
    this.#lastEnds = end > start && bytes[end - 1] === LF;
    this.#sent += 1;
    if (this.#lastEnds) this.#ending += 1;
    else this.#otherBytes += end - start;
    if (!endsTurn) return;
    this.#turns += 1;
    if (this.#lastEnds) this.#endedTurns += 1;
  }

  /**
   * Whether line ends mark the messages of the side. They do if at least half of its segments end with one, or at least
   * half of its turns, however TCP split their content. They also do if the segments are split lines or single keys,
   * and the last one ends with a line end. `lines`: returns how many line ends there are in all of them.
   */
  markMessages(lines: () => number): boolean {
    const others = this.#sent - this.#ending;
    if (this.#sent < 2 || this.#ending >= others) return true;
    if (this.#ending === 0) return false;
    if (this.#turns > 1 && 2 * this.#endedTurns >= this.#turns) return true;
    const isKeyByKey = this.#otherBytes <= KEY_BYTES * others;
    return isKeyByKey || (this.#lastEnds && lines() >= others);
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) lines += 1;
  return lines;
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
