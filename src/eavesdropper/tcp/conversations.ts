/**
 * TCP conversations: which packets belong together, numbered as Wireshark's `tcp.stream`, and what each side sent.
 *
 * A conversation belongs to a pair of addresses and ports. It gets the next number when the pair is first seen. The
 * pair gets a new conversation when a SYN with another sequence number comes: its ports are used again. Wireshark 4.0
 * looks at nothing else. A connection that was closed does not end its conversation, and a SYN with the same sequence
 * number belongs to the old one, even after FIN or RST. A header that an ICMP error quotes counts too, though it is no
 * packet of the conversation. (Tried with tshark; the tests try it again.)
 *
 * Memory must not grow with the capture. So when it becomes scarce, conversations are finished and dropped: first those
 * that were closed and did not go on, then those that have been silent for longest. A closing alone drops none, since
 * anyone can forge an RST, and ports are used again whose SYN was not captured. The pair is remembered longer than the
 * bytes, so that a late packet does not begin a conversation that Wireshark does not have.
 */
import { Allowance } from './allowance.js';
import { Coalescing } from './coalescing.js';
import { examinedHere } from '../content/content.js';
import { Direction } from './direction.js';
import { FlowTable, NONE } from './flow-table.js';
import { moved } from './sequence.js';
import { Stream } from './stream.js';
import { protocolOf } from '../content/protocols.js';
import { areMadeOfText } from './text-chat.js';
import { WindowPool } from './window-pool.js';
import { isHello } from '../../protocol/frames.js';
import { TCP_FLAGS } from '../../packets/headers/packet.js';
import type { TcpView } from '../../packets/headers/packet.js';
import type { Coalesced } from './coalescing.js';
import type { Examiner } from '../content/content.js';
import type { Address } from '../findings/findings.js';
import type { Keeping, Listener } from './stream.js';
import type { Side } from '../../protocol/side.js';

/** The limits, in bytes unless the comment names another unit. */
export interface Bounds {
  /** The most conversations in progress at the same time. */
  readonly inProgress: number;
  /** The most of these that are closed. */
  readonly closed: number;
  /**
   * For callers that cannot wait for the capture's end: a closed conversation that did not continue is released after
   * this many seconds.
   */
  readonly closedSeconds: number;
  /** How many pairs of addresses and ports keep their numbers. */
  readonly remembered: number;
  /** For the last bytes of all streams together. */
  readonly windows: number;
  /** For the last bytes of one stream, however many streams there are. */
  readonly leastWindow: number;
  /** For one stream that is kept whole because it may be a chat; and for all of those together. */
  readonly chat: number;
  readonly chats: number;
  /** For segments that came too early, in all conversations together. */
  readonly heldBack: number;
}

const MIB = 2 ** 20;
const BOUNDS: Bounds = {
  inProgress: 8192,
  closed: 1024,
  closedSeconds: Infinity,
  remembered: 250_000,
  windows: 16 * MIB,
  leastWindow: 1024,
  chat: 8 * MIB,
  chats: 16 * MIB,
  heldBack: 32 * MIB,
};

const LARGEST_WINDOW = 64 * 1024;

/** How a conversation ended, as far as the capture tells. */
export type Ending = 'closed' | 'reset' | 'unseen';

export interface Conversation {
  /** Wireshark's `tcp.stream`. */
  readonly number: number;
  /** The number of conversations with a lower number that were known to have packets when this one started. */
  readonly rank: number;
  readonly client: Address;
  readonly server: Address;
  readonly frames: number;
  /** The times of the first packet and of the last, in seconds since the Unix epoch. */
  readonly started: number;
  readonly ended: number;
  /** Whether its beginning was captured: a SYN, with or without ACK. */
  readonly hasStart: boolean;
  /** Whether only the ports show which side is the client: there was no SYN, and the content does not show it. */
  readonly guessesSides: boolean;
  readonly ending: Ending;
  readonly streams: Readonly<Record<Side, ConversationStream>>;
}

