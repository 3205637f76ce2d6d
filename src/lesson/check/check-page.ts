/** What a check of somebody’s own programs found, as a page in the look of the lesson report. */
import { createHash } from 'node:crypto';
import path from 'node:path';

import type { RootContent } from 'mdast';

import type { Check } from '../../clinic/check.js';
import type { Fault, Finding } from '../../clinic/finding.js';
import { QUESTIONS } from '../../clinic/questions/questions.js';
import { wayWords } from '../../clinic/way-in.js';
import { inOrderOfWeight } from '../../clinic/weight.js';
import { checkSummary, framesPhrase, remedyOf } from '../../faces/check-table.js';
import { counted } from '../../faces/phrases.js';
import { printable } from '../../printable.js';
import type { Side } from '../../protocol/side.js';
import type { Chapter } from '../chapters.js';
import { LESSONS, chapterSources, ownDress } from '../lesson-folder.js';
import { captured, list, paragraph, strong, table, type Inline } from '../parts/tree.js';
import { reportHtml, type PageWords } from '../report/report-html.js';
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
    ...faults.map((fault, at) => section(`fault-${at + 1}`, fault.said, faultNodes(fault, page, drawn))),
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
      run: idOf(page.check),
      words: wordsOf(page.check, faults.length),
    },
    ownDress(),
  );
}

function section(name: string, title: string, nodes: readonly RootContent[]): Chapter {
  const root = { type: 'root' as const, children: [...nodes] };
  return { name, title: printable(title), markdown: root, html: root, questions: [] };
}

/** @param drawn the runs that stand on the page already, with the title of the finding where they stand. */
function faultNodes(
  fault: Fault & Finding,
  { check, captureOf }: CheckPage,
  drawn: Map<string, string>,
): readonly RootContent[] {
  const { evidence, control, meaning, question, said } = fault;
  const pictures = picturedBy(evidence).flatMap((pictured): readonly RootContent[] => {
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
  return [
    paragraph(strong('What was seen')),
    list(evidence.map(({ seen, frames = [], run }) => [printable(seen), placeWords(run, frames)])),
    labelled('Compared with', `${control}.`),
    labelled('What it means', `${meaning}.`),
    labelled('How to mend it', `${remedyOf(fault, check.facts)}.`),
    labelled('The chapter of the lesson about it', `${chapterTitle(QUESTIONS[question].chapter)}.`),
    ...pictures,
  ];
}

function labelled(label: string, text: string): RootContent {
  return paragraph(strong(`${label}:`), ` ${printable(text)}`);
}

/** ` (run 4, frames 8, 10)` */
function placeWords(run: number | undefined, frames: readonly number[]): string {
  const where = framesPhrase(frames);
  if (run === undefined) return where;
  return where === '' ? ` (run ${run})` : where.replace('(', `(run ${run}, `);
}

function unknownSection(findings: readonly Finding[]): readonly Chapter[] {
  const unknown = findings.flatMap((finding): (readonly Inline[])[] => {
    if (finding.verdict !== 'cannot tell') return [];
    const { question, said, needed, evidence } = finding;
    const seen = evidence.map((each) => ` ${printable(each.seen)}`).join('');
    return [
      [
        strong(`Whether ${QUESTIONS[question].title}`),
        `: ${printable(said)}.${seen} What would be needed: ${printable(needed)}.`,
      ],
    ];
  });
  return unknown.length === 0 ? [] : [section('unknown', 'What servchat cannot tell', [list(unknown)])];
}

function allQuestions(findings: readonly Finding[]): RootContent {
  return table(
    'Each question, with its answer',
    ['what was tried', 'answer', 'what came of it'],
    findings.map(({ question, verdict, said }) => [QUESTIONS[question].title, verdict, printable(said)]),
  );
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

/** The title that stands in the chapter; its name if there is no such chapter. */
function chapterTitle(chapter: string): string {
  const source = chapterSources(path.join(LESSONS, 'chapters')).find(
    ({ file }) => path.basename(file, '.md') === chapter,
  );
  return /^# (.+)$/m.exec(source?.text ?? '')?.[1]?.trim() ?? chapter;
}

function idOf({ pair, findings }: Check): string {
  return createHash('sha256')
    .update(JSON.stringify([pair, findings]))
    .digest('hex')
    .slice(0, 32);
}
