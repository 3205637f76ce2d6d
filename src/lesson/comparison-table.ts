/** `servchat compare` at a terminal: the same conversation in both modes, message by message. */
import type { CaptureFindings, Comparison, Control, SealedMessage, TlsMessage, Verdict } from '../eavesdropper/findings.js';
import { MOST_SHOWN, shortened } from './columns.js';
import { comparedConversations, notes, summarySentence } from './comparison-summary.js';
import { stillVisibleSection } from './inspection-table.js';
import { columnsOf, type Look } from './look.js';
import { counted, frames, shapePhrase, textStep, visibleText } from './phrases.js';
import { cell, headingLines, proseLines, tableLines, type Cell, type Column } from './table.js';

/** From this width on a verdict and its frame share a line. */
const WIDE = 124;

const COLUMNS: readonly Column[] = [
  { head: '#', align: 'right' },
  { head: 'who' },
  { head: 'as typed', flexible: true },
  { head: 'plaintext' },
  { head: 'encrypted' },
];
const TLS_COLUMN: Column = { head: 'tls' };
const CONTROL_COLUMN: Column = { head: 'control' };

/** Lines that end in LF. */
export function comparisonTable(comparison: Comparison, look: Look): string {
  const { encrypted } = comparedConversations(comparison);
  const rows = comparison.messages.map((message) => [
    cell(message.number),
    cell(message.side),
    cell(shortened(visibleText(message.text), MOST_SHOWN)),
    verdictCell(message.plaintext, [], look),
    verdictCell(message.encrypted, [sealedPhrase(message.sealed)], look),
    ...(message.tls === undefined ? [] : [verdictCell(message.tls.verdict, [recordPhrase(message.tls.record)], look)]),
    controlCell(message.encrypted, look),
  ]);
  const columns = [...COLUMNS, ...(comparison.tls === undefined ? [] : [TLS_COLUMN]), CONTROL_COLUMN];
  const sections = [
    [
      ...headingLines('The same conversation, as a listener sees it', look),
      ...captureLines('plaintext', comparison.plaintext, look),
      ...captureLines('encrypted', comparison.encrypted, look),
      ...(comparison.tls === undefined ? [] : captureLines('tls', comparison.tls, look)),
    ],
    rows.length === 0 ? [] : tableLines(columns, rows, look),
    [...proseLines(`${summarySentence(comparison)}.`, look, 0, 0, 'strong'), ...legendLines(comparison, look)],
    notesSection(comparison, look),
    encrypted === null ? [] : stillVisibleSection(encrypted, look),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function captureLines(name: string, { file, packets, damage }: CaptureFindings, look: Look): string[] {
  const lines = proseLines(`${name}  ${file}, ${counted(packets, 'packet')}`, look, 2, 2);
  if (damage === null) return lines;
  const where = `reading stopped at packet ${damage.packet}, byte ${damage.offset} of the file`;
  return [...lines, ...proseLines(`${where}: ${damage.message}`, look, 4, 2, 'strong')];
}

function verdictCell(verdict: Verdict, unreadable: readonly string[], look: Look): Cell {
  if (!verdict.readable) return parts(['not found', ...unreadable], 'calm', look);
  const { place, shape } = verdict.hit;
  return parts(['readable', frames(place), ...(shape === 'as typed' ? [] : [shapePhrase(shape)])], 'alarm', look);
}

function sealedPhrase(sealed: SealedMessage | null): string {
  if (sealed === null) return 'no token';
  return `${sealed.token.characters} chars: ${textStep(sealed.token)}`;
}

function recordPhrase(record: TlsMessage | null): string {
  return record === null ? 'no record' : counted(record.textBytes, 'byte');
}

function controlCell(verdict: Verdict, look: Look): Cell {
  if (verdict.readable) return cell('–');
  return controlParts(verdict.control, look);
}

function controlParts(control: Control, look: Look): Cell {
  if (!control.held) return cell('none', 'strong');
  return parts(['found', frames(control.hit.place)], 'plain', look);
}

function parts(words: readonly string[], paint: Cell['paint'], look: Look): Cell {
  return cell(columnsOf(look) >= WIDE ? words.join(', ') : words, paint);
}

function legendLines({ messages, tls }: Comparison, look: Look): string[] {
  const sentences = [
    ...(messages.some(({ sealed }) => sealed !== null)
      ? ['Under “encrypted”: the token’s length on the wire, and the bytes of text that it can hold.']
      : []),
    ...(tls !== undefined ? ['Under “tls”: the text’s exact length. TLS does not pad unless it is asked to.'] : []),
    ...(messages.some(({ encrypted }) => !encrypted.readable && encrypted.control.held)
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
