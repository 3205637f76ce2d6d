/** Texts that a key opened, one behind the other, so that they are searched as what crossed the wire is. */
import { countPassing } from '../../bytes/bisection.js';
import type { Place } from '../findings/findings.js';
import type { Carrier, HeldBytes, Run } from '../tcp/stream.js';

/**
 * An encrypted message or record that the key opened. `start`, `end`: the place of its text among all texts of its
 * side.
 */
export interface Piece extends Run {
  readonly place: Place;
  readonly message: number | null;
}

/** Collects texts, and the places where something between them stayed closed. */
export class Texts {
  readonly pieces: Piece[] = [];
  readonly #bytes: Buffer[] = [];
  readonly #runs: Run[] = [];
  #runStart = 0;
  #length = 0;

  add(text: Buffer, place: Place, message: number | null): void {
    this.#bytes.push(text);
    this.pieces.push({ start: this.#length, end: this.#length + text.length, place, message });
    this.#length += text.length;
  }

  /** No text continues across this place. */
  cut(): void {
    if (this.#length > this.#runStart) this.#runs.push({ start: this.#runStart, end: this.#length });
    this.#runStart = this.#length;
  }

  stream(): HeldBytes {
    this.cut();
    const [pieces, runs] = [this.pieces, this.#runs];
    return {
      base: 0,
      bytes: Buffer.concat(this.#bytes),
      runs: () => runs,
      missingBefore: () => 0,
      carrierOf: (offset): Carrier => {
        const place = pieceAt(pieces, offset)?.place ?? pieces.at(-1)?.place;
        return { frame: place?.lastFrame ?? 0, time: place?.time ?? 0 };
      },
    };
  }
}

export function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  return pieces[countPassing(pieces.length, (index) => (pieces[index]?.end ?? Infinity) <= offset)];
}
