/** Shows at a terminal where a text was found, or what it means that it was not. */
import { MAX_HITS, type CaptureFindings, type Hit, type Verdict } from '../eavesdropper/findings/findings.js';
import type { Find } from '../eavesdropper/inspect.js';
import { MOST_SHOWN, shortened } from './columns.js';
import type { Look } from './look.js';
import { counted, frameNumbers, frames, hitPhrase, meaningPhrase, shapePhrase } from './phrases.js';
import { cell, headingLines, proseLines, tableLines, type Column } from './table.js';

/** Lines. Empty if nothing was searched for. */
export function findSection(
  finds: readonly Find[],
  otherPackets: CaptureFindings['otherPackets'],
  look: Look,
): string[] {
  if (finds.length === 0) return [];
  return [...headingLines('Search', look), ...finds.flatMap((find) => findLines(find, otherPackets, look))];
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

/** Tells the reader if the search skipped something. Datagrams that were not looked at are told by the verdict. */
function unsearchedLines(otherPackets: CaptureFindings['otherPackets'], look: Look): string[] {
  const unsearched = Object.entries(otherPackets).filter(([kind]) => kind !== 'UDP');
  const count = unsearched.reduce((sum, [, each]) => sum + each, 0);
  return count === 0
    ? []
    : proseLines(
        `only TCP and UDP were searched; ${counted(count, 'other packet')} ${count === 1 ? 'was' : 'were'} not`,
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
    cell(hit.place.transport === 'UDP' ? `UDP ${hit.place.conversation}` : hit.place.conversation),
    cell(hit.place.side),
    cell(hit.place.offset),
    cell(hit.shape),
    cell(meaningPhrase(hit)),
  ]);
  return tableLines(columns, rows, look, 4);
}
