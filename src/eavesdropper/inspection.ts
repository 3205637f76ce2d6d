/** The work of `inspect.ts`: packets in, findings out. */
import { linkTypeName } from '../packets/headers/decode.js';
import { Decoder } from '../packets/headers/decoder.js';
import { Allowance } from './tcp/allowance.js';
import { MAX_MESSAGES, modeOf, readChat } from './chat/chat.js';
import { examinedHere } from './content/content.js';
import { Conversations } from './tcp/conversations.js';
import { Followed } from './tcp/followed.js';
import { protocolOf } from './content/protocols.js';
import { Haystack, Search } from './search/search.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { FragmentReport } from '../packets/headers/fragments.js';
import type { AfterChunk } from '../packets/file/read-capture.js';
import type { OnPacket } from '../packets/file/records.js';
import type { Chat, ChatOpener } from './chat/chat.js';
import type { Conversation, Kept, Watcher } from './tcp/conversations.js';
import type { ExaminingThread } from './content/examining-thread.js';
import type { CaptureFindings, Verdict, ConversationFindings, Hit, StreamFindings } from './findings/findings.js';
import type { Stream } from './tcp/stream.js';
import type { RecordReached } from './search/terrain.js';
import { SIDES, type Side } from '../protocol/side.js';

export interface Capture {
  readonly findings: CaptureFindings;
  /** The outcome of {@link InspectOptions.find}, in its order. */
  readonly finds: readonly Find[];
  /** Both directions of each conversation, as far as they are kept: what can be searched. */
  readonly haystacks: readonly Haystack[];
  /** What was asked for by {@link InspectOptions.follow}; null where there is no such conversation. */
  readonly followed: Followed | null;
}

/** One text that was searched for, and what came of it. */
export interface Find {
  readonly text: string;
  readonly verdict: Verdict;
  /**
   * What was searched: text throughout, so that "not found" is the answer; also bytes that are none; or no byte at all.
   */
  readonly among: 'text' | 'opaque' | 'nothing';
}

export interface InspectOptions {
  /** Reads what is sealed, for whoever has a key (`keyholder/`). A listener has none. */
  readonly opener?: ChatOpener;
  readonly find?: readonly string[];
  /**
   * Whether the messages of a conversation are wanted. `rank`: how many conversations with packets have a lower number.
   * All are wanted by default.
   */
  readonly messagesOf?: (rank: number) => boolean;
  /** The only conversation that is asked for, by its number. */
  readonly only?: number;
  /** The conversation whose bytes are wanted in full, by its number. */
  readonly follow?: number;
  /**
   * Whether what was read is kept, so that it can be searched again and again, up to the bound in
   * `inspection.ts`: true unless told. For a capture of any size, `find` searches in passing.
   */
  readonly searchable?: boolean;
  /** Whether the SHA-256 of what each side sent is wanted: true unless told. */
  readonly hashes?: boolean;
  /** Hears of each conversation as it ends; then none is listed. */
  readonly onConversation?: (conversation: ConversationFindings) => void;
  /** Hears now and then how many packets and bytes have been read. */
  readonly onProgress?: (packets: number, bytes: number) => void;
  /** Hears that all has been read, while the last of it is still looked at: the time to load what shows it. */
  readonly onRead?: () => void;
}

/** Conversations that are listed; and their messages, and the characters of those, all together. */
const MAX_LISTED = { conversations: 10_000, messages: 100_000, characters: 32 * 2 ** 20 } as const;
/** Messages of conversations that go on after they became too long to be kept, all together. */
const MAX_EARLY_MESSAGES = 4000;
/** Bytes that are kept to be searched again. */
const MAX_SEARCHABLE = 128 * 2 ** 20;
const PACKETS_PER_PROGRESS = 16_384;
/** Seconds by which packets from several queues of a network card may change places. */
const USUAL_DISORDER = 0.001;

/** Bytes of a text that is searched for: as much and more is held of each stream, so that no hit is torn. */
const MOST_FIND_BYTES = 1024;

/** Hands out the packets of a capture; the second is awaited now and then. */
export type Read = (onPacket: OnPacket, afterChunk?: AfterChunk) => Promise<CaptureEnd>;

