/** What a capture alone shows of somebody’s own chat program, as a page in the look of the lesson report. */
import type { RecordedCheck } from '../../clinic/recorded/check-capture.js';
import { QUESTIONS } from '../../clinic/questions/questions.js';
import { inOrderOfWeight } from '../../clinic/weight.js';
import { answeredOf, recordedSummary, TRAFFIC_COLUMNS, trafficRows, unaskedPhrase } from '../../faces/check-table.js';
import { counted } from '../../faces/phrases.js';
import { printable } from '../../printable.js';
import { ownDress } from '../lesson-folder.js';
import { captured, list, paragraph, table } from '../parts/tree.js';
import { reportHtml } from '../report/report-html.js';
import { allQuestions, faultNodes, idOf, section, unknownSection } from './finding-sections.js';

/** One HTML file. Nothing of the capture is alive in it. */
export function recordedPage(check: RecordedCheck): string {
  const findings = inOrderOfWeight(answeredOf(check));
  const faults = findings.filter((finding) => finding.verdict === 'fault');
  const sections = [
    ...faults.map((fault, at) => section(`fault-${at + 1}`, fault.said, faultNodes(fault, 'other'))),
    ...unknownSection(findings),
    section('questions', 'All questions', [
      allQuestions(findings),
      paragraph(unaskedPhrase(check)),
      list(check.unasked.map((question) => [QUESTIONS[question].title])),
    ]),
    section('visible', 'What anybody can see without reading it', [
      table('What each side sent', TRAFFIC_COLUMNS, trafficRows(check.traffic)),
    ]),
    section('capture', 'What was looked at', [
      paragraph('The capture: ', captured(check.file)),
      ...check.notes.map((note) => paragraph(printable(note))),
      paragraph(recordedSummary(check)),
      paragraph('Frames are counted in the capture, as Wireshark counts them.'),
    ]),
  ];
  return reportHtml(
    {
      chapters: sections,
      glossary: [],
      picture: null,
      run: idOf(check),
      words: {
        title: 'What does a capture show of this chat program?',
        introduction: `servchat looked only at a capture, and found ${faults.length === 0 ? 'no fault' : counted(faults.length, 'fault')}. It did not run the programs, so it cannot tell most of what it can tell with them.`,
        source: 'Written by servchat from a capture.',
      },
    },
    ownDress(),
  );
}
