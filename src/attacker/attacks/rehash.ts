import { createHash } from 'node:crypto';

import { forward, forwardFrame, isMessage, type Attack } from '../attack.js';
import { withBeatInIv } from '../meet-to-beat.js';

/**
 * Changes a word as `modify` does, and then writes the check anew: SHA-256 over the changed token, the one check that
 * takes no key. Against the plain hash that is all it takes to pass; against an HMAC it is a wrong check like any
 * other.
 */
export const rehash: Attack = {
  name: 'rehash',
  summary: 'changes a word and recomputes the check without a key',
  goal: 'forge',
  needs: 'a check that stands beside a message',
  start: () => (piece) => {
    if (!isMessage(piece, 'client', 0) || piece.kind !== 'frame' || piece.frame.kind !== 'MESSAGE')
      return [forward(piece)];
    const changed = withBeatInIv(piece.frame);
    const check = createHash('sha256').update(changed.token, 'latin1').digest();
    return [forwardFrame(piece, { ...changed, check })];
  },
};
