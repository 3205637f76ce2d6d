/** Does the work of `inspect.ts`: packets in, findings out. */
import { Decoder } from '../packets/headers/decoder.js';
import { captureFindings, type Pass } from './capture-findings.js';
import { captureSearch, type CaptureSearch } from './capture-search.js';
import { MAX_MESSAGES, modeByItsBytes, modeOf, readChat } from './chat/chat.js';
import { sameBytesIn } from './chat/same-bytes.js';
import { MAX_RECORDS, readTls } from './chat/tls-talk.js';
import { readabilityInPieces, readabilityOf } from './chat/disguised-chat.js';
import { examinedHere } from './content/content.js';
import { Datagrams } from './datagrams.js';
import { Conversations } from './tcp/conversations.js';
import { Followed } from './tcp/followed.js';
import { protocolOf, type ProtocolFindings } from './content/protocols.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { AfterChunk } from '../packets/file/read-capture.js';
import type { OnPacket } from '../packets/file/records.js';
import type { Chat } from './chat/chat.js';
import type { Conversation, Kept, Watcher } from './tcp/conversation.js';
import type { Find } from './find.js';
import type { InspectOptions, WireKeyFinder } from './inspect-options.js';
import { Listing } from './listing.js';
import type { ExaminingThread } from './content/examining-thread.js';
import type {
  CaptureFindings,
  ConversationFindings,
  StreamFindings,
  TlsFindings,
  TlsFrom,
  SameBytes,
  UdpConversation,
} from './findings/findings.js';
import type { Stream } from './tcp/stream.js';
import type { Haystack } from './search/search.js';
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

/** The most messages kept from unfinished conversations that became too long to keep, all together. */
const MAX_EARLY_MESSAGES = 4000;
const PACKETS_PER_PROGRESS = 16_384;
/** Packets from several queues of a network card may swap places by up to this many seconds. */
const USUAL_DISORDER = 0.001;

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
  const search = await captureSearch(options);
  const inspection = new Inspection(options, search);
  const conversations = new Conversations(
    inspection,
    {
      leastWindow: search.longest,
      ...(options.closedSeconds === undefined ? {} : { closedSeconds: options.closedSeconds }),
    },
    thread ?? examinedHere(options.hashes),
  );
  const passed = await passPackets(read, conversations, options, thread);
  const finishing = conversations.finishing();
  while (finishing.next().done !== true) await thread?.keepUp();
  options.onRead?.();
  await thread?.finish();
  const udp = await readDatagrams(passed.datagrams, search);
  const { unlooked } = passed.datagrams;
  return {
    findings: captureFindings({ file, list: inspection.list, conversations, udp, ...passed }),
    finds: search.findsWith({ late: conversations.late.bytes, unlooked, isCut: passed.end.damage !== null }),
    haystacks: search.haystacks,
    followed: inspection.followed,
    notAskedFor: inspection.notAskedFor,
  };
}

/** Takes each packet apart and hands its segments to the conversations. Returns what it noticed of the whole file. */
async function passPackets(
  read: Read,
  conversations: Conversations,
  { onProgress, onChunk }: InspectOptions,
  thread: ExaminingThread | null,
): Promise<Pick<Pass, 'end' | 'decoder' | 'others' | 'datagrams' | 'outOfOrder'>> {
  let time = 0;
  const decoder = new Decoder((header, isQuote) => {
    conversations.pushHeader(header, isQuote, time);
  });
  const { tcp } = decoder;
  const others = new Map<string, number>();
  const datagrams = new Datagrams();
  const passed = { bytes: 0, newest: -Infinity, backwards: 0 };
  const end = await read(
    (packet) => {
      passed.bytes += packet.end - packet.start;
      if (packet.number % PACKETS_PER_PROGRESS === 0) onProgress?.(packet.number, passed.bytes);
      time = packet.seconds + packet.nanoseconds / 1e9;
      if (time > passed.newest) passed.newest = time;
      else if (time < passed.newest - USUAL_DISORDER) passed.backwards += 1;
      let isTcp = decoder.decode(packet);
      if (!isTcp) {
        const datagram = decoder.datagram();
        const other = (datagram && datagrams.take(datagram, packet.number, time)) ?? decoder.other;
        others.set(other, (others.get(other) ?? 0) + 1);
      }
      for (; isTcp; isTcp = decoder.next(packet)) conversations.push(tcp, packet.number, time);
    },
    async () => {
      onChunk?.();
      await thread?.keepUp();
    },
  );
  return { end, decoder, others, datagrams, outOfOrder: passed.backwards };
}

