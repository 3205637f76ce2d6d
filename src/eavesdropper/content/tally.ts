/** Counts what is found in one stream, keeps samples of it, and tells whoever listens. */
import { ByteCounts, type EntropyFindings } from './entropy.js';
import { Telling } from './telling.js';
import { isBlank } from './text-runs.js';
import type { Disguises } from '../disguises/disguises.js';
import { newWork, type NotUnpacked, type Work } from '../framing/framing.js';
import type { OnMessage, OnText, SeenThrough } from './heard.js';

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
/** The name of a sample of letters that are perhaps no words. */
const LETTERS = 'letters';

/** All places that it is given are indexes into the bytes at hand. */
export class Tally {
  /** Add this to an index to get the offset in the stream. */
  origin = 0;
  /** Whether the last piece ended inside a text. Then what continues it needs no proof. */
  inText = false;
  /** Whether what is told next is a message of its own. */
  isFresh = false;
  /** Bytes that are in no text. */
  other = 0;
  readonly #onText: OnText | null;
  readonly #onMessage: OnMessage | null;
  #text = 0;
  #letters = 0;
  #encoded = 0;
  readonly #disguised = new Map<Disguises, number>();
  readonly #counts = new ByteCounts();
  readonly #samples: TextSample[] = [];
  /** null for a stream without a framing: most are, and many are made for a line each. */
  #told: Telling | null = null;
  #work: Work | null;

  constructor(onText: OnText | null, onMessage: OnMessage | null, work: Work | null) {
    this.#onText = onText;
    this.#onMessage = onMessage;
    this.#work = work;
  }

  get told(): Telling {
    return (this.#told ??= new Telling());
  }

  get hasTold(): boolean {
    return this.#told !== null;
  }

  get framingBytes(): number {
    return this.#told?.framingBytes ?? 0;
  }

  /** What may still be done for the stream. */
  get work(): Work {
    return (this.#work ??= newWork());
  }

  get looksRandom(): boolean {
    return this.#counts.looksRandom;
  }

  /** The message at hand says this. */
  say(text: Buffer): void {
    if (this.#onMessage !== null) this.told.say(text);
  }

  /** The message from `start` to `end` ends. */
  border(start: number, end: number): void {
    this.isFresh = true;
    const said = this.told.endOfMessage();
    if (end > start) this.#onMessage?.(start + this.origin, end + this.origin, said);
  }

  /** Text as it was typed. */
  typed(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.#text += end - start;
    if (this.#onMessage !== null) this.say(bytes.subarray(start, end));
    const standing = this.#told?.isSaid === true ? 'marked' : 'found';
    this.#onText?.('text', start + this.origin, end + this.origin, bytes.subarray(start, end), false, standing);
    if (this.#takesSample('text') && !isBlank(bytes, start, end))
      this.#sample('text', start, bytes.subarray(start, Math.min(end, start + SAMPLE_BYTES.text)));
  }

  /** Text that came out of a disguise. */
  disguised({ as, text }: SeenThrough, start: number, end: number): void {
    this.#disguised.set(as, (this.#disguised.get(as) ?? 0) + end - start);
    this.say(text);
    this.#onText?.(as, start + this.origin, end + this.origin, text, this.#told?.isNext === true, 'found');
    if (this.#takesSample(as)) this.#sample(as, start, text.subarray(0, SAMPLE_BYTES.disguised));
  }

  /** Letters that are perhaps no words. `isInner`: they came out of a disguise. */
  letters(bytes: Buffer, start: number, end: number, isInner: boolean): void {
    this.#letters += end - start;
    if (isInner) this.amongNoise('text', start, end, bytes.subarray(start, end), false);
    if (this.#takesSample(LETTERS)) this.#sample(LETTERS, start, bytes.subarray(start, end));
  }

  /** Text among packed bytes of which most is no text. It is not counted as text. */
  amongNoise(as: Disguises, start: number, end: number, text: Buffer, isNext: boolean): void {
    this.#onText?.(as, start + this.origin, end + this.origin, text, isNext, 'among noise');
  }

  /** So many bytes are in a disguise, and their content is not text. */
  encoded(bytes: number): void {
    this.#encoded += bytes;
  }

  otherBytes(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return;
    this.other += end - start;
    this.#counts.add(bytes, start, end);
  }

  findings(): ReadabilityFindings {
    return {
      text: this.#text,
      ...(this.#letters === 0 ? {} : { letters: this.#letters }),
      disguised: Object.fromEntries(this.#disguised),
      encoded: this.#encoded,
      other: this.other,
      entropy: this.#counts.findings(),
      samples: this.#samples,
      ...(this.#told === null ? {} : framingFindings(this.#told, this.work.notUnpacked)),
    };
  }

  #takesSample(as: TextSample['as']): boolean {
    // Samples are for the findings. If the caller gets each text, it does not need them.
    if (this.#onText !== null || this.#samples.length >= MOST_SAMPLES) return false;
    // If this is only the next piece of the same text, it is not a new sample. The same holds for the lines of a long
    // base64.
    return this.isFresh || this.#samples.at(-1)?.as !== as || (as === 'text' && !this.inText);
  }

  #sample(as: TextSample['as'], start: number, bytes: Buffer): void {
    this.isFresh = false;
    const text = bytes
      .toString('utf8')
      .trim()
      .slice(0, SAMPLE_CHARACTERS)
      .replace(/[\ufffd\ud800-\udbff]+$/, '');
    if (text !== '') this.#samples.push({ offset: start + this.origin, as, text });
  }
}

function framingFindings(
  { framingBytes, marks, controls }: Telling,
  notUnpacked: readonly NotUnpacked[],
): Pick<ReadabilityFindings, 'framing' | 'notUnpacked' | 'marks' | 'controls'> {
  return {
    ...(framingBytes === 0 ? {} : { framing: framingBytes }),
    ...(notUnpacked.length === 0 ? {} : { notUnpacked }),
    ...(marks === null ? {} : { marks }),
    ...(controls.size === 0 ? {} : { controls: Object.fromEntries(controls) }),
  };
}
