import { forward, forwardAs, forwardFrame, isMessage, type Attack, type Move, type Piece } from '../attack.js';
import { formatToken, parseToken, signedPart } from '../../protocol/token.js';

/**
 * Flips one bit without knowing what it means: in the text ("Meet" becomes "Leet"), in a token's ciphertext, or in a
 * TLS record. In CBC mode, a flipped bit of the ciphertext garbles a whole block of the text.
 */
export const flip: Attack = {
  name: 'flip',
  summary: 'flips one bit of a message, blindly',
  goal: 'forge',
  needs: 'a message',
  toSee: 'Say anything as the client. It flips a bit of the client’s first message.',
  start: () => (piece) => [isMessage(piece, 'client', 0) ? flipped(piece) : forward(piece)],
};

function flipped(piece: Piece): Move {
  switch (piece.kind) {
    case 'text':
      return forwardAs(piece, withFlippedBit(piece.bytes, 0));
    case 'frame': {
      if (piece.frame.kind !== 'MESSAGE') return forward(piece);
      const { timestamp, iv, ciphertext, hmac } = parseToken(piece.frame.token);
      const signed = signedPart({ timestamp, iv, ciphertext: withFlippedBit(ciphertext, 0) });
      return forwardFrame(piece, { ...piece.frame, token: formatToken(signed, hmac) });
    }
    case 'record':
      return forwardAs(piece, withFlippedBit(piece.bytes, piece.bytes.length - 1));
  }
}

function withFlippedBit(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}
