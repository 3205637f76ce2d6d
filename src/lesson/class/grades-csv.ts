/** Grades as a table that spreadsheets open, a row for each student. */
import { csv } from '../../faces/csv.js';
import { shortName, type Graded, type Mark } from './grading.js';

const FIXED = ['name', 'folder', 'right', 'wrong', 'not answered'] as const;
const LAST = ['file', 'note'] as const;

export function gradesCsv(students: readonly Graded[]): string {
  const ids = [...new Set(students.flatMap(({ student }) => student.questions.map(({ id }) => id)))];
  const heads = ids.map((id) =>
    ids.filter((other) => shortName(other) === shortName(id)).length > 1 ? id : shortName(id),
  );
  const rows = students.map(({ student: { name, folder, questions }, marks, files, notes }) => {
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
      files.join(' and '),
      [...(files.length === 0 ? ['no file'] : []), ...notes].join('; '),
    ];
  });
  return csv([[...FIXED, ...heads, ...LAST], ...rows]);
}

function markWords(mark: Mark | null): string {
  if (mark === null) return 'not answered';
  return mark.right ? 'right' : `wrong: ${mark.answer} (${mark.reason})`;
}
