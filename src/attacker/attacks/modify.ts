import { forward, forwardAs, forwardFrame, isMessage, type Attack, type Piece, type Move } from '../attack.js';
import { beat, withBeatAt, withBeatInIv } from '../meet-to-beat.js';

/**
 * Changes one word of the client's first message, "Meet" to "Beat": in the text itself, in the IV of a Fernet token, or
 * in the ciphertext of a TLS record, where the text begins directly after the five bytes of the header.
 */
export const modify: Attack = {
  name: 'modify',
  summary: 'changes one word of a message, "Meet" to "Beat"',
  goal: 'forge',
  needs: 'a message',
  toSee: 'Begin the client’s first message with “Meet”.',
  start: () => (piece) => [isMessage(piece, 'client', 0) ? changed(piece) : forward(piece)],
};

const RECORD_HEADER_BYTES = 5;

function changed(piece: Piece): Move {
  switch (piece.kind) {
    case 'text':
      return forwardAs(piece, Buffer.from(`${beat(piece.text)}\n`));
    case 'frame':
      return piece.frame.kind === 'MESSAGE' ? forwardFrame(piece, withBeatInIv(piece.frame)) : forward(piece);
    case 'record':
      return forwardAs(piece, withBeatAt(piece.bytes, RECORD_HEADER_BYTES));
  }
}
