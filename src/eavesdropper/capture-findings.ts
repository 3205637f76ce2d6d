/** What one pass over a capture says of the whole file. */
import { linkTypeName } from '../packets/headers/decode.js';
import type { CaptureEnd } from '../packets/file/capture-reader.js';
import type { Decoder } from '../packets/headers/decoder.js';
import type { FragmentReport } from '../packets/headers/fragments.js';
import type { CaptureFindings, ConversationFindings, DatagramFindings, UdpConversation } from './findings/findings.js';
import type { Datagrams } from './datagrams.js';
import type { Conversations } from './tcp/conversations.js';

/** The results of one pass over a capture. */
export interface Pass {
  readonly file: string;
  readonly end: CaptureEnd;
  /** The conversations that are listed, and how many are not. */
  readonly list: { readonly listed: readonly ConversationFindings[]; readonly unlisted: number };
  readonly conversations: Conversations;
  readonly decoder: Decoder;
  /** Packets without a TCP segment, counted by kind. */
  readonly others: ReadonlyMap<string, number>;
  readonly datagrams: Datagrams;
  readonly udp: readonly UdpConversation[];
  readonly outOfOrder: number;
}

export function captureFindings({
  file,
  end,
  list,
  conversations,
  decoder,
  others,
  datagrams: { unlooked },
  udp,
  outOfOrder,
}: Pass): CaptureFindings {
  const { fragments } = decoder;
  const datagrams = datagramFindings(udp, unlooked);
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
    conversations: list.listed,
    ...(udp.length > 0 ? { udp } : {}),
    contents: {
      format: end.format,
      compressed: end.compressed,
      conversations: conversations.count - conversations.bare,
      ...(conversations.bare > 0 ? { onlyHeaders: conversations.bare } : {}),
      linkTypes,
      comments: end.comments,
      unlistedComments: end.otherComments,
      ...(end.tlsKeyLogs.length > 0 ? { tlsSecrets: countLines(end.tlsKeyLogs) } : {}),
      ...(outOfOrder > 0 ? { outOfOrder } : {}),
      ...(datagrams === null ? {} : { datagrams }),
      ...(hasAny(fragments) ? { fragments } : {}),
    },
    leftOut: leftOut(list.unlisted, conversations),
  };
}

/** null if none can be read. */
function datagramFindings(udp: readonly UdpConversation[], unlooked: number): DatagramFindings | null {
  const messages = udp.flatMap((conversation) => conversation.messages);
  const [first] = [...messages].sort((one, other) => one.place.frame - other.place.frame);
  if (first === undefined) return null;
  const unlisted = udp.reduce((sum, { unlistedMessages = 0 }) => sum + unlistedMessages, 0);
  return {
    readable: messages.length + unlisted,
    first: { frame: first.place.frame, text: first.text.slice(0, SHOWN_CHARACTERS) },
    ...(unlooked === 0 ? {} : { unlooked }),
  };
}
const SHOWN_CHARACTERS = 160;

function leftOut(unlisted: number, { late, forgotten }: Conversations): CaptureFindings['leftOut'] {
  return { conversations: unlisted, latePackets: late.packets, lateBytes: late.bytes, forgottenPairs: forgotten };
}

/** Lines of key-log text, without comments and empty lines. The listener counts them but does not use them. */
function countLines(texts: readonly Buffer[]): number {
  let count = 0;
  for (const text of texts) {
    for (let start = 0; start < text.length;) {
      const lf = text.indexOf('\n', start);
      const end = lf === -1 ? text.length : lf;
      if (end - start > 1 && text[start] !== COMMENT_SIGN) count += 1;
      start = end + 1;
    }
  }
  return count;
}
const COMMENT_SIGN = 0x23;

function hasAny({ reassembled, incomplete, conflicts, bad }: FragmentReport): boolean {
  return reassembled + incomplete + conflicts + bad > 0;
}
