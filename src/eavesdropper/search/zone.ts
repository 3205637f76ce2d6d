/** What the bytes are at one place of a stream, as far as it matters to whoever finds a text there. */

/** Characters that come up with the same chance in noise of this kind; `bytes` is any byte at all. */
export type NoiseKind = 'base64' | 'base64url' | 'hex' | 'bytes';

/** From `start` up to, not including, `end`. What no zone covers is taken for somebody's text. */
export interface Zone {
  readonly start: number;
  readonly end: number;
  readonly kind: 'framing' | NoiseKind;
  /** In words that follow "it stands in": `the public key`. */
  readonly part: string;
  /** Whether what somebody says can stand here, sealed or not: in a token it can, in a key or a handshake it cannot. */
  readonly holdsMessages: boolean;
}

/** What a run of zones is made of, each piece by the offset of its end. */
export interface Piece {
  readonly end: number;
  readonly kind: Zone['kind'];
  readonly part: string;
  readonly holdsMessages?: boolean;
}

/** Zones one behind the other from `start` on; those that would be empty or turned round are left out. */
export function zonesFrom(start: number, pieces: readonly Piece[]): readonly Zone[] {
  let from = start;
  return pieces.flatMap(({ end, kind, part, holdsMessages = false }) => {
    if (end <= from) return [];
    const zone = { start: from, end, kind, part, holdsMessages };
    from = end;
    return [zone];
  });
}