/**
 * What the capture `file` comes to, as `read` hands out its packets. `thread`: where its streams are examined, if not
 * here.
 */
export async function inspected(
  file: string,
  read: Read,
  options: InspectOptions,
  thread: ExaminingThread | null = null,
): Promise<Capture> {
  const inspection = new Inspection(options);
  const conversations = new Conversations(
    inspection,
    { leastWindow: inspection.longestSearched },
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
    thread === null ? undefined : () => thread.keepUp(),
  );
  const finishing = conversations.finishing();
  while (finishing.next().done !== true) await thread?.keepUp();
  options.onRead?.();
  await thread?.finish();
  return {
    findings: findingsOf({ file, end, inspection, conversations, decoder, others, outOfOrder: passed.backwards }),
    finds: inspection.finds,
    haystacks: inspection.haystacks,
    followed: inspection.followed,
  };
}

/** All that a pass over a capture came to. */
interface Pass {
  readonly file: string;
  readonly end: CaptureEnd;
  readonly inspection: Inspection;
  readonly conversations: Conversations;
  readonly decoder: Decoder;
  /** Packets without a TCP segment, by what they are. */
  readonly others: ReadonlyMap<string, number>;
  readonly outOfOrder: number;
}

function findingsOf({ file, end, inspection, conversations, decoder, others, outOfOrder }: Pass): CaptureFindings {
  const { fragments } = decoder;
  const linkTypes = end.linkTypes.map(({ linkType, packets }) => ({
    number: linkType,
    name: linkTypeName(linkType),
    packets,
  }));
  const first = linkTypes[0]?.number ?? end.interfaces[0]?.linkType ?? 0;
  return {
    file,
    linkType: { number: first, name: linkTypeName(first) },
    packets: end.packets,
    damage: end.damage,
    otherPackets: Object.fromEntries(others),
    conversations: inspection.listed,
    contents: {
      format: end.format,
      compressed: end.compressed,
      conversations: conversations.count - conversations.bare,
      ...(conversations.bare > 0 ? { onlyHeaders: conversations.bare } : {}),
      linkTypes,
      comments: end.comments,
      unlistedComments: end.otherComments,
      ...(outOfOrder > 0 ? { outOfOrder } : {}),
      ...(hasAny(fragments) ? { fragments } : {}),
    },
    leftOut: {
      conversations: inspection.unlisted,
      latePackets: conversations.late.packets,
      lateBytes: conversations.late.bytes,
      forgottenPairs: conversations.forgotten,
    },
  };
}

function hasAny({ reassembled, incomplete, conflicts, bad }: FragmentReport): boolean {
  return reassembled + incomplete + conflicts + bad > 0;
}

/** Bytes of what was searched, and how many of them are no text that anybody can read. */
interface Searched {
  bytes: number;
  opaque: number;
}

function findOf(text: string, hits: readonly Hit[], searched: Searched): Find {
  const among = searched.bytes === 0 ? 'nothing' : searched.opaque === 0 ? 'text' : 'opaque';
  const hit = hits.find(({ meaning }) => meaning === 'text');
  const others = hits.filter((other) => other !== hit);
  if (hit !== undefined) return { text, verdict: { readable: true, hit, others }, among };
  return { text, verdict: { readable: false, control: { proves: false, why: whyUnknown(searched) }, others }, among };
}

/** @throws Error for a text that is too long. */
function searchFor(text: string): Search {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_FIND_BYTES)
    throw new Error(
      `Cannot search for a text of ${bytes} bytes: ${MOST_FIND_BYTES} is the most; search for a part of it`,
    );
  return new Search(text);
}

/** What the search does and does not show where it finds nothing. */
function whyUnknown({ bytes, opaque }: Searched): string {
  if (bytes === 0) return 'there was nothing to search: the capture holds no bytes that were sent over TCP';
  if (opaque === 0)
    return `all ${bytes} bytes searched are text that anybody can read, and it is not in them, in any of the shapes that were tried`;
  return `${opaque} of the ${bytes} bytes searched are not text. Only a plaintext capture of the same conversation can show whether it is in those: give both to \`servchat compare\``;
}

