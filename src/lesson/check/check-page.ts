/** What a check of somebody’s own programs found, as a page in the look of the lesson report. */
import type { RootContent } from 'mdast';

import type { Check } from '../../clinic/check.js';
import type { Fault, Finding } from '../../clinic/finding.js';
import { wayWords } from '../../clinic/way-in.js';
import { inOrderOfWeight } from '../../clinic/weight.js';
import { checkSummary, languageOf } from '../../faces/check-table.js';
import { counted } from '../../faces/phrases.js';
import { printable } from '../../printable.js';
import type { Side } from '../../protocol/side.js';
import type { Chapter } from '../chapters.js';
import { ownDress } from '../lesson-folder.js';
import { captured, paragraph, table, type Inline } from '../parts/tree.js';
import { reportHtml, type PageWords } from '../report/report-html.js';
import { allQuestions, faultNodes, idOf, section, unknownSection } from './finding-sections.js';
import { picturedBy, runPicture } from './run-picture.js';

export interface CheckPage {
  readonly check: Check;
  /** Whose programs they are, if that is known. */
  readonly name: string | null;
  /** Where the capture of a run is kept for the user. null: it is not. */
  readonly captureOf: (run: number, half: Side) => string | null;
}

function wordsOf({ facts }: Check, faults: number): PageWords {
  const found =
    facts.manner === null && faults === 0
      ? 'servchat could not make the two programs chat, so it cannot tell what is wrong with them; below is how far they came.'
      : `servchat found ${faults === 0 ? 'no fault' : counted(faults, 'fault')}.`;
  return {
    title: 'What is wrong with this chat program?',
    introduction: `${found} It ran the two programs, sat between them, typed into both, and looked at what crossed and at what was shown. All that is said here was seen when they ran.`,
    source: 'Written by servchat from runs of the two programs.',
  };
}

/** One HTML file. Nothing that a program has shown or sent is alive in it. */
export function checkPage(page: CheckPage): string {
  const findings = inOrderOfWeight(page.check.findings);
  const faults = findings.filter((finding) => finding.verdict === 'fault');
  const drawn = new Map<string, string>();
  const sections = [
    ...faults.map((fault, at) =>
      section(`fault-${at + 1}`, fault.said, [
        ...faultNodes(fault, languageOf(page.check.facts)),
        ...picturesOf(fault, page, drawn),
      ]),
    ),
    ...unknownSection(findings),
    section('questions', 'All that was tried', [allQuestions(findings)]),
    ...(drawn.size === 0 ? conversationSection(page) : []),
    section('pair', 'What was checked, and how', pairNodes(page)),
  ];
  return reportHtml(
    {
      chapters: sections,
      glossary: [],
      picture: null,
      run: idOf([page.check.pair, page.check.findings]),
      words: wordsOf(page.check, faults.length),
    },
    ownDress(),
  );
}

/** @param drawn the runs that stand on the page already, with the title of the finding where they stand. */
function picturesOf(
  { evidence, said }: Fault & Finding,
  { check, captureOf }: CheckPage,
  drawn: Map<string, string>,
): readonly RootContent[] {
  return picturedBy(evidence).flatMap((pictured): readonly RootContent[] => {
    const { run, half, frames } = pictured;
    const kept = check.runs.find((each) => each.run === run);
    if (kept === undefined) return [];
    const key = `${run} ${half} ${[...frames].join()}`;
    const where = drawn.get(key);
    if (where !== undefined) return [paragraph(`What crossed in run ${run} is drawn above, at “${where}”.`)];
    const picture = runPicture(pictured, kept, captureOf(run, half));
    if (picture.length > 0) drawn.set(key, printable(said));
    return picture;
  });
}

/** Where no fault shows a conversation: the first that was kept. */
function conversationSection({ check, captureOf }: CheckPage): readonly Chapter[] {
  const [kept] = check.runs.toSorted((one, other) => one.run - other.run);
  if (kept === undefined) return [];
  const pictured = { run: kept.run, half: 'client' as const, frames: new Set<number>() };
  const picture = runPicture(pictured, kept, captureOf(kept.run, 'client'));
  return picture.length === 0 ? [] : [section('conversation', 'The conversation on the wire', picture)];
}

function pairNodes({ check, name }: CheckPage): readonly RootContent[] {
  const { pair, facts } = check;
  const { server, client, second } = pair.parts;
  const rows: (readonly [string, Inline])[] = [
    ...(name === null ? [] : [['submission', captured(name)] as const]),
    ['server', captured(server.command)],
    ['client', captured(client.command)],
    ...(facts.manner?.kind === 'hub' ? [['second client', captured(second.command)] as const] : []),
    ['port', pair.port === null ? 'found by servchat' : String(pair.port)],
    ['how the relay got in between', `by ${wayWords(facts.way, facts.guide, facts.isMoved)}`],
    ['who speaks', facts.manner === null ? 'nothing was shown on either side' : facts.manner.kind],
  ];
  return [
    table('The pair of programs', ['what', 'which'], rows),
    paragraph(printable(checkSummary(check))),
    paragraph(
      'A run is one start of the two programs. Frames are counted in the capture of their run, as Wireshark counts them.',
    ),
  ];
}
