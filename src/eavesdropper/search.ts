/**
 * The search for one text in what was captured, in every shape in which it needs no key to be read.
 *
 * A hit in noise counts as text only where accident does not explain it. In n bytes of noise over an alphabet of a
 * characters, a given text of k characters is expected n / a^k times by accident; a letter that may be of either case
 * doubles its share, and each of the patterns that a shape is searched by has its own chance. The limit is one accident in
 * a million searches:
 *
 *     `Hi` in a chat of nine tokens, some 2,500 characters     2500 / 64^2  = 0.6       an accident
 *     `Hello`                                                  2500 / 64^5  = 2 × 10^-6 still one: the limit is met
 *     `Nice to`, or any 6 characters                           2500 / 64^6  = 4 × 10^-8 none: somebody's words
 *
 * So a long text that stands in the clear inside a token, or as base64 in something that looks like one, is found; and of
 * a short one nothing is claimed that the bytes do not bear out.
 */
import { patternsOf } from './disguises.js';
import { occurrences } from './occurrences.js';
import { placeOf } from './place.js';
import { Respelling, WITHOUT_CASE, WITHOUT_URL_ESCAPES } from './respelling.js';
import { SHAPES } from './findings.js';
import { Terrain } from './terrain.js';
import type { Mode } from './chat.js';
import type { Pattern, Spelled } from './disguises.js';
import type { Hit, Shape, Side } from './findings.js';
import type { NoiseKind, Zone } from './terrain.js';
import type { Stream } from './stream.js';

/** Accidental hits to be expected, from which on a hit is taken for one. */
export const ACCIDENT_LIMIT = 1e-6;

/** Hits that are told of one shape and one meaning: an `e` is nearly everywhere. */
export const MAX_HITS = 16;

/** One direction of a conversation, ready to be searched many times. */
export class Haystack {
  readonly conversation: number;
  readonly side: Side;
  readonly stream: Stream;
  readonly terrain: Terrain;
  #noiseBytes: number | null = null;
  readonly #spellings = new Map<Spelled, Respelling>();

  constructor(conversation: number, side: Side, stream: Stream, mode: Mode) {
    this.conversation = conversation;
    this.side = side;
    this.stream = stream;
    this.terrain = new Terrain(stream, mode);
  }

  /** See {@link Terrain.noiseBytes}. */
  get noiseBytes(): number {
    this.#noiseBytes ??= this.terrain.noiseBytes();
    return this.#noiseBytes;
  }

  /** Where `pattern` stands, from offset `from` of the stream on: offsets in the stream, in order. */
  *spans({ spelled, bytes, unlessSource }: Pattern, from = 0): Generator<{ start: number; end: number }, void, void> {
    const spelling = this.#spelled(spelled);
    const hits = spelling === null ? occurrences(this.stream.bytes, bytes, from) : occurrences(spelling.bytes, bytes);
    // Both in order, side by side: comparing each hit anew would take too long where there are many of a long text.
    const typed = occurrences(this.stream.bytes, unlessSource ?? NOTHING, from);
    let nextTyped = next(typed);
    for (const at of hits) {
      const start = spelling?.startOf(at) ?? at;
      if (start < from) continue;
      while (nextTyped < start) nextTyped = next(typed);
      if (nextTyped === start) continue;
      const end = spelling?.endOf(at + bytes.length) ?? at + bytes.length;
      if (this.terrain.isUnbroken(start, end)) yield { start, end };
    }
  }

  #spelled(spelled: Spelled): Respelling | null {
    if (spelled === 'as it stands') return null;
    const known = this.#spellings.get(spelled);
    if (known !== undefined) return known;
    const respelling = new Respelling(this.stream.bytes, spelled === 'without case' ? WITHOUT_CASE : WITHOUT_URL_ESCAPES);
    this.#spellings.set(spelled, respelling);
    return respelling;
  }
}

const NOTHING = Buffer.alloc(0);

/** Past every offset where there is none left. */
function next(offsets: Generator<number, void, void>): number {
  return offsets.next().value ?? Infinity;
}

/**
 * The places of `text`, by shape in the order of {@link SHAPES}, and in each by haystack and offset: at most
 * {@link MAX_HITS} of one shape and one meaning.
 *
 * @throws RangeError for an empty text, which stands everywhere.
 */
export function search(text: string, haystacks: readonly Haystack[]): readonly Hit[] {
  if (text === '') throw new RangeError('Cannot search: the text is empty');
  const patterns = patternsOf(text);
  const noise = haystacks.reduce((sum, { noiseBytes }) => sum + noiseBytes, 0);
  return SHAPES.flatMap((shape) => searchShape(shape, patterns.filter((pattern) => pattern.shape === shape), haystacks, noise));
}

function searchShape(shape: Shape, patterns: readonly Pattern[], haystacks: readonly Haystack[], noise: number): Hit[] {
  const hits: Hit[] = [];
  const counts = { text: 0, 'protocol word': 0, chance: 0 };
  for (const haystack of haystacks) {
    for (const pattern of patterns) {
      for (const { start, end } of haystack.spans(pattern)) {
        const meaning = meaningOf(haystack, pattern, start, end, noise * patterns.length);
        if (counts[meaning] < MAX_HITS) {
          counts[meaning] += 1;
          hits.push({ place: placeOf(haystack.conversation, haystack.side, haystack.stream, start, end), shape, meaning });
        }
        if (counts.text === MAX_HITS) return hits;
      }
    }
  }
  return hits;
}

/** `chances` is how many times accident had its chance of a hit. */
function meaningOf({ stream, terrain }: Haystack, pattern: Pattern, start: number, end: number, chances: number): Hit['meaning'] {
  const zones = terrain.zonesWithin(start, end);
  const covered = zones.reduce((sum, zone) => sum + Math.min(zone.end, end) - Math.max(zone.start, start), 0);
  if (covered < end - start) return 'text';
  let expected = Math.max(chances, 1);
  for (const zone of zones) {
    if (zone.kind === 'framing') continue;
    for (let at = Math.max(zone.start, start); at < Math.min(zone.end, end) && expected >= ACCIDENT_LIMIT; at += 1) {
      expected *= share(stream.bytes[at] ?? 0, zone.kind, pattern.spelled === 'without case');
    }
  }
  if (expected < ACCIDENT_LIMIT) return 'text';
  return zones.some(isFraming) ? 'protocol word' : 'chance';
}

function isFraming({ kind }: Zone): boolean {
  return kind === 'framing';
}

const ALPHABET_SIZES: Readonly<Record<NoiseKind, number>> = { base64: 64, base64url: 64, hex: 16, bytes: 256 };

/** The share of characters that would have done as well, of all that could have stood here. */
function share(byte: number, kind: NoiseKind, eitherCase: boolean): number {
  const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  // A line of hex is in one case throughout.
  return (eitherCase && letter && kind !== 'hex' ? 2 : 1) / ALPHABET_SIZES[kind];
}
