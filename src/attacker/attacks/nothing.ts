import { forward, type Attack } from '../attack.js';

/**
 * The control: the same relay, and it passes everything on. Where this does not let the chat through, no other row of
 * the matrix says anything.
 */
export const nothing: Attack = {
  name: 'nothing',
  summary: 'the control: passes everything on as it came',
  goal: 'nothing',
  needs: 'a chat',
  start: () => (piece) => [forward(piece)],
};
