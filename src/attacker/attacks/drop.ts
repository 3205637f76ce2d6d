import { forward, isMessage, type Attack } from '../attack.js';

/** Does not send on the client's second message. Nothing wrong arrives, but something right is missing. */
export const drop: Attack = {
  name: 'drop',
  summary: 'swallows a message',
  goal: 'hide',
  needs: 'a message',
  toSee: 'Say three things as the client. It swallows the second one.',
  start: () => (piece) => (isMessage(piece, 'client', 1) ? [] : [forward(piece)]),
};
