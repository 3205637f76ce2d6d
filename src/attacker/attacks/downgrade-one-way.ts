import { createHash } from 'node:crypto';

import { forward, forwardFrame, isMessage, type Attack, type FramePiece, type Move } from '../attack.js';
import { WEAKEST_INTEGRITY } from '../../protocol/integrity.js';

/**
 * Downgrades one direction of a chat with a server that also accepts the plain hash. Nothing signs HELLO, so the server
 * believes that the client wants SHA-256, and the client does not know this. After that the attacker computes each
 * check of the client again. So the numbers protect nothing, and the client's second message arrives twice. The
 * attacker keeps back what the server says: its checks are of the wrong kind for the client, which would refuse the
 * first of them.
 */
export const downgradeOneWay: Attack = {
  name: 'downgrade-one-way',
  summary:
    'asks a server that also takes sha256 for that weaker check; then sends a message twice, and keeps the answers back',
  goal: 'repeat',
  needs: 'a handshake that asks for a check, and not for the weakest one',
  toSee: 'Start the server in encrypted mode with --allow-integrity sha256. Then say two things as the client.',
  serverAlsoTakes: WEAKEST_INTEGRITY,
  start: () => {
    let isDowngraded = false;
    return (piece) => {
      if (piece.kind !== 'frame') return [forward(piece)];
      if (piece.frame.kind === 'HELLO' && piece.frame.integrity !== WEAKEST_INTEGRITY) {
        isDowngraded = true;
        return [forwardFrame(piece, { ...piece.frame, integrity: WEAKEST_INTEGRITY })];
      }
      if (!isDowngraded || piece.frame.kind !== 'MESSAGE') return [forward(piece)];
      if (piece.from === 'server') return [];
      const again = isMessage(piece, 'client', 1);
      return again ? [rehashed(piece), rehashed(piece)] : [rehashed(piece)];
    };
  },
};

function rehashed(piece: FramePiece): Move {
  if (piece.frame.kind !== 'MESSAGE') return forward(piece);
  const check = createHash('sha256').update(piece.frame.token, 'latin1').digest();
  return forwardFrame(piece, { ...piece.frame, check });
}
