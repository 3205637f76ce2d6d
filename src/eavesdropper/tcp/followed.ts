/** What both sides of one conversation sent, in the order in which it became readable: for `--follow`. */
import type { Listener } from './stream.js';
import type { Side } from '../../protocol/side.js';

/** The most bytes of the conversation that are kept to be shown. */
const MOST_FOLLOWED = 64 * 1024 * 1024;
/** The memory that a piece takes besides its bytes. */
const PIECE_COST = 128;

export interface FollowedPiece {
  readonly side: Side;
  /** The packet that carried it; 0 for missing bytes. */
  readonly frame: number;
  readonly time: number;
  /** The bytes that were sent, or how many bytes are missing here. */
  readonly bytes: Buffer | number;
}

export class Followed {
  readonly pieces: FollowedPiece[] = [];
  /** How many bytes came after {@link MOST_FOLLOWED}. They are not among the pieces. */
  left = 0;
  #kept = 0;

  /** The side that counted as the client is the server. */
  changeSides(): void {
    for (const [index, piece] of this.pieces.entries())
      this.pieces[index] = { ...piece, side: piece.side === 'client' ? 'server' : 'client' };
  }

  listenerOf(side: Side): Listener {
    return (piece, frame, time) => {
      const length = typeof piece === 'number' ? 0 : piece.length;
      if (this.#kept + length + PIECE_COST > MOST_FOLLOWED) {
        this.left += length;
        return;
      }
      this.#kept += length + PIECE_COST;
      this.pieces.push({ side, frame, time, bytes: typeof piece === 'number' ? piece : Buffer.from(piece) });
    };
  }
}
