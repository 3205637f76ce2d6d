/**
 * What `servchat inspect --follow` shows: what both sides of a conversation sent, in order.
 *
 *     > Hello              the client's: at the margin
 *         < Hi             the server's: further in
 *         [17 bytes are missing here]
 */
import type { FollowedPiece } from '../eavesdropper/tcp/followed.js';
import { isContinued, unmarkedSides } from '../eavesdropper/tcp/pieces.js';
import { hanging } from '../hanging.js';
import { printableBytes } from '../printable.js';
import { painted, type Look } from './look.js';
import { counted, guessPhrase } from './phrases.js';
import type { Side } from '../protocol/side.js';

const MARK: Readonly<Record<Side, string>> = { client: '> ', server: '    < ' };
const PAINT = { client: 'strong', server: 'plain' } as const;
const ROW = 16;
/** At most this many bytes of a line are shown together, because a line may never end. */
const MOST_LINE = 4096;
const LF = 0x0a;

/**
 * The indentation for the rest of a line that is longer than a row. It is deeper than any mark, so it cannot look like
 * a new line.
 */
const GOES_ON: Readonly<Record<Side, number>> = { client: 8, server: 12 };

/**
 * Lines that end in LF. Text is shown as text. Bytes that are not text are shown as `\xNN`.
 *
 * If a side sends no line ends, each piece is shown as a message, with a note that this is a guess.
 *
 * @param rowWidth a line that needs more columns than this continues in a new row.
 */
export function* followedText(
  pieces: readonly FollowedPiece[],
  look: Look,
  rowWidth = Infinity,
): Generator<string, void, void> {
  const unmarked = unmarkedSides(pieces);
  if (unmarked.length > 0)
    for (const row of hanging(`[${guessPhrase(unmarked)}]`, rowWidth, 2)) yield `${painted(row, 'faint', look)}\n`;
  for (const turn of turnsOf(pieces, unmarked)) {
    yield turnHead(turn, look);
    if (typeof turn.bytes === 'number') continue;
    yield* textRows(turn.bytes, turn.side, look, rowWidth);
  }
}

/**
 * Lines that end in LF. Each has the offset in what the side sent, 16 bytes in hex, and the ASCII characters among
 * them.
 */
export function* followedHex(
  pieces: Iterable<FollowedPiece>,
  look: Look,
  rowWidth = Infinity,
): Generator<string, void, void> {
  const offsets = { client: 0, server: 0 };
  for (const turn of turnsOf(pieces)) {
    yield turnHead(turn, look);
    const { side, bytes } = turn;
    if (typeof bytes === 'number') continue;
    yield* hexRows(bytes, side, offsets[side], look, rowWidth);
    offsets[side] += bytes.length;
  }
}

/** The lines of `bytes`, one in each row. */
export function* textRows(bytes: Buffer, side: Side, look: Look, rowWidth: number): Generator<string, void, void> {
  for (const line of linesIn(bytes)) yield inRows(printableBytes(line), side, look, rowWidth);
}

/** `offset`: how many bytes the side sent before `bytes`. */
export function* hexRows(
  bytes: Buffer,
  side: Side,
  offset: number,
  look: Look,
  rowWidth: number,
): Generator<string, void, void> {
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = bytes.subarray(at, at + ROW);
    const hex = (row.toString('hex').match(/../g) ?? []).join(' ').padEnd(3 * ROW - 1);
    const text = row.toString('latin1').replace(/[^ -~]/g, '.');
    yield inRows(`${(offset + at).toString(16).padStart(6, '0')}  ${hex}  ${text}`, side, look, rowWidth);
  }
}

/** What comes before a remark on what this side sent. */
export function indentOf(side: Side): string {
  return MARK[side].slice(0, -2);
}

function inRows(line: string, side: Side, look: Look, rowWidth: number): string {
  const rows = hanging(MARK[side] + line, rowWidth, GOES_ON[side]);
  return rows.map((row) => `${painted(row, PAINT[side], look)}\n`).join('');
}

function turnHead({ side, frame, lastFrame, bytes }: Turn, look: Look): string {
  const indent = indentOf(side);
  if (typeof bytes === 'number')
    return `${indent}[${counted(bytes, 'byte')} of the ${side}'s ${bytes === 1 ? 'is' : 'are'} missing from the capture]\n`;
  const frames = frame === lastFrame ? `frame ${frame}` : `frames ${frame}–${lastFrame}`;
  return `${painted(`${indent}[${side}, ${frames}]`, 'faint', look)}\n`;
}

interface Turn {
  readonly side: Side;
  readonly frame: number;
  readonly lastFrame: number;
  readonly bytes: Buffer | number;
}

/** A turn has at most this many bytes. */
const MOST_TURN = 65_536;

/**
 * Joins what one side sent until the other side sent something. For a side in `unmarked`, joins only what it sent
 * together.
 */
function* turnsOf(pieces: Iterable<FollowedPiece>, unmarked: readonly Side[] = []): Generator<Turn, void, void> {
  let parts: Buffer[] = [];
  let length = 0;
  let turn: Omit<Turn, 'bytes'> = { side: 'client', frame: 0, lastFrame: 0 };
  let last: FollowedPiece | null = null;
  for (const piece of pieces) {
    const { side, frame, bytes } = piece;
    const isBorder: boolean = unmarked.includes(side) && (last === null || !isContinued(last, piece));
    last = piece;
    const isOther = typeof bytes === 'number' || side !== turn.side || isBorder || length + bytes.length > MOST_TURN;
    if (parts.length > 0 && isOther) {
      yield { ...turn, bytes: Buffer.concat(parts) };
      parts = [];
      length = 0;
    }
    if (typeof bytes === 'number') {
      yield { side, frame, lastFrame: frame, bytes };
      continue;
    }
    turn =
      parts.length === 0 ? { side, frame, lastFrame: frame } : { ...turn, lastFrame: Math.max(turn.lastFrame, frame) };
    parts.push(bytes);
    length += bytes.length;
  }
  if (parts.length > 0) yield { ...turn, bytes: Buffer.concat(parts) };
}

function* linesIn(bytes: Buffer): Generator<Buffer, void, void> {
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(LF, start);
    const next = Math.min(lf === -1 ? bytes.length : lf + 1, start + MOST_LINE);
    let end = next;
    if (end === lf + 1) end -= bytes[end - 2] === 0x0d && end - 2 >= start ? 2 : 1;
    yield bytes.subarray(start, end);
    start = next;
  }
}
