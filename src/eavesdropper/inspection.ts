/** Does the work of `inspect.ts`: packets in, findings out. */
import { Decoder } from '../packets/headers/decoder.js';
import { captureFindings } from './capture-findings.js';
import { findOf, type Find, type Searched } from './find.js';
import { Allowance } from './tcp/allowance.js';
import { MAX_MESSAGES, modeByItsBytes, modeOf, readChat } from './chat/chat.js';
import { sameBytesIn } from './chat/same-bytes.js';
import { MAX_RECORDS, readTls, type TlsOpener } from './chat/tls-talk.js';
import { readabilityOf } from './chat/disguised-chat.js';
import { examinedHere } from './content/content.js';
import { Conversations } from './tcp/conversations.js';
import { Followed } from './tcp/followed.js';
import { protocolOf, type ProtocolFindings } from './content/protocols.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { AfterChunk } from '../packets/file/read-capture.js';
import type { OnPacket } from '../packets/file/records.js';
import type { Chat, ChatOpener } from './chat/chat.js';
import type { Conversation, Kept, Watcher } from './tcp/conversations.js';
import type { ExaminingThread } from './content/examining-thread.js';
import type {
  CaptureFindings,
  ConversationFindings,
  StreamFindings,
  TlsFindings,
  TlsFrom,
  SameBytes,
  WireKey,
} from './findings/findings.js';
import type { Stream } from './tcp/stream.js';
import type { OpenedSearch } from './search/opened-search.js';
import type { WireKeySearch } from './search/wire-key-search.js';
import type { Haystack, Search } from './search/search.js';
import type { SeenTexts } from './search/seen-texts.js';
import type { RecordReached } from './search/terrain.js';
import { SIDES, type Side } from '../protocol/side.js';

export interface Capture {
  readonly findings: CaptureFindings;
  /** The outcome of {@link InspectOptions.find}, in its order. */
  readonly finds: readonly Find[];
  /** Both directions of each conversation, as far as they are kept: these can be searched. */
  readonly haystacks: readonly Haystack[];
  /** The bytes that {@link InspectOptions.follow} asked for; null if there is no such conversation. */
  readonly followed: Followed | null;
  /** How many conversations {@link InspectOptions.listedOf} left out. */
  readonly notAskedFor: number;
}

/** The keys that crossed in a conversation of which both streams are whole. */
export type WireKeyFinder = (conversation: Conversation) => readonly WireKey[];

export interface InspectOptions {
  /** Decrypts messages, for someone who has a key (`keyholder/`). A listener has none. */
  readonly opener?: ChatOpener;
  /** The same for TLS. With it, the content of TLS is kept as a chat is. */
  readonly tlsOpener?: TlsOpener;
  /** Finds keys that crossed the wire, and what they open. It works with keys, so it is `keyholder/`'s too. */
  readonly wireKeys?: WireKeyFinder;
  readonly find?: readonly string[];
  /**
   * Whether to read the messages of a conversation. `rank`: how many conversations with packets have a lower number. By
   * default all messages are read.
   */
  readonly messagesOf?: (rank: number) => boolean;
  /**
   * Whether to list a conversation. One that is not listed is counted and not examined, unless something is searched
   * for. `rank` as above. By default all are listed.
   */
  readonly listedOf?: (rank: number) => boolean;
  /** The number of the only conversation to report. */
  readonly only?: number;
  /** The number of the conversation whose bytes are wanted in full. */
  readonly follow?: number;
  /**
   * Whether to keep the bytes, so that they can be searched again and again, up to {@link MAX_SEARCHABLE}. Default:
   * true. `find` works on a capture of any size, because it searches while reading.
   */
  readonly searchable?: boolean;
  /** Whether to compute the SHA-256 of what each side sent. Default: true. */
  readonly hashes?: boolean;
  /** Called with each conversation when it ends; then the findings list none. */
  readonly onConversation?: (conversation: ConversationFindings) => void;
  /**
   * After this many seconds, a conversation that was closed and did not continue counts as over. Without it, a
   * conversation is over only when the capture ends or memory is scarce.
   */
  readonly closedSeconds?: number;
  /** Called before a capture is opened by its path. Opening a pipe takes until a program opens it for writing. */
  readonly onOpening?: (path: string) => void;
  /** Called each time when more of the capture has been read. */
  readonly onChunk?: () => void;
  /** Called now and then with the number of packets and bytes read so far. */
  readonly onProgress?: (packets: number, bytes: number) => void;
  /**
   * Called when everything has been read but some of it is still being examined: a good time to load what shows the
   * findings.
   */
  readonly onRead?: () => void;
}

