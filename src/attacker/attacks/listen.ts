import { forward, type Attack } from '../attack.js';

/** Reads the traffic and changes nothing. It sends on encrypted messages without understanding them. */
export const listen: Attack = {
  name: 'listen',
  summary: 'only listens: changes nothing',
  goal: 'read',
  needs: 'traffic',
  start: () => (piece) =>
    piece.kind === 'text' ? [{ type: 'learn', from: piece.from, text: piece.text }, forward(piece)] : [forward(piece)],
};