const NOT_READ: Chat = { mode: 'unknown', handshake: null, messages: [], unlisted: 0 };

/** A chat that was read before the first of its bytes were let go. */
interface EarlyChat {
  readonly chat: Chat;
  readonly opening: ConversationFindings['opening'];
  readonly bytes: number;
}

/** A conversation that has ended, and of its streams those that have been examined. */
interface Untold {
  readonly findings: (streams: ConversationFindings['streams']) => ConversationFindings;
  readonly found: Partial<Record<Side, StreamFindings>>;
}

/** What the conversations of one file come to. */
class Inspection implements Watcher {
  readonly haystacks: Haystack[] = [];
  unlisted = 0;
  followed: Followed | null = null;
  readonly #options: InspectOptions;
  readonly #searches: readonly Search[];
  readonly #isSearchable: boolean;
  readonly #bytesSearched: Searched = { bytes: 0, opaque: 0 };
  readonly #listed: ConversationFindings[] = [];
  #messagesLeft: number = MAX_LISTED.messages;
  #charactersLeft: number = MAX_LISTED.characters;
  readonly #searchable = new Allowance(MAX_SEARCHABLE);
  readonly #untold: Untold[] = [];
  readonly #early = new Map<number, EarlyChat>();
  #earlyMessagesLeft = MAX_EARLY_MESSAGES;
  /**
   * Up to where each stream that is not held whole was searched, as an offset of the stream, and its TLS records
   * walked.
   */
  readonly #searched = new Map<Stream, { readonly length: number; readonly reached: RecordReached }>();

  constructor(options: InspectOptions) {
    this.#options = options;
    this.#isSearchable = options.searchable ?? true;
    this.#searches = (options.find ?? []).map(searchFor);
  }

  get isDoneAtEnd(): boolean {
    return !this.#isSearchable;
  }

  get listed(): readonly ConversationFindings[] {
    return this.#listed.sort((one, other) => one.number - other.number);
  }

  get finds(): readonly Find[] {
    return this.#searches.map((search) => findOf(search.text, search.hits(), this.#bytesSearched));
  }

