import { createHash, randomBytes } from 'node:crypto';

import { Fernet } from '../../crypto/fernet.js';
import { formatFrame } from '../../protocol/frames.js';
import { forward, isMessage, type Attack, type Piece } from '../attack.js';
import { formatRecord, RECORD_OVERHEAD } from '../../protocol/tls-records.js';

const TEXT = 'Come alone';

/**
 * Adds a message after the client's first: "Come alone", which nobody wrote. In encrypted mode it is a token made with
 * the attacker's own key, with the check that needs no key. In TLS it is a record of the right shape with random bytes.
 */
export const inject: Attack = {
  name: 'inject',
  summary: 'adds a message that nobody wrote',
  goal: 'forge',
  needs: 'a chat',
  toSee: 'Say anything as the client. It adds “Come alone” after the client’s first message.',
  start: () => (piece) =>
    isMessage(piece, 'client', 0)
      ? [forward(piece), { type: 'send', to: 'server', bytes: invented(piece), message: true }]
      : [forward(piece)],
};

function invented(piece: Piece): Buffer {
  switch (piece.kind) {
    case 'text':
      return Buffer.from(`${TEXT}\n`);
    case 'frame': {
      const token = new Fernet(randomBytes(32)).encrypt(Buffer.from(TEXT), { now: Date.now() / 1000 });
      return formatFrame({ kind: 'MESSAGE', token, check: createHash('sha256').update(token).digest() });
    }
    case 'record':
      return formatRecord(randomBytes(TEXT.length + '\n'.length + RECORD_OVERHEAD.type + RECORD_OVERHEAD.tag));
  }
}