/** The most conversations that are listed, and the most messages and message characters in all of them together. */
const MAX_LISTED = { conversations: 10_000, messages: 100_000, records: 100_000, characters: 32 * 2 ** 20 } as const;
/** The most messages kept from unfinished conversations that became too long to keep, all together. */
const MAX_EARLY_MESSAGES = 4000;
/** The most bytes that are kept to be searched again. */
const MAX_SEARCHABLE = 128 * 2 ** 20;
const PACKETS_PER_PROGRESS = 16_384;
/** Packets from several queues of a network card may swap places by up to this many seconds. */
const USUAL_DISORDER = 0.001;

/**
 * The most bytes that a searched text may have. At least this much of each stream is held, so that no hit is lost at a
 * border.
 */
const MOST_FIND_BYTES = 1024;

/** Hands out the packets of a capture, and awaits `afterChunk` now and then. */
export type Read = (onPacket: OnPacket, afterChunk?: AfterChunk) => Promise<CaptureEnd>;

/**
 * Returns the findings for the capture `file`, whose packets `read` hands out. `thread`: where the streams are
 * examined; null means here.
 */
export async function inspected(
  file: string,
  read: Read,
  options: InspectOptions,
  thread: ExaminingThread | null = null,
): Promise<Capture> {
  const inspection = new Inspection(
    options,
    isSearched(options) ? await import('./search/search.js') : null,
    isSearchedOpened(options) ? await import('./search/opened-search.js') : null,
    hasWireKeySearch(options) ? await import('./search/wire-key-search.js') : null,
  );
  const conversations = new Conversations(
    inspection,
    {
      leastWindow: inspection.longestSearched,
      ...(options.closedSeconds === undefined ? {} : { closedSeconds: options.closedSeconds }),
    },
    thread ?? examinedHere(options.hashes),
  );
  let time = 0;
  const decoder = new Decoder((header, isQuote) => {
    conversations.pushHeader(header, isQuote, time);
  });
  const { tcp } = decoder;
  const others = new Map<string, number>();
  const { onProgress } = options;
  const passed = { bytes: 0, newest: -Infinity, backwards: 0 };
  const end = await read(
    (packet) => {
      passed.bytes += packet.end - packet.start;
      if (packet.number % PACKETS_PER_PROGRESS === 0) onProgress?.(packet.number, passed.bytes);
      time = packet.seconds + packet.nanoseconds / 1e9;
      if (time > passed.newest) passed.newest = time;
      else if (time < passed.newest - USUAL_DISORDER) passed.backwards += 1;
      let isTcp = decoder.decode(packet);
      if (!isTcp) others.set(decoder.other, (others.get(decoder.other) ?? 0) + 1);
      for (; isTcp; isTcp = decoder.next(packet)) conversations.push(tcp, packet.number, time);
    },
    async () => {
      options.onChunk?.();
      await thread?.keepUp();
    },
  );
  const finishing = conversations.finishing();
  while (finishing.next().done !== true) await thread?.keepUp();
  options.onRead?.();
  await thread?.finish();
  return {
    findings: captureFindings({
      file,
      end,
      list: inspection,
      conversations,
      decoder,
      others,
      outOfOrder: passed.backwards,
    }),
    finds: inspection.findsWith({ late: conversations.late.bytes, isCut: end.damage !== null }),
    haystacks: inspection.haystacks,
    followed: inspection.followed,
    notAskedFor: inspection.notAskedFor,
  };
}

/** The search. It is many files, so it is loaded only if there is something to search for. */
type Searching = typeof import('./search/search.js');

function isSearched({ find = [], searchable = true }: InspectOptions): boolean {
  return searchable || find.length > 0;
}

