import { forward, isMessage, type Attack } from '../attack.js';

/** Sends the client's second message on twice. Every byte of it is genuine. */
export const replay: Attack = {
  name: 'replay',
  summary: 'sends a message a second time',
  goal: 'repeat',
  needs: 'a message',
  toSee: 'Say two things as the client. It sends the second one twice.',
  start: () => (piece) => (isMessage(piece, 'client', 1) ? [forward(piece), forward(piece)] : [forward(piece)]),
};
