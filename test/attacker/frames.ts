/** Pieces made by hand, and an attack's answer as a transcript. */
import type { Attack, Move, Piece, Wire } from '../../src/attacker/attack.js';
import { PieceCutter } from '../../src/attacker/pieces.js';
import type { Side } from '../../src/protocol/side.js';

/** A wire on which nobody waits for what is played later. */
const NO_WIRE: Wire = {
  play: () => undefined,
  fail: (error) => {
    throw error;
  },
};

/** What is said in turn, `client: …` or `server: …`, cut as the relay cuts it. */
export function cut(...said: readonly (readonly [Side, string | Buffer])[]): readonly Piece[] {
  const cutter = new PieceCutter();
  return said.flatMap(([from, bytes]) => [
    ...cutter.pieces(from, typeof bytes === 'string' ? Buffer.from(`${bytes}\n`) : bytes),
  ]);
}

/**
 * What the attack makes of the pieces: `> text` to the server, `< text` to the client, `| cut`, `? text` understood.
 */
export function transcript(attack: Attack, pieces: readonly Piece[]): readonly string[] {
  const handler = attack.start(NO_WIRE);
  return pieces.flatMap((piece) => handler(piece).map(told));
}

export function told(move: Move): string {
  switch (move.type) {
    case 'send':
      return `${move.to === 'server' ? '>' : '<'} ${move.bytes.toString('latin1').trimEnd()}`;
    case 'cut':
      return '| cut';
    case 'learn':
      return `? ${move.from}: ${move.text}`;
  }
}
