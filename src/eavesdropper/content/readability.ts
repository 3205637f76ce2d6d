/**
 * How much of a stream can be read without knowing its protocol. It judges the bytes as they pass, in time proportional
 * to their number.
 *
 *     bytes          GET /?q=%48%69  \0 \xff \x93 \x0c …   SGVsbG8sIHdvcmxkIQ==   …
 *     run of text    |-------------|                       |------------------|
 *     in disguise         |--------| URL escapes           |------------------| base64
 *     the rest                       |-------------------|  counted for their entropy
 *
 * A run of text is UTF-8 in any script, without control characters except tab, LF, CR and form feed. About 2 in 5
 * random bytes look like text, so random bytes contain short runs by accident. A run counts only if it is long enough:
 * so long that accident makes one such run in about one of a thousand streams. That length grows with the number of
 * bytes before it that are not text. In a stream that contains only text every run counts, because there is nothing
 * else that it could be.
 *
 * A run of base64 or hex inside text is decoded. If the result is text, it is text in disguise. If the result is noise
 * and the run is too long for a word, it counts as encoded: opaque, although it consists of letters.
 */
import type { OnMessage, OnText } from './heard.js';
import { InnerText, BETWEEN, MOST_DISGUISES, nameWithin, textAlone, type NewJudge } from './inner-text.js';
import { KeySearch } from './key-search.js';
import { Tally, type ReadabilityFindings } from './tally.js';
import { TextJudge } from './text-judge.js';
import { charactersIn, endOfText, isCut, lastTear, placeToCut, sureText } from './text-runs.js';
import { nextAmongOthers, nextInPiece, type Recognised } from '../disguises/recognised.js';
import { isText, isTyped } from '../disguises/text-bytes.js';
import {
  MOST_BEFORE,
  MOST_TOLD,
  framingOf,
  packedWithin,
  wideText,
  type Framing,
  type NotUnpacked,
  type Sink,
  type Unwrapped,
  type Work,
} from '../framing/framing.js';
import { isWithinHello } from '../tls/within-hello.js';

export type { OnMessage, OnText } from './heard.js';
export type { ReadabilityFindings } from './tally.js';

/** The most bytes that may be left for the next call, so that a text is not torn. */
export const MOST_LEFT = 512;
/** Bytes that are judged together, and the texts that are not UTF-8 which are looked for in them. */
const MOST_AT_ONCE = 8192;
const MOST_IN_PIECE = 8;
const LONGEST_CHARACTER = 4;
/**
 * How unlikely it is that a random byte looks like text, as a natural logarithm; and how unlikely a run must be to
 * count.
 */
const NATS_PER_BYTE = 0.8;
const NATS_OF_DOUBT = 9.2;

/**
 * The same for a byte that a program took for a character of Latin-1 and wrote as UTF-8: of 256, only 64 are controls.
 * Such ciphertext has as many of U+0080 to U+00FF as of ASCII. A third of its bytes begin one of them; in a text in a
 * language one in sixteen does at most, and of random bytes one in 128.
 */
const NATS_PER_LATIN1 = 0.27;
const LEAST_OF_LATIN1 = 0.12;
/** Bytes before and behind a run that show what it is. */
const NEIGHBOURS = 64;

/** Formats in formats. */
const MOST_NESTED = 3;
/** Work that is allowed for each byte on the wire, in bytes that come out of it. */
const WORK_PER_BYTE = 40;
/** What comes out of bytes that only look packed must be longer, to be taken for text. */
const LEAST_UNSURE = 24;

const newInner: NewJudge = (onText, depth, work) => new Readability(onText, depth, null, work);

export class Readability implements Sink {
  readonly #tally: Tally;
  readonly #search: KeySearch;
  readonly #texts: TextJudge;
  /** How many disguises were taken off before these bytes came out. */
  readonly #depth: number;
  #seen = 0;
  /** Where the current bytes begin and end. */
  #start = 0;
  #end = 0;
  /** Undefined until the first bytes show whether there is one. */
  #framing: Framing | null | undefined;
  /** Whether text that is not UTF-8 is still to be looked for in the current bytes. */
  #mayAsk = false;
  /** Found and not counted yet; and what the last piece ended in. */
  #inPiece: ReturnType<typeof nextInPiece> | ReturnType<KeySearch['in']> = null;
  #lastInPiece: string | null = null;

