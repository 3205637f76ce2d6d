/** What the attacker did with one piece of traffic, as data. It lets people follow an attack while it runs. */
import type { Move, Piece } from './attack.js';
import type { Deed } from './deed.js';
import { otherSide, type Side } from '../protocol/side.js';

/** At most this many bytes of a piece are kept to show. A line can have 65,536. */
const MOST_SHOWN = 1024;

export interface Step {
  /** What came. null if the attacker itself starts to send, as the ends of its own TLS connections do. */
  readonly came: Crossing | null;
  /** What the attacker sent as a result, in order. */
  readonly sent: readonly (Crossing & { readonly deed: Deed })[];
  /** Whether both connections were ended. */
  readonly cut: boolean;
}

/** Something that crossed one side of the relay. */
export interface Crossing {
  /** The side that it came from or went to. */
  readonly side: Side;
  /** A line exactly as on the wire, which is not safe to show. For TLS, the number of bytes. */
  readonly what: { readonly kind: 'line'; readonly text: string } | { readonly kind: 'TLS'; readonly bytes: number };
  readonly isMessage: boolean;
  /** Its frame in the capture of that side. null if that side is not recorded. */
  readonly frame: number | null;
}

/** Names what the moves of an attack do to each piece of one connection. */
export class StepRecorder {
  /** The first pieces that were not sent on when they came. */
  readonly #held: Buffer[] = [];
  /** The sides on which messages have crossed, so the TLS handshake is over there. */
  readonly #chatting = new Set<Side>();

  step(
    piece: Piece | null,
    cameIn: number | null,
    moves: readonly { readonly move: Move; readonly frame: number | null }[],
  ): Step {
    const came =
      piece === null ? null : this.#crossing(piece.from, shown(piece.bytes, piece), piece.message !== null, cameIn);
    const earlier: Buffer[] = [];
    const sent = moves.flatMap(({ move, frame }) => {
      if (move.type !== 'send') return [];
      const deed = this.#deed(piece, move.to, move.bytes, earlier);
      if (move.to !== piece?.from) earlier.push(move.bytes);
      return [{ ...this.#crossing(move.to, shown(move.bytes, piece), move.message, frame), deed }];
    });
    if (piece !== null && earlier.length === 0 && this.#held.length < 16) this.#held.push(piece.bytes);
    return { came, sent, cut: moves.some(({ move }) => move.type === 'cut') };
  }

  /** After its handshake, TLS sends records only. Nobody without a key can tell which of them is a goodbye. */
  #crossing(side: Side, what: Crossing['what'], isMessage: boolean, frame: number | null): Crossing {
    if (isMessage) this.#chatting.add(side);
    return { side, what, isMessage: isMessage || (what.kind === 'TLS' && this.#chatting.has(side)), frame };
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

/** `piece` caused these bytes, and its kind says how to read them. */
function shown(bytes: Buffer, piece: Piece | null): Crossing['what'] {
  if (piece?.kind === 'record' || (piece === null && isRecord(bytes))) return { kind: 'TLS', bytes: bytes.length };
  const line = bytes.toString('utf8', 0, MOST_SHOWN).replace(/\r?\n$/, '');
  return { kind: 'line', text: bytes.length > MOST_SHOWN ? `${line}…` : line };
}

/** RFC 8446, section 5.1: the type is 20 to 23, and the first byte of the version is 3. */
function isRecord(bytes: Buffer): boolean {
  const [type = 0, version] = bytes;
  return type >= 20 && type <= 23 && version === 3;
}
