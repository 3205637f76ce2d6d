/**
 * Judges runs of text: which parts of them are in a disguise that needs no key, which are noise although they consist
 * of letters, and which were typed as they stand.
 */
import {
  behindPadding,
  disguiseOf,
  disguiseOfContent,
  eachEscaped,
  eachStretch,
  mayHoldDisguise,
  SIGNS,
  TOKEN,
  toyIn,
  type Recognised,
} from '../disguises/recognised.js';
import { behindLetters, startOfRun } from '../disguises/runs.js';
import { isText, isTyped, mayHoldText } from '../disguises/text-bytes.js';
import { judgedAgain, MOST_DISGUISES, nameWithin, type NewJudge } from './inner-text.js';
import type { SeenThrough } from './heard.js';
import type { KeySearch } from './key-search.js';
import type { Tally } from './tally.js';
import { behindBlank, isBlank } from './text-runs.js';

/** Text that is looked at together for a toy cipher. */
const TOY_BYTES = 2048;
/** A token is decoded in pieces of this length, which is a whole number of base64 groups. */
const TOKEN_PIECE = 4096;
const MOST_OF_LINE_END = 2;
/** What comes out of one disguise and is looked at, in bytes. */
const MOST_CONTENT = 65_536;
/** So many bytes of text do not come out of words by accident. */
const SURELY_TEXT = 24;
/** As in `digits.ts`: no number that a person types is so long. */
const LEAST_NUMBER = 40;
const IS_DIGIT = new Uint8Array(256).fill(1, 0x30, 0x3a);

export class TextJudge {
  readonly #tally: Tally;
  readonly #search: KeySearch;
  /** How many disguises were taken off before these bytes came out. */
  readonly #depth: number;
  readonly #newJudge: NewJudge;
  /** Where the current bytes end, and where the next of each sign in them is. */
  #end = 0;
  readonly #nextSigns = SIGNS.map(() => 0);

  constructor(tally: Tally, search: KeySearch, depth: number, newJudge: NewJudge) {
    this.#tally = tally;
    this.#search = search;
    this.#depth = depth;
    this.#newJudge = newJudge;
  }

  /** Other bytes come, up to `end`. */
  beginAt(end: number): void {
    this.#end = end;
    // `fill` would take longer for so few.
    for (let index = 0; index < SIGNS.length; index += 1) this.#nextSigns[index] = -1;
  }

  /** Counts a run of text, and the disguises in it. */
  run(bytes: Buffer, start: number, end: number): void {
    if (!mayHoldDisguise(bytes, start, end)) {
      this.#plain(bytes, start, end);
      return;
    }
    let done = start;
    for (let from = startOfRun(TOKEN, bytes, start, end); from !== -1;) {
      const behind = behindLetters(TOKEN.letters, bytes, from + TOKEN.least, end);
      const stop = behindPadding(bytes, behind, end);
      const first = Math.min(stop, from + TOKEN_PIECE);
      const found = this.#seenThrough(disguiseOf(bytes, from, first), first - from);
      if (found !== 'words') {
        this.#plainOrEscaped(bytes, done, from);
        this.#token(bytes, from, first, found);
        for (let next = first; next < stop; next += TOKEN_PIECE) {
          const to = Math.min(stop, next + TOKEN_PIECE);
          this.#token(bytes, next, to, this.#seenThrough(disguiseOf(bytes, next, to), to - next));
        }
        done = stop;
      }
      const number = found === 'words' ? behindLongNumber(bytes, from, stop) : from;
      from = startOfRun(TOKEN, bytes, number > from ? number : Math.max(stop, behind + 1), end);
    }
    this.#plainOrEscaped(bytes, done, end);
  }

