/** A chat as one capture tells of it: who sent how much, turn by turn. What is known of it without a key, and with one. */
import { printable } from '../../printable.js';
import { tlsMessages, type TlsLine } from './tls-lengths.js';
import { hasFailed } from '../findings/attempt.js';
import type { ConversationFindings, SealedMessage } from '../findings/findings.js';
import type { Capture } from '../inspect.js';
import type { Haystack } from '../search/search.js';
import type { Side } from '../../protocol/side.js';

export type TalkMode = 'plaintext' | 'encrypted' | 'tls';

export interface Turn {
  readonly side: Side;
  /** The lengths that the text can have, in bytes. */
  readonly textBytes: { readonly least: number; readonly most: number };
  /** null where it is not known. */
  readonly text: string | null;
  /** What it was sealed in: null for what was not sealed in this way. */
  readonly sealed: SealedMessage | null;
  readonly record: TlsLine | null;
}

export interface Talk {
  readonly mode: TalkMode;
  readonly capture: Capture;
  readonly conversation: ConversationFindings;
  readonly turns: readonly Turn[];
  /** Whether the capture holds it to its end, with nothing left out: if not, there may be more messages than turns. */
  readonly isWhole: boolean;
}

/** Chats of `mode`, in the order of the capture. */
export function talksIn(capture: Capture, mode: TalkMode): readonly Talk[] {
  return capture.findings.conversations
    .filter((conversation) => modeOfTalk(conversation) === mode)
    .map((conversation) => ({
      mode,
      capture,
      conversation,
      turns: mode === 'tls' ? tlsTurns(capture, conversation) : conversation.messages.flatMap((message) => turnOf(message, mode)),
      isWhole: isWhole(capture, conversation),
    }));
}

/** Which of our modes a conversation is in; null for what is no chat, or was the attempt at one and no more. */
function modeOfTalk(conversation: ConversationFindings): TalkMode | null {
  if (hasFailed(conversation)) return null;
  const { mode, protocol } = conversation;
  if (protocol?.name === 'TLS') return 'tls';
  return mode === 'unknown' ? null : mode;
}

/** What a capture holds, for whoever looked for something else in it: `TLS`, `plaintext and HTTP`. */
export function kindsIn({ findings }: Capture): string {
  const kinds = new Set(
    findings.conversations.map((conversation) => (hasFailed(conversation) ? 'attempts that failed' : KIND_NAMES[modeOfTalk(conversation) ?? 'none'])),
  );
  return [...kinds].join(' and ');
}
const KIND_NAMES: Readonly<Record<TalkMode | 'none', string>> = { plaintext: 'plaintext', encrypted: 'encrypted', tls: 'TLS', none: 'what is no chat' };

export function haystacksOf({ capture, conversation }: Pick<Talk, 'capture' | 'conversation'>): readonly Haystack[] {
  return capture.haystacks.filter((haystack) => haystack.conversation === conversation.number);
}

/** For messages: the name of the file that holds it. */
export function fileOf({ findings }: Capture): string {
  return printable(findings.file);
}

function isWhole({ findings }: Capture, { streams, ending, unlistedMessages: unlisted, unreadBytes: unread }: ConversationFindings): boolean {
  const isCut = streams.client.missing + streams.server.missing > 0 || unlisted !== undefined || unread > 0;
  return findings.damage === null && ending !== 'unseen' && !isCut;
}

/** A line in clear in an encrypted chat is none of its sealed messages. */
function turnOf(message: ConversationFindings['messages'][number], mode: TalkMode): readonly Turn[] {
  const { side } = message.place;
  if (message.kind === 'sealed') {
    if (mode !== 'encrypted') return [];
    const text = message.opened?.ok === true ? message.opened.text : null;
    return [{ side, textBytes: message.token.textBytes, text, sealed: message, record: null }];
  }
  if (mode === 'encrypted') return [];
  const bytes = Buffer.byteLength(message.text);
  // Bytes that are no UTF-8 are shown as U+FFFD, and not as many.
  const textBytes = message.text.includes('\ufffd') ? { least: 0, most: bytes } : { least: bytes, most: bytes };
  return [{ side, textBytes, text: message.text, sealed: null, record: null }];
}

/** In the order in which they crossed. */
function tlsTurns(capture: Capture, conversation: ConversationFindings): readonly Turn[] {
  return haystacksOf({ capture, conversation })
    .flatMap((haystack) => tlsMessages(haystack))
    .sort((one, other) => one.place.frame - other.place.frame)
    .map((record) => ({ side: record.place.side, textBytes: { least: record.textBytes, most: record.textBytes }, text: null, sealed: null, record }));
}