export interface ConversationStream {
  readonly stream: Stream;
  readonly conflicts: number;
}

/**
 * How much of a conversation is kept:
 * - `all`: all bytes, up to the bounds;
 * - `chat`: all bytes if it may be a chat, otherwise the last ones;
 * - `window`: the last bytes, and not which packet carried them;
 * - `none`: the same, and it is not examined, since nobody asked for it.
 */
export type Kept = 'all' | 'chat' | 'window' | 'none';

export interface Watcher {
  /** A conversation has ended, or is dropped. Nothing more is added to it. */
  onEnd(conversation: Conversation): void;
  /** Whether nobody needs the streams after {@link onEnd}, so that others can have their memory. */
  readonly isDoneAtEnd?: boolean;
  /** The first bytes are about to be dropped: until now both streams are whole. */
  onCut?(conversation: Conversation): void;
  /** Bytes of a stream are about to be dropped. */
  onSlide?(number: number, side: Side, stream: Stream): void;
  /** Returns who gets each byte of a conversation, in order. null: nobody. */
  listenerTo?(number: number): ((side: Side) => Listener) | null;
  /**
   * Called when the content shows that client and server are swapped, compared with what {@link listenerTo} was told.
   */
  onSidesChanged?(number: number): void;
  /** `chat` by default. `rank` as in {@link Conversation}. */
  keeps?(number: number, rank: number): Kept;
}

/** What is remembered about a pair: its newest conversation, which may be over. */
interface Known {
  /** The pair's number in the table. */
  readonly flow: number;
  readonly number: number;
  live: Live | null;
  /** The sequence number of each end's SYN, known or computed. null if unknown. */
  firstInitial: number | null;
  secondInitial: number | null;
}

export class Conversations {
  readonly #watcher: Watcher;
  readonly #bounds: Bounds;
  /** Each pair has the number of its conversation's lanes as its tag, if it has lanes. */
  readonly #flows = new FlowTable();
  /** By the pair's number in the table. */
  readonly #known: (Known | null)[] = [];
  readonly #lanes = new Coalescing();
  #count = 0;
  #bare = 0;
  readonly #inProgress = new Set<Live>();
  /**
   * Closed conversations, with the number of bytes that had come by then, and the time. Some of them continued
   * afterwards.
   */
  #closed: { readonly live: Live; readonly bytes: number; readonly at: number }[] = [];
  /** How many entries of {@link #closed} have been handled. They are removed from the list now and then. */
  #closedDone = 0;
  readonly #forgettable: Known[] = [];
  #forgotten = 0;
  #newestTime = 0;
  #latePackets = 0;
  #lateBytes = 0;
  readonly #windows = new WindowPool();
  readonly #heldBack: Allowance;
  readonly #chats: Allowance;
  #windowBytes = LARGEST_WINDOW;

  readonly #examiner: Examiner;

  constructor(watcher: Watcher, bounds: Partial<Bounds> = {}, examiner: Examiner = examinedHere()) {
    this.#watcher = watcher;
    this.#examiner = examiner;
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#heldBack = new Allowance(this.#bounds.heldBack);
    this.#chats = new Allowance(this.#bounds.chats);
  }

  /** The number of conversations so far. */
  get count(): number {
    return this.#count;
  }

  /** Packets and bytes for conversations that had been dropped. */
  get late(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#latePackets, bytes: this.#lateBytes };
  }

