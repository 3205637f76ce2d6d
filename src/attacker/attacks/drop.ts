import { forward, isMessage, type Attack } from '../attack.js';

/** Never sends the client's second message on. Nothing wrong arrives; something right does not. */
export const drop: Attack = {
  name: 'drop',
  summary: 'swallows a message',
  goal: 'hide',
  needs: 'a message',
  start: () => (piece) => (isMessage(piece, 'client', 1) ? [] : [forward(piece)]),
};
