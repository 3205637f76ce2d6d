/**
 * TCP conversations: which packets belong together, numbered as Wireshark's `tcp.stream`, and what each side sent.
 *
 * A conversation is a pair of addresses and ports. It gets the next number when it is first seen, and again when a SYN
 * with another sequence number comes on the same pair: the ports are in use again. That is all that Wireshark 4.0 goes
 * by. A connection that was closed does not end its conversation, and a SYN that repeats the same number, even after
 * FIN or RST, belongs to the old one. (Tried with tshark; the tests do so again.)
 */
import { Direction } from './direction.js';
import { moved } from './sequence.js';
import { Stream } from './stream.js';
import { TCP_FLAGS } from '../packets/packet.js';
import type { Address, Side } from './findings.js';
import type { Carrier } from './stream.js';
import type { TcpSegment } from '../packets/packet.js';

/**
 * What is kept of one capture at most, in bytes: payloads, and for each packet and each conversation what it costs to
 * remember it. Buffers double as they grow, so that the process may take twice as much.
 */
export const MAX_KEPT_BYTES = 256 * 1024 * 1024;
const PACKET_COST = 64;
const CONVERSATION_COST = 2048;

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
  readonly streams: Readonly<Record<Side, ConversationStream>>;
}

export interface ConversationStream {
  readonly stream: Stream;
  readonly conflicts: number;
}

export class Conversations {
  readonly #all: Opened[] = [];
  /** The newest conversation of each pair of addresses and ports. */
  readonly #newest = new Map<string, Opened>();
  readonly #limit: number;
  #kept = 0;

  constructor(limit = MAX_KEPT_BYTES) {
    this.#limit = limit;
  }

  /** Whether {@link MAX_KEPT_BYTES} are kept: then nothing more is taken. */
  get isFull(): boolean {
    return this.#kept >= this.#limit;
  }

  /** `frame` is the packet's number in the capture; `time` in seconds since the Unix epoch. */
  push(segment: TcpSegment, carrier: Carrier): void {
    if (this.isFull) return;
    const conversation = this.#conversationOf(segment, carrier);
    this.#kept += PACKET_COST + segment.payload.length;
    conversation.push(segment, carrier);
  }

  /** All conversations by their number, with what was still waiting for bytes that never came. */
  finish(): readonly Conversation[] {
    return this.#all.map((conversation, number) => conversation.finish(number));
  }

  #conversationOf(segment: TcpSegment, carrier: Carrier): Opened {
    const pair = pairOf(segment);
    const known = this.#newest.get(pair);
    if (known !== undefined && !known.isEndedBy(segment)) return known;
    const conversation = new Opened(segment, carrier);
    this.#kept += CONVERSATION_COST;
    this.#all.push(conversation);
    this.#newest.set(pair, conversation);
    return conversation;
  }
}

/** One end of a conversation and what it sent. */
interface End {
  readonly address: Address;
  readonly stream: Stream;
  readonly direction: Direction;
  /** The sequence number of its SYN, or what that would have been, where it is known. */
  initial: number | null;
}

class Opened {
  /** Whoever sent the first packet that was seen. */
  readonly #first: End;
  readonly #second: End;
  readonly #started: number;
  #ended: number;
  #frames = 0;
  #client: End | null = null;

  constructor(segment: TcpSegment, { time }: Carrier) {
    this.#first = endAt(segment.sourceAddress, segment.sourcePort);
    this.#second = endAt(segment.destinationAddress, segment.destinationPort);
    this.#started = time;
    this.#ended = time;
  }

  /** Whether the segment opens another conversation between the same two ends. */
  isEndedBy(segment: TcpSegment): boolean {
    const { initial } = this.#senderOf(segment);
    return isFirstSyn(segment) && initial !== null && initial !== segment.sequence;
  }

  push(segment: TcpSegment, carrier: Carrier): void {
    this.#frames += 1;
    this.#ended = carrier.time;
    const sender = this.#senderOf(segment);
    const receiver = sender === this.#first ? this.#second : this.#first;
    this.#learnInitials(segment, sender, receiver);
    this.#learnClient(segment, sender, receiver);
    if ((segment.flags & TCP_FLAGS.ACK) !== 0) receiver.direction.acknowledged(segment.acknowledgement);
    sender.direction.push(segment, carrier);
  }

  finish(number: number): Conversation {
    const client = this.#client ?? this.#higherPort();
    const server = client === this.#first ? this.#second : this.#first;
    return {
      number,
      client: client.address,
      server: server.address,
      frames: this.#frames,
      started: this.#started,
      ended: this.#ended,
      opened: this.#client !== null,
      streams: { client: finished(client), server: finished(server) },
    };
  }

  #senderOf({ sourceAddress, sourcePort }: TcpSegment): End {
    const { address, port } = this.#first.address;
    return address === sourceAddress && port === sourcePort ? this.#first : this.#second;
  }

  /** As Wireshark guesses them where it saw no SYN: the byte before the first, the byte before the one asked for. */
  #learnInitials(segment: TcpSegment, sender: End, receiver: End): void {
    const opens = (segment.flags & TCP_FLAGS.SYN) !== 0;
    const acknowledges = (segment.flags & TCP_FLAGS.ACK) !== 0;
    if (opens && acknowledges) sender.initial = segment.sequence;
    sender.initial ??= opens ? segment.sequence : moved(segment.sequence, -1);
    if (acknowledges) receiver.initial ??= moved(segment.acknowledgement, -1);
  }

  #learnClient(segment: TcpSegment, sender: End, receiver: End): void {
    if ((segment.flags & TCP_FLAGS.SYN) === 0) return;
    this.#client ??= (segment.flags & TCP_FLAGS.ACK) !== 0 ? receiver : sender;
  }

  /** Who is the client where no SYN was seen: clients take a port from the upper end, services listen further down. */
  #higherPort(): End {
    return this.#second.address.port > this.#first.address.port ? this.#second : this.#first;
  }
}

function endAt(address: string, port: number): End {
  const stream = new Stream();
  return { address: { address, port }, stream, direction: new Direction(stream), initial: null };
}

function finished({ stream, direction }: End): ConversationStream {
  direction.finish();
  return { stream, conflicts: direction.conflicts };
}

/** Without ACK: whoever opens a connection sends it, and nobody else. */
function isFirstSyn({ flags }: TcpSegment): boolean {
  return (flags & (TCP_FLAGS.SYN | TCP_FLAGS.ACK)) === TCP_FLAGS.SYN;
}

/** The same text for both directions. */
function pairOf({ sourceAddress, sourcePort, destinationAddress, destinationPort }: TcpSegment): string {
  const source = `${sourceAddress} ${sourcePort}`;
  const destination = `${destinationAddress} ${destinationPort}`;
  return source < destination ? `${source} ${destination}` : `${destination} ${source}`;
}
