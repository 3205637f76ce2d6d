import { forward, type Attack } from '../attack.js';

/**
 * The control: the same relay sends everything on, unchanged. If the chat fails here, no other row of the matrix proves
 * anything.
 */
export const nothing: Attack = {
  name: 'nothing',
  summary: 'the control: passes everything on as it came',
  goal: 'nothing',
  needs: 'a chat',
  toSee: 'Say anything.',
  start: () => (piece) => [forward(piece)],
};
