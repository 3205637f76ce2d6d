/** Finds the words of a glossary in a text. */

/** Where a text uses a word. */
export interface Found<Entry> {
  readonly entry: Entry;
  /** As the text has it. */
  readonly word: string;
  readonly at: number;
}

export class TermFinder<Entry extends { readonly forms: readonly string[] }> {
  readonly #byForm: ReadonlyMap<string, Entry>;
  /** null if there is nothing to find. */
  readonly #pattern: RegExp | null;

  constructor(entries: readonly Entry[]) {
    this.#byForm = new Map(
      entries.flatMap((entry) => entry.forms.flatMap(spellings).map((spelling) => [spelling, entry] as const)),
    );
    this.#pattern = patternOf([...this.#byForm.keys()]);
  }

  /** Each use, in the order of the text. Inside of other words nothing is found. */
  in(text: string): readonly Found<Entry>[] {
    if (this.#pattern === null) return [];
    return Array.from(text.matchAll(this.#pattern)).flatMap(({ 0: word, index }) => {
      const entry = this.#byForm.get(word);
      return entry === undefined ? [] : [{ entry, word, at: index }];
    });
  }
}

/** Longer forms come first, so that "public key" is found and not just "key". */
function patternOf(forms: readonly string[]): RegExp | null {
  if (forms.length === 0) return null;
  const literal = [...forms]
    .sort((one, other) => other.length - one.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}-])(?:${literal.join('|')})(?![\\p{L}\\p{N}-])`, 'gu');
}

/** As it is, and with a capital letter, for the beginning of a sentence. */
function spellings(form: string): readonly string[] {
  return [...new Set([form, form.slice(0, 1).toUpperCase() + form.slice(1)])];
}
