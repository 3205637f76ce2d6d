/** Which bytes of a row are shown: those on the wire, or those that one of its fields holds as base64. */
import type { Field, WirePiece } from '../events.js';
import type { PieceRow, Row } from './state.js';

export interface ShownBytes {
  readonly piece: WirePiece;
  readonly of: 'wire' | 'inside';
  readonly hex: string;
  readonly length: number;
  readonly fields: readonly Field[];
  /** The bytes before the attacker changed them, in hex. null if they are as they were sent. */
  readonly before: string | null;
}

/** @param rows of the wire, to find the piece that this one was made from. */
export function shownBytes(row: PieceRow, inside: boolean, rows: readonly Row[]): ShownBytes {
  const piece = row.fate === 'held' ? (row.altered ?? row.piece) : row.piece;
  const original = piece === row.piece ? originalOf(row, rows) : row.piece;
  if (inside && piece.inside !== null) {
    const { hex, length, fields } = piece.inside;
    return { piece, of: 'inside', hex, length, fields, before: original?.inside?.hex ?? null };
  }
  const { hex, length, fields } = piece;
  return { piece, of: 'wire', hex, length, fields, before: original?.hex ?? null };
}

function originalOf({ of, deed }: PieceRow, rows: readonly Row[]): WirePiece | null {
  if (deed !== 'changed') return null;
  const came = rows.findLast((row) => row.kind === 'piece' && row.fate !== null && row.piece.id === of);
  return came?.kind === 'piece' ? came.piece : null;
}
