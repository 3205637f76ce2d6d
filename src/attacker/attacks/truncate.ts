import { forward, isMessage, type Attack } from '../attack.js';

/** Ends both connections in place of the client's third message. Each side thinks that the other has hung up. */
export const truncate: Attack = {
  name: 'truncate',
  summary: 'ends the chat too early',
  goal: 'cut',
  needs: 'a chat that is not over',
  toSee: 'Say three things as the client. It ends both connections in place of the third.',
  start: () => (piece) => [isMessage(piece, 'client', 2) ? { type: 'cut' } : forward(piece)],
};
