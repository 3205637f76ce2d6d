/** What `servchat compare` shows at a terminal: the same conversation in each mode, message by message. */
import type {
  CaptureFindings,
  Comparison,
  SealedMessage,
  TlsMessage,
  Verdict,
} from '../eavesdropper/findings/findings.js';
import { MOST_SHOWN, shortened } from './columns.js';
import {
  basisOf,
  comparedConversations,
  disagreementsOf,
  notSaidOf,
  notes,
  outcomeOf,
  summarySentence,
} from './comparison-summary.js';
import { shownText } from './excerpt.js';
import { stillVisibleSection } from './inspection-table.js';
import { columnsOf, type Look } from './look.js';
import { counted, frames, shapePhrase, textStep } from './phrases.js';
import { cell, headingLines, proseLines, tableLines, type Cell, type Column } from './table.js';

/** In a terminal that is at least this wide, a verdict and its frame share a line. */
const WIDE = 124;

const COLUMNS: readonly Column[] = [
  { head: '#', align: 'right' },
  { head: 'who' },
  { head: 'as typed', flexible: true },
  { head: 'plaintext' },
];
const ENCRYPTED_COLUMN: Column = { head: 'encrypted' };
const TLS_COLUMN: Column = { head: 'tls' };
const CONTROL_COLUMN: Column = { head: 'control' };

/** Lines that end in LF. */
export function comparisonTable(comparison: Comparison, look: Look): string {
  const { encrypted } = comparedConversations(comparison);
  const sections = [
    headSection(comparison, look),
    messageSection(comparison, look),
    [...proseLines(`${summarySentence(comparison)}.`, look, 0, 0, 'strong'), ...legendLines(comparison, look)],
    notesSection(comparison, look),
    encrypted === null ? [] : stillVisibleSection(encrypted, look),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Says first whether this is the same conversation, because every verdict depends on it. */
function headSection(comparison: Comparison, look: Look): string[] {
  const { plaintext, encrypted, tls, notes: remarks = [] } = comparison;
  const others = disagreementsOf(comparison.agreement);
  const basis = basisOf(comparison.agreement);
  const notSaid = notSaidOf(comparison);
  const heading = others.length === 0 ? 'The same conversation, as a listener sees it' : 'Not the same conversation';
  return [
    ...headingLines(heading, look),
    ...others.flatMap((says) => proseLines(says, look, 2, 0, 'strong')),
    ...(notSaid === null ? [] : proseLines(notSaid, look, 2, 0, 'strong')),
    ...captureLines('plaintext', plaintext, look),
    ...(encrypted === null ? [] : captureLines('encrypted', encrypted, look)),
    ...(tls === undefined ? [] : captureLines('tls', tls, look)),
    ...remarks.flatMap((remark) => proseLines(remark, look, 2, 2)),
    ...(basis === null ? [] : proseLines(basis, look, 2, 0, 'faint')),
  ];
}

function messageSection({ messages, encrypted, tls }: Comparison, look: Look): string[] {
  const rows = messages.map((message) => [
    cell(message.number),
    cell(message.side),
    cell(shownText(message.text)),
    verdictCell(message.plaintext, [], look),
    ...(message.encrypted === null ? [] : [verdictCell(message.encrypted, [sealedPhrase(message.sealed)], look)]),
    ...(message.tls === undefined ? [] : [verdictCell(message.tls.verdict, [recordPhrase(message.tls.record)], look)]),
    controlCell(
      [
        ...(message.encrypted === null ? [] : [message.encrypted]),
        ...(message.tls === undefined ? [] : [message.tls.verdict]),
      ],
      look,
    ),
  ]);
  const columns = [
    ...COLUMNS,
    ...(encrypted === null ? [] : [ENCRYPTED_COLUMN]),
    ...(tls === undefined ? [] : [TLS_COLUMN]),
    CONTROL_COLUMN,
  ];
  return rows.length === 0 ? [] : tableLines(columns, rows, look);
}

function captureLines(name: string, { file, packets, damage }: CaptureFindings, look: Look): string[] {
  const lines = proseLines(`${name}  ${file}, ${counted(packets, 'packet')}`, look, 2, 2);
  if (damage === null) return lines;
  const where = `reading stopped at packet ${damage.packet}, byte ${damage.offset} of the file`;
  return [...lines, ...proseLines(`${where}: ${damage.message}`, look, 4, 2, 'strong')];
}

function verdictCell(verdict: Verdict, unreadable: readonly string[], look: Look): Cell {
  if (!verdict.readable) {
    const { control } = verdict;
    const isOtherConversation = !control.proves && control.isOtherConversation === true;
    return parts(
      [outcomeOf(verdict), ...(isOtherConversation ? [] : unreadable)],
      control.proves ? 'calm' : 'strong',
      look,
    );
  }
  const { place, shape } = verdict.hit;
  return parts(['readable', frames(place), ...(shape === 'as typed' ? [] : [shapePhrase(shape)])], 'alarm', look);
}

function sealedPhrase(sealed: SealedMessage | null): string {
  if (sealed === null) return 'no token';
  return `${sealed.token.characters} chars: ${textStep(sealed.token)}`;
}

function recordPhrase(record: TlsMessage | null): string {
  if (record === null) return 'no record';
  const length = counted(record.textBytes, 'byte');
  if (record.opened === null) return length;
  return record.opened.ok ? `${length}, opened` : `${length}, not opened`;
}

/** The verdicts share one control, if there is one. */
function controlCell(verdicts: readonly Verdict[], look: Look): Cell {
  const controls = verdicts.flatMap((verdict) => (verdict.readable ? [] : [verdict.control]));
  if (controls.length === 0) return cell('–');
  const control = controls.find(({ proves }) => proves);
  return control?.proves !== true ? cell('none', 'strong') : parts(['found', frames(control.hit.place)], 'plain', look);
}

function parts(words: readonly string[], paint: Cell['paint'], look: Look): Cell {
  return cell(columnsOf(look) >= WIDE ? words.join(', ') : words, paint);
}

function legendLines(comparison: Comparison, look: Look): string[] {
  const { messages, tls } = comparison;
  const verdicts = messages.flatMap((message) => [message.encrypted ?? [], message.tls?.verdict ?? []].flat());
  const sentences = [
    ...(messages.some(({ sealed }) => sealed !== null)
      ? ['Under “encrypted”: the token’s length on the wire, and the bytes of text that it can hold.']
      : []),
    ...(tls !== undefined && messages.some((message) => (message.tls?.record ?? null) !== null)
      ? ['Under “tls”: the text’s exact length. TLS does not pad unless it is asked to.']
      : []),
    ...(messages.some((message) => message.tls?.record?.opened?.ok === true)
      ? ['“opened”: your key log opens this record. A listener has no key, so the verdict is about the wire.']
      : []),
    ...(verdicts.some((verdict) => outcomeOf(verdict) === 'not found')
      ? ['Control: the same search on the plaintext capture, where it must find the message.']
      : []),
  ];
  return sentences.flatMap((sentence) => proseLines(sentence, look, 0, 0, 'faint'));
}

function notesSection(comparison: Comparison, look: Look): string[] {
  const all = notes(comparison);
  if (all.length === 0) return [];
  const lines = all.flatMap(({ text, says }) => proseLines(`“${shortened(text, MOST_SHOWN)}” ${says}.`, look, 4, 2));
  return [...headingLines('If you search yourself', look, 2), ...lines];
}
