/** What a listener who has only the file can read: a capture from beginning to end, and the search in it. */
import { decode, linkTypeName } from '../packets/decode.js';
import { readPcapFile } from '../packets/pcap.js';
import { SIDES, readChat } from './chat.js';
import { Conversations, MAX_KEPT_BYTES } from './conversations.js';
import { openChat } from './opening.js';
import { Haystack, search } from './search.js';
import type { CapturedPacket } from '../packets/packet.js';
import type { KeyLog } from '../protocol/keylog.js';
import type { Chat } from './chat.js';
import type { Conversation } from './conversations.js';
import type { CaptureFindings, ConversationFindings, Damage, Verdict } from './findings.js';

export interface Capture {
  readonly findings: CaptureFindings;
  /** Both directions of each conversation: what can be searched. */
  readonly haystacks: readonly Haystack[];
}

export interface InspectOptions {
  /** The sessions whose messages shall be opened. */
  readonly keys?: KeyLog;
}

/**
 * Reads the capture at `path`. Damage to it is reported in the findings with all that came before it, and so is what
 * goes past {@link MAX_KEPT_BYTES}.
 *
 * @throws CaptureFileError where the file is none or cannot be read.
 */
export async function inspectCapture(path: string, { keys }: InspectOptions = {}): Promise<Capture> {
  const reading = new Reading();
  const { linkType, packets, damage } = await readPcapFile(path, (packet) => {
    reading.take(packet);
  });
  const chats = reading.conversations.finish().map((conversation) => ({ conversation, chat: readChat(conversation) }));
  const conversations: ConversationFindings[] = [];
  for (const { conversation, chat } of chats) conversations.push(await findingsOf(conversation, chat, keys));
  return {
    findings: {
      file: path,
      linkType: { number: linkType, name: linkTypeName(linkType) },
      packets,
      damage: reading.tooMuch ?? damage,
      otherPackets: Object.fromEntries(reading.others),
      conversations,
    },
    haystacks: chats.flatMap(({ conversation: { number, streams }, chat: { mode } }) =>
      SIDES.map((side) => new Haystack(number, side, streams[side].stream, mode)),
    ),
  };
}

/** The outcome of a search for each of `texts`. One capture alone has no control: see the `why` of those not found. */
export function findTexts({ haystacks }: Capture, texts: readonly string[]): readonly { readonly text: string; readonly verdict: Verdict }[] {
  return texts.map((text) => {
    const hits = search(text, haystacks);
    const hit = hits.find(({ meaning }) => meaning === 'text');
    const others = hits.filter((other) => other !== hit);
    if (hit !== undefined) return { text, verdict: { readable: true, hit, others } };
    return { text, verdict: { readable: false, control: { held: false, why: NO_TWIN }, others } };
  });
}

const NO_TWIN =
  'only a plaintext capture of the same conversation can show that this search would have found it: give both to `servchat compare`';

/** What the packets of one file come to. */
class Reading {
  readonly conversations = new Conversations();
  readonly others = new Map<string, number>();
  tooMuch: Damage | null = null;
  /** Bytes from the start of the file to the packet's record, whose header takes 16. */
  #offset = 24;

  take(packet: CapturedPacket): void {
    const offset = this.#offset;
    this.#offset += 16 + packet.data.length;
    const decoded = decode(packet);
    if (decoded.kind === 'other') {
      this.others.set(decoded.name, (this.others.get(decoded.name) ?? 0) + 1);
      return;
    }
    if (this.conversations.isFull) {
      this.tooMuch ??= {
        message: `The capture holds more than the ${MAX_KEPT_BYTES / 2 ** 20} MiB that are kept: from packet ${packet.number} on, nothing was read`,
        packet: packet.number,
        offset,
      };
      return;
    }
    this.conversations.push(decoded.segment, { frame: packet.number, time: packet.seconds + packet.nanoseconds / 1e9 });
  }
}

async function findingsOf(conversation: Conversation, chat: Chat, keys: KeyLog | undefined): Promise<ConversationFindings> {
  const { number, client, server, frames, started, ended, streams } = conversation;
  const { opening, messages } = keys === undefined ? { opening: null, messages: chat.messages } : await openChat(conversation, chat, keys);
  return {
    number,
    client,
    server,
    frames,
    started,
    ended,
    streams: { client: streamFindings(streams.client), server: streamFindings(streams.server) },
    mode: chat.mode,
    handshake: chat.handshake,
    messages,
    ...(chat.unlisted > 0 ? { unlisted: chat.unlisted } : {}),
    opening,
  };
}

function streamFindings({ stream, conflicts }: Conversation['streams']['client']): ConversationFindings['streams']['client'] {
  return { bytes: stream.length, sha256: stream.sha256(), missing: stream.missing, conflicts };
}
