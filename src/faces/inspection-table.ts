/**
 * What `servchat inspect` shows at a terminal: what the file alone reveals, and with a key log also the text of the
 * tokens.
 */
import type { CaptureFindings, ConversationFindings, StreamFindings } from '../eavesdropper/findings/findings.js';
import { failurePhrase } from './chat-outcome.js';
import { MOST_SHOWN, shortened } from './columns.js';
import type { Find } from '../eavesdropper/inspect.js';
import { moreLines, shownLines } from './excerpt.js';
import { fileSection } from './file-section.js';
import { findSection } from './find-section.js';
import { handshakeSteps } from './handshake-steps.js';
import type { Look } from './look.js';
import { messageSection } from './message-section.js';
import { counted, duration, endpoint, frameNumbers, moment } from './phrases.js';
import { SIDES } from '../protocol/side.js';
import {
  grouping,
  kindPhrase,
  marksPhrase,
  protocolPhrase,
  lettersPhrase,
  readabilityPhrase,
  readableShare,
} from './readability-phrases.js';
import { MOST_IN_FULL, ROWS_AMONG_OTHERS, USUAL_ROWS } from './shown.js';
import { stillVisible } from './still-visible.js';
import { tlsOpeningFacts, tlsSections } from './tls-section.js';
import { sameBytesPhrase } from './same-bytes-phrase.js';
import { udpSections } from './udp-section.js';
import { wireKeysSection } from './wire-keys-section.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

const PLAIN_PAIRS: readonly Column[] = [{ head: '' }, { head: '', flexible: true }];

/**
 * Lines that end in LF. `limit` is the most rows of one table. The default is in `shown.ts`. `others`: how many
 * conversations come after those in the findings.
 */