/** Whether there is a key, and a text to search for in what it opens. */
function isSearchedOpened({ find = [], opener, tlsOpener }: InspectOptions): boolean {
  return find.length > 0 && (opener !== undefined || tlsOpener !== undefined);
}

function hasWireKeySearch({ find = [], wireKeys }: InspectOptions): boolean {
  return find.length > 0 && wireKeys !== undefined;
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

const NO_ROOM = {
  ok: false,
  why: 'it was opened, but there is no room left to list it; --conversation shows one conversation alone',
} as const;
const NOT_READ: Chat = {
  mode: 'unknown',
  handshake: null,
  messages: [],
  unlisted: 0,
  guessed: [],
  disguised: null,
};

/** A chat that was read just before its first bytes were dropped from memory. */
interface EarlyChat {
  readonly chat: Chat;
  readonly opening: ConversationFindings['opening'];
  readonly tls: TlsFindings | null;
  readonly bytes: number;
}

type ReadConversation = Pick<EarlyChat, 'chat' | 'opening' | 'tls'>;

/** How far a stream was searched that is not held whole. */
interface Passed {
  readonly length: number;
  readonly reached: RecordReached;
  readonly seenTexts: SeenTexts;
}

/** The messages may show more together than the bytes did as they passed. */
function withMessagesJudged(
  { streams }: Conversation,
  { disguised }: Chat,
  found: ConversationFindings['streams'],
): ConversationFindings['streams'] {
  if (disguised === null || !SIDES.every((side) => streams[side].stream.isWhole)) return found;
  const judged = (side: Side): StreamFindings => ({
    ...found[side],
    readability: readabilityOf(disguised, disguised.sides[side], streams[side].stream, found[side].readability),
  });
  return { client: judged('client'), server: judged('server') };
}

/** A conversation that has ended but is not reported yet, with the findings for the streams that have been examined. */
interface Untold {
  readonly findings: (streams: ConversationFindings['streams']) => ConversationFindings;
  readonly found: Partial<Record<Side, StreamFindings>>;
}

/** The name of a protocol that is known by its first bytes, which are still held, and that is not one of messages. */
function nameOf({ streams: { client, server } }: Conversation): ProtocolFindings['name'] | null {
  const name = protocolOf({ client: client.stream.bytes, server: server.stream.bytes })?.name ?? null;
  return name === 'WebSocket' ? null : name;
}

/** Where it changes to TLS: both sides say hello after unencrypted lines, and a later record is encrypted. */
function tlsFrom(tls: TlsFindings | null): TlsFrom | null {
  if (tls === null) return null;
  const { clientHello, serverHello, records } = tls;
  if (clientHello === null || serverHello === null) return null;
  if (clientHello.place.offset === 0 && serverHello.place.offset === 0) return null;
  return records.some(({ sealed }) => sealed) ? { frame: clientHello.place.frame, version: serverHello.version } : null;
}

/** The findings of the conversations of one file. */
class Inspection implements Watcher {
  readonly haystacks: Haystack[] = [];
  unlisted = 0;
  followed: Followed | null = null;
  notAskedFor = 0;
  readonly #options: InspectOptions;
  /** null if nothing is searched, now or later. */
  readonly #searching: Searching | null;
  readonly #searches: readonly Search[];
  /** In the order of {@link #searches}; empty without a key. */
  readonly #openedSearches: readonly OpenedSearch[];
  /** The same; empty where nobody looks for keys. */
  readonly #wireKeySearches: readonly WireKeySearch[];
  readonly #isSearchable: boolean;
  readonly #bytesSearched = { bytes: 0, opaque: 0, framing: 0, missing: 0 };
  readonly #listed: ConversationFindings[] = [];
  #messagesLeft: number = MAX_LISTED.messages;
  #recordsLeft: number = MAX_LISTED.records;
  #charactersLeft: number = MAX_LISTED.characters;
  readonly #searchable = new Allowance(MAX_SEARCHABLE);
  readonly #untold: Untold[] = [];
  readonly #early = new Map<number, EarlyChat>();
  #earlyMessagesLeft = MAX_EARLY_MESSAGES;
  /**
   * For each stream that is not held whole: how far it was searched (an offset of the stream), and how far its TLS
   * records were walked.
   */
  readonly #searched = new Map<Stream, Passed>();

  constructor(
    options: InspectOptions,
    searching: Searching | null,
    openedSearching: typeof import('./search/opened-search.js') | null,
    wireKeySearching: typeof import('./search/wire-key-search.js') | null,
  ) {
    this.#options = options;
    this.#isSearchable = options.searchable ?? true;
    this.#searching = searching;
    this.#searches = searching === null ? [] : (options.find ?? []).map((text) => searchFor(text, searching));
    this.#openedSearches =
      openedSearching === null ? [] : this.#searches.map(({ text }) => new openedSearching.OpenedSearch(text));
    this.#wireKeySearches =
      wireKeySearching === null ? [] : this.#searches.map(({ text }) => new wireKeySearching.WireKeySearch(text));
  }

  get isDoneAtEnd(): boolean {
    return !this.#isSearchable;
  }

  get listed(): readonly ConversationFindings[] {
    return this.#listed.sort((one, other) => one.number - other.number);
  }

  /** `unread`: bytes that came and are in no stream. */
  findsWith(unread: Pick<Searched, 'late' | 'isCut'>): readonly Find[] {
    const searched = { ...this.#bytesSearched, ...unread };
    return this.#searches.map((search, index) => {
      const withKey = this.#openedSearches[index]?.outcome;
      const hits = [...search.hits(), ...(this.#wireKeySearches[index]?.hits ?? [])];
      return { ...findOf(search.text, hits, searched), ...(withKey === undefined ? {} : { withKey }) };
    });
  }

  /** How many bytes must be held so that no hit is lost at a border. */
  get longestSearched(): number {
    return Math.max(0, ...this.#searches.map(({ longest }) => longest));
  }

  keeps(number: number, rank: number): Kept {
    // Conversations that nobody asked for must not use the memory of those that were asked for.
    if (this.#isSkipped(number) || !this.#isListed(rank)) return 'none';
    const { only, tlsOpener } = this.#options;
    if (number === only || this.#isSearchable || tlsOpener !== undefined) return 'all';
    return this.#searches.length === 0 && this.#options.messagesOf?.(rank) === false ? 'window' : 'chat';
  }

  listenerTo(number: number): ReturnType<NonNullable<Watcher['listenerTo']>> {
    if (number !== this.#options.follow) return null;
    const followed = new Followed();
    this.followed = followed;
    return (side) => followed.listenerOf(side);
  }

  onSidesChanged(number: number): void {
    if (number === this.#options.follow) this.followed?.changeSides();
  }

  onCut(conversation: Conversation): void {
    if (this.#isSkipped(conversation.number) || !this.#isListed(conversation.rank)) return;
    const { client, server } = conversation.streams;
    // A stream of another known protocol is not a chat, so its lines are not listed as messages.
    const isOther = nameOf(conversation) !== null;
    const read: ReadConversation = isOther
      ? { chat: { ...NOT_READ, mode: modeByItsBytes(conversation) }, opening: null, tls: this.#tlsIn(conversation) }
      : this.#read(conversation, this.#earlyMessagesLeft);
    this.#earlyMessagesLeft -= read.chat.messages.length;
    this.#early.set(conversation.number, { ...read, bytes: isOther ? 0 : client.stream.length + server.stream.length });
  }

  onSlide(number: number, side: Side, stream: Stream): void {
    if (!this.#isSkipped(number)) this.#searchPassing(number, side, stream);
  }

  onEnd(conversation: Conversation): void {
    const { number, streams, frames } = conversation;
    if (this.#isSkipped(number) || frames === 0) return;
    if (!this.#isListed(conversation.rank)) {
      this.notAskedFor += 1;
      return;
    }
    const early = this.#early.get(number);
    this.#early.delete(number);
    this.#earlyMessagesLeft += early?.chat.messages.length ?? 0;
    const { chat, opening, tls } = early ?? this.#read(conversation);
    const unread = early === undefined ? 0 : streams.client.stream.length + streams.server.stream.length - early.bytes;
    this.#searchAtEnd(conversation, chat);
    const protocol =
      chat.mode === 'encrypted'
        ? null
        : protocolOf({ client: streams.client.stream.head, server: streams.server.stream.head });
    const from = chat.mode === 'encrypted' || protocol?.name === 'TLS' ? null : tlsFrom(tls);
    const isSealed = tls !== null || chat.mode === 'encrypted' || protocol?.encrypts === true;
    const wireKeys = isSealed ? [] : this.#wireKeysIn(conversation);
    const sameBytes = isSealed || protocol !== null ? null : this.#sameBytesIn(conversation);
    this.#tellOnceFound(streams, (found) => ({
      number,
      client: conversation.client,
      server: conversation.server,
      ...(conversation.guessesSides ? { guessedSides: true as const } : {}),
      frames: conversation.frames,
      started: conversation.started,
      ended: conversation.ended,
      ending: conversation.ending,
      protocol,
      streams: withMessagesJudged(conversation, chat, found),
      mode: chat.mode,
      handshake: chat.handshake,
      messages: chat.messages,
      ...(chat.unlisted > 0 ? { unlistedMessages: chat.unlisted } : {}),
      ...(chat.guessed.length > 0 ? { guessedBorders: chat.guessed } : {}),
      ...(chat.disguised === null ? {} : { disguise: chat.disguised.as }),
      ...(from === null ? {} : { tlsFrom: from }),
      ...(wireKeys.length === 0 ? {} : { wireKeys }),
      ...(sameBytes === null ? {} : { sameBytes }),
      unreadBytes: unread,
      opening,
      ...(tls === null ? {} : { tls }),
    }));
  }

  /** Reports conversations in the order in which they ended, no matter when their streams have been examined. */
  #tellOnceFound(streams: Conversation['streams'], findings: Untold['findings']): void {
    const untold: Untold = { findings, found: {} };
    this.#untold.push(untold);
    for (const side of SIDES) {
      const { stream, conflicts } = streams[side];
      const { length: bytes, missing, uncompared } = stream;
      stream.whenFound(({ sha256, readability }) => {
        untold.found[side] = { bytes, sha256, missing, conflicts, uncompared, readability };
        this.#tellFound();
      });
    }
  }

  #tellFound(): void {
    let count = 0;
    for (const { findings, found } of this.#untold) {
      const { client, server } = found;
      if (client === undefined || server === undefined) break;
      this.#tell(findings({ client, server }));
      count += 1;
    }
    if (count > 0) this.#untold.splice(0, count);
  }

  #isSkipped(number: number): boolean {
    return this.#options.only !== undefined && number !== this.#options.only;
  }

  /** A search is in all conversations. */
  #isListed(rank: number): boolean {
    return this.#searches.length > 0 || this.#options.listedOf?.(rank) !== false;
  }

  #read(conversation: Conversation, most: number = MAX_MESSAGES): ReadConversation {
    if (!SIDES.every((side) => conversation.streams[side].stream.isWhole))
      return { chat: NOT_READ, opening: null, tls: null };
    const { messagesOf, opener } = this.#options;
    if (messagesOf?.(conversation.rank) === false) {
      return { chat: { ...NOT_READ, mode: modeOf(conversation) }, opening: null, tls: null };
    }
    const chat = readChat(conversation, Math.min(most, this.#messagesLeft), nameOf(conversation));
    this.#messagesLeft -= chat.messages.length;
    const tls = this.#tlsIn(conversation);
    if (opener === undefined) return { chat, opening: null, tls };
    const { opening, messages } = opener(conversation, chat);
    return { chat: { ...chat, messages }, opening, tls };
  }

  /** Looks in what is listed; and in all where a text is searched, because a key may open it. */
  #wireKeysIn(conversation: Conversation): readonly WireKey[] {
    const { messagesOf, wireKeys, find = [] } = this.#options;
    if (wireKeys === undefined || (find.length === 0 && messagesOf?.(conversation.rank) === false)) return [];
    const isWhole = SIDES.every((side) => conversation.streams[side].stream.isWhole);
    return isWhole ? wireKeys(conversation) : [];
  }

  #sameBytesIn(conversation: Conversation): SameBytes | null {
    if (this.#options.messagesOf?.(conversation.rank) === false) return null;
    const isWhole = SIDES.every((side) => conversation.streams[side].stream.isWhole);
    return isWhole ? sameBytesIn(conversation) : null;
  }

  /** Both streams are whole. */
  #tlsIn(conversation: Conversation): TlsFindings | null {
    if (this.#options.messagesOf?.(conversation.rank) === false) return null;
    const seen = readTls(conversation, Math.min(MAX_RECORDS, this.#recordsLeft));
    if (seen === null) return null;
    this.#recordsLeft -= seen.records.length;
    return this.#options.tlsOpener?.(conversation, seen) ?? seen;
  }

  #tell(conversation: ConversationFindings): void {
    for (const side of SIDES) {
      const { bytes, missing, readability } = conversation.streams[side];
      this.#bytesSearched.bytes += bytes;
      this.#bytesSearched.opaque += readability.encoded + readability.other;
      this.#bytesSearched.framing += readability.framing ?? 0;
      this.#bytesSearched.missing += missing;
    }
    for (const search of this.#openedSearches) search.take(conversation);
    for (const search of this.#wireKeySearches) search.take(conversation);
    const { onConversation } = this.#options;
    if (onConversation !== undefined) {
      onConversation(conversation);
      // A conversation that has been reported need not be kept.
      this.#messagesLeft += conversation.messages.length;
      this.#recordsLeft += conversation.tls?.records.length ?? 0;
    } else if (this.#listed.length < MAX_LISTED.conversations) this.#listed.push(this.#bounded(conversation));
    else this.unlisted += 1;
  }

  /** Keeps only as many messages as the list has room for. */
  #bounded(conversation: ConversationFindings): ConversationFindings {
    const { messages } = conversation;
    let count = 0;
    for (; count < messages.length && this.#charactersLeft > 0; count += 1) {
      const message = messages[count];
      this.#charactersLeft -= message?.kind === 'readable' ? message.text.length : (message?.token.text.length ?? 0);
    }
    if (count === messages.length) return this.#boundedTls(conversation);
    return {
      ...conversation,
      messages: messages.slice(0, count),
      unlistedMessages: (conversation.unlistedMessages ?? 0) + messages.length - count,
    };
  }

  /** Keeps only as many opened records as the list has room for. */
  #boundedTls(conversation: ConversationFindings): ConversationFindings {
    const { tls } = conversation;
    if (tls === undefined || tls.opening === null) return conversation;
    const records = tls.records.map((record) => {
      if (record.opened?.ok !== true) return record;
      const characters = record.opened.text?.length ?? record.opened.base64?.length ?? 0;
      if (this.#charactersLeft > 0) this.#charactersLeft -= characters;
      else if (characters > 0) return { ...record, opened: NO_ROOM };
      return record;
    });
    return { ...conversation, tls: { ...tls, records } };
  }

  #searchAtEnd({ number, streams }: Conversation, { mode, disguised }: Chat): void {
    if (this.#searching === null) return;
    for (const side of SIDES) {
      const { stream } = streams[side];
      if (!stream.isWhole) {
        this.#searchPassing(number, side, stream, true);
        this.#searched.delete(stream);
        continue;
      }
      const { Haystack, textsOf } = this.#searching;
      const seen = disguised === null ? null : { take: () => textsOf(disguised, side) };
      const haystack = new Haystack(number, side, stream, mode, null, seen);
      for (const search of this.#searches) search.take(haystack);
      if (!this.#isSearchable || !this.#searchable.has(stream.length)) continue;
      this.#searchable.take(stream.length);
      this.haystacks.push(haystack);
    }
    if (this.#isSearchable) this.haystacks.sort((one, other) => one.conversation - other.conversation);
  }

  /** Searches the part of a stream that is held and was not searched yet. */
  #searchPassing(number: number, side: Side, stream: Stream, isEnd = false): void {
    if (this.#searching === null || this.#searches.length === 0) return;
    const { SeenTexts, Haystack } = this.#searching;
    const passed = this.#searched.get(stream) ?? { length: 0, reached: null, seenTexts: new SeenTexts() };
    const haystack = new Haystack(number, side, stream, 'unknown', passed.reached, passed.seenTexts, isEnd);
    for (const search of this.#searches) search.take(haystack, passed.length - stream.base);
    this.#searched.set(stream, { ...passed, length: stream.length, reached: haystack.terrain.reached });
  }
}
