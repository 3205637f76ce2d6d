/**
 * The relay puts a half of its own in the place of both halves of a key agreement. So it has a secret with each
 * program. What a program then seals is opened with the keys that programs usually make of such a secret, and sealed
 * again with the key of the other one, so that the chat can go on.
 */
import { formsOfNumber, formsOfPoint, ownNumber, ownPoint } from '../../attacker/own-half.js';
import { derivedKeys, type DerivedKey } from '../../keyholder/wire/derived-keys.js';
import { ciphersTried, openingAmong, partsOf, type Opening } from '../../keyholder/wire/known-text.js';
import { otherSide, type Side } from '../../protocol/side.js';
import type { Chunk, Treatment } from '../wire/treatment.js';
import type { Agreement, Half } from './agreements.js';
import { ivsIn } from './ivs.js';
import { valuesIn, type Value } from './values.js';

/** A sentence of which the bytes were opened. */
export interface OpenedText {
  readonly side: Side;
  readonly text: string;
  readonly how: string;
  readonly cipher: string;
  readonly frame: number | null;
}

/** So long the cheap keys are tried on a piece, while the relay holds it. */
const LONGEST_MS = 1_500;

export class HalfSwap implements Treatment {
  /** The halves that were replaced, as they crossed in this run. */
  readonly replaced: Half[] = [];
  readonly opened: OpenedText[] = [];
  /** What a person types now. */
  expected: string | null = null;
  /** Pieces that were sealed anew for the other side. */
  resealed = 0;
  /** The number of the piece in which a half was replaced last. */
  lastReplaced = -1;
  readonly #agreement: Agreement;
  readonly #pauseMs: number;
  readonly #counts: Record<Side, number> = { client: 0, server: 0 };
  readonly #before: Chunk[] = [];
  readonly #own = new Map<Side, OwnHalf>();
  readonly #keys = new Map<Side, readonly DerivedKey[]>();
  #known: { readonly keyNumber: number; readonly cipherNumber: number } | null = null;

  constructor(agreement: Agreement, pauseMs: number) {
    this.#agreement = agreement;
    this.#pauseMs = pauseMs;
  }

  readonly came: Treatment['came'] = (chunk, control) => {
    const { link, from } = chunk;
    const isWanted = link === 0;
    const isOver = this.replaced.length === this.#agreement.halves.length;
    const bytes = isWanted ? (isOver ? this.#resealed(chunk) : this.#swapped(chunk)) : chunk.bytes;
    control.send(link, otherSide(from), bytes, this.#pauseMs);
  };

  /** With our half in the place of theirs, if it is in this piece. */
  #swapped(chunk: Chunk): Buffer {
    this.#before.push(chunk);
    const { from, frame } = chunk;
    const values = valuesIn(chunk.bytes);
    const first = this.#counts[from];
    this.#counts[from] += values.length;
    const wanted = this.#agreement.halves.find(({ side }) => side === from);
    const value = wanted === undefined ? undefined : values[wanted.place - first];
    if (wanted === undefined || value?.kind !== wanted.value.kind) return chunk.bytes;
    const own = ownHalfFor(this.#agreement, value);
    const { bytes } = chunk;
    const swapped = Buffer.concat([bytes.subarray(0, value.start), own.written(value), bytes.subarray(value.end)]);
    // What a program refuses because it cannot be read says nothing about who vouches for it.
    if (!own.is(valuesIn(swapped)[wanted.place - first])) return bytes;
    this.#own.set(from, own);
    this.replaced.push({ ...wanted, value, frame });
    this.lastReplaced = chunk.number;
    return swapped;
  }

  /** The keys that this program can have made, if it took our half. */
  keysOf(side: Side): readonly DerivedKey[] {
    const known = this.#keys.get(side);
    const half = this.replaced.find((each) => each.side === side);
    // The half that this program got took the place of the other one’s.
    const own = this.#own.get(otherSide(side));
    if (known !== undefined || half === undefined || own === undefined) return known ?? [];
    const ivs = ivsIn(this.#before);
    const forms = own.secretForms(half.value);
    const keys = [...derivedKeys(forms, 'the secret', 'all')].map((key) => ({ ...key, ivs: [...key.ivs, ...ivs] }));
    this.#keys.set(side, keys);
    return keys;
  }

  /** Opened, and sealed with the key of the other one; as it came, if it does not open. */
  #resealed({ from, bytes, frame }: Chunk): Buffer {
    const parts = partsOf(bytes, false);
    const text = this.expected;
    if (this.#known === null && text !== null) {
      const opening = openingAmong(this.keysOf(from), parts, text, performance.now() + LONGEST_MS);
      if (opening === null) return bytes;
      this.#note(opening, from, text, frame);
    }
    return this.#known === null ? bytes : (this.#sealedFor(otherSide(from), bytes, from, frame) ?? bytes);
  }

  #note({ key, cipher, cipherNumber }: Opening<DerivedKey>, side: Side, text: string, frame: number | null): void {
    this.#known = { keyNumber: this.keysOf(side).indexOf(key), cipherNumber };
    this.opened.push({ side, text, how: key.how, cipher: cipher.name, frame });
  }

  #sealedFor(to: Side, bytes: Buffer, from: Side, frame: number | null): Buffer | null {
    const { keyNumber, cipherNumber } = this.#known ?? { keyNumber: 0, cipherNumber: 0 };
    const [mine, theirs] = [this.keysOf(from)[keyNumber], this.keysOf(to)[keyNumber]];
    if (mine === undefined || theirs === undefined) return null;
    const [opener, sealer] = [mine, theirs].map((key) => ciphersTried(key)[cipherNumber]);
    for (const part of partsOf(bytes, false)) {
      const text = opener?.unseal(part.bytes)?.text;
      if (opener === undefined || text === undefined || !(opener.isChecked || isLikeText(text))) continue;
      this.#noteKnown(text, from, mine, opener.name, frame);
      const sealed = sealer?.seal?.(text, part.bytes);
      if (sealed?.length !== part.bytes.length) continue;
      this.resealed += 1;
      return part.replacedBy(sealed);
    }
    return null;
  }

