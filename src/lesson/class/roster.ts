/** A class list: a CSV file (RFC 4180) with a student in each row, the name in the first column. */
import { parse } from 'csv-parse/sync';

export interface Student {
  readonly name: string;
  /** A folder's name, and no other student's. */
  readonly folder: string;
}

const MOST_STUDENTS = 500;
const HEADS = ['name', 'student', 'students'];

/** A first row that says `name` or `student` is a heading. @throws Error in one line that says what is wrong, and where. */
export function parseRoster(csv: string): readonly Student[] {
  const names = rowsOf(csv)
    .map(([first = '']) => first.trim())
    .filter((name, row) => name !== '' && !(row === 0 && HEADS.includes(name.toLowerCase())));
  if (names.length === 0) throw new Error('Cannot use the class list: it holds no name; a row is a student, the name in its first column');
  if (names.length > MOST_STUDENTS) throw new Error(`Cannot use the class list: it holds ${names.length} names, and ${MOST_STUDENTS} are the most`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`Cannot use the class list: ${JSON.stringify(twice)} stands in it twice`);
  const digits = String(names.length).length;
  return names.map((name, at) => ({ name, folder: `${String(at + 1).padStart(Math.max(2, digits), '0')}-${slug(name)}` }));
}

function rowsOf(csv: string): readonly (readonly string[])[] {
  try {
    return parse(csv, { bom: true, relaxColumnCount: true, skipEmptyLines: true });
  } catch (error) {
    throw new Error(`Cannot use the class list: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Letters and digits of any script; nothing that a path or a shell could take for something else. */
function slug(name: string): string {
  const kept = name.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return Array.from(kept).slice(0, 40).join('') || 'student';
}
