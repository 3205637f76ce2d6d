import { forward, type Attack } from '../attack.js';

/** Reads the traffic and changes nothing. It sends on encrypted messages without understanding them. */
export const listen: Attack = {
  name: 'listen',
  summary: 'only listens: changes nothing',
  goal: 'read',
  needs: 'traffic',
  toSee: 'Say anything. In plaintext mode it understands each message.',
  start: () => (piece) =>
    piece.kind === 'text' ? [{ type: 'learn', from: piece.from, text: piece.text }, forward(piece)] : [forward(piece)],
};
