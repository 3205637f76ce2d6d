/** Shows a TLS conversation at a terminal: what its two hellos say unencrypted, and its records, one in each row. */
import type { ConversationFindings, TlsFindings, TlsRecordFindings } from '../eavesdropper/findings/findings.js';
import { moreLines, shownLines } from './excerpt.js';
import type { Look } from './look.js';
import { counted, frameNumbers, listed, visibleText } from './phrases.js';
import { grouping } from './readability-phrases.js';
import { cell, headingLines, proseLines, tableLines, type Cell, type Column } from './table.js';

const PAIRS: readonly Column[] = [{ head: '' }, { head: '', flexible: true }];
/** A browser lists about twenty suites. The one that the server chose matters more, so the list is cut. */
const MOST_NAMES = 6;

/** Lines. Empty if the conversation is not in TLS. `limit` is the most rows in the table of records. */
export function tlsSections({ tls, number }: ConversationFindings, look: Look, limit: number): string[][] {
  if (tls === undefined) return [];
  return [helloSection(tls, look), recordSection(tls, number, look, limit)];
}

function helloSection(tls: TlsFindings, look: Look): string[] {
  const rows = helloFacts(tls).map(([what, value]) => [cell(what, 'faint'), cell(value)]);
  return rows.length === 0
    ? []
    : [...headingLines('TLS handshake, unencrypted', look, 2), ...tableLines(PAIRS, rows, look, 4)];
}

/** The name and the value of each field. */
function helloFacts({ clientHello, serverHello, retry }: TlsFindings): readonly (readonly [string, string])[] {
  const facts: [string, string | null][] = [];
  if (clientHello !== null) {
    const { place, serverName, applications, versions, keyShares, cipherSuites, resumes, earlyData } = clientHello;
    facts.push(
      ['ClientHello', `frame ${frameNumbers(place)}`],
      ['  server name', serverName === null ? 'not given' : visibleText(serverName)],
      ['  to talk inside', namesOrNull(applications)],
      ['  versions', namesOrNull(versions)],
      ['  key shares', namesOrNull(keyShares)],
      ['  cipher suites', namesOrNull(cipherSuites)],
      ['  resumes', resumes ? 'offers to go on with an earlier session' : null],
      ['  early data', earlyData ? 'sends data before the server answers (0-RTT)' : null],
    );
  }
  if (retry)
    facts.push(['HelloRetryRequest', 'the server asked the client to say hello again, with another key share']);
  if (serverHello !== null) {
    const { place, version, cipherSuite, keyShare, application, resumes } = serverHello;
    facts.push(
      ['ServerHello', `frame ${frameNumbers(place)}`],
      ['  version', version],
      ['  cipher suite', cipherSuite.name],
      ['  key share', keyShare],
      ['  to talk inside', application === null ? null : visibleText(application)],
      ['  resumes', resumes ? 'goes on with an earlier session' : null],
    );
  }
  return facts.flatMap(([what, value]): (readonly [string, string])[] => (value === null ? [] : [[what, value]]));
}

function namesOrNull(names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const shown = names.slice(0, MOST_NAMES).map((name) => visibleText(name));
  return names.length > MOST_NAMES ? `${shown.join(', ')} and ${names.length - MOST_NAMES} more` : listed(shown);
}

/** What the key log decrypted, for the facts of a conversation. */
export function tlsOpeningFacts({ tls }: ConversationFindings): readonly (readonly [string, string])[] {
  const opening = tls?.opening ?? null;
  if (opening === null) return [];
  if (opening.why !== null) return [['key log', `it opens nothing in this conversation: ${opening.why}`]];
  const { opened, refused } = opening;
  return [['key log', `it opens this conversation: ${counted(opened, 'record')} opened, ${refused} not opened`]];
}

function recordSection({ records, unread, opening }: TlsFindings, number: number, look: Look, limit: number): string[] {
  const isOpened = opening !== null && opening.why === null;
  const columns: readonly Column[] = [
    { head: 'frame', align: 'right' },
    { head: 'side' },
    { head: 'record' },
    { head: 'bytes', align: 'right' },
    { head: isOpened ? 'opened' : 'what it is', flexible: true },
  ];
  const rows = records
    .slice(0, limit)
    .map((record) => [
      cell(frameNumbers(record.place)),
      cell(record.place.side),
      cell(record.type),
      cell(grouping(record.bytes)),
      contentCell(record),
    ]);
  return [
    ...headingLines('TLS records', look, 2),
    ...tableLines(columns, rows, look, 4),
    ...moreLines(records.length - rows.length, look, 4),
    ...(['client', 'server'] as const).flatMap((side) =>
      unread[side] === 0 ? [] : proseLines(unreadPhrase(side, unread[side], number), look, 4, 2, 'strong'),
    ),
  ];
}

function unreadPhrase(side: string, bytes: number, number: number): string {
  return `the last ${counted(bytes, 'byte')} of the ${side} are not in the table: bytes are missing before them, or they are not TLS; --follow ${number} shows them`;
}

function contentCell(record: TlsRecordFindings): Cell {
  const { sealed, messages, opened, isWhole } = record;
  if (!sealed)
    return cell(messages.length === 0 ? (isWhole ? 'unencrypted' : 'unencrypted, and cut') : messages.join(', '));
  if (opened === null) return cell('sealed', 'calm');
  if (!opened.ok) return cell(`not opened: ${opened.why}`, 'strong');
  return cell(openedPhrase(opened));
}

/** The content of a record, in one line. */
function openedPhrase(opened: Extract<NonNullable<TlsRecordFindings['opened']>, { ok: true }>): string {
  const { type, bytes, padding, messages, text, earlyData, earlyDataRefused } = opened;
  const padded = padding === 0 ? '' : ` (and ${counted(padding, 'zero')} to hide its length)`;
  const early = earlyData === true ? (earlyDataRefused === true ? '0-RTT, refused: ' : '0-RTT: ') : '';
  if (type !== 'application data') return `${type}${messages.length === 0 ? '' : `: ${messages.join(', ')}`}${padded}`;
  if (text === undefined) return `${early}${counted(bytes, 'byte')} that are not text${padded}`;
  return `${early}${shownLines(text)}${padded}`;
}