export function inspectionTable(
  findings: CaptureFindings,
  finds: readonly Find[],
  look: Look,
  limit?: number,
  others = 0,
): string {
  const { conversations } = findings;
  const count = conversations.length + others;
  const inFull = conversations.slice(0, MOST_IN_FULL);
  const messages = limit ?? (inFull.length > 1 ? ROWS_AMONG_OTHERS : USUAL_ROWS);
  const sections = [
    fileSection(findings, look),
    ...(conversations.length > 1 ? [listSection(conversations, count, look, limit ?? USUAL_ROWS)] : []),
    ...inFull.flatMap((conversation) => conversationSections(conversation, look, messages)),
    ...(count > MOST_IN_FULL
      ? [
          proseLines(
            `${counted(count - MOST_IN_FULL, 'more conversation')}, not shown in full; --conversation NUMBER shows one.`,
            look,
          ),
        ]
      : []),
    ...udpSections(findings.udp ?? [], look, messages),
    findSection(finds, findings.otherPackets, look),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function listSection(
  conversations: readonly ConversationFindings[],
  count: number,
  look: Look,
  limit: number,
): string[] {
  const columns: readonly Column[] = [
    { head: '#', align: 'right' },
    { head: 'client', flexible: true },
    { head: 'server', flexible: true },
    { head: 'what it is' },
    { head: 'frames', align: 'right' },
    { head: 'bytes', align: 'right' },
    { head: 'readable', align: 'right' },
  ];
  const rows = conversations.slice(0, limit).map((conversation) => {
    const { number, client, server, frames, streams } = conversation;
    const bytes = streams.client.bytes + streams.server.bytes;
    return [
      number,
      endpoint(client),
      endpoint(server),
      kindPhrase(conversation),
      grouping(frames),
      grouping(bytes),
      readableShare(conversation),
    ].map((value) => cell(value));
  });
  return [
    ...headingLines('Conversations', look),
    ...tableLines(columns, rows, look, 2),
    ...moreLines(count - limit, look, 2),
  ];
}

const SIDES_GUESSED =
  '. Which is which is a guess: the beginning was not captured, and clients mostly have the higher port';

function conversationSections(conversation: ConversationFindings, look: Look, limit: number): string[][] {
  const { number, client, server, guessedSides, started, ended, frames, streams, ending, disguise } = conversation;
  const failure = failurePhrase(conversation);
  const facts: readonly (readonly [string, string])[] = [
    ['who', `client ${endpoint(client)}, server ${endpoint(server)}${guessedSides === true ? SIDES_GUESSED : ''}`],
    ['when', `${moment(started)}, for ${duration(Math.max(0, ended - started))}`],
    ['how much', `${counted(frames, 'frame')}; ${streamsPhrase(conversation)}`],
    ...(protocolPhrase(conversation) === '' ? [] : [['protocol', protocolPhrase(conversation)] as const]),
    ...(failure === null ? [] : [['chat', failure] as const]),
    [
      'readable',
      `client: ${readabilityPhrase(streams.client, ending)}; server: ${readabilityPhrase(streams.server, ending)}`,
    ],
    ...(disguise === undefined ? [] : [['written in', `${disguise}; below, the messages are decoded`] as const]),
    ...(lettersPhrase(conversation) === '' ? [] : [['written in', lettersPhrase(conversation)] as const]),
    ...(marksPhrase(conversation) === '' ? [] : [['messages', marksPhrase(conversation)] as const]),
    ...(conversation.sameBytes === undefined ? [] : [['same bytes', sameBytesPhrase(conversation.sameBytes)] as const]),
    ...(conversation.unreadBytes === 0 ? [] : [['not read', unreadPhrase(conversation)] as const]),
    ...openingFacts(conversation),
    ...tlsOpeningFacts(conversation),
  ];
  const sections = [
    [
      ...headingLines(`Conversation ${number}: ${heading(conversation)}`, look),
      ...tableLines(
        PLAIN_PAIRS,
        facts.map(([what, value]) => [cell(what, 'faint'), cell(value)]),
        look,
        2,
      ),
    ],
    handshakeSection(conversation, look),
    ...tlsSections(conversation, look, limit),
    messageSection(conversation, look, limit),
    sampleSection(conversation, look),
    wireKeysSection(conversation, look, limit),
    conversation.mode === 'encrypted' ? stillVisibleSection(conversation, look) : [],
  ];
  return sections.filter((lines) => lines.length > 0);
}

/**
 * For a conversation that is too long to keep: for a chat, the beginning was read. For another protocol, nothing was.
 */
function unreadPhrase({ unreadBytes: unread, streams, protocol }: ConversationFindings): string {
  const all = streams.client.bytes + streams.server.bytes;
  if (unread < all) return `the last ${counted(unread, 'byte')} were not searched for messages`;
  const why = protocol === null ? '' : `: this is ${protocol.name}, not a servchat chat`;
  return `none of the ${counted(all, 'byte')} ${all === 1 ? 'was' : 'were'} searched for messages${why}`;
}

/** The mode of a chat. For other traffic, the protocol. */
function heading({ mode, protocol, tlsFrom, disguise }: ConversationFindings): string {
  if (tlsFrom !== undefined) return protocol === null ? 'unencrypted, then tls' : `${protocol.name}, then tls`;
  if (protocol === null)
    return disguise === undefined ? mode : `${mode === 'plaintext' ? mode : 'readable without a key'}, in ${disguise}`;
  if (protocol.name !== 'TLS') return protocol.name;
  return protocol.encrypts || protocol.answer === 'unencrypted' ? 'tls' : 'tls, failed';
}

export function stillVisibleSection(conversation: ConversationFindings, look: Look): string[] {
  const rows = stillVisible(conversation).map(({ what, seen }) => [cell(what, 'faint'), cell(seen)]);
  return [...headingLines('What a listener still sees', look, 2), ...tableLines(PLAIN_PAIRS, rows, look, 4)];
}

function streamsPhrase({ streams }: ConversationFindings): string {
  return `${streamPhrase('client', streams.client)}; ${streamPhrase('server', streams.server)}`;
}

function streamPhrase(side: string, { bytes, missing, conflicts }: StreamFindings): string {
  const flaws = [
    ...(missing === 0 ? [] : [`${missing} missing from the capture`]),
    ...(conflicts === 0 ? [] : [`${counted(conflicts, 'segment')} sent again with other bytes`]),
  ];
  return [`${side} ${counted(bytes, 'byte')}`, ...flaws].join(', ');
}

function openingFacts({ opening }: ConversationFindings): readonly (readonly [string, string])[] {
  if (opening === null) return [];
  if (!opening.keyFound) return [['key log', 'it has no line for this conversation’s public key']];
  return [['key log', `it has the key of this conversation: ${opening.verified} verified, ${opening.refused} refused`]];
}

function handshakeSection(conversation: ConversationFindings, look: Look): string[] {
  const steps = handshakeSteps(conversation);
  if (steps.length === 0) return [];
  const columns: readonly Column[] = [
    { head: 'frame', align: 'right' },
    { head: 'side' },
    { head: 'line' },
    { head: 'what it is', flexible: true },
  ];
  const rows = steps.map(({ place, line, value, meaning }) => [
    cell(frameNumbers(place)),
    cell(place.side),
    cell(line),
    cell([...(value === '' ? [] : [shortened(value, MOST_SHOWN)]), meaning]),
  ]);
  return [...headingLines('Handshake, unencrypted', look, 2), ...tableLines(columns, rows, look, 4)];
}

/** The beginnings of texts. If the messages are listed already, it shows only texts in disguise. */
function sampleSection({ streams, messages }: ConversationFindings, look: Look): string[] {
  const columns: readonly Column[] = [
    { head: 'side' },
    { head: 'offset', align: 'right' },
    { head: 'as' },
    { head: 'it says', flexible: true },
  ];
  const rows = SIDES.flatMap((side) =>
    streams[side].readability.samples
      .filter((sample) => messages.length === 0 || sample.as !== 'text')
      .map(({ offset, as, text }) => [cell(side), cell(offset), cell(as), cell(shownLines(text), 'alarm')]),
  );
  return rows.length === 0 ? [] : [...headingLines('Texts in it', look, 2), ...tableLines(columns, rows, look, 4)];
}
