/**
 * Writes the plaintext twin of an encrypted capture. It has the same packets between the same addresses at the same
 * times, but as if the chat had used plaintext mode. A learner can follow it in Wireshark and see what the key reveals.
 *
 *     encrypted   HELLO, PUBLIC-KEY      SESSION-KEY      MESSAGE gAAAAA… 3f2a…      MESSAGE …
 *     twin                                                Hello                      Hi
 *
 * Each text is in the packet that brought the last byte of its line. The twin leaves out packets that have nothing left
 * to say, and acknowledgements of nothing new. Sequence and acknowledgement numbers count only what remains.
 *
 * In a TLS conversation, the decrypted content of a record is in the packet that brought the last byte of the record.
 * Lines before TLS (STARTTLS) stay unchanged.
 */
import { inspectCapture } from '../eavesdropper/inspect.js';
import { decode, formatTcpPacket } from '../packets/headers/decode.js';
import { Decoder } from '../packets/headers/decoder.js';
import { LINKTYPE } from '../packets/headers/link.js';
import { TCP_FLAGS, type TcpSegment } from '../packets/headers/packet.js';
import { PcapWriter } from '../packets/file/pcap.js';
import { eachPacket } from './packets.js';
import type {
  CaptureFindings,
  ConversationFindings,
  SeenMessage,
  TlsFindings,
  TlsRecordFindings,
} from '../eavesdropper/findings/findings.js';
import type { Capture } from '../eavesdropper/inspect.js';
import type { IfThere } from '../files/output-file.js';
import type { KeyLog } from '../protocol/keylog.js';
import { openerWith } from '../keyholder/opening.js';
import { tlsOpenerWith } from '../keyholder/tls/tls-opening.js';
import type { TlsKeyLog } from '../keyholder/tls/tls-key-log.js';
import { SIDES, type Side } from '../protocol/side.js';

type HeldBytes = Capture['haystacks'][number]['stream'];

export interface Twin {
  /** How many conversations the keys decrypted, and how many are left out because the keys did not. */
  readonly conversations: number;
  readonly leftOut: number;
  readonly messages: number;
  /** How many messages are left out because they failed verification. Their receiver refused them too. */
  readonly refused: number;
  /**
   * The number of TLS records with application data, of encrypted records that could not be decrypted, and of bytes
   * after the last known record.
   */
  readonly records: number;
  readonly closedRecords: number;
  readonly unreadBytes: number;
  /** How many messages are left out because the capture has more than we list. */
  readonly unlisted: number;
  readonly damage: CaptureFindings['damage'];
}

export interface TwinKeys {
  readonly sessions: KeyLog;
  readonly tls: TlsKeyLog;
}

/**
 * Writes the twin of the capture `from` to `to`, a pcap.
 *
 * @param keysFor finds the keys for the capture.
 * @param ifThere what to do if the file `to` exists.
 * @throws CaptureFileError if a file cannot be read or written. Error if the keys decrypt no conversation.
 */
export async function writePlaintextTwin(
  from: string,
  to: string,
  keysFor: (capture: Capture) => TwinKeys,
  ifThere: IfThere = 'refuse',
): Promise<Twin> {
  const capture = await inspectCapture(from);
  const { sessions, tls } = keysFor(capture);
  const openers = { opener: await openerWith(sessions), tlsOpener: tlsOpenerWith(tls) };
  const { findings } = await inspectCapture(from, { ...openers, searchable: false });
  const twins = twinsOf(findings, capture.haystacks);
  const all = [...twins.values()].flat();
  const opened = all.filter(({ isOpened }) => isOpened);
  if (opened.length === 0)
    throw new Error('Cannot decrypt: the keys open no conversation in this capture; are they the keys of this chat?');
  await writePackets(from, to, twins, ifThere);
  const sum = (count: (twin: ConversationTwin) => number): number =>
    opened.reduce((total, twin) => total + count(twin), 0);
  return {
    conversations: opened.length,
    leftOut: all.length - opened.length,
    messages: sum((twin) => twin.messages),
    refused: sum((twin) => twin.refused),
    records: sum((twin) => twin.records),
    closedRecords: sum((twin) => twin.closedRecords),
    unreadBytes: sum((twin) => twin.unreadBytes),
    unlisted: sum((twin) => twin.unlisted),
    damage: findings.damage,
  };
}

/** By their pair of ends, which may have several conversations one after the other. */
type Twins = ReadonlyMap<string, ConversationTwin[]>;

function twinsOf({ conversations }: CaptureFindings, haystacks: Capture['haystacks']): Twins {
  const twins = new Map<string, ConversationTwin[]>();
  for (const conversation of conversations) {
    const { client, server } = conversation;
    const pair = pairOf(client.address, client.port, server.address, server.port);
    twins.set(pair, [...(twins.get(pair) ?? []), new ConversationTwin(conversation, haystacks)]);
  }
  return twins;
}

