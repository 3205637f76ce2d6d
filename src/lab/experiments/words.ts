/**
 * The words of the field that the experiments use: `words.md`, beside them, explains each. The first use of a word in
 * each part of an experiment is marked, so that a learner can open it where it stands.
 */
import fs from 'node:fs';
import path from 'node:path';

import { describeFileError } from '../../file-error.js';
import { readTextFile } from '../../files/text-file.js';
import { ChapterError } from '../../lesson/chapter-error.js';
import { refuseHuge } from '../../lesson/chapter-limits.js';
import type { Source } from '../../lesson/chapter-source.js';
import { readGlossary } from '../../lesson/glossary.js';
import { TermFinder } from '../../lesson/term-finder.js';
import { printable } from '../../printable.js';
import type { Block, Experiment, Phrase, Word } from './experiment.js';
import { ExperimentError, phrasesOf } from './plain-tree.js';

/** With all forms in which a text may use it. */
export interface ReadWord extends Word {
  readonly forms: readonly string[];
}

/** Much longer than any real list. */
const MOST_BYTES = 64 * 1024;

/**
 * The words of a folder with experiments. Empty if it has no `words.md`.
 *
 * @throws ChapterError with the file and the line of a mistake.
 * @throws Error in one line if the file cannot be read.
 */
export function wordsOf(folder: string): readonly ReadWord[] {
  const file = path.join(folder, 'words.md');
  if (!fs.existsSync(file)) return [];
  try {
    return readWords({ file, text: readTextFile(file, MOST_BYTES) });
  } catch (error) {
    if (error instanceof ChapterError) throw error;
    throw new Error(`Cannot read the words ${printable(file)}: ${describeFileError(error)}`, { cause: error });
  }
}

/** In the order of the alphabet. @throws ChapterError with the file and the line of a mistake. */
export function readWords(source: Source): readonly ReadWord[] {
  refuseHuge(source);
  const terms = readGlossary(source);
  const seen = new Map<string, string>();
  const words = terms.map(({ name, forms, says, line }) => {
    const twin = forms.find((form) => seen.has(form));
    if (twin !== undefined)
      throw new ChapterError(`${source.file}, line ${line}: “${printable(twin)}” stands in two entries`);
    for (const form of forms) seen.set(form, name);
    try {
      return { name, forms, says: phrasesOf(says) };
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      throw new ChapterError(`${source.file}, line ${line}: ${error.message}`);
    }
  });
  return words.sort((one, other) => one.name.localeCompare(other.name, 'en', { sensitivity: 'base' }));
}

/** The same experiment with its words marked. */
export function withWords(experiment: Experiment, words: readonly ReadWord[]): Experiment {
  const finder = new TermFinder(words);
  // What stands together on the page is one part.
  const first = new Part(finder);
  const introduction = first.blocks(experiment.introduction);
  const question = new Part(finder, first.marked);
  const asked = question.phrases(experiment.asked);
  const inChoices = new Part(finder, question.marked);
  for (const { content } of experiment.choices) inChoices.phrases(content);
  const steps = experiment.steps.map((step) => first.phrases(step));
  const hints = new Part(finder);
  const last = new Part(finder);
  return {
    ...experiment,
    introduction,
    asked,
    choices: experiment.choices.map(({ content, reason }) => ({ content, reason: new Part(finder).phrases(reason) })),
    words: [...inChoices.marked].filter((name) => !question.marked.has(name)),
    steps,
    hints: experiment.hints.map((hint) => hints.blocks(hint)),
    see: last.blocks(experiment.see),
    explanation: last.blocks(experiment.explanation),
  };
}

/** The name of a button, or what somebody says. A word in it is not marked. */
const QUOTE = /“[^”]*”/g;

/** A part of the page, from its beginning on. */
class Part {
  readonly #finder: TermFinder<ReadWord>;
  readonly #marked: Set<string>;

  /** @param marked the names of words that were marked just before it. */
  constructor(finder: TermFinder<ReadWord>, marked: ReadonlySet<string> = new Set()) {
    this.#finder = finder;
    this.#marked = new Set(marked);
  }

  /** The names of the words that were marked until now. */
  get marked(): ReadonlySet<string> {
    return this.#marked;
  }

  blocks(blocks: readonly Block[]): readonly Block[] {
    return blocks.map((block): Block => {
      switch (block.kind) {
        case 'paragraph':
          return { ...block, content: this.phrases(block.content) };
        case 'list':
          return { ...block, items: block.items.map((item) => this.phrases(item)) };
        case 'lines':
          return block;
      }
    });
  }

  phrases(phrases: readonly Phrase[]): readonly Phrase[] {
    return phrases.flatMap((phrase) => (typeof phrase === 'string' ? this.#text(phrase) : [phrase]));
  }

  #text(text: string): readonly Phrase[] {
    const made: Phrase[] = [];
    let from = 0;
    const quotes = Array.from(text.matchAll(QUOTE), ({ 0: quote, index }) => [index, index + quote.length] as const);
    for (const { entry, word, at } of this.#finder.in(text)) {
      const isQuoted = quotes.some(([start, end]) => at > start && at < end);
      if (isQuoted || this.#marked.has(entry.name)) continue;
      this.#marked.add(entry.name);
      if (at > from) made.push(text.slice(from, at));
      made.push({ mark: 'word', text: word, word: entry.name });
      from = at + word.length;
    }
    if (from < text.length) made.push(text.slice(from));
    return made;
  }
}
