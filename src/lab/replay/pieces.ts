/** Cuts a captured conversation into what crossed the wire whole: lines, or TLS records. Each byte stays as it was. */
import type { Followed, FollowedPiece } from '../../eavesdropper/tcp/followed.js';
import { frameOf } from '../../protocol/frames.js';
import { MAX_LINE_BYTES } from '../../protocol/lines.js';
import { MODE_FACTS, type Mode } from '../../protocol/modes.js';
import { SIDES, type Side } from '../../protocol/side.js';
import { recordLength } from '../../protocol/tls-records.js';
import type { WirePiece } from '../events.js';

export interface PlacedPiece {
  readonly from: Side;
  readonly kind: WirePiece['kind'];
  readonly bytes: Buffer;
  /** From the first byte that this side sent. */
  readonly offset: number;
  /** The packet that carried its first byte, and the one with which it was whole. */
  readonly frame: number;
  readonly lastFrame: number;
  /** When it was whole: seconds since the Unix epoch. */
  readonly time: number;
}

/**
 * In the order in which they became whole. What a side did not finish comes last. Ends before the first missing byte,
 * and before a line that is too long.
 */
export function* piecesIn({ pieces }: Followed, mode: Mode): Generator<PlacedPiece, void, void> {
  const sides = { client: new Direction('client', mode), server: new Direction('server', mode) };
  for (const piece of pieces) {
    if (typeof piece.bytes === 'number') return;
    yield* sides[piece.side].take(piece, piece.bytes);
    if (sides[piece.side].isTooLong) return;
  }
  for (const side of SIDES) yield* sides[side].rest();
}

class Direction {
  readonly #side: Side;
  readonly #mode: Mode;
  #held = Buffer.alloc(0);
  /** Of the first held byte. */
  #offset = 0;
  /** The packet that carried it. */
  #frame = 0;
  #last = { frame: 0, time: 0 };

  constructor(side: Side, mode: Mode) {
    this.#side = side;
    this.#mode = mode;
  }

  get isTooLong(): boolean {
    return this.#held.length > MAX_LINE_BYTES;
  }

  *take({ frame, time }: FollowedPiece, bytes: Buffer): Generator<PlacedPiece, void, void> {
    if (this.#held.length === 0) this.#frame = frame;
    this.#held = Buffer.concat([this.#held, bytes]);
    this.#last = { frame, time };
    for (let length = this.#next(); length !== null; length = this.#next()) {
      yield this.#piece(length);
      // What is left came with this packet.
      this.#frame = frame;
    }
  }

  *rest(): Generator<PlacedPiece, void, void> {
    if (this.#held.length > 0) yield this.#piece(this.#held.length);
  }

  /** How long the first piece is that is there whole. null if there is none. */
  #next(): number | null {
    const held = this.#held;
    if (MODE_FACTS[this.#mode].carrier !== 'record') {
      const end = held.indexOf('\n');
      return end === -1 ? null : end + 1;
    }
    const length = recordLength(held);
    return length === null || length > held.length ? null : length;
  }

  #piece(length: number): PlacedPiece {
    const bytes = this.#held.subarray(0, length);
    const piece = { offset: this.#offset, frame: this.#frame, lastFrame: this.#last.frame, time: this.#last.time };
    this.#held = this.#held.subarray(length);
    this.#offset += length;
    return { from: this.#side, kind: this.#kindOf(bytes), bytes, ...piece };
  }

  #kindOf(bytes: Buffer): WirePiece['kind'] {
    const { carrier } = MODE_FACTS[this.#mode];
    if (carrier === 'record') return 'record';
    return carrier === 'token' && frameOf(bytes.subarray(0, -1)) !== null ? 'frame' : 'text';
  }
}
