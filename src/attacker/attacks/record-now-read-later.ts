import { InvalidTokenError } from '../../crypto/fernet.js';
import { parsePrivateKey, unwrap } from '../../crypto/rsa.js';
import { splitSessionKey, type SessionKey } from '../../crypto/session-key.js';
import { SESSION_KEY_BYTES } from '../../protocol/keylog.js';
import { forward, type Attack, type Loot, type Move, type Piece } from '../attack.js';

/**
 * Records the traffic and waits. The RSA private key may appear later, for example on a stolen disk. Then the attacker
 * can decrypt the envelope in the recording, and with it every message. A key pair that was deleted after the chat
 * cannot appear. A key pair that is kept, so that a server can recognise its client, decrypts every chat that used it.
 *
 * The key of a TLS certificate decrypts nothing, because it only signs. The keys of the chat come from a Diffie-Hellman
 * exchange. Its secret halves were never sent, and both sides deleted them (RFC 8446, appendix E.1, forward secrecy).
 */
export const recordNowReadLater: Attack = {
  name: 'record-now-read-later',
  summary: 'records the chat, and gets the private key later',
  goal: 'read',
  needs: 'traffic',
  toSee: 'Say anything, in encrypted mode. Start the client with --save-private-key me.pem, and keep that file.',
  start: () => (piece) => [forward(piece)],
  afterwards: (recorded, loot) => {
    const key = sessionKeyFrom(recorded, loot);
    return recorded.flatMap((piece) => read(piece, key));
  },
};

function read(piece: Piece, key: SessionKey | null): readonly Move[] {
  if (piece.kind === 'text') return [{ type: 'learn', from: piece.from, text: piece.text }];
  if (piece.kind !== 'frame' || piece.frame.kind !== 'MESSAGE' || key === null) return [];
  try {
    // An attacker who only reads does not care about a token's age.
    const text = key.fernet.decrypt(piece.frame.token, { now: Infinity });
    return [{ type: 'learn', from: piece.from, text: text.toString('utf8') }];
  } catch (error) {
    if (error instanceof InvalidTokenError) return [];
    throw error;
  }
}

function sessionKeyFrom(recorded: readonly Piece[], { privateKey }: Loot): SessionKey | null {
  for (const piece of recorded) {
    if (privateKey === null || piece.kind !== 'frame' || piece.frame.kind !== 'SESSION-KEY') continue;
    const bytes = unwrap(parsePrivateKey(privateKey).privateKey, piece.frame.envelope);
    if (bytes?.length === SESSION_KEY_BYTES) return splitSessionKey(bytes);
  }
  return null;
}