  constructor(onText: OnText | null = null, depth = 0, onMessage: OnMessage | null = null, work: Work | null = null) {
    this.#depth = depth;
    this.#tally = new Tally(onText, onMessage, work);
    this.#search = new KeySearch(this.#tally);
    this.#texts = new TextJudge(this.#tally, this.#search, depth, newInner);
  }

  /**
   * Judges `bytes` from `start` to `end`, and returns how far it got. Up to {@link MOST_LEFT} bytes may be left, or
   * 16 KiB of a stream with a framing; give them again, together with what follows. With `last` (before a gap, or at
   * the end) nothing is left.
   */
  take(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#tally.origin = this.#seen - start;
    let at = start;
    if (this.#framing === undefined) {
      const framing = framingOf(bytes, start, end, last);
      if (framing === 'more') return start;
      this.#framing = framing;
    }
    if (this.#framing === null && this.#seen < MOST_BEFORE) this.#framing = packedWithin(bytes, start, end, last);
    if (this.#framing !== null) {
      at = this.#framing.take(bytes, start, end, last, this);
      if (this.#framing.name !== null) this.#tally.told.marks ??= this.#framing.name;
      if (this.#framing.isOver) this.#framing = null;
    }
    if (this.#framing === null || last) at = this.plain(bytes, at, end, last);
    this.#seen = at + this.#tally.origin;
    return at;
  }

  /** Bytes are missing here, so what follows is a new text. */
  gap(): void {
    this.#tally.inText = false;
    this.#framing = undefined;
    this.#lastInPiece = null;
  }

  findings(): ReadabilityFindings {
    return this.#tally.findings();
  }

  /** Bytes so far that only mark messages. */
  get framingBytes(): number {
    return this.#tally.framingBytes;
  }

  plain(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#start = start;
    let at = start;
    while (end - at > MOST_AT_ONCE) at = this.#piece(bytes, at, at + MOST_AT_ONCE, false);
    return this.#piece(bytes, at, end, last);
  }

  /** As {@link plain}. Text that is not UTF-8 is looked for in each piece, together with what stands around it. */
  #piece(bytes: Buffer, start: number, end: number, last: boolean): number {
    const sure = this.#sureUpTo(bytes, start, end);
    if (this.#tally.inText && sure === end) return this.#textAlone(bytes, start, end, last);
    let from = start;
    for (let tries = 0; tries < MOST_IN_PIECE; tries += 1) {
      const stop = this.#utf8(bytes, from, end, last, true, sure);
      const found = this.#inPiece;
      if (found === null) return stop;
      this.#inPiece = null;
      if (found.start > from) this.#before(bytes, from, found.start);
      this.#found(found, found.start, found.end);
      this.#tally.inText = false;
      from = found.end;
      this.#lastInPiece = end - from < LONGEST_CHARACTER ? found.as : null;
      // A character may go on in the next piece.
      if (!last && end - from < LONGEST_CHARACTER) return from;
    }
    return this.#utf8(bytes, from, end, last, false, sure);
  }

  #before(bytes: Buffer, start: number, end: number): void {
    this.#utf8(bytes, start, end, true, false, this.#sureUpTo(bytes, start, end));
  }

  #found(found: Recognised, start: number, end: number): void {
    this.#tally.disguised({ as: found.as, text: found.decoded(end - start) }, start, end);
  }

  /** How far the bytes certainly go on with a text. */
  #sureUpTo(bytes: Buffer, start: number, end: number): number {
    return this.#tally.inText ? sureText(bytes, start, end) : start;
  }

  /** All of it goes on with a text, as most of what a chat says. */
  #textAlone(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#beginAt(end);
    const stop = last ? end : end - start <= MOST_LEFT ? start : placeToCut(bytes, start, end, MOST_LEFT);
    if (stop > start) this.#texts.run(bytes, start, stop);
    return this.#upTo(stop, !last);
  }