/** Takes a conversation out of `twins` as soon as the next one between the same two ends begins. */
async function writePackets(from: string, to: string, twins: Twins, ifThere: IfThere): Promise<void> {
  const writer = PcapWriter.whole(to, LINKTYPE.ETHERNET, ifThere);
  try {
    const decoder = new Decoder();
    await eachPacket(from, (packet) => {
      const decoded = decode(packet, decoder);
      if (decoded.kind !== 'tcp') return;
      const { segment } = decoded;
      const pair = twins.get(
        pairOf(segment.sourceAddress, segment.sourcePort, segment.destinationAddress, segment.destinationPort),
      );
      if (pair === undefined) return;
      // A SYN with a different number begins the next conversation between the same two ends.
      if (pair.length > 1 && pair[0]?.isEndedBy(segment) === true) pair.shift();
      for (const rewritten of pair[0]?.rewrite(segment, packet.number) ?? []) writer.write(packet, rewritten);
    });
  } catch (error) {
    writer.abandon();
    throw error;
  }
  writer.close();
}

/**
 * Windows of 8 MiB, scaled by 2^7, so that no window ever seems full. The original windows counted the encrypted bytes,
 * so they mean nothing here.
 */
const SYN_OPTIONS = Buffer.from([2, 4, 0xff, 0xd7, 1, 3, 3, 7]);
const WINDOW = 0xffff;
/** The most payload that fits into an IPv4 packet with an IP header and a TCP header. */
const MAX_PAYLOAD = 65_495;
const NO_OPTIONS = Buffer.alloc(0);
const LF = 0x0a;

class ConversationTwin {
  readonly isOpened: boolean;
  readonly messages: number = 0;
  readonly refused: number = 0;
  readonly unlisted: number;
  readonly records: number = 0;
  readonly closedRecords: number = 0;
  readonly unreadBytes: number;
  readonly #client: Half;
  readonly #server: Half;
  #over = false;

  constructor(conversation: ConversationFindings, haystacks: Capture['haystacks']) {
    const { number, client, messages, opening, tls, unlistedMessages: unlisted = 0 } = conversation;
    const isTls = (tls?.opening?.opened ?? 0) > 0;
    this.isOpened = opening?.keyFound === true || isTls;
    this.unlisted = isTls ? 0 : unlisted;
    this.unreadBytes = isTls ? (tls?.unread.client ?? 0) + (tls?.unread.server ?? 0) : 0;
    this.#client = new Half(`${client.address} ${client.port}`);
    this.#server = new Half('');
    if (isTls && tls !== undefined) {
      for (const side of SIDES) {
        const haystack = haystacks.find((each) => each.conversation === number && each.side === side);
        if (haystack !== undefined) this.#sayClear(side, haystack.stream, firstRecord(tls, side));
      }
      for (const record of tls.records) {
        const bytes = bytesIn(record);
        if (bytes !== null) {
          this.records += 1;
          this.#half(record.place.side).say(bytes, record.place.frame, record.place.lastFrame);
        } else if (record.sealed && record.opened?.ok !== true) this.closedRecords += 1;
      }
      return;
    }
    for (const message of messages) {
      const text = textOf(message);
      if (text === null) this.refused += 1;
      else {
        this.messages += 1;
        this.#half(message.place.side).say(Buffer.from(`${text}\n`), message.place.frame, message.place.lastFrame);
      }
    }
  }