  /** Bytes that have to be held so that what is searched for is not torn. */
  get longestSearched(): number {
    return Math.max(0, ...this.#searches.map(({ longest }) => longest));
  }

  keeps(number: number, rank: number): Kept {
    // What is not asked for may not take the room of what is.
    if (this.#isSkipped(number)) return 'none';
    if (number === this.#options.only || this.#isSearchable) return 'all';
    return this.#searches.length === 0 && this.#options.messagesOf?.(rank) === false ? 'window' : 'chat';
  }

  listenerTo(number: number): ReturnType<NonNullable<Watcher['listenerTo']>> {
    if (number !== this.#options.follow) return null;
    const followed = new Followed();
    this.followed = followed;
    return (side) => followed.listenerOf(side);
  }

  onCut(conversation: Conversation): void {
    if (this.#isSkipped(conversation.number)) return;
    const { client, server } = conversation.streams;
    // What is known to be another protocol is no chat: none of its lines are messages to be told one by one.
    const isNamed = protocolOf({ client: client.stream.bytes, server: server.stream.bytes }) !== null;
    const read = isNamed
      ? { chat: { ...NOT_READ, mode: modeOf(conversation) }, opening: null }
      : this.#read(conversation, this.#earlyMessagesLeft);
    this.#earlyMessagesLeft -= read.chat.messages.length;
    this.#early.set(conversation.number, { ...read, bytes: isNamed ? 0 : client.stream.length + server.stream.length });
  }

  onSlide(number: number, side: Side, stream: Stream): void {
    if (this.#searches.length > 0 && !this.#isSkipped(number)) this.#searchPassing(number, side, stream);
  }

  onEnd(conversation: Conversation): void {
    const { number, streams, frames } = conversation;
    if (this.#isSkipped(number) || frames === 0) return;
    const early = this.#early.get(number);
    this.#early.delete(number);
    this.#earlyMessagesLeft += early?.chat.messages.length ?? 0;
    const { chat, opening } = early ?? this.#read(conversation);
    const unread = early === undefined ? 0 : streams.client.stream.length + streams.server.stream.length - early.bytes;
    this.#searchAtEnd(conversation, chat);
    const protocol =
      chat.mode === 'encrypted'
        ? null
        : protocolOf({ client: streams.client.stream.head, server: streams.server.stream.head });
    this.#tellOnceFound(streams, (found) => ({
      number,
      client: conversation.client,
      server: conversation.server,
      frames: conversation.frames,
      started: conversation.started,
      ended: conversation.ended,
      ending: conversation.ending,
      protocol,
      streams: found,
      mode: chat.mode,
      handshake: chat.handshake,
      messages: chat.messages,
      ...(chat.unlisted > 0 ? { unlistedMessages: chat.unlisted } : {}),
      unreadBytes: unread,
      opening,
    }));
  }

  /** In the order in which they ended, whenever their streams have been examined. */
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

  #read(
    conversation: Conversation,
    most: number = MAX_MESSAGES,
  ): { readonly chat: Chat; readonly opening: ConversationFindings['opening'] } {
    if (!SIDES.every((side) => conversation.streams[side].stream.isWhole)) return { chat: NOT_READ, opening: null };
    const { messagesOf, opener } = this.#options;
    if (messagesOf?.(conversation.rank) === false) {
      return { chat: { ...NOT_READ, mode: modeOf(conversation) }, opening: null };
    }
    const chat = readChat(conversation, Math.min(most, this.#messagesLeft));
    this.#messagesLeft -= chat.messages.length;
    if (opener === undefined) return { chat, opening: null };
    const { opening, messages } = opener(conversation, chat);
    return { chat: { ...chat, messages }, opening };
  }

  #tell(conversation: ConversationFindings): void {
    for (const side of SIDES) {
      const { bytes, missing, readability } = conversation.streams[side];
      this.#bytesSearched.bytes += bytes + missing;
      this.#bytesSearched.opaque += readability.encoded + readability.other + missing;
    }
    const { onConversation } = this.#options;
    if (onConversation !== undefined) {
      onConversation(conversation);
      // What has been told need not be kept.
      this.#messagesLeft += conversation.messages.length;
    } else if (this.#listed.length < MAX_LISTED.conversations) this.#listed.push(this.#bounded(conversation));
    else this.unlisted += 1;
  }

  /** Only as many messages as the list has room for. */
  #bounded(conversation: ConversationFindings): ConversationFindings {
    const { messages } = conversation;
    let count = 0;
    for (; count < messages.length && this.#charactersLeft > 0; count += 1) {
      const message = messages[count];
      this.#charactersLeft -= message?.kind === 'readable' ? message.text.length : (message?.token.text.length ?? 0);
    }
    if (count === messages.length) return conversation;
    return {
      ...conversation,
      messages: messages.slice(0, count),
      unlistedMessages: (conversation.unlistedMessages ?? 0) + messages.length - count,
    };
  }

  #searchAtEnd({ number, streams }: Conversation, { mode }: Chat): void {
    for (const side of SIDES) {
      const { stream } = streams[side];
      if (!stream.isWhole) {
        if (this.#searches.length > 0) this.#searchPassing(number, side, stream);
        this.#searched.delete(stream);
        continue;
      }
      if (this.#searches.length === 0 && !this.#isSearchable) continue;
      const haystack = new Haystack(number, side, stream, mode);
      for (const search of this.#searches) search.take(haystack);
      if (!this.#isSearchable || !this.#searchable.has(stream.length)) continue;
      this.#searchable.take(stream.length);
      this.haystacks.push(haystack);
    }
    if (this.#isSearchable) this.haystacks.sort((one, other) => one.conversation - other.conversation);
  }

  /** What is held of a stream and was not searched yet. */
  #searchPassing(number: number, side: Side, stream: Stream): void {
    const { length, reached } = this.#searched.get(stream) ?? { length: 0, reached: null };
    const haystack = new Haystack(number, side, stream, 'unknown', reached);
    for (const search of this.#searches) search.take(haystack, length - stream.base);
    this.#searched.set(stream, { length: stream.length, reached: haystack.terrain.reached });
  }
}
