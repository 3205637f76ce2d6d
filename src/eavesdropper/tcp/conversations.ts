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
import type { Watcher } from './conversation.js';
import { FlowTable, NONE } from './flow-table.js';
import { LiveConversation, type Known } from './live-conversation.js';
import type { Stream } from './stream.js';
import { areMadeOfText } from './text-chat.js';
import { WindowPool } from './window-pool.js';
import { examinedHere, type Examiner } from '../content/content.js';
import { protocolOf } from '../content/protocols.js';
import { TCP_FLAGS, type TcpView } from '../../packets/headers/packet.js';

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
  readonly #inProgress = new Set<LiveConversation>();
  /**
   * Closed conversations, with the number of bytes that had come by then, and the time. Some of them continued
   * afterwards.
   */
  #closed: { readonly live: LiveConversation; readonly bytes: number; readonly at: number }[] = [];
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

  mayHold(live: LiveConversation, stream: Stream, capacity: number): boolean {
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
  #settle(live: LiveConversation): void {
    if (live.lanes === NONE) return;
    live.pushAll(true, this.#lanes.empty(live.lanes));
    live.pushAll(false, this.#lanes.empty(live.lanes + 1));
  }

  /** Lets the lanes take the next segments, if the next sequence numbers are known and nothing else needs a check. */
  #arm(live: LiveConversation): void {
    const { isSteady, notesCarriers } = live;
    if (live.lanes === NONE) {
      if (!isSteady) return;
      live.lanes = this.#lanes.allot();
      this.#flows.setTag(live.known.flow, live.lanes);
    }
    this.#lanes.arm(live.lanes, isSteady ? live.first.direction.due : null, notesCarriers);
    this.#lanes.arm(live.lanes + 1, isSteady ? live.second.direction.due : null, notesCarriers);
  }

  #leaveLanes(live: LiveConversation): void {
    if (live.lanes === NONE) return;
    this.#settle(live);
    this.#lanes.release(live.lanes);
    this.#flows.setTag(live.known.flow, NONE);
    live.lanes = NONE;
  }

  #lastFrame({ lanes, lastFrame }: LiveConversation): number {
    return lanes === NONE
      ? lastFrame
      : Math.max(lastFrame, this.#lanes.lastFrame(lanes), this.#lanes.lastFrame(lanes + 1));
  }

  #liveOf(flow: number, segment: TcpView, time: number): LiveConversation | null {
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

  #begin(flow: number, time: number): LiveConversation {
    const known: Known = { flow, number: this.#count, live: null, firstInitial: null, secondInitial: null };
    this.#count += 1;
    const before = this.#known[flow]?.live ?? null;
    // No more packets belong to the old one, but it stays open for a while.
    if (before !== null) this.#leaveLanes(before);
    this.#known[flow] = known;
    const rank = known.number - this.#bare;
    const live = new LiveConversation(known, rank, this.#flows.ends(flow), time, this, this.#watcher);
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

  #drop(live: LiveConversation): void {
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

  #continued({ live, bytes }: { readonly live: LiveConversation; readonly bytes: number }): boolean {
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

/** Whether the held bytes are lines of text, and not another protocol that we know. */
function mayBeChat(one: Stream, other: Stream): boolean {
  return (
    areMadeOfText(one, other) &&
    protocolOf({ client: one.bytes, server: other.bytes }) === null &&
    protocolOf({ client: other.bytes, server: one.bytes }) === null
  );
}
