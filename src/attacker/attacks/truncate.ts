import { forward, isMessage, type Attack } from '../attack.js';

/** Ends both connections where the client's third message is due: to each side it looks as if the other had hung up. */
export const truncate: Attack = {
  name: 'truncate',
  summary: 'ends the chat too early',
  goal: 'cut',
  needs: 'a chat that is not over',
  start: () => (piece) => [isMessage(piece, 'client', 2) ? { type: 'cut' } : forward(piece)],
};
