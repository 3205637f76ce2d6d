import { createHash } from 'node:crypto';

import { forward, forwardFrame, isMessage, type Attack } from '../attack.js';
import { withBeatInIv } from '../meet-to-beat.js';

/**
 * Changes a word like `modify`, and then computes a new check: SHA-256 over the changed token. This is the only check
 * that needs no key. If the chat uses the plain hash, the new check is correct. If it uses an HMAC, the check is wrong.
 */
export const rehash: Attack = {
  name: 'rehash',
  summary: 'changes a word and recomputes the check without a key',
  goal: 'forge',
  needs: 'a check that stands beside a message',
  toSee: 'Chat in encrypted mode, and begin the client’s first message with “Meet”.',
  start: () => (piece) => {
    if (!isMessage(piece, 'client', 0) || piece.kind !== 'frame' || piece.frame.kind !== 'MESSAGE')
      return [forward(piece)];
    const changed = withBeatInIv(piece.frame);
    const check = createHash('sha256').update(changed.token, 'latin1').digest();
    return [forwardFrame(piece, { ...changed, check })];
  },
};
