/**
 * The relay puts RSA public keys of its own in the place of those that cross. What was sealed for them is opened, and
 * sealed again for the true keys.
 */
import { StandIn, type Opened } from '../../attacker/stand-in.js';
import { encodedIn } from '../../eavesdropper/chat/sealed-units.js';
import { writtenLike } from '../../keyholder/wire/known-text.js';
import { otherSide, type Side } from '../../protocol/side.js';
import type { Chunk, Treatment } from '../wire/treatment.js';
import { publicKeysIn } from './public-keys.js';

export interface Replacement {
  readonly owner: Side;
  readonly frame: number | null;
  readonly standIn: StandIn;
  readonly opened: (Opened & { readonly frame: number | null })[];
}

/** More keys than two sides have are not replaced. */
const MOST_REPLACED = 4;
/** In front of what is sealed stands at most a header. */
const MOST_HEADER = 64;

/** Replaces the keys in the first connection, and opens and seals again what was sealed for them. */
export class RsaSwap implements Treatment {
  readonly replacements: Replacement[] = [];
  readonly #pauseMs: number;

  constructor(pauseMs: number) {
    this.#pauseMs = pauseMs;
  }

  readonly came: Treatment['came'] = (chunk, control) => {
    const { link, from } = chunk;
    control.send(link, otherSide(from), this.#resealed(chunk, this.#replaced(chunk)), this.#pauseMs);
  };

  #replaced(chunk: Chunk): Buffer {
    let { bytes } = chunk;
    for (const { n, e, written } of publicKeysIn([chunk], [])) {
      if (written === 'numbers' || this.replacements.length >= MOST_REPLACED) continue;
      const standIn = StandIn.for(n, e);
      const replaced = standIn?.replaced(bytes) ?? null;
      if (standIn === null || replaced === null) continue;
      bytes = replaced;
      this.replacements.push({ owner: chunk.from, frame: chunk.frame, standIn, opened: [] });
    }
    return bytes;
  }

  #resealed({ from, frame }: Chunk, bytes: Buffer): Buffer {
    let result = bytes;
    for (const { owner, standIn, opened } of this.replacements) {
      if (owner === from) continue;
      result = resealedIn(result, standIn, (each) => opened.push({ ...each, frame }));
    }
    return result;
  }
}

/** With each part that was sealed for us sealed for the true key, as bytes, in base64 or in hex. */
function resealedIn(bytes: Buffer, standIn: StandIn, onOpened: (opened: Opened) => void): Buffer {
  const encoded = encodedIn(bytes).find((part) => part.bytes.length === standIn.bytes);
  const within = encoded === undefined ? null : standIn.open(encoded.bytes);
  if (encoded !== undefined && within !== null) {
    onOpened(within);
    const latin1 = bytes.toString('latin1');
    return Buffer.from(
      latin1.replace(encoded.text, () => writtenLike(encoded.text, encoded.as, within.resealed)),
      'latin1',
    );
  }
  const last = Math.min(MOST_HEADER, bytes.length - standIn.bytes);
  for (let at = 0; at <= last; at += 1) {
    const found = standIn.open(bytes.subarray(at, at + standIn.bytes));
    if (found === null) continue;
    onOpened(found);
    const rest = bytes.subarray(at + standIn.bytes);
    return Buffer.concat([bytes.subarray(0, at), found.resealed, rest]);
  }
  return bytes;
}
