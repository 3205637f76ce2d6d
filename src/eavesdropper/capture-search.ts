/** Searches all conversations of a capture while they are read, and keeps what can be searched again. */
import type { Chat } from './chat/chat.js';
import { findOf, type Find, type Searched } from './find.js';
import type { ConversationFindings, UdpConversation } from './findings/findings.js';
import type { InspectOptions } from './inspect-options.js';
import type { OpenedSearch } from './search/opened-search.js';
import type { Haystack, Search } from './search/search.js';
import type { SeenTexts } from './search/seen-texts.js';
import type { RecordReached } from './search/terrain.js';
import type { WireKeySearch } from './search/wire-key-search.js';
import { Allowance } from './tcp/allowance.js';
import type { Conversation } from './tcp/conversation.js';
import type { Stream } from './tcp/stream.js';
import type { UdpSide } from './udp-reading.js';
import { SIDES, type Side } from '../protocol/side.js';

/** The most bytes that are kept to be searched again. */
const MAX_SEARCHABLE = 128 * 2 ** 20;
/**
 * The most bytes that a searched text may have. At least this much of each stream is held, so that no hit is lost at a
 * border.
 */
const MOST_FIND_BYTES = 1024;

/**
 * The search is many files, so each part of it is loaded only if there is something to search for.
 *
 * @throws Error if a text is too long.
 */
export async function captureSearch(options: InspectOptions): Promise<CaptureSearch> {
  const { find = [], searchable = true, opener, tlsOpener, wireKeys } = options;
  const hasTexts = find.length > 0;
  const isOpened = opener !== undefined || tlsOpener !== undefined;
  return new CaptureSearch(
    find,
    searchable,
    searchable || hasTexts ? await import('./search/search.js') : null,
    // A key may open what a text can be in.
    hasTexts && isOpened ? await import('./search/opened-search.js') : null,
    hasTexts && wireKeys !== undefined ? await import('./search/wire-key-search.js') : null,
  );
}

type Searching = typeof import('./search/search.js');

/** How far a stream was searched that is not held whole. */
interface Passed {
  /** An offset of the stream. */
  readonly length: number;
  /** How far its TLS records were walked. */
  readonly reached: RecordReached;
  readonly seenTexts: SeenTexts;
}

export class CaptureSearch {
  /** Both directions of each conversation, as far as they are kept, in the order of the conversations. */
  readonly haystacks: Haystack[] = [];
  /** Whether bytes are kept, to be searched again. */
  readonly keepsBytes: boolean;
  /** null if nothing is searched, now or later. */
  readonly #searching: Searching | null;
  readonly #searches: readonly Search[];
  /** In the order of {@link #searches}; empty without a key. */
  readonly #openedSearches: readonly OpenedSearch[];
  /** The same; empty where nobody looks for keys. */
  readonly #wireKeySearches: readonly WireKeySearch[];
  readonly #searchable = new Allowance(MAX_SEARCHABLE);
  readonly #bytesSearched = { bytes: 0, opaque: 0, framing: 0, missing: 0 };
  /** Only streams that are not held whole. */
  readonly #passed = new Map<Stream, Passed>();

  constructor(
    texts: readonly string[],
    keepsBytes: boolean,
    searching: Searching | null,
    openedSearching: typeof import('./search/opened-search.js') | null,
    wireKeySearching: typeof import('./search/wire-key-search.js') | null,
  ) {
    this.keepsBytes = keepsBytes;
    this.#searching = searching;
    this.#searches = searching === null ? [] : texts.map((text) => searchFor(text, searching));
    this.#openedSearches =
      openedSearching === null ? [] : this.#searches.map(({ text }) => new openedSearching.OpenedSearch(text));
    this.#wireKeySearches =
      wireKeySearching === null ? [] : this.#searches.map(({ text }) => new wireKeySearching.WireKeySearch(text));
  }

  get hasTexts(): boolean {
    return this.#searches.length > 0;
  }

  /** How many bytes must be held so that no hit is lost at a border. */
  get longest(): number {
    return Math.max(0, ...this.#searches.map(({ longest }) => longest));
  }

  /** `unread`: bytes that came and are in no stream. */
  findsWith(unread: Pick<Searched, 'late' | 'unlooked' | 'isCut'>): readonly Find[] {
    const searched = { ...this.#bytesSearched, ...unread };
    return this.#searches.map((search, index) => {
      const withKey = this.#openedSearches[index]?.outcome;
      const hits = [...search.hits(), ...(this.#wireKeySearches[index]?.hits ?? [])];
      return { ...findOf(search.text, hits, searched), ...(withKey === undefined ? {} : { withKey }) };
    });
  }

  /** Searches the part of a stream that is held and was not searched yet. */
  searchPassing(number: number, side: Side, stream: Stream, isEnd = false): void {
    if (this.#searching === null || this.#searches.length === 0) return;
    const { SeenTexts, Haystack } = this.#searching;
    const passed = this.#passed.get(stream) ?? { length: 0, reached: null, seenTexts: new SeenTexts() };
    const haystack = new Haystack(number, side, stream, 'unknown', passed.reached, passed.seenTexts, isEnd);
    for (const search of this.#searches) search.take(haystack, passed.length - stream.base);
    this.#passed.set(stream, { ...passed, length: stream.length, reached: haystack.terrain.reached });
  }

  searchAtEnd({ number, streams }: Conversation, { mode, disguised }: Chat): void {
    if (this.#searching === null) return;
    for (const side of SIDES) {
      const { stream } = streams[side];
      if (!stream.isWhole) {
        this.searchPassing(number, side, stream, true);
        this.#passed.delete(stream);
        continue;
      }
      const { Haystack, textsOf } = this.#searching;
      const seen = disguised === null ? null : textsOf(disguised, side);
      const haystack = new Haystack(number, side, stream, mode, null, seen);
      for (const search of this.#searches) search.take(haystack);
      if (!this.keepsBytes || !this.#searchable.has(stream.length)) continue;
      this.#searchable.take(stream.length);
      this.haystacks.push(haystack);
    }
    if (this.keepsBytes) this.haystacks.sort((one, other) => one.conversation - other.conversation);
  }

  /** Searches what one side of two ends sent in datagrams. */
  searchUdp(number: number, side: Side, { stream, texts }: UdpSide): void {
    if (this.#searching === null) return;
    const haystack = new this.#searching.Haystack(number, side, stream, 'unknown', null, texts);
    for (const search of this.#searches) search.take(haystack);
  }

  countUdp({ bytes, readable }: Pick<UdpConversation, 'bytes' | 'readable'>): void {
    this.#bytesSearched.bytes += bytes;
    this.#bytesSearched.opaque += bytes - readable;
  }

  /** Searches what a key opened, and counts what was searched. */
  take(conversation: ConversationFindings): void {
    for (const side of SIDES) {
      const { bytes, missing, readability } = conversation.streams[side];
      this.#bytesSearched.bytes += bytes;
      this.#bytesSearched.opaque += readability.encoded + readability.other;
      this.#bytesSearched.framing += readability.framing ?? 0;
      this.#bytesSearched.missing += missing;
    }
    for (const search of this.#openedSearches) search.take(conversation);
    for (const search of this.#wireKeySearches) search.take(conversation);
  }
}

/** @throws Error if the text is too long. */
function searchFor(text: string, searching: Searching): Search {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_FIND_BYTES)
    throw new Error(
      `Cannot search for a text of ${bytes} bytes: ${MOST_FIND_BYTES} is the most; search for a part of it`,
    );
  return new searching.Search(text);
}