  /** Pairs that were forgotten. After the first one, numbers may differ from Wireshark's. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Conversations that have a number but no packet. They end with zero frames. */
  get bare(): number {
    return this.#bare;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** `frame` is the packet's number in the capture; `time` in seconds since the Unix epoch. */
  push(segment: TcpView, frame: number, time: number): void {
    if (time > this.#newestTime) this.#newestTime = time;
    const flow = this.#flows.find(segment);
    const lanes = flow === NONE ? NONE : this.#flows.tagOf(flow);
    if (
      lanes === NONE ||
      !this.#lanes.take(this.#flows.isFromFirst(flow, segment) ? lanes : lanes + 1, segment, frame, time)
    ) {
      this.#pushOne(flow, segment, frame, time);
    }
    if (this.#closed.length > this.#closedDone) this.#dropClosed();
  }

  /**
   * Takes a header that does not belong to a segment. It is not a packet of its conversation, but from now on the
   * conversation has a number, as in Wireshark. `isQuote`: an ICMP error quotes the header, so its sequence numbers are
   * not learned.
   */
  pushHeader(header: TcpView, isQuote: boolean, time: number): void {
    const before = this.#count;
    const live = this.#liveOf(this.#flows.find(header), header, time);
    if (live === null) return;
    if (this.#count > before) {
      live.isBare = true;
      this.#bare += 1;
    }
    if (isQuote) return;
    this.#settle(live);
    live.learnInitials(header, this.#flows.isFromFirst(live.known.flow, header));
    this.#arm(live);
  }

  /** The capture ends: hands over all conversations that are still open, by their number. */
  finish(): void {
    const finishing = this.finishing();
    while (finishing.next().done !== true);
  }

  /** {@link finish}, one conversation at a time. */
  *finishing(): Generator<void, void, void> {
    for (const live of [...this.#inProgress].sort((one, other) => one.number - other.number)) {
      this.#drop(live);
      yield;
    }
  }

  /**
   * Whether a stream may hold more than the last bytes: it may be a chat, or the caller asked for it, and the limits
   * allow it.
   */
  mayHold(live: Live, stream: Stream, capacity: number): boolean {
    const more = capacity - stream.granted;
    if (capacity > this.#bounds.chat || !this.#chats.has(more)) return false;
    if (live.keeps !== 'all' && (live.keeps !== 'chat' || !mayBeChat(live.first.stream, live.second.stream)))
      return false;
    this.#chats.take(more);
    live.chatBytes += more;
    return true;
  }

  get windows(): WindowPool {
    return this.#windows;
  }

  get heldBack(): Allowance {
    return this.#heldBack;
  }

  get examiner(): Examiner {
    return this.#examiner;
  }

  #pushOne(flow: number, segment: TcpView, frame: number, time: number): void {
    const live = this.#liveOf(flow, segment, time);
    if (live === null) {
      this.#latePackets += 1;
      this.#lateBytes += segment.payloadLength;
      return;
    }
    if (live.isBare) {
      live.isBare = false;
      this.#bare -= 1;
    }
    this.#settle(live);
    if (live.push(segment, this.#flows.isFromFirst(live.known.flow, segment), frame, time))
      this.#closed.push({ live, bytes: live.bytes, at: this.#newestTime });
    this.#arm(live);
  }

  /** Moves what is in the lanes into the conversation. */
  #settle(live: Live): void {
    if (live.lanes === NONE) return;
    live.pushAll(true, this.#lanes.empty(live.lanes));
    live.pushAll(false, this.#lanes.empty(live.lanes + 1));
  }

  /** Lets the lanes take the next segments, if the next sequence numbers are known and nothing else needs a check. */
  #arm(live: Live): void {
    const { isSteady, notesCarriers } = live;
    if (live.lanes === NONE) {
      if (!isSteady) return;
      live.lanes = this.#lanes.allot();
      this.#flows.setTag(live.known.flow, live.lanes);
    }
    this.#lanes.arm(live.lanes, isSteady ? live.first.direction.due : null, notesCarriers);
    this.#lanes.arm(live.lanes + 1, isSteady ? live.second.direction.due : null, notesCarriers);
  }

  #leaveLanes(live: Live): void {
    if (live.lanes === NONE) return;
    this.#settle(live);
    this.#lanes.release(live.lanes);
    this.#flows.setTag(live.known.flow, NONE);
    live.lanes = NONE;
  }

  #lastFrame({ lanes, lastFrame }: Live): number {
    return lanes === NONE
      ? lastFrame
      : Math.max(lastFrame, this.#lanes.lastFrame(lanes), this.#lanes.lastFrame(lanes + 1));
  }

  #liveOf(flow: number, segment: TcpView, time: number): Live | null {
    if (flow === NONE) {
      if (this.#flows.size >= this.#bounds.remembered) this.#forget();
      return this.#begin(this.#flows.add(segment), time);
    }
    const known = this.#known[flow] ?? null;
    if (known === null || this.#opensAnother(known, segment)) return this.#begin(flow, time);
    return known.live;
  }

  /** Whether the segment opens another conversation between the same two ends. */
  #opensAnother(known: Known, segment: TcpView): boolean {
    // A SYN without ACK comes only from the end that opens a connection.
    if ((segment.flags & (TCP_FLAGS.SYN | TCP_FLAGS.ACK)) !== TCP_FLAGS.SYN) return false;
    const initial = this.#flows.isFromFirst(known.flow, segment) ? known.firstInitial : known.secondInitial;
    return initial !== null && initial !== segment.sequence;
  }

  #begin(flow: number, time: number): Live {
    const known: Known = { flow, number: this.#count, live: null, firstInitial: null, secondInitial: null };
    this.#count += 1;
    const before = this.#known[flow]?.live ?? null;
    // No more packets belong to the old one, but it stays open for a while.
    if (before !== null) this.#leaveLanes(before);
    this.#known[flow] = known;
    const rank = known.number - this.#bare;
    const live = new Live(known, rank, this.#flows.ends(flow), time, this, this.#watcher);
    known.live = live;
    if (this.#inProgress.size >= this.#bounds.inProgress) this.#dropIdle();
    this.#inProgress.add(live);
    this.#fitWindows();
    return live;
  }

  /** Drops several at once, so that sorting is worth it. */
  #dropIdle(): void {
    const idlest = Array.from(this.#inProgress, (live) => ({ live, lastFrame: this.#lastFrame(live) })).sort(
      (one, other) => one.lastFrame - other.lastFrame,
    );
    for (const { live } of idlest.slice(0, Math.max(1, this.#bounds.inProgress >> 4))) this.#drop(live);
  }

  #drop(live: Live): void {
    if (live.isGone) return;
    this.#leaveLanes(live);
    this.#inProgress.delete(live);
    live.isGone = true;
    live.known.live = null;
    this.#chats.giveBack(live.chatBytes);
    this.#watcher.onEnd(live.finish());
    if (this.#watcher.isDoneAtEnd === true) live.release();
    this.#forgettable.push(live.known);
    this.#fitWindows();
  }

  /** If memory is scarce, drops those that were closed first and did not continue. */
  #dropClosed(): void {
    for (let next = this.#closed[this.#closedDone]; next !== undefined; next = this.#closed[this.#closedDone]) {
      const isMany = this.#closed.length - this.#closedDone > this.#bounds.closed;
      const isOld = this.#newestTime - next.at >= this.#bounds.closedSeconds;
      if (!isMany && !isOld && this.#chats.has(this.#bounds.chats / 2)) break;
      this.#closedDone += 1;
      if (!this.#continued(next)) this.#drop(next.live);
    }
    if (this.#closedDone < this.#bounds.closed) return;
    this.#closed = this.#closed.slice(this.#closedDone);
    this.#closedDone = 0;
  }

  #continued({ live, bytes }: { readonly live: Live; readonly bytes: number }): boolean {
    if (live.isGone) return true;
    if (live.lanes !== NONE) {
      this.#settle(live);
      this.#arm(live);
    }
    return live.isHolding || live.bytes > bytes;
  }

  /** Forgets the pairs whose conversations were dropped first, except for those in use again. */
  #forget(): void {
    const many = Math.max(1, this.#bounds.remembered >> 4);
    for (const known of this.#forgettable.splice(0, many)) {
      if (this.#known[known.flow] !== known) continue;
      this.#known[known.flow] = null;
      this.#flows.remove(known.flow);
      this.#forgotten += 1;
    }
  }

  /** The more conversations are open, the less is held of each one. */
  #fitWindows(): void {
    // A conversation has two streams, and each holds up to twice the window.
    const share = this.#bounds.windows / (4 * Math.max(1, this.#inProgress.size));
    const fitting =
      2 **
      Math.floor(
        Math.log2(Math.max(BOUNDS.leastWindow, 2 * this.#bounds.leastWindow, Math.min(LARGEST_WINDOW, share))),
      );
    if (fitting === this.#windowBytes) return;
    const isLess = fitting < this.#windowBytes;
    // It must not change whenever a conversation starts or ends.
    if (!isLess && fitting < 4 * this.#windowBytes) return;
    this.#windowBytes = fitting;
    if (isLess) for (const live of this.#inProgress) live.shrink();
  }
}

/** One end of a conversation and what it sent. */
interface End {
  readonly stream: Stream;
  readonly direction: Direction;
  hasFinished: boolean;
}

/** A conversation in progress. */
class Live implements Keeping {
  readonly number: number;
  readonly rank: number;
  /** The end that sent the first packet seen. */
  readonly first: End;
  readonly second: End;
  readonly known: Known;
  readonly keeps: Kept;
  /** Its lanes, or {@link NONE} if its segments come one by one. */
  lanes = NONE;
  /** The last packet that it was given. Its lanes may hold later ones. */
  lastFrame = 0;
  isGone = false;
  /** Whether it has a number but no packet yet. */
  isBare = false;
  /** How much of {@link Bounds.chats} it uses. */
  chatBytes = 0;
  readonly #all: Conversations;
  readonly #watcher: Watcher;
  readonly #listenerTo: ((side: Side) => Listener) | null;
  /** The first end's, and the second's. */
  readonly #addresses: readonly [Address, Address];
  #started: number;
  #ended: number;
  #frames = 0;
  #client: End | null = null;
  /** The end whose content is that of a client, once that is known. */
  #saidClient: End | null = null;
  /** The end that counted as the client when the listener was asked for. */
  #listenedClient: End | null = null;
  #wasReset = false;
  /** How many bytes of each end had come when it was reset. */
  #bytesAtReset: readonly [number, number] = [0, 0];
  #wasCut = false;
  /** Whether a side holds back segments that came too early. */
  #isHolding = false;
  #knowsInitials = false;

  constructor(
    known: Known,
    rank: number,
    addresses: readonly [Address, Address],
    time: number,
    all: Conversations,
    watcher: Watcher,
  ) {
    this.number = known.number;
    this.rank = rank;
    this.known = known;
    this.#addresses = addresses;
    this.#all = all;
    this.#watcher = watcher;
    this.keeps = watcher.keeps?.(known.number, rank) ?? 'chat';
    this.first = this.#end();
    this.second = this.#end();
    this.#started = time;
    this.#ended = time;
    this.#listenerTo = watcher.listenerTo?.(known.number) ?? null;
  }

  get windowBytes(): number {
    return this.#all.windowBytes;
  }

  /** Whether the next segment of a direction can simply be appended, if it has no SYN, FIN or RST. */
  get isSteady(): boolean {
    return this.#knowsInitials && !this.#isHolding && this.#listenerTo === null;
  }

  get windows(): WindowPool {
    return this.#all.windows;
  }

  get notesCarriers(): boolean {
    return this.keeps === 'all' || this.keeps === 'chat';
  }

  get examiner(): Examiner | null {
    return this.keeps === 'none' ? null : this.#all.examiner;
  }

  /** Whether a side holds back segments that came too early. */
  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** How many bytes came, but for those in its lanes. */
  get bytes(): number {
    return this.first.stream.length + this.second.stream.length;
  }

  get isClosed(): boolean {
    return this.#wasReset || (this.first.hasFinished && this.second.hasFinished);
  }

  mayHold(stream: Stream, capacity: number): boolean {
    return this.#all.mayHold(this, stream, capacity);
  }

  onCut(): void {
    if (this.#wasCut) return;
    this.#wasCut = true;
    this.#watcher.onCut?.(this.#snapshot());
  }

  onSlide(stream: Stream): void {
    const side = stream === this.#clientEnd().stream ? 'client' : 'server';
    this.#watcher.onSlide?.(this.number, side, stream);
  }

  shrink(): void {
    this.first.stream.shrink();
    this.second.stream.shrink();
  }

  /** Whether the segment closes the conversation. */
  push(segment: TcpView, fromFirst: boolean, frame: number, time: number): boolean {
    if (this.#frames === 0) this.#started = time;
    this.#frames += 1;
    this.#ended = time;
    this.lastFrame = frame;
    const sender = fromFirst ? this.first : this.second;
    const receiver = fromFirst ? this.second : this.first;
    const { flags } = segment;
    this.learnInitials(segment, fromFirst);
    if ((flags & TCP_FLAGS.SYN) !== 0) this.#client ??= (flags & TCP_FLAGS.ACK) !== 0 ? receiver : sender;
    if (this.#listenerTo !== null) this.#listen(this.#listenerTo);
    // The other side is touched only if something is held back: cache misses take most of the time.
    if (this.#isHolding && (flags & TCP_FLAGS.ACK) !== 0) receiver.direction.acknowledged(segment.acknowledgement);
    const holds = sender.direction.push(segment, frame, time);
    this.#isHolding = holds || (this.#isHolding && receiver.direction.isHolding);
    if ((flags & (TCP_FLAGS.FIN | TCP_FLAGS.RST)) === 0) return false;
    const wasClosed = this.isClosed;
    if ((flags & TCP_FLAGS.FIN) !== 0) sender.hasFinished = true;
    if ((flags & TCP_FLAGS.RST) !== 0) {
      this.#wasReset = true;
      this.#bytesAtReset = [this.first.stream.length, this.second.stream.length];
    }
    return !wasClosed && this.isClosed;
  }

  /** Takes segments that came one after the other while {@link isSteady} was true. */
  pushAll(fromFirst: boolean, segments: Coalesced): void {
    if (segments.frames === 0) return;
    this.#frames += segments.frames;
    if (segments.lastFrame > this.lastFrame) {
      this.lastFrame = segments.lastFrame;
      this.#ended = segments.lastTime;
    }
    if (segments.end > segments.start) (fromFirst ? this.first : this.second).direction.pushAll(segments);
  }

  finish(): Conversation {
    if (this.#listenerTo !== null) this.#listen(this.#listenerTo);
    this.first.direction.finish();
    this.second.direction.finish();
    this.first.stream.finish();
    this.second.stream.finish();
    if (this.#listenedClient !== null && this.#listenedClient !== this.#clientEnd())
      this.#watcher.onSidesChanged?.(this.number);
    return this.#snapshot();
  }

  release(): void {
    this.first.stream.release();
    this.second.stream.release();
  }

  #snapshot(): Conversation {
    const client = this.#clientEnd();
    const server = client === this.first ? this.second : this.first;
    const [firstAddress, secondAddress] = this.#addresses;
    return {
      number: this.number,
      rank: this.rank,
      client: client === this.first ? firstAddress : secondAddress,
      server: client === this.first ? secondAddress : firstAddress,
      frames: this.#frames,
      started: this.#started,
      ended: this.#ended,
      hasStart: this.#client !== null,
      guessesSides: this.#client === null && this.#clientBySaid() === null,
      ending: this.#ending(),
      streams: { client: streamOf(client), server: streamOf(server) },
    };
  }

  /** If both ends sent more after an RST, it reset nothing: it was forged, or not meant for this connection. */
  #ending(): Ending {
    const [first, second] = this.#bytesAtReset;
    const livedOn = this.first.stream.length > first && this.second.stream.length > second;
    if (this.#wasReset && !livedOn) return 'reset';
    return this.first.hasFinished && this.second.hasFinished ? 'closed' : 'unseen';
  }

  #end(): End {
    const stream = new Stream(this);
    return { stream, direction: new Direction(stream, this.#all.heldBack), hasFinished: false };
  }

  #listen(listenerTo: (side: Side) => Listener): void {
    this.#listenedClient ??= this.#clientEnd();
    const client = this.#listenedClient;
    for (const end of [this.first, this.second])
      end.stream.listener ??= listenerTo(end === client ? 'client' : 'server');
  }

  /**
   * Without a SYN, as Wireshark guesses: the number before the first byte, and the number before the byte that is
   * acknowledged next.
   */
  learnInitials({ flags, sequence, acknowledgement }: TcpView, fromFirst: boolean): void {
    const opens = (flags & TCP_FLAGS.SYN) !== 0;
    const acknowledges = (flags & TCP_FLAGS.ACK) !== 0;
    const { known } = this;
    let sender = fromFirst ? known.firstInitial : known.secondInitial;
    let receiver = fromFirst ? known.secondInitial : known.firstInitial;
    if (opens && acknowledges) sender = sequence;
    sender ??= opens ? sequence : moved(sequence, -1);
    if (acknowledges) receiver ??= moved(acknowledgement, -1);
    known.firstInitial = fromFirst ? sender : receiver;
    known.secondInitial = fromFirst ? receiver : sender;
    this.#knowsInitials = receiver !== null;
  }

  /**
   * If no SYN was seen, the content shows which end is the client. If it does not, the higher port is the client's:
   * clients mostly have high ports, and services listen on lower ones.
   */
  #clientEnd(): End {
    const known = this.#client ?? this.#clientBySaid();
    if (known !== null) return known;
    const [first, second] = this.#addresses;
    return second.port > first.port ? this.second : this.first;
  }

  #clientBySaid(): End | null {
    if (this.#saidClient === null) {
      const isFirst = isClientOf(headOf(this.first.stream), headOf(this.second.stream));
      if (isFirst !== null) this.#saidClient = isFirst ? this.first : this.second;
    }
    return this.#saidClient;
  }
}

/** Whether the held bytes are lines of text, and not another protocol that we know. */
function mayBeChat(one: Stream, other: Stream): boolean {
  if (
    protocolOf({ client: one.bytes, server: other.bytes }) !== null ||
    protocolOf({ client: other.bytes, server: one.bytes }) !== null
  )
    return false;
  return areMadeOfText(one, other);
}

function streamOf({ stream, direction }: End): ConversationStream {
  return { stream, conflicts: direction.conflicts };
}

function headOf({ isWhole, bytes, head }: Stream): Buffer {
  return isWhole ? bytes.subarray(0, MOST_HEAD) : head;
}

/** More than the first bytes of a TLS ClientHello, which is the longest greeting. */
const MOST_HEAD = 4096;

/**
 * Whether the first of two ends sends what a client sends and the second what a server sends. null if that is not
 * clear.
 */
function isClientOf(first: Buffer, second: Buffer): boolean | null {
  if (isHello(first) !== isHello(second)) return isHello(first);
  const forwards = protocolOf({ client: first, server: second });
  const backwards = protocolOf({ client: second, server: first });
  if (forwards === null || backwards === null) return forwards === backwards ? null : forwards !== null;
  // TLS records look the same from both sides, but a hello does not.
  const versions = [forwards, backwards].map((found) => found.name === 'TLS' && found.version !== null);
  return versions[0] === versions[1] ? null : (versions[0] ?? null);
}
