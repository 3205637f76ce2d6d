import { forward, isMessage, type Attack } from '../attack.js';

/**
 * Sends the client's first message on, and also back to the client, who is to believe that the server said it. Where
 * one key serves both directions, nothing in the message itself says whose it is.
 */
export const reflect: Attack = {
  name: 'reflect',
  summary: 'sends a message back to its author, as if the other had sent it',
  goal: 'forge',
  needs: 'a message',
  start: () => (piece) =>
    isMessage(piece, 'client', 0)
      ? [forward(piece), { type: 'send', to: piece.from, bytes: piece.bytes, message: true }]
      : [forward(piece)],
};
