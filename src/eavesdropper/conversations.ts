/**
 * TCP conversations: which packets belong together, numbered as Wireshark's `tcp.stream`, and what each side sent.
 *
 * A conversation is a pair of addresses and ports. It gets the next number when it is first seen, and again when a SYN
 * with another sequence number comes on the same pair: the ports are in use again. That is all that Wireshark 4.0 goes
 * by. A connection that was closed does not end its conversation, and a SYN that repeats the same number, even after
 * FIN or RST, belongs to the old one. (Tried with tshark; the tests do so again.)
 *
 * So that memory does not grow with the capture, a conversation is let go some time after it was closed, or when too many
 * are open and nothing has been heard of it for longest. Its pair is remembered longer than its bytes, so that a late
 * packet does not begin a conversation that Wireshark does not have.
 */
import { Allowance } from './allowance.js';
import { Direction } from './direction.js';
import { FlowTable, addressOf, isFromFirst } from './flow-table.js';
import { moved } from './sequence.js';
import { Stream } from './stream.js';
import { protocolOf } from './protocols.js';
import { areMadeOfText } from './text-chat.js';
import { TCP_FLAGS } from '../packets/packet.js';
import type { TcpView } from '../packets/packet.js';
import type { Address, Side } from './findings.js';
import type { Flow } from './flow-table.js';
import type { Keeping, Listener } from './stream.js';

/** The bounds, in bytes where nothing else is said. */
export interface Bounds {
  /** Conversations that are followed at the same time. */
  readonly open: number;
  /** Pairs of addresses and ports whose number is remembered. */
  readonly remembered: number;
  /** For what was seen last of all streams together. */
  readonly windows: number;
  /** For what was seen last of one stream, however many there are. */
  readonly leastWindow: number;
  /** For one stream that is kept whole, since it may be a chat; and for all of them together. */
  readonly chat: number;
  readonly chats: number;
  /** For segments of all conversations that came before those they follow. */
  readonly heldBack: number;
}

const MIB = 2 ** 20;
export const BOUNDS: Bounds = {
  open: 8192,
  remembered: 250_000,
  windows: 16 * MIB,
  leastWindow: 1024,
  chat: 8 * MIB,
  chats: 16 * MIB,
  heldBack: 32 * MIB,
};

const LARGEST_WINDOW = 64 * 1024;

/** A closed conversation is followed for so many seconds more, and so many of them at most. */
const GRACE_SECONDS = 60;
const MOST_CLOSED = 1024;

/** How a conversation ended, as far as the capture tells. */
export type Ending = 'closed' | 'reset' | 'open';

export interface Conversation {
  /** Wireshark's `tcp.stream`. */
  readonly number: number;
  readonly client: Address;
  readonly server: Address;
  readonly frames: number;
  /** Seconds since the Unix epoch, of the first packet and of the last. */
  readonly started: number;
  readonly ended: number;
  /** Whether its beginning was captured: a SYN, with or without ACK. */
  readonly opened: boolean;
  readonly ending: Ending;
  readonly streams: Readonly<Record<Side, ConversationStream>>;
}

export interface ConversationStream {
  readonly stream: Stream;
  readonly conflicts: number;
}

export interface Watcher {
  /** A conversation has come to its end, or is let go: nothing is added to it any more. */
  onEnd(conversation: Conversation): void;
  /** Both streams are held whole for the last time. */
  onCut?(conversation: Conversation): void;
  /** The first bytes of one that is not held whole are about to be let go. */
  onSlide?(number: number, side: Side, stream: Stream): void;
  /** What hears each byte of a conversation as it comes, or null for most of them. */
  listenerTo?(number: number): ((side: Side) => Listener) | null;
  /** Whether a conversation is kept whole as far as it can be, whatever it holds. */
  isWanted?(number: number): boolean;
}

/** What is remembered of a pair: its newest conversation, as it is or as it was. */
interface Known {
  readonly number: number;
  live: Live | null;
  /** The sequence number of each end's SYN, or what that would have been, where it is known. */
  firstInitial: number | null;
  secondInitial: number | null;
}

