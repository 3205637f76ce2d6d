/**
 * What `servchat inspect` shows at a terminal: what the file alone reveals, and with a key log also the text of the
 * tokens.
 */
import {
  MAX_HITS,
  type CaptureFindings,
  type ConversationFindings,
  type Hit,
  type SeenMessage,
  type StreamFindings,
  type Verdict,
} from '../eavesdropper/findings/findings.js';
import { failurePhrase } from './chat-outcome.js';
import { MOST_SHOWN, shortened } from './columns.js';
import type { Find } from '../eavesdropper/inspect.js';
import { moreLines, shownLines, shownText } from './excerpt.js';
import { handshakeSteps } from './handshake-steps.js';
import type { Look } from './look.js';
import {
  counted,
  duration,
  endpoint,
  frameNumbers,
  frames,
  guessPhrase,
  hitPhrase,
  listed,
  meaningPhrase,
  moment,
  secondMoment,
  shapePhrase,
  textStep,
} from './phrases.js';
import { SIDES } from '../protocol/side.js';
import {
  grouping,
  kindPhrase,
  marksPhrase,
  protocolPhrase,
  readabilityPhrase,
  readableShare,
} from './readability-phrases.js';
import { MOST_IN_FULL, ROWS_AMONG_OTHERS, USUAL_ROWS } from './shown.js';
import { stillVisible } from './still-visible.js';
import { tlsOpeningFacts, tlsSections } from './tls-section.js';
import { sameBytesPhrase } from './same-bytes-phrase.js';
import { wireKeysSection } from './wire-keys-section.js';
import { cell, headingLines, proseLines, tableLines, type Cell, type Column } from './table.js';

/** The name that means standard input. */
const STANDARD_INPUT = '-';

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
    ...(finds.length === 0
      ? []
      : [[...headingLines('Search', look), ...finds.flatMap((find) => findLines(find, findings.otherPackets, look))]]),
  ];
  return sections.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function fileSection(findings: CaptureFindings, look: Look): string[] {
  const { file, linkType, packets, damage, otherPackets, contents } = findings;
  const others = Object.entries(otherPackets).map(([kind, count]) => `${count} ${kind}`);
  const content = [
    counted(packets, 'packet'),
    linkType.name,
    counted(contents.conversations, 'TCP conversation'),
    ...(others.length === 0 ? [] : [`outside of them: ${listed(others)}`]),
  ];
  const lines = [
    ...headingLines(file === STANDARD_INPUT ? 'standard input' : file, look),
    ...proseLines(content.join(', '), look, 2),
    ...findings.contents.comments
      .slice(0, MOST_IN_FULL)
      .flatMap(({ on, packet, text }) =>
        proseLines(
          `comment on ${packet === null ? `the ${on}` : `packet ${packet}`}: ${shortened(text, MOST_SHOWN)}`,
          look,
          2,
          2,
        ),
      ),
    ...secretLines(findings, look),
    ...headerLines(findings, look),
    ...fragmentLines(findings, look),
    ...orderLines(findings, look),
    ...leftOutLines(findings, look),
  ];
  if (damage === null) return lines;
  const where = `Reading stopped at packet ${damage.packet}, byte ${damage.offset} of the file`;
  return [...lines, ...proseLines(`${where}: ${damage.message}`, look, 2, 2, 'strong')];
}

function orderLines({ contents: { outOfOrder: backwards } }: CaptureFindings, look: Look): string[] {
  if (backwards === undefined) return [];
  const what = `${counted(backwards, 'packet')} of the file ${backwards === 1 ? 'is' : 'are'} older than one before: the file is not in the order of time, so bytes may be missed; Wireshark’s reordercap sorts it`;
  return proseLines(what, look, 2, 2, 'strong');
}

/** Reports TLS secrets in the file. Everyone who has the file has them too, but the listener does not use them. */
function secretLines({ contents: { tlsSecrets }, file }: CaptureFindings, look: Look): string[] {
  if (tlsSecrets === undefined) return [];
  const what = `the file itself holds a TLS key log (${counted(tlsSecrets, 'line')}): anyone who has it can open what was in TLS`;
  const how =
    file === STANDARD_INPUT
      ? 'Wireshark does so by itself'
      : 'Wireshark does so by itself; servchat does with --keys and the name of this file';
  return proseLines(`${what}. ${how}`, look, 2, 2, 'strong');
}

/** Explains why the list skips some numbers. */
function headerLines({ contents: { onlyHeaders } }: CaptureFindings, look: Look): string[] {
  if (onlyHeaders === undefined) return [];
  const [which, whose] =
    onlyHeaders === 1
      ? ['1 conversation has a number, as in Wireshark, but no packet', 'its header']
      : [`${onlyHeaders} conversations have a number, as in Wireshark, but no packets`, 'a header of each'];
  return proseLines(`${which}: only ${whose} was captured, quoted in an ICMP error or damaged`, look, 2, 2);
}

