/** A TCP conversation in progress: its two ends, what came of each, and how it ends. */
import { TCP_FLAGS, type TcpView } from '../../packets/headers/packet.js';
import type { Side } from '../../protocol/side.js';
import type { Examiner } from '../content/content.js';
import type { Address } from '../findings/findings.js';
import type { Allowance } from './allowance.js';
import { isClientOf } from './client-end.js';
import type { Coalesced } from './coalescing.js';
import type { Conversation, ConversationStream, Ending, Kept, Watcher } from './conversation.js';
import { Direction } from './direction.js';
import { NONE } from './flow-table.js';
import { moved } from './sequence.js';
import { Stream, type Keeping, type Listener } from './stream.js';
import type { WindowPool } from './window-pool.js';

/** What is remembered about a pair: its newest conversation, which may be over. */
export interface Known {
  /** The pair's number in the table. */
  readonly flow: number;
  readonly number: number;
  live: LiveConversation | null;
  /** The sequence number of each end's SYN, known or computed. null if unknown. */
  firstInitial: number | null;
  secondInitial: number | null;
}

/** What a conversation in progress shares with all others. */
interface Shared {
  readonly windowBytes: number;
  readonly windows: WindowPool;
  readonly heldBack: Allowance;
  readonly examiner: Examiner;
  /**
   * Whether a stream may hold more than the last bytes: it may be a chat, or the caller asked for it, and the limits
   * allow it.
   */
  mayHold(live: LiveConversation, stream: Stream, capacity: number): boolean;
}

/** One end of a conversation and what it sent. */
interface End {
  readonly stream: Stream;
  readonly direction: Direction;
  hasFinished: boolean;
}

/** A conversation in progress. */
export class LiveConversation implements Keeping {
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
  /** How much it uses of what all chats may hold. */
  chatBytes = 0;
  readonly #all: Shared;
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
    all: Shared,
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
      const isFirst = isClientOf(this.first.stream, this.second.stream);
      if (isFirst !== null) this.#saidClient = isFirst ? this.first : this.second;
    }
    return this.#saidClient;
  }
}

function streamOf({ stream, direction }: End): ConversationStream {
  return { stream, conflicts: direction.conflicts };
}
