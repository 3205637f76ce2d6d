import { forward, type Attack } from '../attack.js';

/** Reads what crosses and touches nothing. A sealed message is passed on without being understood. */
export const listen: Attack = {
  name: 'listen',
  summary: 'only listens: changes nothing',
  goal: 'read',
  needs: 'traffic',
  start: () => (piece) =>
    piece.kind === 'text' ? [{ type: 'learn', from: piece.from, text: piece.text }, forward(piece)] : [forward(piece)],
};
