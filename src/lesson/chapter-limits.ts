/**
 * How much a chapter may hold. The Markdown parser needs time that grows with the square of some things: marks of
 * emphasis or brackets in one paragraph, blocks within each other, headings that are underlined. With these limits, the
 * worst chapter that we could write takes about a second. A real one is far below each of them.
 */
import type { Source } from './chapter-source.js';
import { ChapterError } from './chapter-error.js';

const MOST_KIB = 64;
const MOST_LINES = 2_000;
/** A tab counts as four columns (CommonMark 0.31, section 2.2). */
const MOST_INDENT = 200;
const TAB = '    ';
/** Marks of quotes and lists at the beginning of one line. */
const MOST_MARKS = 25;
const MOST_MARKS_IN_ALL = 3_000;
const MOST_FOLDS = 100;
/** Marks of emphasis, links and HTML between two blank lines. */
const MOST_SIGNS = 500;

const BLANK = /^[ \t]*$/;
const INDENT = /^[ \t]*/;
const MARKS = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)))*/;
const MARK = />|[-+*]|\d[.)]/g;
const FOLD = /:::[^\s:]/;
/** An underscore in a word is not a mark of emphasis: `snake_case`. */
const SIGN = /[*[\]<]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** @throws ChapterError for a chapter that would take too long to read, with the line where that begins. */
export function refuseHuge({ file, text }: Source): void {
  const bytes = Buffer.byteLength(text);
  const lines = text.split(/\r\n|\r|\n/);
  if (bytes > MOST_KIB * 1024 || lines.length > MOST_LINES) {
    const most = `at most ${MOST_KIB} KiB and ${MOST_LINES.toLocaleString('en')} lines`;
    throw new ChapterError(`${file}: a chapter has ${most}; divide it into several`);
  }
  let folds = 0;
  let allMarks = 0;
  let block = { line: 1, signs: 0 };
  for (const [index, line] of lines.entries()) {
    const refuse = (why: string, at = index + 1): never => {
      throw new ChapterError(`${file}, line ${at}: ${why}`);
    };
    const { indent, marks, signs, isBlank, opensFold } = measured(line);
    if (indent > MOST_INDENT) refuse(`more than ${MOST_INDENT} columns stand empty before the text`);
    if (marks > MOST_MARKS) refuse(`the line begins with more than ${MOST_MARKS} marks of quotes or lists`);
    allMarks += marks;
    if (allMarks > MOST_MARKS_IN_ALL)
      refuse(
        `a chapter has at most ${MOST_MARKS_IN_ALL.toLocaleString('en')} marks of quotes and lists; divide it into several`,
      );
    if (opensFold) folds += 1;
    if (folds > MOST_FOLDS) refuse(`a chapter has at most ${MOST_FOLDS} blocks with :::; divide it into several`);
    block = isBlank ? { line: index + 2, signs: 0 } : { ...block, signs: block.signs + signs };
    if (block.signs > MOST_SIGNS)
      refuse(`more than ${MOST_SIGNS} of the signs * _ [ ] < come from here to the next blank line`, block.line);
  }
}

interface Measured {
  /** Columns. */
  readonly indent: number;
  readonly marks: number;
  readonly signs: number;
  readonly isBlank: boolean;
  readonly opensFold: boolean;
}

function measured(line: string): Measured {
  const [indent = ''] = INDENT.exec(line) ?? [];
  const [before = ''] = MARKS.exec(line) ?? [];
  return {
    indent: indent.replaceAll('\t', TAB).length,
    marks: before.match(MARK)?.length ?? 0,
    signs: line.match(SIGN)?.length ?? 0,
    isBlank: BLANK.test(line),
    opensFold: FOLD.test(line),
  };
}
