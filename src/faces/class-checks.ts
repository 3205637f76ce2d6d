/** The checks of a class, for the teacher: a row for each submission. */
import type { Check } from '../clinic/check.js';
import type { Finding } from '../clinic/finding.js';
import { QUESTION_IDS } from '../clinic/question-ids.js';
import { QUESTIONS } from '../clinic/questions/questions.js';
import type { Result } from '../clinic/submissions.js';
import { inOrderOfWeight } from '../clinic/weight.js';
import { csv } from './csv.js';
import type { Look } from './look.js';
import { counted } from './phrases.js';
import { cell, proseLines, tableLines } from './table.js';

const HEADS = ['folder', 'faults', 'cannot tell', 'does not apply', 'tell first'] as const;

/** With a column for each question. The texts may be anything that a program has shown. */
export function classCsv(submitted: readonly Result[]): string {
  const rows = submitted.map(({ name, check, notes }) => {
    const findings = check?.findings ?? [];
    return [
      name,
      ...(check === null
        ? ['', '', '', '']
        : [
            String(count(check, 'fault')),
            String(count(check, 'cannot tell')),
            String(count(check, 'does not apply')),
            notDriven(check) ?? firstFault(check) ?? '',
          ]),
      ...QUESTION_IDS.map((id) => inCsv(findings.find(({ question }) => question === id))),
      notes.join('; '),
    ];
  });
  return csv([[...HEADS, ...QUESTION_IDS.map((id) => QUESTIONS[id].title), 'note'], ...rows]);
}

function inCsv(finding: Finding | undefined): string {
  if (finding === undefined) return 'not tried';
  return finding.verdict === 'good' ? 'good' : `${finding.verdict}: ${finding.said}`;
}

/** Lines without line ends: who has how many faults, and how often each fault is there. */
export function classLines(submitted: readonly Result[], look: Look): readonly string[] {
  const checks = submitted.flatMap(({ check }) => (check === null ? [] : [check]));
  const frequent = QUESTION_IDS.map((id) => ({
    title: QUESTIONS[id].title,
    faults: checks.filter(({ findings }) => findings.some((each) => each.question === id && each.verdict === 'fault'))
      .length,
  }))
    .filter(({ faults }) => faults > 0)
    .sort((one, other) => other.faults - one.faults);
  return [
    ...tableLines(
      [{ head: 'folder' }, { head: 'faults', align: 'right' }, { head: 'the first of them', flexible: true }],
      submitted.map((each) => {
        const { name, check, notes } = each;
        if (check === null) return [cell(name), cell('–'), cell(notes.join('; '), 'alarm')];
        const why = notDriven(check);
        if (why !== null) return [cell(name), cell('–'), cell(why, 'alarm')];
        const first = firstFault(check);
        return [
          cell(name),
          cell(count(check, 'fault')),
          cell(first ?? noFault(check), first === null ? 'calm' : 'plain'),
        ];
      }),
      look,
    ),
    ...(frequent.length === 0 ? [] : ['']),
    ...frequent.flatMap(({ title, faults }) =>
      proseLines(`${faults} of ${counted(checks.length, 'pair')}: a fault in “${title}”`, look, 0, 2),
    ),
  ];
}

/** Why the two programs never came to chat, so that all else is unknown; null where they did. */
function notDriven({ facts, findings }: Check): string | null {
  const works = findings.find(({ question }) => question === 'works');
  return facts.manner === null && works?.verdict === 'cannot tell' ? `they did not chat: ${works.said}` : null;
}

function noFault(check: Check): string {
  const unknown = count(check, 'cannot tell');
  const asked = check.findings.length;
  if (asked < QUESTION_IDS.length)
    return `no fault was found in ${counted(asked, 'question')} that ${asked === 1 ? 'was' : 'were'} asked`;
  return unknown === 0
    ? 'no fault was found'
    : `no fault was found; of ${counted(unknown, 'question')}, it cannot tell`;
}

function count({ findings }: Check, verdict: Finding['verdict']): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}

/** The one that explains the others, if there is one. */
function firstFault({ findings }: Check): string | null {
  const [first] = inOrderOfWeight(findings);
  return first?.verdict === 'fault' ? first.said : null;
}