  /** Repeats the lines before TLS, up to the offset `end`. */
  #sayClear(side: Side, stream: HeldBytes, end: number): void {
    if (stream.base > 0) return;
    for (let start = 0; start < end;) {
      const lf = stream.bytes.indexOf(LF, start);
      const next = lf === -1 ? end : Math.min(end, lf + 1);
      const line = Buffer.from(stream.bytes.subarray(start, next));
      this.#half(side).say(line, stream.carrierOf(start).frame, stream.carrierOf(next - 1).frame);
      start = next;
    }
  }

  isEndedBy(segment: TcpSegment): boolean {
    const { initial } = this.#sender(segment);
    return (
      (segment.flags & (TCP_FLAGS.SYN | TCP_FLAGS.ACK)) === TCP_FLAGS.SYN &&
      initial !== null &&
      initial !== segment.sequence
    );
  }

  /** Returns the packets that replace this segment: none, one, or several if the text is too long for one. */
  rewrite(segment: TcpSegment, frame: number): Buffer[] {
    const sender = this.#sender(segment);
    const receiver = sender === this.#client ? this.#server : this.#client;
    sender.begin(segment.sequence, segment.flags);
    if ((segment.flags & TCP_FLAGS.ACK) !== 0) receiver.begin(segment.acknowledgement, 0);
    if (!this.isOpened || this.#over) return [];

    const flags = this.#newFlags(segment, sender);
    const text = sender.ended ? NO_OPTIONS : sender.dueIn(frame);
    if (text.length === 0 && flags === 0 && sender.acknowledged === receiver.next) return [];
    const pieces: Buffer[] = [];
    for (let at = 0; at === 0 || at < text.length; at += MAX_PAYLOAD) pieces.push(text.subarray(at, at + MAX_PAYLOAD));
    return pieces.map((piece, index) =>
      this.#packet(segment, sender, receiver, piece, index === pieces.length - 1 ? flags : flags & TCP_FLAGS.SYN),
    );
  }

  /** The flags SYN and FIN the first time that the sender sets them, and RST. */
  #newFlags({ flags }: TcpSegment, sender: Half): number {
    let kept = 0;
    if ((flags & TCP_FLAGS.SYN) !== 0 && !sender.opened) kept |= TCP_FLAGS.SYN;
    if ((flags & TCP_FLAGS.FIN) !== 0 && !sender.ended) kept |= TCP_FLAGS.FIN;
    if ((flags & TCP_FLAGS.RST) !== 0) {
      kept |= TCP_FLAGS.RST;
      this.#over = true;
    }
    return kept;
  }

  #packet(segment: TcpSegment, sender: Half, receiver: Half, payload: Buffer, flags: number): Buffer {
    const acknowledges = (segment.flags & TCP_FLAGS.ACK) !== 0;
    const { sourceAddress, sourcePort, destinationAddress, destinationPort } = segment;
    const packet = formatTcpPacket(
      {
        ...{ sourceAddress, sourcePort, destinationAddress, destinationPort, payload },
        sequence: sender.next,
        acknowledgement: acknowledges ? receiver.next : 0,
        flags: flags | (acknowledges ? TCP_FLAGS.ACK : 0) | (payload.length > 0 ? TCP_FLAGS.PSH : 0),
        window: WINDOW,
      },
      (flags & TCP_FLAGS.SYN) === 0 ? NO_OPTIONS : SYN_OPTIONS,
    );
    sender.sent(payload.length, flags);
    if (acknowledges) sender.acknowledged = receiver.next;
    return packet;
  }

  #half(side: Side): Half {
    return side === 'client' ? this.#client : this.#server;
  }

  #sender({ sourceAddress, sourcePort }: TcpSegment): Half {
    return this.#client.name === `${sourceAddress} ${sourcePort}` ? this.#client : this.#server;
  }
}

/** One side: its texts for each packet, and its sequence numbers so far. */
class Half {
  /** The sequence number of its SYN, even if the capture has no SYN. null until it is known. */
  initial: number | null = null;
  /** The sequence number of its next byte. */
  next = 0;
  opened = false;
  ended = false;
  /** Its last acknowledgement number. */
  acknowledged: number | null = null;
  readonly #due = new Map<number, Buffer[]>();
  #lastFrame = 0;

  constructor(readonly name: string) {}

  /** Call it in the order of the texts. A text never goes into an earlier packet than the one before it. */
  say(bytes: Buffer, frame: number, lastFrame: number): void {
    this.#lastFrame = Math.max(this.#lastFrame, frame, lastFrame);
    const due = this.#due.get(this.#lastFrame) ?? [];
    due.push(bytes);
    this.#due.set(this.#lastFrame, due);
  }

  dueIn(frame: number): Buffer {
    return Buffer.concat(this.#due.get(frame) ?? []);
  }

  begin(sequence: number, flags: number): void {
    if (this.initial !== null) return;
    const opens = (flags & TCP_FLAGS.SYN) !== 0;
    this.initial = opens ? sequence : (sequence - 1) >>> 0;
    this.next = sequence;
  }

  sent(bytes: number, flags: number): void {
    if ((flags & TCP_FLAGS.SYN) !== 0) this.opened = true;
    if ((flags & TCP_FLAGS.FIN) !== 0) this.ended = true;
    this.next = (this.next + bytes + ((flags & (TCP_FLAGS.SYN | TCP_FLAGS.FIN)) === 0 ? 0 : 1)) % 2 ** 32;
  }
}

/** The offset of a side's first record. 0 if it has none. */
function firstRecord({ records }: TlsFindings, side: Side): number {
  return records.find(({ place }) => place.side === side)?.place.offset ?? 0;
}

/** The application data in a record, or null if there is none. */
function bytesIn({ opened }: TlsRecordFindings): Buffer | null {
  if (opened?.ok !== true || opened.type !== 'application data') return null;
  return opened.text === undefined ? Buffer.from(opened.base64 ?? '', 'base64') : Buffer.from(opened.text);
}

/** The text of the message, or null if it failed verification. */
function textOf(message: SeenMessage): string | null {
  if (message.kind === 'readable') return message.text;
  return message.opened?.ok === true ? message.opened.text : null;
}

function pairOf(oneAddress: string, onePort: number, otherAddress: string, otherPort: number): string {
  return [`${oneAddress} ${onePort}`, `${otherAddress} ${otherPort}`].sort().join(' ');
}
