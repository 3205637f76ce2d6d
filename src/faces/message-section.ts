/** Shows the messages of a conversation at a terminal, and the lines of text of another protocol. */
import type { ConversationFindings, SeenMessage } from '../eavesdropper/findings/findings.js';
import { moreLines, shownText } from './excerpt.js';
import type { Look } from './look.js';
import { counted, frameNumbers, guessPhrase, secondMoment, textStep } from './phrases.js';
import { grouping } from './readability-phrases.js';
import { cell, headingLines, proseLines, tableLines, type Cell, type Column } from './table.js';

/** Lines. `limit` is the most rows. */
export function messageSection(conversation: ConversationFindings, look: Look, limit: number): string[] {
  const { opening } = conversation;
  const messages = conversation.messages.slice(0, limit);
  const unlisted = conversation.unlistedMessages ?? 0;
  return [
    ...(hasMessages(conversation) ? messageTables(messages, opening, look) : lineTable(messages, look)),
    ...guessLines(conversation, look),
    ...paddingLines(messages, look),
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

function paddingLines(messages: readonly SeenMessage[], look: Look): string[] {
  const padded = messages.flatMap((message) =>
    message.kind === 'readable' && message.padding !== undefined ? [{ ...message, padding: message.padding }] : [],
  );
  return padded.length === 0 ? [] : proseLines(paddingPhrase(padded), look, 4, 2);
}

function paddingPhrase(padded: readonly { readonly text: string; readonly padding: number }[]): string {
  const sizes = new Set(padded.map(({ text, padding }) => Buffer.byteLength(text) + padding));
  const [size = 0] = sizes;
  return sizes.size === 1
    ? `Blanks behind the text fill ${counted(padded.length, 'message')} up to ${grouping(size)} bytes. They are not shown.`
    : `${counted(padded.length, 'message')} ${padded.length === 1 ? 'has' : 'have'} many blanks behind the text. They are not shown.`;
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
