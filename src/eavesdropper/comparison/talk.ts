/**
 * A chat as one capture shows it: who sent how much, turn by turn. It includes what is known without a key and with
 * one.
 */
import { printable } from '../../printable.js';
import { openedLines } from './opened-lines.js';
import { tlsMessages, type TlsLine } from './tls-lengths.js';
import { hasFailed } from '../findings/attempt.js';
import type { ConversationFindings, ReadableMessage, SealedMessage, TlsFindings } from '../findings/findings.js';
import type { Capture } from '../inspect.js';
import type { Haystack } from '../search/search.js';
import { MODE_FACTS, type Carrier, type Mode } from '../../protocol/modes.js';
import type { Side } from '../../protocol/side.js';

export interface Turn {
  readonly side: Side;
  /** The lengths that the text can have, in bytes. */
  readonly textBytes: { readonly least: number; readonly most: number };
  /** null if it is not known. */
  readonly text: string | null;
  /** The sealed message that contained it; null if it was not sealed in a token. */
  readonly sealed: SealedMessage | null;
  readonly record: TlsLine | null;
}

export interface Talk {
  readonly mode: Mode;
  readonly capture: Capture;
  readonly conversation: ConversationFindings;
  readonly turns: readonly Turn[];
  /**
   * Whether the capture contains the chat to its end, with nothing left out. If not, there may be more messages than
   * turns.
   */
  readonly isWhole: boolean;
}

/** The chats of `mode`, in the order of the capture. */
export function talksIn(capture: Capture, mode: Mode): readonly Talk[] {
  return capture.findings.conversations
    .filter((conversation) => modeOfTalk(conversation) === mode)
    .map((conversation) => ({
      mode,
      capture,
      conversation,
      turns: TURNS[MODE_FACTS[mode].carrier](capture, conversation),
      isWhole: isWhole(capture, conversation),
    }));
}

/** Which of our modes a conversation is in. null if it is not a chat, or only a failed attempt. */
function modeOfTalk(conversation: ConversationFindings): Mode | null {
  if (hasFailed(conversation)) return null;
  const { mode, protocol } = conversation;
  if (protocol?.name === 'TLS') return 'tls';
  return mode === 'unknown' ? null : mode;
}

/** What a capture contains, for a message that says what was not in it: `TLS`, `plaintext and HTTP`. */
export function kindsIn({ findings }: Capture): string {
  const kinds = new Set(findings.conversations.map((conversation) => kindOf(conversation)));
  return [...kinds].join(' and ');
}

function kindOf(conversation: ConversationFindings): string {
  if (hasFailed(conversation)) return 'attempts that failed';
  const mode = modeOfTalk(conversation);
  return mode === null ? 'traffic that is not a chat' : MODE_FACTS[mode].title;
}

export function haystacksOf({ capture, conversation }: Pick<Talk, 'capture' | 'conversation'>): readonly Haystack[] {
  return capture.haystacks.filter((haystack) => haystack.conversation === conversation.number);
}

/** For messages: the name of the capture's file. */
export function fileOf({ findings }: Capture): string {
  return printable(findings.file);
}

function isWhole(
  { findings }: Capture,
  { streams, ending, unlistedMessages: unlisted, unreadBytes: unread, tls }: ConversationFindings,
): boolean {
  // A key log opens only the records that are listed.
  if (isOpened(tls) && tls.unread.client + tls.unread.server > 0) return false;
  const isCut = streams.client.missing + streams.server.missing > 0 || unlisted !== undefined || unread > 0;
  return findings.damage === null && ending !== 'unseen' && !isCut;
}

/**
 * How to read the turns of a chat, by what carries its messages. An unencrypted line in an encrypted chat is not one of
 * its sealed messages.
 */
const TURNS: Readonly<Record<Carrier, (capture: Capture, conversation: ConversationFindings) => readonly Turn[]>> = {
  line: (_, { messages }) =>
    messages.flatMap((message) => (message.kind === 'readable' ? [readableTurn(message)] : [])),
  token: (_, { messages }) => messages.flatMap((message) => (message.kind === 'sealed' ? [sealedTurn(message)] : [])),
  record: tlsTurns,
};

function readableTurn({ place: { side }, text }: ReadableMessage): Turn {
  const bytes = Buffer.byteLength(text);
  // Bytes that are not UTF-8 are shown as U+FFFD, and there may be more or fewer of those than there were bytes.
  const textBytes = text.includes('\ufffd') ? { least: 0, most: bytes } : { least: bytes, most: bytes };
  return { side, textBytes, text, sealed: null, record: null };
}

function sealedTurn(message: SealedMessage): Turn {
  const text = message.opened?.ok === true ? message.opened.text : null;
  return { side: message.place.side, textBytes: message.token.textBytes, text, sealed: message, record: null };
}

/** In the order in which they were sent. */
function tlsTurns(capture: Capture, conversation: ConversationFindings): readonly Turn[] {
  const { tls } = conversation;
  return haystacksOf({ capture, conversation })
    .flatMap((haystack) => (isOpened(tls) ? openedLines(haystack, tls) : tlsMessages(haystack)))
    .sort((one, other) => one.place.frame - other.place.frame)
    .map((record) => ({
      side: record.place.side,
      textBytes: { least: record.textBytes, most: record.textBytes },
      text: record.opened?.ok === true ? record.opened.text : null,
      sealed: null,
      record,
    }));
}

/** Whether a key log has opened at least one record. */
function isOpened(tls: TlsFindings | undefined): tls is TlsFindings {
  return (tls?.opening?.opened ?? 0) > 0;
}