function fragmentLines({ contents: { fragments } }: CaptureFindings, look: Look): string[] {
  if (fragments === undefined) return [];
  const { reassembled, incomplete, conflicts, bad } = fragments;
  const lost = [
    ...(incomplete === 0 ? [] : [`${counted(incomplete, 'packet')} with missing fragments`]),
    ...(conflicts === 0 ? [] : [`${counted(conflicts, 'fragment')} with other bytes than before`]),
    ...(bad === 0 ? [] : [`${counted(bad, 'fragment')} that cannot be part of a packet`]),
  ];
  const put = `${counted(reassembled, 'packet')} put together again`;
  return proseLines(`IP fragments: ${[put, ...lost].join(', ')}`, look, 2, 2, lost.length === 0 ? 'plain' : 'strong');
}

/**
 * Says what the listener skipped because of its own limits. Without this, the reader would think that the output is
 * complete.
 */
function leftOutLines({ leftOut }: CaptureFindings, look: Look): string[] {
  const { conversations, latePackets, lateBytes, forgottenPairs } = leftOut;
  const notes = [
    ...(conversations === 0
      ? []
      : [
          `${counted(conversations, 'conversation')} more ${conversations === 1 ? 'is' : 'are'} not listed; --format ndjson lists all`,
        ]),
    ...(latePackets === 0
      ? []
      : [
          `${counted(latePackets, 'packet')} with ${counted(lateBytes, 'byte')} came after servchat had forgotten their conversation, and were not read`,
        ]),
    ...(forgottenPairs === 0
      ? []
      : [
          `there are so many conversations that servchat had to forget ${counted(forgottenPairs, 'old one')}: later numbers may differ from Wireshark’s`,
        ]),
  ];
  return notes.flatMap((note) => proseLines(note, look, 2, 2, 'strong'));
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

function messageSection(conversation: ConversationFindings, look: Look, limit: number): string[] {
  const { opening } = conversation;
  const messages = conversation.messages.slice(0, limit);
  const unlisted = conversation.unlistedMessages ?? 0;
  return [
    ...(hasMessages(conversation) ? messageTables(messages, opening, look) : lineTable(messages, look)),
    ...guessLines(conversation, look),
    ...moreLines(conversation.messages.length - messages.length, look, 4),
    ...(unlisted === 0
      ? []
      : proseLines(
          `… and ${grouping(unlisted)} more, for which there was no room; --follow ${conversation.number} shows all that was said`,
          look,
          4,
        )),
  ];
}

/** Lines of HTTP and its like are no messages. */
function hasMessages({ protocol }: ConversationFindings): boolean {
  return protocol === null || protocol.name === 'WebSocket';
}

function guessLines({ guessedBorders }: ConversationFindings, look: Look): string[] {
  return guessedBorders === undefined ? [] : proseLines(guessPhrase(guessedBorders), look, 4, 2);
}

function messageTables(
  messages: readonly SeenMessage[],
  opening: ConversationFindings['opening'],
  look: Look,
): string[] {
  if (messages.length === 0) return [];
  if (messages.every(({ kind }) => kind === 'readable'))
    return messageTable(READABLE_COLUMNS, messages, readableRow, look);
  if (opening?.keyFound !== true) return messageTable(SEALED_COLUMNS, messages, sealedRow, look);
  return messageTable(OPENED_COLUMNS, messages, openedRow, look);
}

/**
 * Shows the lines of another protocol. They are not messages, so they are not counted. Leaves out empty lines, which
 * tell nothing, and bodies of bytes, which are not text.
 */
function lineTable(messages: readonly SeenMessage[], look: Look): string[] {
  const rows = messages.flatMap((message) => {
    if (message.kind !== 'readable' || message.text === '' || message.text.includes('\ufffd')) return [];
    const [, ...cells] = readableRow(message);
    return [cells];
  });
  const [, ...columns] = [...PLACE_COLUMNS, ...READABLE_COLUMNS];
  return rows.length === 0 ? [] : [...headingLines('Lines of text', look, 2), ...tableLines(columns, rows, look, 4)];
}

function messageTable(
  columns: readonly Column[],
  messages: readonly SeenMessage[],
  row: (message: SeenMessage) => readonly Cell[],
  look: Look,
): string[] {
  return [
    ...headingLines('Messages', look, 2),
    ...tableLines([...PLACE_COLUMNS, ...columns], messages.map(row), look, 4),
  ];
}

const PLACE_COLUMNS: readonly Column[] = [
  { head: '#', align: 'right' },
  { head: 'frame', align: 'right' },
  { head: 'side' },
];
const READABLE_COLUMNS: readonly Column[] = [{ head: 'text', flexible: true }];
const SEALED_COLUMNS: readonly Column[] = [
  { head: 'token' },
  { head: 'the text is', flexible: true },
  { head: 'made (the token’s clock)' },
];
const OPENED_COLUMNS: readonly Column[] = [{ head: 'token' }, { head: 'opened', flexible: true }, { head: 'check' }];

function placeCells({ number, place }: SeenMessage): readonly Cell[] {
  return [cell(number), cell(frameNumbers(place)), cell(place.side)];
}

function readableRow(message: SeenMessage): readonly Cell[] {
  return [...placeCells(message), cell(message.kind === 'readable' ? shownText(message.text) : '')];
}

function sealedRow(message: SeenMessage): readonly Cell[] {
  if (message.kind === 'readable') {
    return [...placeCells(message), cell('none'), cell(shownText(message.text), 'alarm'), cell('')];
  }
  const { token } = message;
  const characters = cell(counted(token.characters, 'character'));
  return [...placeCells(message), characters, cell(textStep(token), 'calm'), cell(secondMoment(token.created))];
}

function openedRow(message: SeenMessage): readonly Cell[] {
  if (message.kind === 'readable') {
    return [...placeCells(message), cell('none'), cell(shownText(message.text), 'alarm'), cell('unencrypted')];
  }
  const { token, opened } = message;
  const characters = cell(counted(token.characters, 'character'));
  if (opened === null) return [...placeCells(message), characters, cell(textStep(token)), cell('not opened')];
  if (!opened.ok) return [...placeCells(message), characters, cell(opened.why, 'strong'), cell('refused', 'strong')];
  return [...placeCells(message), characters, cell(shownText(opened.text)), cell(opened.check)];
}

function findLines(
  { text, verdict, among, withKey }: Find,
  otherPackets: CaptureFindings['otherPackets'],
  look: Look,
): string[] {
  const quoted = `“${shortened(text, MOST_SHOWN)}”${withKey === undefined ? '' : ': on the wire'}`;
  const opened = withKey === undefined ? [] : proseLines(`with the key: ${keyFindPhrase(withKey, among)}`, look, 4, 2);
  const lines = verdict.readable
    ? proseLines(`${quoted}: readable`, look, 2, 2, 'alarm')
    : [
        ...proseLines(
          `${quoted}: ${notFoundPhrase(verdict, among)}`,
          look,
          2,
          2,
          among === 'unread' ? 'strong' : 'calm',
        ),
        ...controlLines(verdict, among, look),
        ...unsearchedLines(otherPackets, look),
      ];
  const hits = verdict.readable ? [verdict.hit, ...verdict.others] : verdict.others;
  if (hits.length === 0) return [...lines, ...opened];
  const preface = verdict.readable ? [] : proseLines('These letters are here, but they are not a message:', look, 4, 2);
  return [...lines, ...preface, ...hitTable(hits, look), ...cappedLines(hits, look), ...opened];
}

function keyFindPhrase(found: NonNullable<Find['withKey']>, among: Find['among']): string {
  if (found.found) {
    const { place, message, shape } = found;
    const what = message === null ? 'a TLS record' : `message ${message}`;
    return `in ${what} of the ${place.side}, ${frames(place)}, ${shapePhrase(shape)}`;
  }
  const { opened, isWhole } = found;
  if (opened === 0) return 'it opens no message in which the text could be';
  if (!isWhole || among === 'unread') return 'cannot tell; not found in what it opens, which is not everything';
  return 'not found in any message, although it opens everything';
}

function notFoundPhrase({ others }: Verdict, among: Find['among']): string {
  const where = others.length === 0 ? '' : ' in any message';
  if (among !== 'unread') return `not found${where}`;
  return `cannot tell; not found${where === '' ? ' in what' : `${where} that`} was read`;
}

/** Tells the reader if the search skipped something. */
function unsearchedLines(otherPackets: CaptureFindings['otherPackets'], look: Look): string[] {
  const count = Object.values(otherPackets).reduce((sum, each) => sum + each, 0);
  return count === 0
    ? []
    : proseLines(
        `only TCP was searched; ${counted(count, 'other packet')} ${count === 1 ? 'was' : 'were'} not`,
        look,
        4,
        2,
        'strong',
      );
}

function cappedLines(hits: readonly Hit[], look: Look): string[] {
  const isCapped = hits.some(
    ({ shape, meaning }) => hits.filter((hit) => hit.shape === shape && hit.meaning === meaning).length >= MAX_HITS,
  );
  return isCapped
    ? proseLines(`… of one shape and meaning ${MAX_HITS} are listed at most; there may be more`, look, 4)
    : [];
}

function controlLines(verdict: Verdict & { readonly readable: false }, among: Find['among'], look: Look): string[] {
  const { control } = verdict;
  const text = control.proves
    ? `control: the same search finds it in the plaintext capture, in ${hitPhrase(control.hit)}`
    : `${among === 'opaque' ? 'no control, so “not found” proves nothing: ' : ''}${control.why}`;
  return proseLines(text, look, 4, 2, control.proves ? 'plain' : 'strong');
}

function hitTable(hits: readonly Hit[], look: Look): string[] {
  const columns: readonly Column[] = [
    { head: 'frame', align: 'right' },
    { head: 'stream', align: 'right' },
    { head: 'side' },
    { head: 'offset', align: 'right' },
    { head: 'shape' },
    { head: 'meaning', flexible: true },
  ];
  const rows = hits.map((hit) => [
    cell(frameNumbers(hit.place)),
    cell(hit.place.conversation),
    cell(hit.place.side),
    cell(hit.place.offset),
    cell(hit.shape),
    cell(meaningPhrase(hit)),
  ]);
  return tableLines(columns, rows, look, 4);
}
