/** Grades as a table that spreadsheets open, a row for each student. */
import { csv } from '../../faces/csv.js';
import { shortName, type Graded, type LabWork, type Mark } from './grading.js';

const FIXED = ['name', 'folder', 'right', 'wrong', 'not answered'] as const;
const LAST = ['file', 'note'] as const;
/** Only where the lab is graded. */
const LAB = ['experiments done', 'hints', 'answer shown'] as const;

export function gradesCsv(students: readonly Graded[]): string {
  const ids = [...new Set(students.flatMap(({ student }) => student.questions.map(({ id }) => id)))];
  const heads = ids.map((id) =>
    ids.filter((other) => shortName(other) === shortName(id)).length > 1 ? id : shortName(id),
  );
  const hasLab = students.some(({ lab }) => lab !== null);
  const rows = students.map(({ student: { name, folder, questions }, marks, files, notes, lab }) => {
    const count = (is: (mark: Mark | null) => boolean): string => String(marks.filter(is).length);
    return [
      name,
      folder,
      count((mark) => mark?.right === true),
      count((mark) => mark?.right === false),
      count((mark) => mark === null),
      ...ids.map((id) => {
        const at = questions.findIndex((question) => question.id === id);
        return at < 0 ? 'not asked' : markWords(marks[at] ?? null);
      }),
      ...(hasLab ? labWords(lab) : []),
      files.join(' and '),
      [...(files.length === 0 ? ['no file'] : []), ...notes].join('; '),
    ];
  });
  return csv([[...FIXED, ...heads, ...(hasLab ? LAB : []), ...LAST], ...rows]);
}

function labWords(lab: LabWork | null): readonly string[] {
  return lab === null ? LAB.map(() => '') : [String(lab.done), String(lab.hints), lab.gaveUp.join(', ')];
}

function markWords(mark: Mark | null): string {
  if (mark === null) return 'not answered';
  return mark.right ? 'right' : `wrong: ${mark.answer} (${mark.reason})`;
}
