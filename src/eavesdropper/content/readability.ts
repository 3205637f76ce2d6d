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
import { isUtf8 } from 'node:buffer';
import { ByteCounts, type EntropyFindings } from './entropy.js';
import type { Disguises } from '../disguises/disguises.js';
import {
  disguiseOf,
  disguiseOfContent,
  eachEscaped,
  mayHoldDisguise,
  nextAmongOthers,
  nextInPiece,
  eachStretch,
  searchedIn,
  SIGNS,
  toyIn,
  TOKEN,
  type Recognised,
} from '../disguises/recognised.js';
import { behindLetters, startOfRun } from '../disguises/runs.js';
import { isToyCipher } from '../disguises/toys.js';
import { isWithinHello } from '../tls/within-hello.js';
import { isText, isTyped, isUtf8Inside, mayHoldText } from '../disguises/text-bytes.js';
import {
  MOST_BEFORE,
  MOST_TOLD,
  framingOf,
  newWork,
  packedWithin,
  wideText,
  type Framing,
  type NotUnpacked,
  type Sink,
  type Unwrapped,
  type Work,
} from '../framing/framing.js';

export interface ReadabilityFindings {
  /** Bytes of plain UTF-8 text, in any script. */
  readonly text: number;
  /** Bytes of text in a disguise that needs no key, by disguise. Only those that occur. */
  readonly disguised: Readonly<Record<Disguises, number>>;
  /**
   * Bytes of letters, with the blanks and signs among them, that are perhaps no words of any language, as a letter
   * cipher leaves them. Absent if there are none.
   */
  readonly letters?: number;
  /** Bytes of base64, hex, lists of numbers or the like whose content is not text. */
  readonly encoded: number;
  /**
   * Bytes that only say where a message begins, how long it is, or of which kind. Absent if there are none, or if they
   * are text.
   */
  readonly framing?: number;
  /** Bytes that are packed, and were not unpacked to their end. They are among the others. Absent if there are none. */
  readonly notUnpacked?: readonly NotUnpacked[];
  /** How messages are marked: absent where nothing marks them but line ends. */
  readonly marks?: string;
  /** Frames that are no messages, such as WebSocket's pings, and how often each came. Absent if there are none. */
  readonly controls?: Readonly<Record<string, number>>;
  /** All other bytes. `entropy` says how evenly they are spread. */
  readonly other: number;
  readonly entropy: EntropyFindings | null;
  /** The beginnings of the first texts. */
  readonly samples: readonly TextSample[];
}

export interface TextSample {
  /** In bytes from the start of the direction, like all offsets. */
  readonly offset: number;
  /** `text`, or as in {@link Disguises}, or `letters` as in {@link ReadabilityFindings}. */
  readonly as: string;
  /** The text after decoding. */
  readonly text: string;
}

const MOST_SAMPLES = 6;
const SAMPLE_CHARACTERS = 160;
/**
 * Bytes that are read for one sample: of text, where a character has up to 4 bytes, and of a disguise, which is longer
 * than its text.
 */
const SAMPLE_BYTES = { text: 4 * SAMPLE_CHARACTERS, disguised: 6 * SAMPLE_CHARACTERS } as const;
/** The most bytes that may be left for the next call, so that a text is not torn. */
export const MOST_LEFT = 512;
/** Bytes that are judged together, and the texts that are not UTF-8 which are looked for in them. */
const MOST_AT_ONCE = 8192;
const MOST_IN_PIECE = 8;
const LONGEST_CHARACTER = 4;
/** Text that is looked at together for a toy cipher. */
const TOY_BYTES = 2048;
/** A token is decoded in pieces of this length, which is a whole number of base64 groups. */
const TOKEN_PIECE = 4096;
const MOST_OF_LINE_END = 2;
/** A shorter token is never noise. */
const LEAST_NOISE = 24;
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

/** What a byte can be in a text. `WORD` marks the characters of base64 and hex. */
const KIND = new Uint8Array(256);
const WORD = 1;
const PLAIN = 2;
const ESCAPE = 3;
const LEAD = 4;
for (let byte = 0x20; byte < 0x7f; byte += 1) KIND[byte] = PLAIN;
for (const byte of [0x09, 0x0a, 0x0c, 0x0d]) KIND[byte] = PLAIN;
for (const [byte, isLetter] of TOKEN.letters.entries()) if (isLetter === 1) KIND[byte] = WORD;
for (const byte of Buffer.from('%=')) KIND[byte] = ESCAPE;
for (let byte = 0xc2; byte <= 0xf4; byte += 1) KIND[byte] = LEAD;
const EQUALS = 0x3d;
const CR = 0x0d;
const SPACE = 0x20;
/** Bytes that never occur in text: controls, and bytes that UTF-8 does not use. */
const IS_NEVER_TEXT = KIND.map((kind, byte) => (kind === 0 && (byte < 0x80 || byte >= 0xc0) ? 1 : 0));
/**
 * Bytes that are never part of a control character in UTF-8. 0xc2 is not one of them, because it begins U+0080 to
 * U+009F.
 */
