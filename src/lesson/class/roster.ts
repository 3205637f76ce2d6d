/**
 * A class list: a CSV file (RFC 4180) with one student in each row, as a spreadsheet saves it. Columns are separated
 * by commas, semicolons or tabs. A row of headings says which column holds the names, or which two do. Without one,
 * the names are in the first column.
 */
import { parse } from 'csv-parse/sync';

export interface Student {
  readonly name: string;
  /** The student's folder. No two students have the same. */
  readonly folder: string;
}

export interface Roster {
  readonly students: readonly Student[];
  /** What the teacher should check, one line each. */
  readonly notes: readonly string[];
}

const MOST_STUDENTS = 500;
/** In lower case. If the first row contains one of them, it is a heading. */
const HEADS = {
  whole: ['student', 'students', 'full name', 'student name'],
  first: [
    'first name',
    'firstname',
    'first',
    'given name',
    'forename',
    'vorname',
    'prénom',
    'nome',
    'nombre',
    'imię',
    'voornaam',
  ],
  last: [
    'last name',
    'lastname',
    'last',
    'surname',
    'family name',
    'nachname',
    'familienname',
    'nom',
    'cognome',
    'apellido',
    'apellidos',
    'nazwisko',
    'achternaam',
  ],
} as const;
/**
 * This heading means the whole name. But if another column has the heading of one half of a name, it means the other
 * half (“Name;Vorname”, “Surname;Name”).
 */
const NAME = 'name';

/** @throws Error in one line that says what is wrong, where, and what to do. */
export function readRoster(bytes: Uint8Array): Roster {
  const { text, isGuessed } = decoded(bytes);
  const students = parseRoster(text);
  const telling = students.find(({ name }) => /[^ -~]/.test(name));
  if (!isGuessed || telling === undefined) return { students, notes: [] };
  const guess = 'The class list is not UTF-8. It was read as Windows-1252';
  return {
    students,
    notes: [`${guess}; check that this name is right: ${telling.name}. If not, save the list as “CSV UTF-8”`],
  };
}

/** Excel's "Unicode text" is UTF-16 with a byte order mark; its plain CSV is in the system's code page. */
function decoded(bytes: Uint8Array): { readonly text: string; readonly isGuessed: boolean } {
  const marked = (encoding: string) => ({ text: new TextDecoder(encoding).decode(bytes), isGuessed: false });
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return marked('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return marked('utf-16be');
  if (bytes.includes(0)) throw new Error('Cannot use the class list: it is not text; save it as CSV');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), isGuessed: false };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), isGuessed: true };
  }
}

/** @throws Error in one line that says what is wrong, where, and what to do. */
export function parseRoster(csv: string): readonly Student[] {
  const cannot = (why: string): Error => new Error(`Cannot use the class list: ${why}`);
  const rows = namesIn(rowsOf(csv)).filter(({ name }) => name !== '');
  const names = rows.map(({ name }) => name);
  if (names.length === 0) throw cannot('it holds no name; a row is a student, the name in its first column');
  if (names.length > MOST_STUDENTS) throw cannot(`it holds ${names.length} names, and ${MOST_STUDENTS} is the most`);
  if (names.every((name) => /^\d+$/.test(name))) {
    throw cannot('its first column holds numbers; give the column of the names the heading: name');
  }
  const again = rows.find(({ name }, at) => names.indexOf(name) !== at);
  if (again !== undefined) {
    const first = rows.find(({ name }) => name === again.name);
    const halves = rows.filter(({ name }) => name === again.name).map(({ next }) => next);
    const where = `${JSON.stringify(again.name)} is in it twice, in rows ${first?.row ?? 0} and ${again.row}`;
    const inTwo = halves.every((next, at) => next !== '' && halves.indexOf(next) === at) ? `. ${IN_TWO_COLUMNS}` : '';
    throw cannot(`${where}; make the two different, for example with a second name, or delete one row${inTwo}`);
  }
  const digits = String(names.length).length;
  return names.map((name, at) => ({
    name,
    folder: `${String(at + 1).padStart(Math.max(2, digits), '0')}-${slug(name)}`,
  }));
}

const IN_TWO_COLUMNS =
  'If the second column holds the first names, put this row above the list, with the separator of the other rows: last name;first name';

interface NameInRow {
  readonly name: string;
  /** Counted from 1, as in a spreadsheet. */
  readonly row: number;
  /**
   * The cell in the second column, if a list without headings may have the other half of the name there. Otherwise ''.
   */
  readonly next: string;
}

function namesIn(rows: readonly (readonly string[])[]): readonly NameInRow[] {
  const head = rows[0]?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const headed = (names: readonly string[]): number => head.findIndex((cell) => names.includes(cell));
  const columns = columnsOfName({
    whole: headed(HEADS.whole),
    first: headed(HEADS.first),
    last: headed(HEADS.last),
    name: head.indexOf(NAME),
  });
  const at = (cells: readonly string[], column: number): string => (cells[column] ?? '').trim();
  return rows
    .map((cells, row) => ({
      name: (columns ?? [0])
        .map((column) => at(cells, column))
        .join(' ')
        .trim(),
      row: row + 1,
      next: columns === null ? at(cells, 1) : '',
    }))
    .slice(columns === null ? 0 : 1);
}

/** The column of each heading; -1 if the heading is not there. */
type Headings = Readonly<Record<'whole' | 'first' | 'last' | 'name', number>>;

/** The columns that contain the name, in reading order. null if the first row is not a row of headings. */
function columnsOfName({ whole, first, last, name }: Headings): readonly number[] | null {
  if (whole >= 0) return [whole];
  if (name >= 0 && first >= 0 === last >= 0) return [name];
  const halves = [first >= 0 ? first : name, last >= 0 ? last : name].filter((column) => column >= 0);
  return first >= 0 || last >= 0 ? halves : null;
}

function rowsOf(csv: string): readonly (readonly string[])[] {
  // Excel can name the separator in the file's first line.
  const told = /^\ufeff?sep=(.)\r?\n/i.exec(csv);
  const text = told === null ? csv : csv.slice(told[0].length);
  try {
    return parse(text, { bom: true, delimiter: told?.[1] ?? separatorOf(text), relaxColumnCount: true });
  } catch (error) {
    throw new Error(`Cannot use the class list: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/**
 * The separator that occurs equally often in every row. The comma is tried last, because it can also be part of a name.
 */
function separatorOf(text: string): string {
  const rows = text
    .split(/\r?\n/)
    .map((row) => row.replace(/"[^"]*"/g, ''))
    .filter((row) => row.trim() !== '');
  const isEven = (separator: string): boolean => {
    const counts = new Set(rows.map((row) => row.split(separator).length));
    return counts.size === 1 && !counts.has(1);
  };
  return ['\t', ';'].find(isEven) ?? ',';
}

/** Keeps letters and digits of any script. A path or a shell gives none of them a special meaning. */
function slug(name: string): string {
  const kept = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return Array.from(kept).slice(0, 40).join('') || 'student';
}
