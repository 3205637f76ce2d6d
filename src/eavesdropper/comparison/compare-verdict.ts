/**
 * The verdict on one message in one capture: readable, or not found, with a control that says whether this proves
 * anything and if not, why.
 */
import { accidentShare, standsIn } from '../search/accident.js';
import { search, type Haystack } from '../search/search.js';
import type { Control, Hit, Verdict } from '../findings/findings.js';
import type { NoiseKind } from '../search/zone.js';
import type { Side } from '../../protocol/side.js';

export type Find = (text: string) => readonly Hit[];

/** Searches for a repeated text only once. */
export function remembered(haystacks: readonly Haystack[]): Find {
  const known = new Map<string, readonly Hit[]>();
  return (text) => {
    const hits = known.get(text) ?? search(text, haystacks);
    known.set(text, hits);
    return hits;
  };
}

export function verdictOn(text: string, find: Find, control: Control): Verdict {
  if (text === '')
    return { readable: false, control: { proves: false, why: 'an empty message cannot be searched for' }, others: [] };
  const hits = find(text);
  const hit = hits.find(({ meaning }) => meaning === 'text');
  if (hit === undefined) return { readable: false, control, others: hits };
  return { readable: true, hit, others: hits.filter((other) => other !== hit) };
}

export function controlBy(plaintext: Verdict): Control {
  if (plaintext.readable) return { proves: true, hit: plaintext.hit };
  return { proves: false, why: 'the same search does not find it in the plaintext capture either' };
}

/** If a message is not in the capture at all, it proves nothing that the search does not find it. */
export function nothingSearched(capture: string, side: Side): Control {
  return { proves: false, why: `the ${capture} capture holds no message of the ${side} at this turn` };
}

/** The bytes that carry one encrypted message. */
export interface Carrier {
  readonly bytes: Buffer;
  readonly kind: NoiseKind;
  /** What they are called: `ciphertext` or `record`. */
  readonly name: string;
}

/**
 * Now and then a short text is in its own encrypted message by accident. Then the search could not tell that message
 * from an unencrypted one, whatever it finds elsewhere.
 */
export function controlWithin(carrier: Carrier, text: string, plaintext: Verdict): Control {
  if (!plaintext.readable || !standsIn(text, carrier.bytes)) return controlBy(plaintext);
  const share = accidentShare(text, carrier.bytes.length, carrier.kind);
  return {
    proves: false,
    why: `it is too short: its letters are in its own ${carrier.name}, but by accident they are also in ${amount(share, carrier.name)} of that length`,
  };
}

/** Never says all and never says none, because it is an estimate. */
function amount(share: number, name: string): string {
  if (share > 0.99) return `nearly every ${name}`;
  return `${share < 0.01 ? 'under 1 %' : `${Math.round(100 * share)} %`} of the ${name}s`;
}
