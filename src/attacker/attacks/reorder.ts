import { forward, isMessage, type Attack, type Piece } from '../attack.js';

/** Keeps the client's second message back, and sends it after the third. */
export const reorder: Attack = {
  name: 'reorder',
  summary: 'swaps two messages',
  goal: 'disorder',
  needs: 'two messages in a row',
  toSee: 'Say three things as the client. It swaps the second and the third.',
  start: () => {
    let held: Piece | null = null;
    return (piece) => {
      if (isMessage(piece, 'client', 1)) {
        held = piece;
        return [];
      }
      if (held === null || piece.from !== 'client') return [forward(piece)];
      const late = held;
      held = null;
      return [forward(piece), forward(late)];
    };
  },
};
