/**
 * Searches captured bytes for one text, in every shape that needs no key to be read.
 *
 * A hit in noise counts as text only if accident does not explain it. In n bytes of noise over an alphabet of a
 * characters, a given text of k characters is expected n / a^k times by accident. A letter that may be in either case
 * doubles the share of characters that match it. Each pattern of a shape has its own chance. The limit is one accident
 * in a million searches:
 *
 *     `Hi` in a chat of nine tokens, some 2,500 characters     2500 / 64^2  = 0.6       an accident
 *     `Hello`                                                  2500 / 64^5  = 2 × 10^-6 still an accident
 *     `Nice to`, or any 6 characters                           2500 / 64^6  = 4 × 10^-8 text that someone wrote
 *
 * Among words, `short-spelling.ts` says whether a short text in base64 or hex is there by accident.
 *
 * So the search finds a long unencrypted text inside a token, or a text as base64 in something that looks like a token.
 * For a short text it claims nothing that the bytes do not prove.
 */
import { countPassing } from '../../bytes/bisection.js';
import { characterShare } from './accident.js';
import { DISGUISES, SHAPES, otherForms, patternsOf } from '../disguises/disguises.js';
import { isText } from '../disguises/text-bytes.js';
import { NONE_LEFT, Occurrences } from './occurrences.js';
import { placeOf } from '../tcp/place.js';
import { Respelling, WITHOUT_CASE, type Spelling } from '../disguises/respelling.js';
import { MARKED, SeenTexts, type SeenText, type TextSource } from './seen-texts.js';
import { shortSpelling } from './short-spelling.js';
import { isWithinHello } from '../tls/within-hello.js';
import { Terrain } from './terrain.js';
import type { SeenMode } from '../chat/chat.js';
import type { Pattern, Shape } from '../disguises/disguises.js';
import { MAX_HITS, type Hit, type Place } from '../findings/findings.js';
import type { HeldBytes } from '../tcp/stream.js';
import type { RecordReached } from './terrain.js';
import type { Zone } from './zone.js';
import type { Side } from '../../protocol/side.js';

/** If this many accidental hits or more are expected, a hit counts as an accident. */
const ACCIDENT_LIMIT = 1e-6;

export { SeenTexts, textsOf } from './seen-texts.js';

/** The bytes of one direction of a conversation, ready to be searched many times. */
export class Haystack {
  readonly conversation: number;
  readonly side: Side;
  readonly stream: HeldBytes;
  readonly terrain: Terrain;
  readonly #spellings = new Map<Spelling, Respelling>();
  readonly #seenTexts: TextSource;
  readonly #isEnd: boolean;
  #seenThrough: readonly SeenText[] | null = null;

  /**
   * `reached` as in {@link Terrain}. `seenTexts`: what has seen the bytes of the stream that were held before; null for
   * a stream that is held whole; or what knows its texts already. `isEnd`: nothing comes after these.
   */
  constructor(
    conversation: number,
    side: Side,
    stream: HeldBytes,
    mode: SeenMode,
    reached: RecordReached = null,
    seenTexts: TextSource | null = null,
    isEnd = true,
  ) {
    this.#seenTexts = seenTexts ?? new SeenTexts();
    this.#isEnd = isEnd;
    this.conversation = conversation;
    this.side = side;
    this.stream = stream;
    this.terrain = new Terrain(stream, mode, reached);
  }