const IS_SURE = IS_NEVER_TEXT.map((isNever, byte) => (isNever === 1 || byte === 0xc2 ? 0 : 1));
const IS_ASCII_TEXT = KIND.map((kind) => (kind === 0 || kind === LEAD ? 0 : 1));

/**
 * The role of a byte in UTF-8, one bit each, or 0 if it is never text; and which roles may follow it. Half of all
 * random pairs break these rules.
 */
const ASCII_BIT = 1;
const LEAD_BIT = 2;
const CONTINUATION_BIT = 4;
const PART = KIND.map((kind, byte) =>
  IS_NEVER_TEXT[byte] === 1 ? 0 : kind === LEAD ? LEAD_BIT : byte < 0x80 ? ASCII_BIT : CONTINUATION_BIT,
);
const MAY_FOLLOW = PART.map((part) =>
  part === 0 ? 0 : part === LEAD_BIT ? CONTINUATION_BIT : ASCII_BIT | LEAD_BIT | (part & CONTINUATION_BIT),
);

/** The name of a sample of letters that are perhaps no words. */
const LETTERS = 'letters';

/** Disguises that are taken off one after the other. */
const MOST_DISGUISES = 4;
/** What comes out of one disguise and is looked at, in bytes. */
const MOST_CONTENT = 65_536;

/** Text that came out of a disguise, or of several. */
interface SeenThrough {
  readonly as: Disguises;
  readonly text: Buffer;
}

/**
 * Hears of each text: `text` or in which disguise it was, where it stands in the stream, and what it says in UTF-8.
 * `isNext`: it goes on with the one before.
 */
export type OnText = (
  as: Disguises,
  start: number,
  end: number,
  text: Buffer,
  isNext: boolean,
  standing: Standing,
) => void;

/**
 * `marked`: something says that it is a message, however short it is. `among noise`: it came out of packed bytes of
 * which most is no text, so those are not counted as text.
 */
export type Standing = 'found' | 'marked' | 'among noise';

/** Hears of each message that something else than a line end marks, and what of it can be read: nothing, perhaps. */
export type OnMessage = (start: number, end: number, text: Buffer) => void;

/** What of one message is kept for {@link OnMessage}, in bytes. */
const MOST_SAID = 65_536;
/** Formats in formats. */
const MOST_NESTED = 3;
/** Work that is allowed for each byte on the wire, in bytes that come out of it. */
const WORK_PER_BYTE = 40;
/** What comes out of bytes that only look packed must be longer, to be taken for text. */
const LEAST_UNSURE = 24;

/** What a framing has told. */
interface Told {
  framingBytes: number;
  marks: string | null;
  readonly controls: Map<string, number>;
  /** What came out of a packed body so far, and whether its last part could be read. */
  inner: InnerText | null;
  wasReadable: boolean;
  isNext: boolean;
  /** Framings in messages of framings. */
  nested: number;
  said: Buffer[];
  saidBytes: number;
  /** Whether what is counted was said already, or is no part of the message. */
  isSaid: boolean;
  isAside: boolean;
}

function nothingTold(): Told {
  return {
    framingBytes: 0,
    marks: null,
    controls: new Map(),
    inner: null,
    wasReadable: false,
    isNext: false,
    nested: 0,
    said: [],
    saidBytes: 0,
    isSaid: false,
    isAside: false,
  };
}

