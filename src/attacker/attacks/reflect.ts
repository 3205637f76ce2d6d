import { forward, isMessage, type Attack } from '../attack.js';

/**
 * Sends the client's first message on to the server, and also back to the client, who should think that the server said
 * it. If both directions use one key, nothing in the message itself says who sent it.
 */
export const reflect: Attack = {
  name: 'reflect',
  summary: 'sends a message back to its author, as if the other had sent it',
  goal: 'forge',
  needs: 'a message',
  toSee: 'Say anything as the client. It sends the client’s first message back to the client.',
  start: () => (piece) =>
    isMessage(piece, 'client', 0)
      ? [forward(piece), { type: 'send', to: piece.from, bytes: piece.bytes, message: true }]
      : [forward(piece)],
};
