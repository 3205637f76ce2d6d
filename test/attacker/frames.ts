/** Makes pieces by hand, and shows an attack's moves as a transcript. */
import type { Attack, Move, Piece, Wire } from '../../src/attacker/attack.js';
import { PieceCutter } from '../../src/attacker/pieces.js';
import type { Side } from '../../src/protocol/side.js';

/** A wire that sends nothing later: the test plays no scheduled move. */
const NO_WIRE: Wire = {
  play: () => undefined,
  fail: (error) => {
    throw error;
  },
};

/** Cuts these texts, from `client` or `server` in turn, into pieces as the relay does. */
export function cut(...said: readonly (readonly [Side, string | Buffer])[]): readonly Piece[] {
  const cutter = new PieceCutter();
  return said.flatMap(([from, bytes]) => [
    ...cutter.pieces(from, typeof bytes === 'string' ? Buffer.from(`${bytes}\n`) : bytes),
  ]);
}

/** The moves that the attack makes: `> text` to the server, `< text` to the client, `| cut`, `? text` understood. */
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
    case 'end':
      return `${move.to === 'server' ? '>' : '<'}| end`;
    case 'learn':
      return `? ${move.from}: ${move.text}`;
  }
}
