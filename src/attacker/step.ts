/** What the attacker did with one piece of traffic, as data: for people to follow an attack while it goes on. */
import type { Move, Piece } from './attack.js';
import { otherSide, type Side } from '../protocol/side.js';

/** Bytes of a piece that are kept to be shown; a line can have 65,536. */
const MOST_SHOWN = 1024;

export interface Step {
  /** What came; null where the attacker speaks by itself, as the ends of its own TLS connections do. */
  readonly came: Crossing | null;
  /** What was sent for it, in order. */
  readonly sent: readonly (Crossing & { readonly deed: Deed })[];
  /** Whether both connections were ended. */
  readonly cut: boolean;
}

/** Something that crossed one side of the relay. */
export interface Crossing {
  /** Whose side: where it came from, or where it went. */
  readonly side: Side;
  /** A line as it stands on the wire: not safe to show. Of TLS, how many bytes. */
  readonly what: { readonly kind: 'line'; readonly text: string } | { readonly kind: 'TLS'; readonly bytes: number };
  readonly isMessage: boolean;
  /** Where it is in the capture of that side; null where it is not recorded. */
  readonly frame: number | null;
}

export type Deed =
  /** On to the other side, as it came. */
  | 'passed on'
  /** To the other side in its place, with other bytes. */
  | 'changed'
  /** To the other side once more. */
  | 'sent again'
  /** Back to whom it came from. */
  | 'sent back'
  /** What had been held back when it came. */
  | 'sent late'
  /** The attacker's own words. */
  | 'added';

/** Sorts out, for one connection, what an attack's moves do to a piece. */
export class StepRecorder {
  /** Pieces that were not sent on when they came, while there are few of them. */
  readonly #held: Buffer[] = [];

  step(
    piece: Piece | null,
    cameIn: number | null,
    moves: readonly { readonly move: Move; readonly frame: number | null }[],
  ): Step {
    const came =
      piece === null
        ? null
        : { side: piece.from, what: shown(piece.bytes, piece), isMessage: piece.message !== null, frame: cameIn };
    const earlier: Buffer[] = [];
    const sent = moves.flatMap(({ move, frame }) => {
      if (move.type !== 'send') return [];
      const deed = this.#deed(piece, move.to, move.bytes, earlier);
      if (move.to !== piece?.from) earlier.push(move.bytes);
      return [{ side: move.to, what: shown(move.bytes, piece), isMessage: move.message, frame, deed }];
    });
    if (piece !== null && earlier.length === 0 && this.#held.length < 16) this.#held.push(piece.bytes);
    return { came, sent, cut: moves.some(({ move }) => move.type === 'cut') };
  }

  #deed(piece: Piece | null, to: Side, bytes: Buffer, earlier: readonly Buffer[]): Deed {
    if (piece === null) return 'added';
    const isSame = bytes.equals(piece.bytes);
    if (to === piece.from) return isSame ? 'sent back' : 'added';
    if (earlier.some((each) => each.equals(bytes))) return 'sent again';
    if (isSame) return 'passed on';
    if (to === otherSide(piece.from) && this.#held.some((each) => each.equals(bytes))) return 'sent late';
    return earlier.length === 0 ? 'changed' : 'added';
  }
}

/** `piece`: what the bytes go back to, which says in what way they are to be read. */
function shown(bytes: Buffer, piece: Piece | null): Crossing['what'] {
  if (piece?.kind === 'record' || (piece === null && isRecord(bytes))) return { kind: 'TLS', bytes: bytes.length };
  const line = bytes.toString('utf8', 0, MOST_SHOWN).replace(/\r?\n$/, '');
  return { kind: 'line', text: bytes.length > MOST_SHOWN ? `${line}…` : line };
}

/** RFC 8446, section 5.1: the types 20 to 23, and a version that begins with 3. */
function isRecord(bytes: Buffer): boolean {
  const [type = 0, version] = bytes;
  return type >= 20 && type <= 23 && version === 3;
}