export class Conversations {
  readonly #watcher: Watcher;
  readonly #bounds: Bounds;
  readonly #flows = new FlowTable<Known | null>();
  #count = 0;
  readonly #open = new Set<Live>();
  /** Closed, and when; what was counted as closed and then went on stands here too. */
  #closed: { readonly live: Live; readonly at: number }[] = [];
  /** How many of {@link #closed} have been let go: they are taken out from time to time. */
  #closedDone = 0;
  readonly #forgettable: Flow<Known | null>[] = [];
  #forgotten = 0;
  #newestTime = 0;
  #latePackets = 0;
  #lateBytes = 0;
  readonly #heldBack: Allowance;
  readonly #chats: Allowance;
  #windowBytes = LARGEST_WINDOW;

  constructor(watcher: Watcher, bounds: Partial<Bounds> = {}) {
    this.#watcher = watcher;
    this.#bounds = { ...BOUNDS, ...bounds };
    this.#heldBack = new Allowance(this.#bounds.heldBack);
    this.#chats = new Allowance(this.#bounds.chats);
  }

  /** How many conversations there were. */
  get count(): number {
    return this.#count;
  }

  /** What came for conversations that had been let go. */
  get late(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#latePackets, bytes: this.#lateBytes };
  }

  /** Pairs that were forgotten: from then on a number may differ from Wireshark's. */
  get forgotten(): number {
    return this.#forgotten;
  }

  get windowBytes(): number {
    return this.#windowBytes;
  }