  /** The places of `pattern` in order, beginning at `from`; offsets as in {@link HeldBytes}. */
  *spans(
    { spelling: searched, bytes, unlessSource, hint, isNotUtf8 = false, isThere }: Pattern,
    from = 0,
  ): Generator<{ readonly start: number; readonly end: number }, void, void> {
    if (hint !== null && !hint.test(this.#asLatin1(from))) return;
    const spelling = searched === null ? null : this.#spelled(searched, from);
    const hits = new Occurrences(spelling?.bytes ?? this.stream.bytes, bytes, spelling === null ? from : 0);
    // Both lists are in order and are walked together. Comparing each hit anew would take too long for many hits of a
    // long text.
    const typed = new Occurrences(this.stream.bytes, unlessSource ?? NOTHING, from);
    let nextTyped = typed.next();
    let before = { start: NaN, end: NaN };
    for (let at = hits.next(); at !== NONE_LEFT; at = hits.next()) {
      const start = spelling?.startOf(at) ?? at;
      if (start < from) continue;
      while (nextTyped < start) nextTyped = typed.next();
      if (nextTyped === start) continue;
      const end = spelling?.endOf(at + bytes.length) ?? at + bytes.length;
      // Both letters of `ss` lead back to the same `ß`.
      if (start === before.start && end === before.end) continue;
      before = { start, end };
      if (isNotUtf8 && isInUtf8(this.stream.bytes, start, end)) continue;
      if (isThere?.(this.stream.bytes, start) === false) continue;
      if ((searched !== null || this.#isInOne(start, end)) && this.terrain.isUnbroken(start, end)) yield before;
    }
  }

  /** The texts in disguises that are searched by what comes out of them. */
  seenThrough(): readonly SeenText[] {
    return (this.#seenThrough ??= this.#seenTexts.take(this.stream, this.#isEnd));
  }

  /** Whether the bytes do not go on from one message to the next. */
  #isInOne(start: number, end: number): boolean {
    const { messages = [] } = this.#seenTexts;
    const next = messages[countPassing(messages.length, (index) => (messages[index]?.end ?? 0) <= start)];
    return next === undefined || end <= (next.start <= start ? next.end : next.start);
  }

  /** What the message says that holds all of these bytes, where it is known to be in a disguise; null otherwise. */
  saidIn(start: number, end: number): Buffer | null {
    if (this.#seenTexts.messages === undefined) return null;
    const texts = this.seenThrough();
    const text = texts[countPassing(texts.length, (index) => (texts[index]?.end ?? 0) <= start)];
    return text !== undefined && text.start <= start && end <= text.end ? text.text : null;
  }

  #asLatin1(from: number): string {
    if (lookedAt?.haystack !== this || lookedAt.from !== from) {
      lookedAt = { haystack: this, from, text: this.stream.bytes.toString('latin1', from) };
    }
    return lookedAt.text;
  }

  /** The stream respelled from `from` on, or from an earlier place. */
  #spelled(spelling: Spelling, from: number): Respelling {
    const known = this.#spellings.get(spelling);
    if (known !== undefined && known.start <= from) return known;
    const respelling = new Respelling(this.stream.bytes, spelling, from);
    this.#spellings.set(spelling, respelling);
    return respelling;
  }
}

/** So many letters of a cipher are those of a searched text only if somebody searches for the ciphertext. */
const LEAST_LITERAL = 6;
/** Shapes that are not the letters of the text as they are, whatever their case. */
const IS_DISGUISE: ReadonlySet<Shape> = new Set(DISGUISES.map(({ name }) => name));

const NOTHING = Buffer.alloc(0);
/** A character of UTF-8 has at most so many bytes more. */
const MOST_AROUND = 3;

/** Whether bytes, together with those around them, are part of characters of UTF-8. */
function isInUtf8(bytes: Buffer, start: number, end: number): boolean {
  const around = bytes.subarray(Math.max(0, start - MOST_AROUND), end + MOST_AROUND);
  return isText(around, around.length);
}

/**
 * Kept for the last haystack only: all hints of a search look at one haystack after the other. Keeping it for all
 * haystacks would fill the memory.
 */
let lookedAt: { readonly haystack: Haystack; readonly from: number; readonly text: string } | null = null;

/** A hit that is not judged yet, because not all noise has been counted. */
interface Candidate {
  readonly place: Place;
  readonly shape: Shape;
  /** The share of random characters that would match as well; 0 for a hit in text that someone wrote. */
  readonly share: number;
  /** Whether the protocol fixes part of it. */
  readonly isFramed: boolean;
  /** Whether a message can be at this place. */
  readonly holdsMessages: boolean;
  /** The part of the protocol that contains the hit; null for a hit in text that someone wrote. */
  readonly within: string | null;
}

/** The search tells at most this many kinds of hits apart. The rarity of a hit is part of its kind. */
const MOST_KINDS = 256;

/** Searches for one text in bytes that arrive piece by piece. */
export class Search {
  readonly text: string;
  /** The most bytes that a hit can have. */
  readonly longest: number;
  readonly #patterns: readonly Pattern[];
  readonly #typed: Buffer;
  readonly #folded: Buffer;
  /** The same letters, otherwise composed. */
  readonly #forms: readonly Buffer[];
  readonly #foldedForms: readonly Buffer[];
  readonly #found = new Map<Shape, Map<string, Candidate[]>>();
  #noise = 0;

  /** @throws RangeError for an empty text, which would be everywhere. */
  constructor(text: string) {
    if (text === '') throw new RangeError('Cannot search: the text is empty');
    this.text = text;
    this.#typed = Buffer.from(text, 'utf8');
    this.#folded = new Respelling(this.#typed, WITHOUT_CASE).bytes;
    this.#forms = otherForms(text).map((form) => Buffer.from(form));
    this.#foldedForms = this.#forms.map((form) => new Respelling(form, WITHOUT_CASE).bytes);
    this.#patterns = patternsOf(text);
    this.longest = Math.max(
      ...this.#patterns.map(({ bytes, spelling }) => bytes.length * (spelling?.mostPerByte ?? 1)),
    );
  }

  /**
   * Searches for hits that end after `seen`, which is how far the last search got; an offset as in {@link HeldBytes}.
   */
  take(haystack: Haystack, seen = 0): void {
    const from = Math.max(0, seen - this.longest + 1);
    this.#noise += haystack.terrain.noiseBytes(seen);
    for (const shape of SHAPES) {
      const kinds = this.#found.get(shape) ?? new Map<string, Candidate[]>();
      this.#found.set(shape, kinds);
      for (const pattern of this.#patterns) {
        if (pattern.shape !== shape) continue;
        const short = shortSpelling(pattern, this.#typed, haystack.stream.bytes);
        for (const { start, end } of haystack.spans(pattern, from)) {
          if (end <= seen || !this.#mayBeSaid(haystack, shape, start, end)) continue;
          // The numbers of cipher suites are letters of UTF-16.
          if (shape.startsWith('UTF-16') && isWithinHello(haystack.stream.bytes, 0, start)) continue;
          if ((kinds.get(WORDS)?.length ?? 0) >= MAX_HITS) break;
          const chance = chanceOf(haystack, pattern, start, end);
          const { share, isFramed, within } = chance;
          if (share === 0 && short?.isMeant(start) === false) continue;
          const kind = share === 0 ? WORDS : `${within ?? ''} ${isFramed} ${Math.round(Math.log2(share))}`;
          const same = kinds.get(kind);
          if (same === undefined ? kinds.size >= MOST_KINDS : same.length >= MAX_HITS) continue;
          const { conversation, side, stream } = haystack;
          const candidate = { place: placeOf(conversation, side, stream, start, end), shape, ...chance };
          if (same === undefined) kinds.set(kind, [candidate]);
          else same.push(candidate);
        }
      }
    }
    this.#takeSeenThrough(haystack);
  }

  /** In what comes out of disguises, in any case. A hit is the whole stretch of bytes in disguise. */
  #takeSeenThrough(haystack: Haystack): void {
    const { conversation, side, stream } = haystack;
    for (const { shape, start, end, text, carried } of haystack.seenThrough()) {
      if (shape === MARKED) {
        this.#takeMarked(haystack, start, text);
        continue;
      }
      // What stands in the carried part alone was found there.
      const fresh = text.subarray(Math.max(0, carried - this.#typed.length + 1));
      if (!this.#stands(fresh)) continue;
      const kinds = this.#found.get(shape) ?? new Map<string, Candidate[]>();
      this.#found.set(shape, kinds);
      const same = kinds.get(WORDS) ?? [];
      kinds.set(WORDS, same);
      // A pattern of the disguise may have found it in the bytes as they are.
      const isKnown = same.some(
        ({ place }) => isIn(place, conversation, side, stream) && place.offset >= start && place.offset < end,
      );
      if (isKnown || same.length >= MAX_HITS) continue;
      // The packets of bytes that were let go are not known any more.
      const [from, to] = [Math.max(0, start - stream.base), Math.max(1, end - stream.base)];
      const place = { ...placeOf(conversation, side, stream, from, to), offset: start };
      same.push({ place, shape, ...AMONG_WORDS });
    }
  }

  /** Letters that fit the spelling of a short text stand in other texts too: what the message says shows it. */
  #mayBeSaid(haystack: Haystack, shape: Shape, start: number, end: number): boolean {
    const isLiteral = !IS_DISGUISE.has(shape) && this.#typed.length >= LEAST_LITERAL;
    const said = isLiteral ? null : haystack.saidIn(start, end);
    return said === null || this.#stands(said);
  }

  /** Whether the text is there, in any case and in any form of its letters. */
  #stands(text: Buffer): boolean {
    if (text.includes(this.#typed) || this.#forms.some((form) => text.includes(form))) return true;
    const { bytes } = new Respelling(text, WITHOUT_CASE);
    return bytes.includes(this.#folded) || this.#foldedForms.some((form) => bytes.includes(form));
  }

  /** In text that stands as it is, and is a message however short it is: in noise it could be there by accident. */
  #takeMarked({ conversation, side, stream }: Haystack, start: number, text: Buffer): void {
    const at = text.indexOf(this.#typed);
    if (at === -1) return;
    const kinds = this.#found.get(MARKED) ?? new Map<string, Candidate[]>();
    this.#found.set(MARKED, kinds);
    const offset = start + at;
    // The bytes alone may have left it open whether it is there by accident.
    for (const candidates of kinds.values()) {
      const known = candidates.findIndex(
        ({ place }) => isIn(place, conversation, side, stream) && place.offset === offset,
      );
      if (known !== -1) candidates.splice(known, 1);
    }
    const same = kinds.get(WORDS) ?? [];
    kinds.set(WORDS, same);
    if (same.length >= MAX_HITS) return;
    const from = Math.max(0, offset - stream.base);
    const place = { ...placeOf(conversation, side, stream, from, from + this.#typed.length), offset };
    same.push({ place, shape: MARKED, ...AMONG_WORDS });
  }

  /**
   * The hits, ordered by shape as in {@link SHAPES}, then by conversation and side: at most {@link MAX_HITS} for one
   * shape and one meaning.
   */
  hits(): readonly Hit[] {
    const nested = [...this.#found.keys()].filter((shape) => !SHAPES.includes(shape)).sort();
    return [...SHAPES, ...nested].flatMap((shape) => {
      const chances = this.#noise * this.#patterns.filter((pattern) => pattern.shape === shape).length;
      const counts = { text: 0, 'protocol word': 0, chance: 0 };
      return [...(this.#found.get(shape)?.values() ?? [])]
        .flat()
        .sort(
          (one, other) =>
            byTransport(one.place) - byTransport(other.place) ||
            one.place.conversation - other.place.conversation ||
            bySide(one.place.side, other.place.side) ||
            one.place.offset - other.place.offset,
        )
        .map(({ place, share, isFramed, holdsMessages, within }): Hit => {
          const isAccident = share > 0 && Math.max(chances, 1) * share >= ACCIDENT_LIMIT;
          if (holdsMessages && !isAccident) return { place, shape, meaning: 'text' };
          const meaning = isFramed || !isAccident ? 'protocol word' : 'chance';
          return { place, shape, meaning, ...(within === null ? {} : { within }) };
        })
        .filter(({ meaning }) => (counts[meaning] += 1) <= MAX_HITS);
    });
  }
}

/** The kind of a hit in text that someone wrote: it needs no check for accidents. */
const WORDS = 'words';

function isIn(place: Place, conversation: number, side: Side, { transport }: HeldBytes): boolean {
  return place.conversation === conversation && place.transport === transport && place.side === side;
}

/** TCP first. */
function byTransport({ transport }: Place): number {
  return transport === undefined ? 0 : 1;
}

function bySide(one: Side, other: Side): number {
  return one === other ? 0 : one === 'client' ? -1 : 1;
}

/** Runs a {@link Search} in all of `haystacks`. */
export function search(text: string, haystacks: readonly Haystack[]): readonly Hit[] {
  const searching = new Search(text);
  for (const haystack of haystacks) searching.take(haystack);
  return searching.hits();
}

function chanceOf(
  { stream, terrain }: Haystack,
  pattern: Pattern,
  start: number,
  end: number,
): Omit<Candidate, 'place' | 'shape'> {
  const zones = terrain.zonesWithin(start, end);
  const covered = zones.reduce((sum, zone) => sum + Math.min(zone.end, end) - Math.max(zone.start, start), 0);
  if (covered < end - start) return AMONG_WORDS;
  const { bytes } = stream;
  let all = 1;
  for (const zone of zones) {
    if (zone.kind === 'framing') continue;
    // No accident is rarer than this.
    for (let at = Math.max(zone.start, start); at < Math.min(zone.end, end) && all >= RAREST; at += 1) {
      all *= characterShare(bytes[at] ?? 0, zone.kind, pattern.spelling?.ignoresCase === true);
    }
  }
  const [elsewhere] = zones.filter((zone) => !zone.holdsMessages);
  const within = (elsewhere ?? zones[0])?.part ?? null;
  return { share: all, isFramed: zones.some(isFraming), holdsMessages: elsewhere === undefined, within };
}
const AMONG_WORDS = { share: 0, isFramed: false, holdsMessages: true, within: null } as const;
const RAREST = 1e-30;

function isFraming({ kind }: Zone): boolean {
  return kind === 'framing';
}