export class Readability implements Sink {
  readonly #onText: OnText | null;
  /** How many disguises were taken off before these bytes came out. */
  readonly #depth: number;
  #seen = 0;
  #text = 0;
  #letters = 0;
  #encoded = 0;
  #other = 0;
  readonly #disguised = new Map<Disguises, number>();
  readonly #counts = new ByteCounts();
  readonly #samples: TextSample[] = [];
  /** Whether the last piece ended inside a text. Then what continues it needs no proof. */
  #inText = false;
  /** Add this to an index into the current bytes to get the offset in the stream. */
  #origin = 0;
  /** Where the current bytes begin and end, and where the next of each sign in them is. */
  #start = 0;
  #end = 0;
  readonly #nextSigns = SIGNS.map(() => 0);
  readonly #onMessage: OnMessage | null;
  #work: Work | null;
  /** Undefined until the first bytes show whether there is one. */
  #framing: Framing | null | undefined;
  /** null for a stream without a framing: most are, and many are made for a line each. */
  #told: Told | null = null;
  /** Whether what is told next is a message of its own. */
  #isFresh = false;
  /** Found and not counted yet; and what the last piece ended in. */
  #inPiece: ReturnType<typeof nextInPiece> | ReturnType<typeof searchedIn> = null;
  #lastInPiece: string | null = null;
  /** The cipher whose key was found last. */
  readonly #lastSearched: Partial<Record<'letters' | 'others', ReturnType<typeof searchedIn>>> = {};

  constructor(onText: OnText | null = null, depth = 0, onMessage: OnMessage | null = null, work: Work | null = null) {
    this.#onText = onText;
    this.#depth = depth;
    this.#onMessage = onMessage;
    this.#work = work;
  }

