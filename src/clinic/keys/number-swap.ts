/**
 * The relay puts RSA keys of its own in the place of those that cross as two numbers. What was sealed for them is
 * opened, number by number or as bytes with padding, and sealed again for the true owner.
 */
import { ownRsa, type OwnRsa } from '../../attacker/own-rsa.js';
import type { Padding } from '../../attacker/stand-in.js';
import { bitsOf, bytesOfNumber } from '../../bytes/modular.js';
import { partsOf } from '../../keyholder/wire/known-text.js';
import { otherSide, type Side } from '../../protocol/side.js';
import type { Chunk, Treatment } from '../wire/treatment.js';
import type { PublicKey } from './public-keys.js';
import { valuesIn, type NumberValue } from './values.js';

/** What was sealed for our key. */
export interface Lifted {
  /** Who sealed it. */
  readonly from: Side;
  readonly text: Buffer;
  readonly padding: Padding | 'none';
  readonly frame: number | null;
}

const LEAST_PADDED_BITS = 512;
const LEAST_BELOW = 24;

interface Swapped {
  readonly owner: Side;
  readonly frame: number | null;
  readonly own: OwnRsa;
}

export class NumberSwap implements Treatment {
  readonly swapped: Swapped[] = [];
  readonly lifted: Lifted[] = [];
  readonly #keys: readonly PublicKey[];
  readonly #pauseMs: number;
  readonly #counts: Record<Side, number> = { client: 0, server: 0 };

  constructor(keys: readonly PublicKey[], pauseMs: number) {
    this.#keys = keys;
    this.#pauseMs = pauseMs;
  }

  readonly came: Treatment['came'] = (chunk, control) => {
    const { link, from } = chunk;
    const bytes = link === 0 ? this.#resealed(chunk, this.#replaced(chunk)) : chunk.bytes;
    control.send(link, otherSide(from), bytes, this.#pauseMs);
  };

  #replaced({ from, bytes, frame }: Chunk): Buffer {
    const key = this.#keys.find((each) => each.from === from);
    const places = key?.places ?? null;
    if (key === undefined || places === null || this.swapped.some(({ owner }) => owner === from)) return bytes;
    const values = valuesIn(bytes);
    const first = this.#counts[from];
    this.#counts[from] += values.length;
    const [n, e] = [values[places.n - first], values[places.e - first]];
    if (n?.kind !== 'number') return bytes;
    // The exponent may cross in another piece. It is the same in each start then, as far as we know.
    const own = ownRsa(n.number, e?.kind === 'number' ? e.number : key.e, n.fits);
    if (own === null) return bytes;
    this.swapped.push({ owner: from, frame, own });
    return Buffer.concat([bytes.subarray(0, n.start), n.write(own.n), bytes.subarray(n.end)]);
  }

  #resealed({ from, frame }: Chunk, bytes: Buffer): Buffer {
    const swapped = this.swapped.find(({ owner }) => owner === otherSide(from));
    if (swapped === undefined) return bytes;
    return this.#padded(bytes, swapped.own, from, frame) ?? this.#numbered(bytes, swapped.own, from, frame) ?? bytes;
  }

  #padded(bytes: Buffer, own: OwnRsa, from: Side, frame: number | null): Buffer | null {
    for (const part of partsOf(bytes, true)) {
      const opened = own.open(part.bytes);
      if (opened === null) continue;
      this.lifted.push({ from, text: opened.secret, padding: opened.padding, frame });
      return part.replacedBy(opened.resealed);
    }
    return null;
  }

  /** Each number alone. They are a text if all of them are letters, or one of them is a text as bytes. */
  #numbered(bytes: Buffer, own: OwnRsa, from: Side, frame: number | null): Buffer | null {
    // Of a key that is long enough for padding, a number that was sealed is about as long as n.
    const least = bitsOf(own.n) < LEAST_PADDED_BITS ? 0 : bitsOf(own.n) - LEAST_BELOW;
    const numbers = valuesIn(bytes).filter(
      (value): value is NumberValue => value.kind === 'number' && bitsOf(value.number) >= least,
    );
    if (numbers.length === 0) return null;
    const lifted = numbers.map(({ number }) => own.lift(number));
    const letters = lifted.map((letter) => (letter < 0x11_0000n ? letter : null));
    const text = letters.every((letter) => letter !== null && letter > 0n)
      ? Buffer.from(String.fromCodePoint(...letters.map(Number)))
      : Buffer.concat(lifted.map((each) => bytesOfNumber(each)));
    this.lifted.push({ from, text, padding: 'none', frame });
    let result = bytes;
    for (const [index, value] of [...numbers.entries()].reverse()) {
      const written = value.write(own.seal(lifted[index] ?? 0n));
      result = Buffer.concat([result.subarray(0, value.start), written, result.subarray(value.end)]);
    }
    return result;
  }
}
