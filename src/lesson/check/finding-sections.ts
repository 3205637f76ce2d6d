/** The parts of a page that are the same for each check: faults, what nobody can tell, and all questions. */
import { createHash } from 'node:crypto';
import path from 'node:path';

import type { RootContent } from 'mdast';

import type { Fault, Finding, Language } from '../../clinic/finding.js';
import { QUESTIONS } from '../../clinic/questions/questions.js';
import { framesPhrase, remedyOf } from '../../faces/check-table.js';
import { printable } from '../../printable.js';
import type { Chapter } from '../chapters.js';
import { LESSONS, chapterSources } from '../lesson-folder.js';
import { list, paragraph, strong, table, type Inline } from '../parts/tree.js';

export function section(name: string, title: string, nodes: readonly RootContent[]): Chapter {
  const root = { type: 'root' as const, children: [...nodes] };
  return { name, title: printable(title), markdown: root, html: root, questions: [] };
}

export function faultNodes(fault: Fault & Finding, language: Language): readonly RootContent[] {
  const { evidence, control, meaning, question } = fault;
  return [
    paragraph(strong('What was seen')),
    list(evidence.map(({ seen, frames = [], run }) => [printable(seen), placeWords(run, frames)])),
    labelled('Compared with', `${control}.`),
    labelled('What it means', `${meaning}.`),
    labelled('How to mend it', `${remedyOf(fault, language)}.`),
    labelled('The chapter of the lesson about it', `${chapterTitle(QUESTIONS[question].chapter)}.`),
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

export function unknownSection(findings: readonly Finding[]): readonly Chapter[] {
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

export function allQuestions(findings: readonly Finding[]): RootContent {
  return table(
    'Each question, with its answer',
    ['what was tried', 'answer', 'what came of it'],
    findings.map(({ question, verdict, said }) => [QUESTIONS[question].title, verdict, printable(said)]),
  );
}

/** The title that stands in the chapter; its name if there is no such chapter. */
function chapterTitle(chapter: string): string {
  const source = chapterSources(path.join(LESSONS, 'chapters')).find(
    ({ file }) => path.basename(file, '.md') === chapter,
  );
  return /^# (.+)$/m.exec(source?.text ?? '')?.[1]?.trim() ?? chapter;
}

/** The same for the same check. */
export function idOf(check: unknown): string {
  return createHash('sha256').update(JSON.stringify(check)).digest('hex').slice(0, 32);
}