  /**
   * Judges `bytes` from `start` to `end`, and returns how far it got. Up to {@link MOST_LEFT} bytes may be left, or
   * 16 KiB of a stream with a framing; give them again, together with what follows. With `last` (before a gap, or at
   * the end) nothing is left.
   */
  take(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#origin = this.#seen - start;
    let at = start;
    if (this.#framing === undefined) {
      const framing = framingOf(bytes, start, end, last);
      if (framing === 'more') return start;
      this.#framing = framing;
    }
    if (this.#framing === null && this.#seen < MOST_BEFORE) this.#framing = packedWithin(bytes, start, end, last);
    if (this.#framing !== null) {
      at = this.#framing.take(bytes, start, end, last, this);
      if (this.#framing.name !== null) this.#framed.marks ??= this.#framing.name;
      if (this.#framing.isOver) this.#framing = null;
    }
    if (this.#framing === null || last) at = this.plain(bytes, at, end, last);
    this.#seen = at + this.#origin;
    return at;
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
    if (this.#inText && sure === end) return this.#textAlone(bytes, start, end, last);
    let from = start;
    for (let tries = 0; tries < MOST_IN_PIECE; tries += 1) {
      const stop = this.#utf8(bytes, from, end, last, true, sure);
      const found = this.#inPiece;
      if (found === null) return stop;
      this.#inPiece = null;
      if (found.start > from) this.#before(bytes, from, found.start);
      const text = found.decoded(found.end - found.start);
      this.#addDisguised({ as: found.as, text }, found.start, found.end);
      this.#inText = false;
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

  /** How far the bytes certainly go on with a text. */
  #sureUpTo(bytes: Buffer, start: number, end: number): number {
    return this.#inText ? sureText(bytes, start, end) : start;
  }

  /** All of it goes on with a text, as most of what a chat says. */
  #textAlone(bytes: Buffer, start: number, end: number, last: boolean): number {
    this.#beginAt(end);
    const stop = last ? end : end - start <= MOST_LEFT ? start : placeToCut(bytes, start, end);
    if (stop > start) this.#run(bytes, start, stop);
    return this.#upTo(stop, !last);
  }

  /**
   * Looks for text that is not UTF-8 if `asks`; if there is some, it counts nothing, and leaves it in #inPiece. `sure`:
   * up to there it certainly goes on with a text.
   */
  #utf8(bytes: Buffer, start: number, end: number, last: boolean, asks: boolean, sure: number): number {
    let isAsked = !asks || this.#counts.looksRandom;
    this.#beginAt(end);
    const isAllText = this.#other === 0;
    let isProven = this.#inText;
    let runStart = start;
    let done = start;
    let at = isProven ? Math.max(start, sure) : start;
    for (;;) {
      if (!isProven && at === runStart) {
        at = this.#nextProvable(bytes, at, end, at - done);
        if (at > runStart && !isAsked) {
          isAsked = true;
          if (this.#asks(bytes, start, end)) return start;
        }
        runStart = at;
      }
      at = behindLetters(IS_ASCII_TEXT, bytes, at, end);
      if (at >= end) break;
      const kind = KIND[bytes[at] ?? 0];
      const length = kind === LEAD ? sequenceLength(bytes, at, end) : 0;
      if (length > 0) {
        at += length;
        continue;
      }
      if (length === CUT && !last) break;
      if (kind === 0 && at > runStart && isTelnetEnd(bytes, at)) {
        at += 1;
        continue;
      }
      if (!isAsked) {
        isAsked = true;
        if (this.#asks(bytes, start, end)) return start;
      }
      if (at > runStart && (isProven || this.#isProven(bytes, runStart, at, runStart - done))) {
        this.#rest(bytes, done, runStart);
        this.#run(bytes, runStart, at);
        done = at;
      }
      isProven = false;
      at += 1;
      runStart = at;
    }
    if (last) {
      const isWhole = isAllText && done === start && runStart === start;
      const isText = at > runStart && (isProven || isWhole || this.#isProven(bytes, runStart, at, runStart - done));
      this.#rest(bytes, done, isText ? runStart : end);
      if (isText) this.#run(bytes, runStart, at);
      return this.#upTo(end, false);
    }
    this.#rest(bytes, done, runStart);
    if (at - runStart <= MOST_LEFT) return this.#upTo(runStart, isProven);
    const cut = placeToCut(bytes, runStart, at);
    this.#run(bytes, runStart, cut);
    return this.#upTo(cut, true);
  }

  #asks(bytes: Buffer, start: number, end: number): boolean {
    this.#inPiece =
      nextInPiece(bytes, start, end, this.#other, this.#lastInPiece) ??
      (this.#other === 0 ? this.#searched('others', bytes, start, end) : null);
    this.#lastInPiece = null;
    return this.#inPiece !== null;
  }

  /** Other bytes come, up to `end`. */
  #beginAt(end: number): void {
    this.#end = end;
    // `fill` would take longer for so few.
    for (let index = 0; index < SIGNS.length; index += 1) this.#nextSigns[index] = -1;
  }

  /** Bytes are missing here, so what follows is a new text. */
  gap(): void {
    this.#inText = false;
    this.#framing = undefined;
    this.#lastInPiece = null;
  }

  message(bytes: Buffer, start: number, end: number, isSure: boolean): void {
    if (end <= start) return;
    this.#isFresh = true;
    this.#inText = false;
    if (isText(bytes.subarray(start, end), end - start)) {
      this.#beginAt(end);
      if (this.#told !== null && this.#framed.saidBytes > 0) this.#say(BETWEEN);
      this.#say(bytes.subarray(start, end));
      this.#framed.isSaid = true;
      this.#run(bytes, start, end);
      this.#framed.isSaid = false;
    } else if (isSure || !(this.#isWide(bytes, start, end) || this.#hasFormat(bytes, start, end)))
      this.plain(bytes, start, end, true);
    this.#inText = false;
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
    const framing = this.#framed.nested < MOST_NESTED ? framingOf(bytes, start, end, true) : null;
    if (framing === null || framing === 'more') return false;
    this.#framed.nested += 1;
    const at = framing.take(bytes, start, end, true, this);
    this.#framed.nested -= 1;
    if (at < end) this.plain(bytes, at, end, true);
    return true;
  }

  /** Bytes so far that only mark messages. */
  get framingBytes(): number {
    return this.#told?.framingBytes ?? 0;
  }

  framing(start: number, end: number): void {
    this.#framed.framingBytes += end - start;
  }

  worked(packed: number, unpacked: number): boolean {
    // What is inside of packed bytes is paid for by those.
    if (this.#depth === 0) this.#allowed.left += WORK_PER_BYTE * packed;
    this.#allowed.left -= unpacked;
    return this.#allowed.left >= 0;
  }

  unwrapped({ as, source, start, end, content, isNext, hasNext, isSure }: Unwrapped): void {
    if (!isNext) {
      this.#framed.inner = this.#depth + 1 < MOST_DISGUISES ? new InnerText(this.#depth + 1, this.#allowed) : null;
      this.#isFresh = true;
      this.#framed.wasReadable = false;
    }
    const found = this.#framed.inner?.take(content, !hasNext) ?? textAlone(content);
    if (content.length > 0) {
      const isEnough = isSure || (content.length >= LEAST_UNSURE && isTyped(content));
      this.#framed.wasReadable = isEnough && 2 * found.readable > content.length;
    }
    this.#inText = false;
    if (this.#framed.wasReadable) {
      this.#say(isText(content, content.length) ? content : found.text);
      this.#framed.isSaid = true;
      this.#framed.isNext = isNext;
      this.#addDisguised({ as: nameOf(found.as, as), text: found.text }, start, end);
      this.#framed.isNext = false;
      this.#framed.isSaid = false;
    } else {
      this.#otherBytes(source, 0, source.length);
      if (isSure && found.text.length > 0) {
        const [from, to] = [start + this.#origin, end + this.#origin];
        this.#onText?.(nameOf(found.as, as), from, to, found.text, isNext, 'among noise');
      }
    }
  }

  notUnpacked(what: NotUnpacked): void {
    const { notUnpacked } = this.#allowed;
    if (notUnpacked.length < MOST_TOLD) notUnpacked.push(what);
  }

  control(what: string): void {
    const { controls } = this.#framed;
    if (controls.size < MOST_TOLD || controls.has(what)) controls.set(what, (controls.get(what) ?? 0) + 1);
  }

  aside(tell: () => void): void {
    const inner = this.#framed.inner;
    this.#framed.isAside = true;
    tell();
    this.#framed.isAside = false;
    this.#framed.inner = inner;
  }

  border(start: number, end: number): void {
    if (this.#framed.nested > 0) return;
    this.#isFresh = true;
    if (this.#onMessage !== null && end > start)
      this.#onMessage(start + this.#origin, end + this.#origin, Buffer.concat(this.#framed.said));
    this.#framed.said = [];
    this.#framed.saidBytes = 0;
  }

  #say(text: Buffer): void {
    if (this.#onMessage === null) return;
    const told = this.#framed;
    if (told.isSaid || told.isAside || told.saidBytes >= MOST_SAID) return;
    told.said.push(Buffer.from(text.subarray(0, MOST_SAID - told.saidBytes)));
    told.saidBytes += text.length;
  }

  findings(): ReadabilityFindings {
    return {
      text: this.#text,
      ...(this.#letters === 0 ? {} : { letters: this.#letters }),
      disguised: Object.fromEntries(this.#disguised),
      encoded: this.#encoded,
      other: this.#other,
      entropy: this.#counts.findings(),
      samples: this.#samples,
      ...(this.#told === null ? {} : framingFindings(this.#told, this.#allowed.notUnpacked)),
    };
  }

  get #framed(): Told {
    return (this.#told ??= nothingTold());
  }

  get #allowed(): Work {
    return (this.#work ??= newWork());
  }

  #upTo(stop: number, inText: boolean): number {
    this.#inText = inText;
    return stop;
  }

  /**
   * Whether a run of text is too long for an accident. `before`: how many bytes before it are not text and not counted
   * yet.
   */
  #isProven(bytes: Buffer, start: number, end: number, before: number): boolean {
    if (end - start < this.#leastProven(before)) return false;
    if (!this.#isLatin1(bytes, start, end)) return true;
    return charactersIn(bytes, start, end) * NATS_PER_LATIN1 >= Math.log(this.#other + before + 1) + NATS_OF_DOUBT;
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
    return Math.ceil((Math.log(this.#other + before + 1) + NATS_OF_DOUBT) / NATS_PER_BYTE);
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

  /** Counts a run of text, and the disguises in it. */
  #run(bytes: Buffer, start: number, end: number): void {
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
    else if (found === 'noise') this.#encoded += end - start;
    else this.#addDisguised(found, start, end);
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
    const inner = judgedAgain(content, this.#depth + 1, this.#allowed);
    if (inner === null) return isText(content, content.length) ? 'noise' : (found.otherwise ?? 'noise');
    return { as: nameOf(inner.as, found.as), text: inner.text };
  }

  #plainOrEscaped(bytes: Buffer, start: number, end: number): void {
    // Mostly a line end between two tokens, which hides nothing.
    if (end - start <= MOST_OF_LINE_END && isBlank(bytes, start, end)) {
      this.#typed(bytes, start, end);
      return;
    }
    if (this.#hasEscapes(bytes, start, end)) this.#escaped(bytes, start, end);
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
      if (toy === 'letters') {
        this.#typed(bytes, done, from);
        this.#lettersOrCipher(bytes, from, to);
        done = to;
      } else if (toy !== null) {
        this.#typed(bytes, done, from);
        this.#addDisguised({ as: toy.as, text: toy.decoded(to - from) }, from, to);
        done = to;
      }
      from = to;
    }
    this.#typed(bytes, done, end);
  }

  #lettersOrCipher(bytes: Buffer, start: number, end: number): void {
    const found = this.#searched('letters', bytes, start, end);
    if (found !== null) {
      this.#addDisguised({ as: found.as, text: found.decoded(end - start) }, start, end);
      return;
    }
    this.#letters += end - start;
    if (this.#depth > 0)
      this.#onText?.(
        'text',
        start + this.#origin,
        end + this.#origin,
        bytes.subarray(start, end),
        false,
        'among noise',
      );
    if (this.#takesSample(LETTERS)) this.#sample(LETTERS, start, bytes.subarray(start, end));
  }

  /** The key that was found last is tried first. New keys are searched for only a few times. */
  #searched(among: 'letters' | 'others', bytes: Buffer, start: number, end: number): ReturnType<typeof searchedIn> {
    const again = this.#lastSearched[among]?.again(bytes, start, end) ?? null;
    if (again !== null) return again;
    if (this.#allowed.searches <= 0) return null;
    this.#allowed.searches -= 1;
    const found = searchedIn(among, bytes, start, end);
    if (found !== null) this.#lastSearched[among] = found;
    return found;
  }

  #typed(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.#text += end - start;
    if (this.#onMessage !== null) this.#say(bytes.subarray(start, end));
    this.#onText?.(
      'text',
      start + this.#origin,
      end + this.#origin,
      bytes.subarray(start, end),
      false,
      this.#told?.isSaid === true ? 'marked' : 'found',
    );
    if (this.#takesSample('text') && !isBlank(bytes, start, end))
      this.#sample('text', start, bytes.subarray(start, Math.min(end, start + SAMPLE_BYTES.text)));
  }

  /** Bytes that are not UTF-8 text. They may be UTF-16 text. */
  #rest(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    let done = start;
    if (!this.#counts.looksRandom) {
      for (
        let next = nextAmongOthers(bytes, start, end, this.#other);
        next !== null;
        next = nextAmongOthers(bytes, done, end, this.#other)
      ) {
        this.#otherBytes(bytes, done, next.start);
        const isUtf16 = next.as.startsWith('UTF-16');
        if (isUtf16 && (isWithinHello(bytes, this.#start, next.start) || this.#isLatin1(bytes, next.start, next.end)))
          this.#otherBytes(bytes, next.start, next.end);
        else {
          const text = next.decoded(next.end - next.start);
          this.#addDisguised({ as: next.as, text }, next.start, next.end);
        }
        done = next.end;
      }
    }
    this.#otherBytes(bytes, done, end);
  }

  #otherBytes(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.#other += end - start;
    this.#counts.add(bytes, start, end);
  }

  #addDisguised({ as, text }: SeenThrough, start: number, end: number): void {
    this.#disguised.set(as, (this.#disguised.get(as) ?? 0) + end - start);
    this.#say(text);
    this.#onText?.(as, start + this.#origin, end + this.#origin, text, this.#told?.isNext === true, 'found');
    if (this.#takesSample(as)) this.#sample(as, start, text.subarray(0, SAMPLE_BYTES.disguised));
  }

  #takesSample(as: TextSample['as']): boolean {
    // Samples are for the findings. If the caller gets each text, it does not need them.
    if (this.#onText !== null || this.#samples.length >= MOST_SAMPLES) return false;
    // If this is only the next piece of the same text, it is not a new sample. The same holds for the lines of a long
    // base64.
    return this.#isFresh || this.#samples.at(-1)?.as !== as || (as === 'text' && !this.#inText);
  }

  #sample(as: TextSample['as'], start: number, bytes: Buffer): void {
    this.#isFresh = false;
    const text = bytes
      .toString('utf8')
      .trim()
      .slice(0, SAMPLE_CHARACTERS)
      .replace(/[\ufffd\ud800-\udbff]+$/, '');
    if (text !== '') this.#samples.push({ offset: start + this.#origin, as, text });
  }
}

function framingFindings(
  { framingBytes, marks, controls }: Told,
  notUnpacked: readonly NotUnpacked[],
): Pick<ReadabilityFindings, 'framing' | 'notUnpacked' | 'marks' | 'controls'> {
  return {
    ...(framingBytes === 0 ? {} : { framing: framingBytes }),
    ...(notUnpacked.length === 0 ? {} : { notUnpacked }),
    ...(marks === null ? {} : { marks }),
    ...(controls.size === 0 ? {} : { controls: Object.fromEntries(controls) }),
  };
}

/** A quick look: whether the bytes are certainly text without noise in disguise. Other text may not pass. */
export function isSurelyReadable(bytes: Buffer, start: number, end: number): boolean {
  return isUtf8(bytes.subarray(start, end)) && isPlain(bytes, start, end);
}

/** The same of a whole stream, whose first and last characters may be cut. */
export function isWhollyReadable(bytes: Buffer): boolean {
  return isUtf8Inside(bytes, bytes.length) && isPlain(bytes, 0, bytes.length);
}

function isPlain(bytes: Buffer, start: number, end: number): boolean {
  return behindLetters(IS_SURE, bytes, start, end) === end && !mayHoldDisguise(bytes, start, end);
}

/** A quick look: whether a line is certainly one token that is noise. Other noise may not pass. */
export function isSurelyNoise(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < LEAST_NOISE || end - start > TOKEN_PIECE) return false;
  const stop = behindPadding(bytes, behindLetters(TOKEN.letters, bytes, start, end), end);
  return stop === end && disguiseOf(bytes, start, end) === 'noise';
}

/** Whether bytes, two thousand at most, are in a toy cipher, or letters that are perhaps no language. */
export function isInToyCipher(bytes: Buffer, start: number, end: number): boolean {
  if (toyIn(bytes, start, end) !== null) return true;
  if (behindLetters(IS_SURE, bytes, start, end) === end) return false;
  return isToyCipher(nextInPiece(bytes, start, end, 0, null)?.as ?? '');
}

/** Of UTF-8. */
function charactersIn(bytes: Buffer, start: number, end: number): number {
  let characters = 0;
  for (let at = start; at < end; at += 1) if (PART[bytes[at] ?? 0] !== CONTINUATION_BIT) characters += 1;
  return characters;
}

/** The place behind the next blank or line end. */
function behindBlank(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at - 1] ?? 0) > SPACE) at += 1;
  return at;
}

/** The text in what came out of a disguise, and the disguise of most of it; null where less than half of it is text. */
function judgedAgain(content: Buffer, depth: number, work: Work): SeenThrough | null {
  const { as, text, readable } = new InnerText(depth, work).take(content, true);
  return 2 * readable <= content.length ? null : { as, text };
}

/** The name of a disguise within another. */
function nameOf(inner: Disguises, outer: Disguises): Disguises {
  return inner === 'text' ? outer : `${inner} in ${outer}`;
}

/** What of some bytes is text, and the disguise of most of it. */
interface FoundInside extends SeenThrough {
  /** How many of the bytes can be read. */
  readonly readable: number;
}

/** What comes out of a disguise, piece by piece. */
class InnerText {
  readonly #readability: Readability;
  #texts: Buffer[] = [];
  readonly #lengths = new Map<Disguises, number>();
  #left = NOTHING;
  #framingBytes = 0;

  constructor(depth: number, work: Work) {
    const onText: OnText = (as, start, end, text, _, standing) => {
      if (standing === 'marked' && this.#texts.length > 0) this.#texts.push(BETWEEN);
      this.#texts.push(Buffer.from(text));
      if (standing !== 'among noise') this.#lengths.set(as, (this.#lengths.get(as) ?? 0) + end - start);
    };
    this.#readability = new Readability(onText, depth, null, work);
  }

  take(content: Buffer, last: boolean): FoundInside {
    const bytes = this.#left.length === 0 ? content : Buffer.concat([this.#left, content]);
    const at = this.#readability.take(bytes, 0, bytes.length, last);
    this.#left = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
    // What only marks messages in it, or names their kind, is nothing that a key would open.
    const { framingBytes } = this.#readability;
    const marks = framingBytes - this.#framingBytes;
    this.#framingBytes = framingBytes;
    const readable = [...this.#lengths.values()].reduce((sum, length) => sum + length, marks);
    const [most] = [...this.#lengths].sort(([, one], [, other]) => other - one);
    const text = Buffer.concat(this.#texts);
    this.#texts = [];
    this.#lengths.clear();
    return { as: most?.[0] ?? 'text', text, readable };
  }
}

const NOTHING = Buffer.alloc(0);
/** Between two strings of one message. */
const BETWEEN = Buffer.from(', ');

/** Where no more disguises are taken off. */
function textAlone(content: Buffer): FoundInside {
  const isAllText = isText(content, content.length);
  return { as: 'text', text: isAllText ? content : NOTHING, readable: isAllText ? content.length : 0 };
}

/**
 * The last place between `start` and `end` where the bytes before and after cannot belong to one text. A text that
 * reaches `end` cannot begin earlier. `start` if there is no such place.
 */
function lastTear(bytes: Buffer, start: number, end: number): number {
  let at = end - 1;
  let part = PART[bytes[at] ?? 0] ?? 0;
  if (part === 0 && !(at > start && isTelnetEnd(bytes, at))) return end;
  if (part === 0) part = ASCII_BIT;
  for (; at > start; at -= 1) {
    const before = bytes[at - 1] ?? 0;
    if (((MAY_FOLLOW[before] ?? 0) & part) !== 0) part = PART[before] ?? 0;
    else if (at - 1 > start && (part & (ASCII_BIT | LEAD_BIT)) !== 0 && isTelnetEnd(bytes, at - 1)) part = ASCII_BIT;
    else return at;
  }
  return start;
}

/** In Telnet, a line ends in CR NUL (RFC 854): such a NUL tears no text. */
function isTelnetEnd(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0 && bytes[at - 1] === CR;
}

function indexOrEnd(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at === -1 ? bytes.length : at;
}

/** Whether there is nothing but white space: usually a line end between two tokens. */
function isBlank(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] ?? 0) <= SPACE) at += 1;
  return at === end;
}

/**
 * The end of what is certainly text, found in the quickest way. What follows may still be text. Only for bytes that
 * continue a text: noise would mostly be looked at twice.
 */
function sureText(bytes: Buffer, start: number, end: number): number {
  const at = behindLetters(IS_SURE, bytes, start, end);
  const stop = beforeCutCharacter(bytes, start, at);
  return isUtf8(bytes.subarray(start, stop)) ? stop : start;
}

/** `end`, or the beginning of the last UTF-8 character if it continues beyond `end`. */
function beforeCutCharacter(bytes: Buffer, start: number, end: number): number {
  let lead = end - 1;
  while (lead > start && lead > end - 3 && PART[bytes[lead] ?? 0] === CONTINUATION_BIT) lead -= 1;
  const byte = bytes[lead] ?? 0;
  return KIND[byte] === LEAD && lead >= start && lead + lengthOfSequence(byte) > end ? lead : end;
}

/**
 * Cuts before the last word. If that word is long, it cuts inside it, so that the rest begins with a whole base64
 * group.
 */
function placeToCut(bytes: Buffer, start: number, end: number): number {
  let wordStart = end;
  while (wordStart > start && KIND[bytes[wordStart - 1] ?? 0] === WORD) wordStart -= 1;
  const word = end - wordStart;
  return word <= MOST_LEFT ? wordStart : wordStart + 8 * Math.floor(word / 8);
}

/** base64 ends in up to two `=`, base32 in up to six. */
function behindPadding(bytes: Buffer, at: number, end: number): number {
  let stop = at;
  while (stop < end && stop < at + 6 && bytes[stop] === EQUALS) stop += 1;
  return stop;
}

/** Where a token that stands directly behind a long number begins; `start` if there is no such number. */
function behindLongNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start < LEAST_NUMBER + TOKEN.least) return start;
  const stop = behindLetters(IS_DIGIT, bytes, start, end);
  return stop - start >= LEAST_NUMBER && end - stop >= TOKEN.least ? stop : start;
}
/** As in `digits.ts`: no number that a person types is so long. */
const LEAST_NUMBER = 40;
const IS_DIGIT = new Uint8Array(256).fill(1, 0x30, 0x3a);

const CUT = -1;

/**
 * The limits for the second byte of a sequence, by its first byte (RFC 3629, section 4). They also exclude U+0080 to
 * U+009F, which are control characters.
 */
const LEAST_SECOND = new Uint8Array(256).fill(0x80);
const MOST_SECOND = new Uint8Array(256).fill(0xbf);
for (const [lead, least] of [
  [0xc2, 0xa0],
  [0xe0, 0xa0],
  [0xf0, 0x90],
] as const)
  LEAST_SECOND[lead] = least;
for (const [lead, most] of [
  [0xed, 0x9f],
  [0xf4, 0x8f],
] as const)
  MOST_SECOND[lead] = most;

/**
 * The length of the UTF-8 sequence that begins at `at`. 0 if there is no valid one; {@link CUT} if it may continue
 * beyond `end`.
 */
function sequenceLength(bytes: Buffer, at: number, end: number): number {
  const lead = bytes[at] ?? 0;
  const length = lengthOfSequence(lead);
  if (at + 1 >= end) return CUT;
  const second = bytes[at + 1] ?? 0;
  if (second < (LEAST_SECOND[lead] ?? 0) || second > (MOST_SECOND[lead] ?? 0)) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (next >= end) return CUT;
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function lengthOfSequence(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
