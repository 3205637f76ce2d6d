/** Writes a question sheet for each student and one answer key for the teacher, as Markdown. */
import type { RootContent } from 'mdast';

import { captured, list, paragraph, phrasing, type Inline } from '../parts/tree.js';
import { pageMarkdown } from '../report/report-markdown.js';
import type { Question } from './question.js';
import { LETTERS } from './questions.js';
import type { Student } from './roster.js';

export function questionSheet({ name }: Student, questions: readonly Question[]): string {
  return pageMarkdown([
    heading(1, 'What a listener can read: questions for ', name),
    paragraph(
      'You have two captures of one conversation, plaintext.pcap and encrypted.pcap, and unknown.pcap of another one. Open them in Wireshark, or with servchat. Nobody else has your conversations, so your answers are different from everybody else’s. questions.html holds the same questions, and saves your answers as a file that you can hand in.',
    ),
    ...questions.flatMap((question, at) => [heading(2, `Question ${at + 1}`), ...askedIn(question)]),
  ]);
}

export function answerKey(
  seed: string,
  all: readonly { readonly student: Student; readonly questions: readonly Question[] }[],
): string {
  return pageMarkdown([
    heading(1, 'Answers'),
    paragraph(
      'Read from the captures of this folder. Seed: ',
      captured(seed),
      '. The same seed gives the same conversations and questions again. But keys, tokens, fingerprints, times and ports are new in each run, so this answer key fits only these captures.',
    ),
    list(all.map(({ student }) => [captured(student.folder)])),
    ...all.flatMap(({ student, questions }) => [
      heading(2, `${student.folder}: `, student.name),
      ...questions.flatMap((question, at) => [
        heading(3, `Question ${at + 1}`),
        ...askedIn(question),
        ...question.answer,
      ]),
    ]),
  ]);
}

function askedIn({ asked, choices }: Question): readonly RootContent[] {
  const lettered = choices.map(({ content }, at): Inline[] => [`${LETTERS[at] ?? ''}: `, ...content]);
  return [paragraph(...asked), ...(lettered.length === 0 ? [] : [list(lettered)])];
}

/** `name` is a student's name. It comes from outside, so it is treated as text and not as markup. */
function heading(depth: 1 | 2 | 3, text: string, name?: string): RootContent {
  return { type: 'heading', depth, children: phrasing(name === undefined ? text : [text, captured(name)]) };
}
