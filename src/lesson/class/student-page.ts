/** A student's questions as a page, which saves the answers as a file. It holds no key: only the teacher has it. */
import type { Heading, RootContent } from 'mdast';

import { ownDress } from '../lesson-folder.js';
import { paragraph, phrasing, prediction } from '../parts/tree.js';
import { printable } from '../../printable.js';
import { reportHtml } from '../report/report-html.js';
import type { Question } from './question.js';
import type { Student } from './roster.js';

/** @param run the id of the run that the student's two captures are of. */
export function studentPage({ name, folder }: Student, questions: readonly Question[], run: string): string {
  const root = {
    type: 'root' as const,
    children: [
      paragraph(
        'You have plaintext.pcap and encrypted.pcap, two captures of one conversation, and unknown.pcap of another one. Open them in Wireshark, or with servchat. Nobody else has your conversations.',
      ),
      paragraph(
        'You can change an answer until you lock it in. At the end, save your answers as a file and hand it in.',
      ),
      ...questions.flatMap((question, at) => [heading(`Question ${at + 1}`), ask(question)]),
    ],
  };
  const chapter = { name: 'questions', title: `Questions for ${printable(name)}`, markdown: root, html: root };
  const page = { chapters: [{ ...chapter, questions: [] }], glossary: [], picture: null, run };
  return reportHtml({ ...page, file: `answers-${folder}` }, ownDress());
}

function ask({ asked, choices, compared }: Question): RootContent {
  const question = compared === null ? null : { ...compared, key: null };
  return prediction(question, phrasing(asked), choices, []);
}

function heading(text: string): Heading {
  return { type: 'heading', depth: 2, children: phrasing(text) };
}