  #noteKnown(text: Buffer, side: Side, { how }: DerivedKey, cipher: string, frame: number | null): void {
    const typed = this.expected;
    if (typed === null || !text.includes(typed) || this.opened.some((each) => each.text === typed)) return;
    this.opened.push({ side, text: typed, how, cipher, frame });
  }

  /** Once more with all keys, and on all that was sent of a sentence together. */
  openLate(text: string, side: Side, chunks: readonly Chunk[]): void {
    if (this.opened.some((each) => each.text === text)) return;
    const own = chunks.filter(({ from, link }) => from === side && link === 0);
    if (own.length === 0) return;
    const bytes = Buffer.concat(own.map((chunk) => chunk.bytes));
    const opening = openingAmong(this.keysOf(side), partsOf(bytes, true), text, performance.now() + 2 * LONGEST_MS);
    if (opening !== null) this.#note(opening, side, text, own[0]?.frame ?? null);
  }
}

function isLikeText(bytes: Buffer): boolean {
  return bytes.length > 0 && /^[\t\r\n -~]*$/.test(bytes.toString('latin1'));
}

interface OwnHalf {
  readonly written: (value: Value) => Buffer;
  readonly is: (value: Value | undefined) => boolean;
  readonly secretForms: (theirs: Value) => readonly Buffer[];
}

function ownHalfFor(agreement: Agreement, theirs: Value): OwnHalf {
  if (agreement.kind === 'points' && theirs.kind === 'point') {
    const own = ownPoint(agreement.curve, theirs.point);
    return {
      written: (value) => (value.kind === 'point' ? value.write(own.point) : Buffer.alloc(0)),
      is: (value) => value?.kind === 'point' && value.point.equals(own.point),
      secretForms: (value) => {
        const secret = value.kind === 'point' ? own.secretWith(value.point) : null;
        return secret === null ? [] : formsOfPoint(secret);
      },
    };
  }
  const group = agreement.kind === 'numbers' ? agreement.group : null;
  const own = ownNumber(group, (number) => theirs.kind === 'number' && theirs.fits(number));
  return {
    written: (value) => (value.kind === 'number' ? value.write(own.number) : Buffer.alloc(0)),
    is: (value) => value?.kind === 'number' && value.number === own.number,
    secretForms: (value) => (value.kind === 'number' ? formsOfNumber(own.secretWith(value.number), group) : []),
  };
}