  /** `frame` is the packet's number in the capture; `time` in seconds since the Unix epoch. */
  push(segment: TcpView, frame: number, time: number): void {
    if (time > this.#newestTime) this.#newestTime = time;
    const live = this.#liveOf(segment, time);
    if (live === null) {
      this.#latePackets += 1;
      this.#lateBytes += segment.payloadLength;
      return;
    }
    if (live.push(segment, frame, time)) this.#closed.push({ live, at: this.#newestTime });
    if (this.#closed.length > this.#closedDone) this.#letGoOfClosed();
  }

  /** The capture ends: all that are still open are handed over, by their number. */
  finish(): void {
    for (const live of [...this.#open].sort((one, other) => one.number - other.number)) this.#letGo(live);
  }

  /** Whether a stream may hold more than the last bytes: what may be a chat, or is asked for, within the bounds. */
  mayHold(live: Live, stream: Stream, capacity: number): boolean {
    const more = capacity - stream.granted;
    if (capacity > this.#bounds.chat || !this.#chats.has(more)) return false;
    if (!live.isWanted && !mayBeChat(live.first.stream, live.second.stream)) return false;
    this.#chats.take(more);
    live.chatBytes += more;
    return true;
  }

  get heldBack(): Allowance {
    return this.#heldBack;
  }

  #liveOf(segment: TcpView, time: number): Live | null {
    const flow = this.#flows.find(segment);
    if (flow === null) {
      if (this.#flows.size >= this.#bounds.remembered) this.#forget();
      return this.#begin(this.#flows.add(segment, null), time);
    }
    const known = flow.value;
    if (known === null) return this.#begin(flow, time);
    if (this.#opensAnother(flow, known, segment)) return this.#begin(flow, time);
    return known.live;
  }

  /** Whether the segment opens another conversation between the same two ends. */
  #opensAnother(flow: Flow<Known | null>, known: Known, segment: TcpView): boolean {
    // Without ACK: whoever opens a connection sends it, and nobody else.
    if ((segment.flags & (TCP_FLAGS.SYN | TCP_FLAGS.ACK)) !== TCP_FLAGS.SYN) return false;
    const initial = isFromFirst(flow, segment) ? known.firstInitial : known.secondInitial;
    return initial !== null && initial !== segment.sequence;
  }

  #begin(flow: Flow<Known | null>, time: number): Live {
    const known: Known = { number: this.#count, live: null, firstInitial: null, secondInitial: null };
    this.#count += 1;
    flow.value = known;
    const live = new Live(flow, known, time, this, this.#watcher);
    known.live = live;
    if (this.#open.size >= this.#bounds.open) this.#letGoOfIdle();
    this.#open.add(live);
    this.#fitWindows();
    return live;
  }

  /** Some at once, so that they need not be put in order for each. */
  #letGoOfIdle(): void {
    const idlest = [...this.#open].sort((one, other) => one.lastFrame - other.lastFrame);
    for (const live of idlest.slice(0, Math.max(1, this.#bounds.open >> 4))) this.#letGo(live);
  }

  #letGo(live: Live): void {
    if (live.isGone) return;
    this.#open.delete(live);
    live.isGone = true;
    live.known.live = null;
    this.#chats.giveBack(live.chatBytes);
    this.#watcher.onEnd(live.finish());
    this.#forgettable.push(live.flow);
    this.#fitWindows();
  }

  #letGoOfClosed(): void {
    for (let next = this.#closed[this.#closedDone]; next !== undefined; next = this.#closed[this.#closedDone]) {
      const isMany = this.#closed.length - this.#closedDone > MOST_CLOSED;
      if (!isMany && this.#newestTime - next.at < GRACE_SECONDS) break;
      this.#closedDone += 1;
      this.#letGo(next.live);
    }
    if (this.#closedDone < MOST_CLOSED) return;
    this.#closed = this.#closed.slice(this.#closedDone);
    this.#closedDone = 0;
  }

  /** Pairs whose conversation was let go first. One that is in use again is passed over. */
  #forget(): void {
    const many = Math.max(1, this.#bounds.remembered >> 4);
    for (const flow of this.#forgettable.splice(0, many)) {
      if (flow.value?.live !== null) continue;
      flow.value = null;
      this.#flows.remove(flow);
      this.#forgotten += 1;
    }
  }

  /** The more conversations are open, the less is held of each. */
  #fitWindows(): void {
    // Two streams each, and each holds up to twice as much before it lets go.
    const share = this.#bounds.windows / (4 * Math.max(1, this.#open.size));
    const fitting = 2 ** Math.floor(Math.log2(Math.max(BOUNDS.leastWindow, 2 * this.#bounds.leastWindow, Math.min(LARGEST_WINDOW, share))));
    if (fitting === this.#windowBytes) return;
    const isLess = fitting < this.#windowBytes;
    // Not to and fro at each conversation that comes and goes.
    if (!isLess && fitting < 4 * this.#windowBytes) return;
    this.#windowBytes = fitting;
    if (isLess) for (const live of this.#open) live.shrink();
  }
}

/** One end of a conversation and what it sent. */
interface End {
  readonly stream: Stream;
  readonly direction: Direction;
  hasFinished: boolean;
}

/** A conversation that is being followed. */
class Live implements Keeping {
  readonly number: number;
  /** Whoever sent the first packet that was seen. */
  readonly first: End;
  readonly second: End;
  readonly flow: Flow<Known | null>;
  readonly known: Known;
  readonly isWanted: boolean;
  lastFrame = 0;
  isGone = false;
  /** What it took of what all chats may hold. */
  chatBytes = 0;
  readonly #all: Conversations;
  readonly #watcher: Watcher;
  readonly #listenerTo: ((side: Side) => Listener) | null;
  readonly #started: number;
  #ended: number;
  #frames = 0;
  #client: End | null = null;
  #wasReset = false;
  #wasCut = false;
  /** Whether either side ever held back what came too early. */
  #isHolding = false;
  #knowsInitials = false;

  constructor(flow: Flow<Known | null>, known: Known, time: number, all: Conversations, watcher: Watcher) {
    this.number = known.number;
    this.flow = flow;
    this.known = known;
    this.#all = all;
    this.#watcher = watcher;
    this.isWanted = watcher.isWanted?.(known.number) ?? false;
    this.first = this.#end();
    this.second = this.#end();
    this.#started = time;
    this.#ended = time;
    this.#listenerTo = watcher.listenerTo?.(known.number) ?? null;
  }

  get windowBytes(): number {
    return this.#all.windowBytes;
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
  push(segment: TcpView, frame: number, time: number): boolean {
    this.#frames += 1;
    this.#ended = time;
    this.lastFrame = frame;
    const fromFirst = isFromFirst(this.flow, segment);
    const sender = fromFirst ? this.first : this.second;
    const receiver = fromFirst ? this.second : this.first;
    const { flags } = segment;
    this.#learnInitials(segment, fromFirst);
    if ((flags & TCP_FLAGS.SYN) !== 0) this.#client ??= (flags & TCP_FLAGS.ACK) !== 0 ? receiver : sender;
    if (this.#listenerTo !== null) this.#listen(this.#listenerTo);
    // Nothing of the other side is touched where nothing of it is held back: memory that is far away is what takes longest.
    if (this.#isHolding && (flags & TCP_FLAGS.ACK) !== 0) receiver.direction.acknowledged(segment.acknowledgement);
    if (sender.direction.push(segment, frame, time)) this.#isHolding = true;
    if ((flags & (TCP_FLAGS.FIN | TCP_FLAGS.RST)) === 0) return false;
    const wasClosed = this.isClosed;
    if ((flags & TCP_FLAGS.FIN) !== 0) sender.hasFinished = true;
    if ((flags & TCP_FLAGS.RST) !== 0) this.#wasReset = true;
    return !wasClosed && this.isClosed;
  }

  finish(): Conversation {
    if (this.#listenerTo !== null) this.#listen(this.#listenerTo);
    this.first.direction.finish();
    this.second.direction.finish();
    this.first.stream.finish();
    this.second.stream.finish();
    return this.#snapshot();
  }

  #snapshot(): Conversation {
    const client = this.#clientEnd();
    const server = client === this.first ? this.second : this.first;
    const [firstAddress, secondAddress] = [addressOf(this.flow, this.flow.first), addressOf(this.flow, this.flow.second)];
    return {
      number: this.number,
      client: client === this.first ? firstAddress : secondAddress,
      server: client === this.first ? secondAddress : firstAddress,
      frames: this.#frames,
      started: this.#started,
      ended: this.#ended,
      opened: this.#client !== null,
      ending: this.#wasReset ? 'reset' : this.isClosed ? 'closed' : 'open',
      streams: { client: streamOf(client), server: streamOf(server) },
    };
  }

  #end(): End {
    const stream = new Stream(this);
    return { stream, direction: new Direction(stream, this.#all.heldBack), hasFinished: false };
  }

  #listen(listenerTo: (side: Side) => Listener): void {
    const client = this.#clientEnd();
    for (const end of [this.first, this.second]) end.stream.listener ??= listenerTo(end === client ? 'client' : 'server');
  }

  /** As Wireshark guesses them where it saw no SYN: the byte before the first, the byte before the one asked for. */
  #learnInitials({ flags, sequence, acknowledgement }: TcpView, fromFirst: boolean): void {
    const opens = (flags & TCP_FLAGS.SYN) !== 0;
    const acknowledges = (flags & TCP_FLAGS.ACK) !== 0;
    if (this.#knowsInitials && !opens) return;
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

  /** Where no SYN was seen, the one with the higher port: clients take one from the upper end, services listen further down. */
  #clientEnd(): End {
    if (this.#client !== null) return this.#client;
    return this.flow.second.port > this.flow.first.port ? this.second : this.first;
  }
}

/** Lines of text, as far as both are held, and of no protocol that is known to be another. */
function mayBeChat(one: Stream, other: Stream): boolean {
  if (protocolOf({ client: one.bytes, server: other.bytes }) !== null || protocolOf({ client: other.bytes, server: one.bytes }) !== null) return false;
  return areMadeOfText(one, other);
}

function streamOf({ stream, direction }: End): ConversationStream {
  return { stream, conflicts: direction.conflicts };
}
