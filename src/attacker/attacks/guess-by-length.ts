import { TokenFormatError, parseToken, textBytesWithin } from '../../protocol/token.js';
import { forward, type Attack, type Piece } from '../attack.js';
import { RECORD_OVERHEAD, fragment } from '../../protocol/tls-records.js';

/** The attacker's own list of what people might say in such a chat. */
const CANDIDATES: readonly string[] = [
  'Meet me at noon',
  'Yes',
  'No',
  'Maybe',
  'Bring the papers',
  'Tell nobody',
  'Tell everybody',
  'Tell everybody that you have met me',
  'Agreed',
  'Not agreed',
  'Exit',
];

/**
 * Decrypts nothing and only measures lengths. In a Fernet token, anyone can count the blocks of 16 bytes. A TLS record
 * is 17 bytes longer than its line, so it reveals the exact length. The attack ranks the candidates by how well they
 * fit. If exactly one fits, the attacker has read the message.
 *
 * Between people, the times would help too. Here machines type, and their times say nothing about people.
 */
export const guessByLength: Attack = {
  name: 'guess-by-length',
  summary: 'guesses from a list of likely messages, by the length on the wire',
  goal: 'guess',
  needs: 'a message',
  toSee:
    'As the client, say “Meet me at noon”, “Yes” or “Exit”, which are on its list of 11 messages. It guesses at the end.',
  start: () => (piece) => [forward(piece)],
  afterwards: (recorded) =>
    recorded.flatMap((piece) => {
      const [best, next] = ranked(piece, CANDIDATES);
      if (best?.misses !== 0 || next?.misses === 0) return [];
      return [{ type: 'learn', from: piece.from, text: best.text }];
    }),
};

export interface Ranked {
  readonly text: string;
  /** By how many bytes the text is too long or too short. 0 means that it fits. */
  readonly misses: number;
}

/** The candidates, best fit first. Empty if the piece is not a message. */
export function ranked(piece: Piece, candidates: readonly string[]): readonly Ranked[] {
  const length = textBytes(piece);
  if (length === null) return [];
  return candidates
    .map((text) => {
      const bytes = Buffer.byteLength(text);
      return { text, misses: Math.max(0, length.least - bytes, bytes - length.most) };
    })
    .sort((one, other) => one.misses - other.misses);
}

/** What the length of a piece reveals about the length of its text. */
function textBytes(piece: Piece): { readonly least: number; readonly most: number } | null {
  if (piece.message === null) return null;
  switch (piece.kind) {
    case 'text':
      return exactly(piece.bytes.length - LF_BYTES);
    case 'record':
      return exactly(fragment(piece.bytes).length - RECORD_OVERHEAD.type - RECORD_OVERHEAD.tag - LF_BYTES);
    case 'frame':
      return piece.frame.kind === 'MESSAGE' ? tokenText(piece.frame.token) : null;
  }
}

const LF_BYTES = 1;

function exactly(bytes: number): { readonly least: number; readonly most: number } {
  return { least: bytes, most: bytes };
}

function tokenText(token: string): ReturnType<typeof textBytesWithin> | null {
  try {
    return textBytesWithin(parseToken(token).ciphertext.length);
  } catch (error) {
    if (error instanceof TokenFormatError) return null;
    throw error;
  }
}
