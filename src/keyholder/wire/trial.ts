/** Tries a key on what is sealed, and says what it opens and how sure that is. */
import { isWhollyText, type Division, type SealedUnit, type Unit } from '../../eavesdropper/chat/sealed-units.js';
import type { Cipher, Unsealed } from './ciphers.js';
import { ENOUGH, LEAST_PROOF, evidenceOfByte, evidenceOfPadding } from './evidence.js';

/** Messages that are opened in one capture to see whether a key fits; and of those, bytes. */
const MOST_TRIALS = 40_000;
const MOST_TRIED_BYTES = 16 * 2 ** 20;
/** Messages of a side, those next behind the key first, on which a key has to prove itself; of which so many first. */
const PROVING = 12;
const PROBED = 2;
/** What a message has to bring before the others are opened too. */
const LEAST_HINT = 8;
/** By so much another division has to prove more. Messages that are not told apart can prove the same together. */
const LEAST_MORE = 1;

/** Work that may still be done. */
export class Budget {
  #trials = MOST_TRIALS;
  #bytes = MOST_TRIED_BYTES;

  get isLeft(): boolean {
    return this.#trials > 0 && this.#bytes > 0;
  }

  /** What `cipher` makes of it; null also where no work may be done any more. */
  unseal({ unseal }: Cipher, { sealed }: SealedUnit): Unsealed | null {
    if (!this.isLeft) return null;
    this.#trials -= 1;
    this.#bytes -= sealed.length;
    return unseal(sealed);
  }
}

/** What a cipher opened. */
export interface Opened {
  readonly unit: SealedUnit;
  readonly text: Buffer;
}

export interface Trial {
  readonly cipher: Cipher;
  readonly opened: readonly Opened[];
}

/** What a key has to prove itself on: of each division, what comes next behind it, and the longest of that. */
export class Trials {
  readonly #key: Unit;
  readonly #budget: Budget;
  readonly #fields: readonly Field[];

  /** `key`: the message that holds it. */
  constructor(divisions: readonly Division[], key: Unit, budget: Budget) {
    this.#key = key;
    this.#budget = budget;
    this.#fields = divisions
      .filter(({ sealed }) => sealed.length > 0)
      .map((division) => {
        const proving = inTurn(division, key, PROVING);
        const probes = [...proving].sort((one, other) => other.sealed.length - one.sealed.length).slice(0, PROBED);
        return { division, proving, probes };
      });
  }

  /** The messages that `cipher` opens; null where that does not prove anything. */
  of(cipher: Cipher): Trial | null {
    const known = new Map<string, Unsealed | null>();
    const unseal = (unit: SealedUnit): Unsealed | null => {
      const name = `${unit.side} ${unit.start} ${unit.end} ${unit.form}`;
      const before = known.get(name);
      if (before !== undefined) return before;
      const unsealed = this.#budget.unseal(cipher, unit);
      known.set(name, unsealed);
      return unsealed;
    };
    const best = new Map<Division['side'], { readonly division: Division; readonly evidence: number }>();
    for (const { division, proving, probes } of this.#fields) {
      if (!probes.some((unit) => hintOf(cipher, unit, unseal(unit)) >= LEAST_HINT)) continue;
      const evidence = evidenceOf(cipher, proving, unseal);
      if (evidence > (best.get(division.side)?.evidence ?? 0) + LEAST_MORE)
        best.set(division.side, { division, evidence });
    }
    const evidence = [...best.values()].reduce((sum, each) => sum + each.evidence, 0);
    if (evidence < ENOUGH) return null;
    const opened = [...best.values()].flatMap(({ division }) => openedIn(cipher, inTurn(division, this.#key)));
    const proof = opened.reduce((sum, { text }) => sum + text.length, 0);
    return proof < LEAST_PROOF ? null : { cipher, opened };
  }
}

/** A division, and what of it is opened first. */
interface Field {
  readonly division: Division;
  readonly proving: readonly SealedUnit[];
  readonly probes: readonly SealedUnit[];
}

/** What is sealed, without the message that holds the key: first what comes behind it, then what came before it. */
export function inTurn({ side, sealed }: Division, key: Unit, most = Infinity): readonly SealedUnit[] {
  const others = sealed.filter(({ start, end }) => side !== key.side || end <= key.start || start >= key.end);
  const isBefore = ({ start, frame }: SealedUnit): boolean =>
    side === key.side ? start < key.start : frame < key.frame;
  const behind = others.filter((unit) => !isBefore(unit));
  return (behind.length >= most ? behind : [...behind, ...others.filter(isBefore)]).slice(0, most);
}

/** Each message once, in the first of its forms that the cipher opens. */
export function openedIn(cipher: Cipher, units: readonly SealedUnit[]): Opened[] {
  const opened = new Map<number, Opened>();
  for (const unit of units) {
    if (opened.has(unit.start)) continue;
    const text = cipher.unseal(unit.sealed)?.text;
    if (text !== undefined && isWhollyText(text)) opened.set(unit.start, { unit, text });
  }
  return [...opened.values()];
}

type Unseal = (unit: SealedUnit) => Unsealed | null;

function hintOf({ isChecked }: Cipher, unit: SealedUnit, unsealed: Unsealed | null): number {
  if (unsealed === null) return 0;
  return isChecked ? ENOUGH : new Evidence().add(unit, unsealed);
}

function evidenceOf({ isChecked }: Cipher, units: readonly SealedUnit[], unseal: Unseal): number {
  const evidence = new Evidence();
  let sum = 0;
  for (const unit of units) {
    const unsealed = unseal(unit);
    if (unsealed === null || !isWhollyText(unsealed.text)) continue;
    sum += isChecked ? ENOUGH : evidence.add(unit, unsealed);
  }
  return sum;
}

const BLOCK = 16;

/** Adds up what messages prove. What comes twice proves something only once. */
class Evidence {
  readonly #blocks = new Set<string>();
  readonly #streams = new Map<string, number[]>();

  /** Returns what it adds. */
  add({ sealed }: SealedUnit, { text, padding, stream }: Unsealed): number {
    if (!isWhollyText(text)) return 0;
    if (stream !== null) return this.#addMixed(text, stream);
    const size = text.length + padding;
    const start = sealed.length - size;
    let sum = 0;
    for (let at = 0; at < size; at += BLOCK) {
      const block = sealed.toString('latin1', start + at, start + at + BLOCK);
      if (this.#blocks.has(block)) continue;
      this.#blocks.add(block);
      for (const byte of text.subarray(at, at + BLOCK)) sum += evidenceOfByte(byte);
      if (at + BLOCK >= size) sum += evidenceOfPadding(padding);
    }
    return sum;
  }

  /** Two texts at one place of the same stream are not independent: only the better one counts. */
  #addMixed(text: Buffer, stream: string): number {
    const best = this.#streams.get(stream) ?? [];
    this.#streams.set(stream, best);
    let sum = 0;
    for (const [at, byte] of text.entries()) {
      const before = best[at] ?? 0;
      const more = Math.max(0, evidenceOfByte(byte) - before);
      best[at] = before + more;
      sum += more;
    }
    return sum;
  }
}
