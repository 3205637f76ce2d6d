/** What kind of bytes are at one place of a stream. This decides what a hit at that place means. */

/** Kinds of noise. Within a kind, all characters are equally likely; `bytes` means any byte. */
export type NoiseKind = 'base64' | 'base64url' | 'hex' | 'bytes';

/**
 * The bytes from `start` up to, but not including, `end`. Bytes outside every zone count as text that someone wrote.
 */
export interface Zone {
  readonly start: number;
  readonly end: number;
  readonly kind: 'framing' | NoiseKind;
  /** Words that fit after "it is in": `the public key`. */
  readonly part: string;
  /** Whether a message can be here, encrypted or not: it can be in a token, but not in a key or a handshake. */
  readonly holdsMessages: boolean;
}

/** One part of a list of zones, given by the offset of its end. */
export interface Piece {
  readonly end: number;
  readonly kind: Zone['kind'];
  readonly part: string;
  readonly holdsMessages?: boolean;
}

/**
 * Makes zones that follow each other, beginning at `start`. Empty ones, and those that end before they begin, are left
 * out.
 */
export function zonesFrom(start: number, pieces: readonly Piece[]): readonly Zone[] {
  let from = start;
  return pieces.flatMap(({ end, kind, part, holdsMessages = false }) => {
    if (end <= from) return [];
    const zone = { start: from, end, kind, part, holdsMessages };
    from = end;
    return [zone];
  });
}