/** Most captures hold none, so what reads them is loaded only if there are some. */
async function readDatagrams({ talks }: Datagrams, search: CaptureSearch): Promise<readonly UdpConversation[]> {
  if (talks.length === 0) return [];
  const { readUdp } = await import('./udp-reading.js');
  return talks.map((talk, number) => {
    const { findings, sides } = readUdp(talk, number);
    for (const side of SIDES) search.searchUdp(number, side, sides[side]);
    search.countUdp(findings);
    return findings;
  });
}

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

const NO_KEYS: ReturnType<WireKeyFinder> = { keys: [], unsought: null };

/** What is looked for in a conversation beside its messages. */
interface Marks {
  readonly protocol: ProtocolFindings | null;
  readonly found: Pick<ConversationFindings, 'tlsFrom' | 'wireKeys' | 'wireKeysUnsought' | 'sameBytes'>;
}

type ChatFindings = Pick<
  ConversationFindings,
  'mode' | 'handshake' | 'messages' | 'unlistedMessages' | 'guessedBorders' | 'disguise'
>;

function chatFindings({ mode, handshake, messages, unlisted, guessed, disguised }: Chat): ChatFindings {
  return {
    mode,
    handshake,
    messages,
    ...(unlisted > 0 ? { unlistedMessages: unlisted } : {}),
    ...(guessed.length > 0 ? { guessedBorders: guessed } : {}),
    ...(disguised === null || disguised.unread !== undefined ? {} : { disguise: disguised.as }),
  };
}

/** The messages may show more together than the bytes did as they passed. */
function withMessagesJudged(
  { streams }: Conversation,
  { disguised, mode, guessed }: Chat,
  found: ConversationFindings['streams'],
): ConversationFindings['streams'] {
  if (!SIDES.every((side) => streams[side].stream.isWhole)) return found;
  if (disguised === null) return mode === 'plaintext' && guessed.length > 0 ? inPieces(streams, guessed, found) : found;
  const judged = (side: Side): StreamFindings => ({
    ...found[side],
    readability: readabilityOf(disguised, disguised.sides[side], streams[side].stream, found[side].readability),
  });
  return { client: judged('client'), server: judged('server') };
}

