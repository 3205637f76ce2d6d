/**
 * The verdict on one message in one capture: readable, not found with its control, or that nothing can be told, and
 * why.
 */
import { accidentShare, standsIn } from '../search/accident.js';
import { search, type Haystack } from '../search/search.js';
import type { Control, Hit, Verdict } from '../findings/findings.js';
import type { NoiseKind } from '../search/zone.js';
import type { Side } from '../../protocol/side.js';

export type Find = (text: string) => readonly Hit[];

/** A text that is said twice is searched for once. */
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

/** Where a message is not in the capture at all, that the search does not find it says nothing. */
export function nothingSearched(capture: string, side: Side): Control {
  return { proves: false, why: `the ${capture} capture holds no message of the ${side} at this turn` };
}

/** What carries one message where it is sealed. */
export interface Carrier {
  readonly bytes: Buffer;
  readonly kind: NoiseKind;
  /** `ciphertext`, `record` */
  readonly name: string;
}

/**
 * A short text stands in its own sealed message by accident now and then. Then the search cannot tell it from one that
 * was not sealed, whatever it finds elsewhere.
 */
export function controlWithin(carrier: Carrier, text: string, plaintext: Verdict): Control {
  if (!plaintext.readable || !standsIn(text, carrier.bytes)) return controlBy(plaintext);
  const share = accidentShare(text, carrier.bytes.length, carrier.kind);
  return {
    proves: false,
    why: `it is too short: its letters are in its own ${carrier.name}, but by accident they are also in ${amount(share, carrier.name)} of that length`,
  };
}

/** Never all and never none: it is an estimate. */
function amount(share: number, name: string): string {
  if (share > 0.99) return `nearly every ${name}`;
  return `${share < 0.01 ? 'under 1 %' : `${Math.round(100 * share)} %`} of the ${name}s`;
}