  #token(bytes: Buffer, start: number, end: number, found: SeenThrough | 'noise' | 'words'): void {
    if (found === 'words') this.#plain(bytes, start, end);
    else if (found === 'noise') this.#tally.encoded(end - start);
    else this.#tally.disguised(found, start, end);
  }

  /** Judges what comes out of a disguise. `length`: of the bytes in disguise. */
  #seenThrough(found: Recognised | 'noise' | 'words', length: number): SeenThrough | 'noise' | 'words' {
    if (typeof found === 'string') return found;
    const content = found.decoded(length).subarray(0, MOST_CONTENT);
    if (!mayHoldText(content)) return found.otherwise ?? 'noise';
    if (this.#depth + 1 >= MOST_DISGUISES)
      return isText(content, content.length) ? { as: found.as, text: content } : (found.otherwise ?? 'noise');
    const whole = disguiseOfContent(content);
    if (whole !== null) return { as: `${whole.as} in ${found.as}`, text: whole.decoded(content.length) };
    const inner = judgedAgain(content, this.#depth + 1, this.#tally.work, this.#newJudge);
    if (inner === null) return isText(content, content.length) ? 'noise' : (found.otherwise ?? 'noise');
    // Words with hyphens are letters of base64 too, and a few of them decode to text by accident.
    if (found.otherwise === 'words' && content.length < SURELY_TEXT && inner.as === 'text' && !isTyped(content))
      return 'words';
    return { as: nameWithin(inner.as, found.as), text: inner.text };
  }

  #plainOrEscaped(bytes: Buffer, start: number, end: number): void {
    // Mostly a line end between two tokens, which hides nothing.
    if (end - start <= MOST_OF_LINE_END && isBlank(bytes, start, end)) this.#tally.typed(bytes, start, end);
    else if (this.#hasEscapes(bytes, start, end)) this.#escaped(bytes, start, end);
    else this.#plainOrStretches(bytes, start, end);
  }

  #escaped(bytes: Buffer, start: number, end: number): void {
    let done = start;
    eachEscaped(bytes, start, end, (escaped, from, to) => {
      const found = this.#seenThrough(escaped, to - from);
      if (found === 'words') return;
      this.#plainOrStretches(bytes, done, from);
      this.#token(bytes, from, to, found);
      done = to;
    });
    this.#plainOrStretches(bytes, done, end);
  }

  #plainOrStretches(bytes: Buffer, start: number, end: number): void {
    let done = start;
    eachStretch(bytes, start, end, (next) => {
      const found = this.#seenThrough(next, next.end - next.start);
      this.#plain(bytes, done, next.start);
      this.#token(bytes, next.start, next.end, found);
      done = next.end;
      return done;
    });
    this.#plain(bytes, done, end);
  }

  /**
   * This is called for one piece after another. The next sign is searched for only once, however many pieces come
   * before it.
   */
  #hasEscapes(bytes: Buffer, start: number, end: number): boolean {
    const next = this.#nextSigns;
    let held: Buffer | null = null;
    let has = false;
    for (let index = 0; index < next.length; index += 1) {
      if ((next[index] ?? 0) < start) {
        // `indexOf` would search beyond the end, so it gets only the bytes before it.
        held ??= bytes.subarray(0, this.#end);
        next[index] = indexOrEnd(held, SIGNS[index] ?? 0, start);
      }
      has ||= (next[index] ?? 0) < end;
    }
    return has;
  }

  /** Text as it was typed, or in a toy cipher, which leaves it printable. */
  #plain(bytes: Buffer, start: number, end: number): void {
    let done = start;
    for (let from = start; from < end;) {
      const to = end - from <= TOY_BYTES ? end : behindBlank(bytes, from + TOY_BYTES, end);
      const toy = toyIn(bytes, from, to);
      if (toy !== null) {
        this.#tally.typed(bytes, done, from);
        if (toy === 'letters') this.#lettersOrCipher(bytes, from, to);
        else this.#tally.disguised({ as: toy.as, text: toy.decoded(to - from) }, from, to);
        done = to;
      }
      from = to;
    }
    this.#tally.typed(bytes, done, end);
  }

  #lettersOrCipher(bytes: Buffer, start: number, end: number): void {
    const found = this.#search.in('letters', bytes, start, end);
    if (found === null) this.#tally.letters(bytes, start, end, this.#depth > 0);
    else this.#tally.disguised({ as: found.as, text: found.decoded(end - start) }, start, end);
  }
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

/** Where a token that stands directly behind a long number begins; `start` if there is no such number. */
function behindLongNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start < LEAST_NUMBER + TOKEN.least) return start;
  const stop = behindLetters(IS_DIGIT, bytes, start, end);
  return stop - start >= LEAST_NUMBER && end - stop >= TOKEN.least ? stop : start;
}