function inPieces(
  streams: Conversation['streams'],
  guessed: readonly Side[],
  found: ConversationFindings['streams'],
): ConversationFindings['streams'] {
  const judged = (side: Side, other: Side): StreamFindings =>
    guessed.includes(side)
      ? {
          ...found[side],
          readability: readabilityInPieces(streams[side].stream, streams[other].stream, found[side].readability),
        }
      : found[side];
  return { client: judged('client', 'server'), server: judged('server', 'client') };
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
  readonly list = new Listing();
  followed: Followed | null = null;
  notAskedFor = 0;
  readonly #options: InspectOptions;
  readonly #search: CaptureSearch;
  readonly #untold: Untold[] = [];
  readonly #early = new Map<number, EarlyChat>();
  #earlyMessagesLeft = MAX_EARLY_MESSAGES;

  constructor(options: InspectOptions, search: CaptureSearch) {
    this.#options = options;
    this.#search = search;
  }

  get isDoneAtEnd(): boolean {
    return !this.#search.keepsBytes;
  }

  keeps(number: number, rank: number): Kept {
    // Conversations that nobody asked for must not use the memory of those that were asked for.
    if (this.#isSkipped(number) || !this.#isListed(rank)) return 'none';
    const { only, tlsOpener } = this.#options;
    if (number === only || this.#search.keepsBytes || tlsOpener !== undefined) return 'all';
    return !this.#search.hasTexts && this.#options.messagesOf?.(rank) === false ? 'window' : 'chat';
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
    if (!this.#isSkipped(number)) this.#search.searchPassing(number, side, stream);
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
    this.#search.searchAtEnd(conversation, chat);
    const marks = this.#marksOf(conversation, chat.mode, tls);
    this.#tellOnceFound(streams, (found) => ({
      number,
      client: conversation.client,
      server: conversation.server,
      ...(conversation.guessesSides ? { guessedSides: true as const } : {}),
      frames: conversation.frames,
      started: conversation.started,
      ended: conversation.ended,
      ending: conversation.ending,
      protocol: marks.protocol,
      streams: withMessagesJudged(conversation, chat, found),
      ...chatFindings(chat),
      ...marks.found,
      unreadBytes: unread,
      opening,
      ...(tls === null ? {} : { tls }),
    }));
  }

  /** What kind of conversation it is, and what shows that its keys or its cipher are badly used. */
  #marksOf(conversation: Conversation, mode: Chat['mode'], tls: TlsFindings | null): Marks {
    const { client, server } = conversation.streams;
    const isChat = mode === 'encrypted';
    const protocol = isChat ? null : protocolOf({ client: client.stream.head, server: server.stream.head });
    const from = isChat || protocol?.name === 'TLS' ? null : tlsFrom(tls);
    const isSealed = tls !== null || isChat || protocol?.encrypts === true;
    const { keys, unsought } = isSealed ? NO_KEYS : this.#wireKeysIn(conversation);
    const sameBytes = isSealed || protocol !== null ? null : this.#sameBytesIn(conversation);
    return {
      protocol,
      found: {
        ...(from === null ? {} : { tlsFrom: from }),
        ...(keys.length === 0 ? {} : { wireKeys: keys }),
        ...(unsought === null ? {} : { wireKeysUnsought: unsought }),
        ...(sameBytes === null ? {} : { sameBytes }),
      },
    };
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
    return this.#search.hasTexts || this.#options.listedOf?.(rank) !== false;
  }

  #read(conversation: Conversation, most: number = MAX_MESSAGES): ReadConversation {
    if (!SIDES.every((side) => conversation.streams[side].stream.isWhole))
      return { chat: NOT_READ, opening: null, tls: null };
    const { messagesOf, opener } = this.#options;
    if (messagesOf?.(conversation.rank) === false) {
      return { chat: { ...NOT_READ, mode: modeOf(conversation) }, opening: null, tls: null };
    }
    const chat = readChat(conversation, Math.min(most, this.list.messagesLeft), nameOf(conversation));
    this.list.messagesLeft -= chat.messages.length;
    const tls = this.#tlsIn(conversation);
    if (opener === undefined) return { chat, opening: null, tls };
    const { opening, messages } = opener(conversation, chat);
    return { chat: { ...chat, messages }, opening, tls };
  }

  /** Looks in what is listed; and in all where a text is searched, because a key may open it. */
  #wireKeysIn(conversation: Conversation): ReturnType<WireKeyFinder> {
    const { messagesOf, wireKeys } = this.#options;
    if (wireKeys === undefined || (!this.#search.hasTexts && messagesOf?.(conversation.rank) === false)) return NO_KEYS;
    const isWhole = SIDES.every((side) => conversation.streams[side].stream.isWhole);
    return isWhole ? wireKeys(conversation) : { keys: [], unsought: 'too long' };
  }

  #sameBytesIn(conversation: Conversation): SameBytes | null {
    if (this.#options.messagesOf?.(conversation.rank) === false) return null;
    const isWhole = SIDES.every((side) => conversation.streams[side].stream.isWhole);
    return isWhole ? sameBytesIn(conversation) : null;
  }

  /** Both streams are whole. */
  #tlsIn(conversation: Conversation): TlsFindings | null {
    if (this.#options.messagesOf?.(conversation.rank) === false) return null;
    const seen = readTls(conversation, Math.min(MAX_RECORDS, this.list.recordsLeft));
    if (seen === null) return null;
    this.list.recordsLeft -= seen.records.length;
    return this.#options.tlsOpener?.(conversation, seen) ?? seen;
  }

  #tell(conversation: ConversationFindings): void {
    this.#search.take(conversation);
    const { onConversation } = this.#options;
    if (onConversation === undefined) this.list.add(conversation);
    else {
      onConversation(conversation);
      this.list.forget(conversation);
    }
  }
}
