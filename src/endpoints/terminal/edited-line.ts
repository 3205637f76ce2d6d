/**
 * The line that is being typed, and the lines that were typed before it. It knows no terminal: keys go in, text and
 * cursor come out.
 */
import type { Edit } from './keys.js';

/** How many earlier lines the up arrow can bring back. */
const MOST_REMEMBERED = 100;
/**
 * More units than one character takes, as a person sees it: so the end of a text is enough to find its last character.
 */
const LONGEST_CHARACTER = 64;

/** Made when it is first needed, because that takes about 20 ms. */
let graphemes: Intl.Segmenter | null = null;

export class EditedLine {
  #before = '';
  #after = '';
  readonly #earlier: string[] = [];
  /** Which of `#earlier` is shown; their count where it is a new line. */
  #shown = 0;
  /** The new line, while an earlier one is shown. */
  #draft = '';

  /** What stands left of the cursor. */
  get before(): string {
    return this.#before;
  }

  /** What stands right of it. */
  get after(): string {
    return this.#after;
  }

  get isEmpty(): boolean {
    return this.#before === '' && this.#after === '';
  }

  insert(text: string): void {
    this.#before += text;
  }

  edit(edit: Edit): void {
    if (edit === 'earlier') this.#recall(-1);
    else if (edit === 'later') this.#recall(1);
    else [this.#before, this.#after] = EDITS[edit](this.#before, this.#after);
  }

  /** Gives the finished line, and keeps it as an earlier one. */
  take(): string {
    const text = this.#before + this.#after;
    this.#remember(text);
    this.clear();
    return text;
  }

  /** What stands left of the cursor; the rest stays. */
  takeBefore(): string {
    const text = this.#before;
    const rest = this.#after;
    this.#remember(text);
    this.clear();
    this.#after = rest;
    return text;
  }

  clear(): void {
    this.#shown = this.#earlier.length;
    this.#before = '';
    this.#after = '';
  }

  #remember(text: string): void {
    if (text !== '' && text !== this.#earlier.at(-1)) this.#earlier.push(text);
    if (this.#earlier.length > MOST_REMEMBERED) this.#earlier.shift();
  }

  /** Shows the line that was typed `by` lines later; a negative number goes back. */
  #recall(by: number): void {
    const wanted = this.#shown + by;
    if (wanted < 0 || wanted > this.#earlier.length) return;
    if (this.#shown === this.#earlier.length) this.#draft = this.#before + this.#after;
    this.#shown = wanted;
    this.#before = this.#earlier[wanted] ?? this.#draft;
    this.#after = '';
  }
}

/** What then stands left and right of the cursor. */
type Change = (before: string, after: string) => [before: string, after: string];

const EDITS: Readonly<Record<Exclude<Edit, 'earlier' | 'later'>, Change>> = {
  left: (before, after) => movedTo(before.length - lastCharacter(before), before + after),
  right: (before, after) => movedTo(before.length + firstCharacter(after), before + after),
  'word-left': (before, after) => movedTo(before.length - lastWord(before), before + after),
  'word-right': (before, after) => movedTo(before.length + firstWord(after), before + after),
  start: (before, after) => ['', before + after],
  end: (before, after) => [before + after, ''],
  'delete-left': (before, after) => [before.slice(0, before.length - lastCharacter(before)), after],
  'delete-right': (before, after) => [before, after.slice(firstCharacter(after))],
  'delete-word-left': (before, after) => [before.slice(0, before.length - lastWord(before)), after],
  'delete-word-right': (before, after) => [before, after.slice(firstWord(after))],
  'delete-to-start': (_, after) => ['', after],
  'delete-to-end': (before) => [before, ''],
};

function movedTo(at: number, text: string): [before: string, after: string] {
  return [text.slice(0, at), text.slice(at)];
}

/**
 * Its length in UTF-16 units. The cursor passes, and deletes, what a person sees as one character (such as a family
 * emoji) in one step.
 */
function lastCharacter(text: string): number {
  return charactersIn(text.slice(-LONGEST_CHARACTER)).at(-1)?.length ?? 0;
}

function firstCharacter(text: string): number {
  return charactersIn(text.slice(0, LONGEST_CHARACTER))[0]?.length ?? 0;
}

function charactersIn(text: string): string[] {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** The length of the last word and the spaces behind it. */
function lastWord(text: string): number {
  let at = text.length;
  while (at > 0 && isSpace(text, at - 1)) at -= 1;
  while (at > 0 && !isSpace(text, at - 1)) at -= 1;
  return text.length - at;
}

function firstWord(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text, at)) at += 1;
  while (at < text.length && !isSpace(text, at)) at += 1;
  return at;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}