  /**
   * Looks for text that is not UTF-8 if `asks`; if there is some, it counts nothing, and leaves it in #inPiece. `sure`:
   * up to there it certainly goes on with a text.
   */
  #utf8(bytes: Buffer, start: number, end: number, last: boolean, asks: boolean, sure: number): number {
    this.#mayAsk = asks && !this.#tally.looksRandom;
    this.#beginAt(end);
    let isProven = this.#tally.inText;
    let [runStart, done] = [start, start];
    let at = isProven ? Math.max(start, sure) : start;
    for (;;) {
      if (!isProven) {
        at = this.#nextProvable(bytes, at, end, at - done);
        if (at > runStart && this.#finds(bytes, start, end)) return start;
        runStart = at;
      }
      at = endOfText(bytes, runStart, at, end);
      if (at >= end || (!last && isCut(bytes, at, end))) break;
      if (this.#finds(bytes, start, end)) return start;
      if (at > runStart && (isProven || this.#isProven(bytes, runStart, at, runStart - done))) {
        this.#rest(bytes, done, runStart);
        this.#texts.run(bytes, runStart, at);
        done = at;
      }
      isProven = false;
      at += 1;
      runStart = at;
    }
    if (!last) return this.#leave(bytes, done, runStart, at, isProven);
    const isWhole = this.#tally.other === 0 && done === start && runStart === start;
    const isText = at > runStart && (isProven || isWhole || this.#isProven(bytes, runStart, at, runStart - done));
    this.#rest(bytes, done, isText ? runStart : end);
    if (isText) this.#texts.run(bytes, runStart, at);
    return this.#upTo(end, false);
  }

  /** A text that may go on is left for the next call; of a long one, only its last word. */
  #leave(bytes: Buffer, done: number, runStart: number, at: number, isProven: boolean): number {
    this.#rest(bytes, done, runStart);
    if (at - runStart <= MOST_LEFT) return this.#upTo(runStart, isProven);
    const cut = placeToCut(bytes, runStart, at, MOST_LEFT);
    this.#texts.run(bytes, runStart, cut);
    return this.#upTo(cut, true);
  }

  /** Whether there is text that is not UTF-8. It looks once, as soon as some bytes are no text. */
  #finds(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#mayAsk) return false;
    this.#mayAsk = false;
    const { other } = this.#tally;
    this.#inPiece =
      nextInPiece(bytes, start, end, other, this.#lastInPiece) ??
      (other === 0 ? this.#search.in('others', bytes, start, end) : null);
    this.#lastInPiece = null;
    return this.#inPiece !== null;
  }

  #beginAt(end: number): void {
    this.#end = end;
    this.#texts.beginAt(end);
  }

  #upTo(stop: number, inText: boolean): number {
    this.#tally.inText = inText;
    return stop;
  }

  /**
   * Whether a run of text is too long for an accident. `before`: how many bytes before it are not text and not counted
   * yet.
   */
  #isProven(bytes: Buffer, start: number, end: number, before: number): boolean {
    if (end - start < this.#leastProven(before)) return false;
    if (!this.#isLatin1(bytes, start, end)) return true;
    const others = this.#tally.other + before;
    return charactersIn(bytes, start, end) * NATS_PER_LATIN1 >= Math.log(others + 1) + NATS_OF_DOUBT;
  }

  /** Whether what stands here, with its neighbours, seems to be bytes that were taken for Latin-1. */
  #isLatin1(bytes: Buffer, start: number, end: number): boolean {
    const [from, to] = [Math.max(this.#start, start - NEIGHBOURS), Math.min(this.#end, end + NEIGHBOURS)];
    let leads = 0;
    for (let at = from; at < to; at += 1) if (bytes[at] === 0xc2 || bytes[at] === 0xc3) leads += 1;
    return leads >= LEAST_OF_LATIN1 * (to - from);
  }

  /** The shortest run of text that is not an accident after this many bytes that are not text. */
  #leastProven(before: number): number {
    return Math.ceil((Math.log(this.#tally.other + before + 1) + NATS_OF_DOUBT) / NATS_PER_BYTE);
  }

  /**
   * The first place, from `at` on, where a run long enough to count can begin. It looks at the place where such a run
   * would end, and goes back from there. That way it can skip most bytes of noise.
   */
  #nextProvable(bytes: Buffer, at: number, end: number, before: number): number {
    const length = this.#leastProven(before);
    let from = at;
    while (from + length <= end) {
      const torn = lastTear(bytes, from, from + length);
      if (torn === from) break;
      from = torn;
    }
    return from;
  }

  /** Bytes that are not UTF-8 text. They may be UTF-16 text. */
  #rest(bytes: Buffer, start: number, end: number): void {
    let done = start;
    if (end > start && !this.#tally.looksRandom) {
      const nextFrom = (at: number): ReturnType<typeof nextAmongOthers> =>
        nextAmongOthers(bytes, at, end, this.#tally.other);
      for (let next = nextFrom(start); next !== null; next = nextFrom(done)) {
        this.#tally.otherBytes(bytes, done, next.start);
        const isUtf16 = next.as.startsWith('UTF-16');
        if (isUtf16 && (isWithinHello(bytes, this.#start, next.start) || this.#isLatin1(bytes, next.start, next.end)))
          this.#tally.otherBytes(bytes, next.start, next.end);
        else this.#found(next, next.start, next.end);
        done = next.end;
      }
    }
    this.#tally.otherBytes(bytes, done, end);
  }

  message(bytes: Buffer, start: number, end: number, isSure: boolean): void {
    if (end <= start) return;
    this.#tally.isFresh = true;
    this.#tally.inText = false;
    if (isText(bytes.subarray(start, end), end - start)) {
      this.#beginAt(end);
      if (this.#tally.hasTold && this.#tally.told.hasSaid) this.#tally.say(BETWEEN);
      this.#tally.say(bytes.subarray(start, end));
      this.#tally.told.isSaid = true;
      this.#texts.run(bytes, start, end);
      this.#tally.told.isSaid = false;
    } else if (isSure || !(this.#isWide(bytes, start, end) || this.#hasFormat(bytes, start, end)))
      this.plain(bytes, start, end, true);
    this.#tally.inText = false;
  }

  /** Whether the message is in UTF-16: so short a text would not be found among others. */
  #isWide(bytes: Buffer, start: number, end: number): boolean {
    const source = bytes.subarray(start, end);
    const wide = wideText(source);
    if (wide === null) return false;
    const { as, text: content } = wide;
    this.unwrapped({ as, source, start, end, content, isNext: false, hasNext: false, isSure: true });
    return true;
  }

  /** Whether the message has a format of its own, which was read. */
  #hasFormat(bytes: Buffer, start: number, end: number): boolean {
    const { told } = this.#tally;
    const framing = told.nested < MOST_NESTED ? framingOf(bytes, start, end, true) : null;
    if (framing === null || framing === 'more') return false;
    told.nested += 1;
    const at = framing.take(bytes, start, end, true, this);
    told.nested -= 1;
    if (at < end) this.plain(bytes, at, end, true);
    return true;
  }

  framing(start: number, end: number): void {
    this.#tally.told.framingBytes += end - start;
  }

  worked(packed: number, unpacked: number): boolean {
    const { work } = this.#tally;
    // What is inside of packed bytes is paid for by those.
    if (this.#depth === 0) work.left += WORK_PER_BYTE * packed;
    work.left -= unpacked;
    return work.left >= 0;
  }

  unwrapped({ as, source, start, end, content, isNext, hasNext, isSure }: Unwrapped): void {
    const { told } = this.#tally;
    if (!isNext) {
      const isAllowed = this.#depth + 1 < MOST_DISGUISES;
      told.inner = isAllowed ? new InnerText(this.#depth + 1, this.#tally.work, newInner) : null;
      this.#tally.isFresh = true;
      told.wasReadable = false;
    }
    const found = told.inner?.take(content, !hasNext) ?? textAlone(content);
    if (content.length > 0) {
      const isEnough = isSure || (content.length >= LEAST_UNSURE && isTyped(content));
      told.wasReadable = isEnough && 2 * found.readable > content.length;
    }
    this.#tally.inText = false;
    const name = nameWithin(found.as, as);
    if (told.wasReadable) {
      this.#tally.say(isText(content, content.length) ? content : found.text);
      told.isSaid = true;
      told.isNext = isNext;
      this.#tally.disguised({ as: name, text: found.text }, start, end);
      told.isNext = false;
      told.isSaid = false;
    } else {
      this.#tally.otherBytes(source, 0, source.length);
      if (isSure && found.text.length > 0) this.#tally.amongNoise(name, start, end, found.text, isNext);
    }
  }

  notUnpacked(what: NotUnpacked): void {
    const { notUnpacked } = this.#tally.work;
    if (notUnpacked.length < MOST_TOLD) notUnpacked.push(what);
  }

  control(what: string): void {
    const { controls } = this.#tally.told;
    if (controls.size < MOST_TOLD || controls.has(what)) controls.set(what, (controls.get(what) ?? 0) + 1);
  }

  aside(tell: () => void): void {
    const { told } = this.#tally;
    const { inner } = told;
    told.isAside = true;
    tell();
    told.isAside = false;
    told.inner = inner;
  }

  border(start: number, end: number): void {
    if (this.#tally.told.nested === 0) this.#tally.border(start, end);
  }
}
