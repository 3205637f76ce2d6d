/**
 * Where messages begin and end of a side that sends no line ends. TCP keeps no borders. But a program that says
 * something short calls send() once, and its bytes mostly cross in a segment of their own. So what was sent at once is
 * taken as a message. That is a guess: TCP may put two short messages into one segment.
 */
import { SIDES, type Side } from '../../protocol/side.js';
import type { FollowedPiece } from './followed.js';
import type { Line } from './lines.js';
import type { Segment, Stream } from './stream.js';

const LF = 0x0a;
const CR = 0x0d;

/** A host may always send so many bytes in a segment (RFC 9293, section 3.7.1): a shorter one was cut by nobody. */
const LEAST_FULL = 536;
/** Full segments of one message follow each other within so many seconds. */
const MOST_PAUSE = 1;
/** Segments of so many bytes on average are a terminal's: each key is sent by itself. */
const KEY_BYTES = 3;

/**
 * What `stream` sent at once, in order, each as a line; null if its line ends mark its messages, or nothing has to be
 * told apart.
 */
export function piecesOf(stream: Stream, other: Stream): readonly Line[] | null {
  if (isMarkedByLines(stream)) return null;
  const { bytes } = stream;
  return sentAtOnce(stream, other).map(({ start, end, startsCut }) => ({
    start,
    end: withoutEnd(bytes, start, end),
    next: end,
    whole: !startsCut,
  }));
}

/** Which sides of a conversation that was followed send no line ends. */
export function unmarkedSides(pieces: readonly FollowedPiece[]): readonly Side[] {
  return SIDES.filter(
    (side) => !areMarkedByLines(pieces.flatMap(({ side: from, bytes }) => (from === side ? toBuffers(bytes) : []))),
  );
}

function toBuffers(bytes: Buffer | number): readonly Buffer[] {
  return typeof bytes === 'number' ? [] : [bytes];
}

/** Whether `next`, which comes directly behind `piece` from the same side, goes on with it. */
export function isContinued(piece: FollowedPiece, next: FollowedPiece): boolean {
  if (typeof piece.bytes === 'number' || typeof next.bytes === 'number') return false;
  return isFull(piece.bytes.length, next.time - piece.time) || isInside(piece.bytes.at(-1), next.bytes[0]);
}

function isMarkedByLines(stream: Stream): boolean {
  const { bytes } = stream;
  return areMarkedByLines(Array.from(stream.segments(), ({ start, end }) => bytes.subarray(start, end)));
}

/**
 * Whether at least half of the segments end a line, or lines end in them that are torn or typed key by key: then the
 * last one ends too.
 */
function areMarkedByLines(segments: readonly Buffer[]): boolean {
  let [ends, lines, otherBytes] = [0, 0, 0];
  for (const segment of segments) {
    if (segment.at(-1) === LF) ends += 1;
    else otherBytes += segment.length;
    for (let at = segment.indexOf(LF); at !== -1; at = segment.indexOf(LF, at + 1)) lines += 1;
  }
  const others = segments.length - ends;
  if (segments.length < 2 || ends >= others) return true;
  return ends > 0 && (otherBytes <= KEY_BYTES * others || (lines >= others && segments.at(-1)?.at(-1) === LF));
}

function isFull(length: number, pause: number): boolean {
  return length >= LEAST_FULL && pause <= MOST_PAUSE;
}

/**
 * The segments, each together with those that go on with it: a full one goes on in the next, if the other side did not
 * answer between them; and no character is sent in two parts.
 */
function sentAtOnce(stream: Stream, other: Stream): Segment[] {
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

/** Whether two bytes are of one character: in UTF-8 only bytes inside of one begin with the bits 10. */
function isInside(before: number | undefined, at: number | undefined): boolean {
  return before !== undefined && before >= 0x80 && ((at ?? 0) & 0xc0) === 0x80;
}

/** Without a line end and the zero bytes that C writes behind a text. */
function withoutEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === 0) at -= 1;
  if (at > start && bytes[at - 1] === LF) at -= 1;
  if (at > start && bytes[at - 1] === CR) at -= 1;
  return at;
}
