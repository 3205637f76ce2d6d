/**
 * What `servchat inspect --follow` shows with a TLS key log: each record of a TLS conversation, with its content as the
 * key log opens it.
 */
import type { ConversationFindings, TlsRecordFindings } from '../eavesdropper/findings/findings.js';
import { hexRows, indentOf, textRows } from './followed-lines.js';
import { painted, type Look } from './look.js';
import { counted, frames } from './phrases.js';

/**
 * Lines that end in LF. With `hex`, each has the offset in what the side sent inside TLS, as in Wireshark's Follow TLS
 * Stream.
 */
export function* followedRecords(
  { tls, tlsFrom, number }: ConversationFindings,
  { hex, look, rowWidth }: { readonly hex: boolean; readonly look: Look; readonly rowWidth: number },
): Generator<string, void, void> {
  if (tls === undefined) return;
  if (tlsFrom !== undefined)
    yield faint(`[unencrypted before frame ${tlsFrom.frame}: --follow ${number} without --keys shows it]`, look);
  const offsets = { client: 0, server: 0 };
  for (const record of tls.records) {
    const { side } = record.place;
    yield faint(`${indentOf(side)}[${side}, ${frames(record.place)}: ${recordWords(record)}]`, look);
    const content = contentOf(record);
    if (content === null) continue;
    if (hex) yield* hexRows(content, side, offsets[side], look, rowWidth);
    else yield* textRows(content, side, look, rowWidth);
    offsets[side] += content.length;
  }
  for (const side of ['client', 'server'] as const)
    if (tls.unread[side] > 0)
      yield `[and ${counted(tls.unread[side], 'byte')} of the ${side} after that, which servchat could not read as records]\n`;
}

function faint(line: string, look: Look): string {
  return `${painted(line, 'faint', look)}\n`;
}

function recordWords({ type, sealed, messages, opened }: TlsRecordFindings): string {
  const named = (kind: string, inside: readonly string[]): string =>
    inside.length === 0 ? kind : `${kind}: ${inside.join(', ')}`;
  if (!sealed) return `${named(type, messages)}, unencrypted`;
  if (opened?.ok !== true) return `not opened${opened === null ? '' : `: ${opened.why}`}`;
  const refused = opened.earlyDataRefused === true ? ' that the server refused' : '';
  const early = opened.earlyData === true ? `, 0-RTT${refused}` : '';
  return `${named(opened.type, opened.messages)}, ${counted(opened.bytes, 'byte')}${early}, opened`;
}

/** What someone sent with TLS. null for the records of TLS itself, and where the record is not opened. */
function contentOf({ opened }: TlsRecordFindings): Buffer | null {
  if (opened?.ok !== true || opened.type !== 'application data') return null;
  return opened.text === undefined ? Buffer.from(opened.base64 ?? '', 'base64') : Buffer.from(opened.text);
}
