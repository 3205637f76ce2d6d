/** Shows at a terminal what went over UDP between two ends. */
import type { ReadableMessage, UdpConversation } from '../eavesdropper/findings/findings.js';
import { moreLines, shownText } from './excerpt.js';
import type { Look } from './look.js';
import { counted, endpoint, frameNumbers } from './phrases.js';
import { grouping } from './readability-phrases.js';
import { MOST_IN_FULL } from './shown.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

const PLAIN_PAIRS: readonly Column[] = [{ head: '' }, { head: '', flexible: true }];
const MESSAGE_COLUMNS: readonly Column[] = [
  { head: '#', align: 'right' },
  { head: 'frame', align: 'right' },
  { head: 'side' },
  { head: 'text', flexible: true },
];

/** A section for each of the first. `limit` is the most rows of one table. */
export function udpSections(conversations: readonly UdpConversation[], look: Look, limit: number): string[][] {
  const more = conversations.length - MOST_IN_FULL;
  return [
    ...conversations.slice(0, MOST_IN_FULL).map((each, number) => udpSection(each, number, look, limit)),
    ...(more > 0
      ? [proseLines(`${counted(more, 'more pair')} of ends over UDP, not shown; --format json shows all.`, look)]
      : []),
  ];
}

function udpSection(conversation: UdpConversation, number: number, look: Look, limit: number): string[] {
  const { client, server, datagrams, bytes, disguise, messages, unlistedMessages = 0 } = conversation;
  const facts: readonly (readonly [string, string])[] = [
    ['who', `client ${endpoint(client)}, which sent first, and server ${endpoint(server)}`],
    ['how much', `${counted(datagrams, 'datagram')}, ${counted(bytes, 'byte')}; each datagram is a message`],
    ['readable', readablePhrase(conversation)],
    ...(disguise === undefined ? [] : [['written in', `${disguise}; below, the messages are decoded`] as const]),
  ];
  const shown = messages.slice(0, limit);
  return [
    ...headingLines(
      `UDP ${number}: ${messages.length > 0 ? counted(messages.length + unlistedMessages, 'message') : 'no text'}`,
      look,
    ),
    ...tableLines(
      PLAIN_PAIRS,
      facts.map(([what, value]) => [cell(what, 'faint'), cell(value)]),
      look,
      2,
    ),
    ...(shown.length === 0
      ? []
      : [...headingLines('Messages', look, 2), ...tableLines(MESSAGE_COLUMNS, shown.map(messageRow), look, 4)]),
    ...moreLines(messages.length + unlistedMessages - shown.length, look, 4),
  ];
}

function readablePhrase({ bytes, readable }: UdpConversation): string {
  if (readable === bytes) return 'all of it is text';
  return readable === 0 ? 'nothing of it is text' : `${grouping(readable)} of ${grouping(bytes)} bytes are text`;
}

function messageRow({ number, place, text }: ReadableMessage): ReturnType<typeof cell>[] {
  return [cell(number), cell(frameNumbers(place)), cell(place.side), cell(shownText(text))];
}
