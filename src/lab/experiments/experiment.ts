/** The experiments of the lab and their words, as data: what `lessons/experiments/` says, read and checked. */
import type { Question } from '../../answers/question.js';
import type { Holding, Setting } from '../events.js';

/** Everything that a page offers to a learner. */
export interface Course {
  readonly experiments: readonly Experiment[];
  /** In the order of the alphabet. Texts of the experiments mark them. */
  readonly words: readonly Word[];
}

/** A word of the field, and what it means. */
export interface Word {
  readonly name: string;
  readonly says: readonly Phrase[];
}

export interface Experiment {
  /** The `name` in `NN-name.md`. */
  readonly name: string;
  readonly title: string;
  /** What the page asks the stage to `start` when the experiment is opened. null: whatever is on. */
  readonly setting: Pick<Setting, 'mode' | 'integrity' | 'attack' | 'insists'> | null;
  /** What is to be held from the beginning. */
  readonly holds: Holding;
  readonly introduction: readonly Block[];
  /** Answered and locked before anything runs. `asked` and `choices` of it are plain; these are the same with marks. */
  readonly question: Question;
  readonly asked: readonly Phrase[];
  readonly choices: readonly { readonly content: readonly Phrase[]; readonly reason: readonly Phrase[] }[];
  /** The names of the {@link Word}s in the choices, where nothing can be marked. Each stands nowhere before them. */
  readonly words: readonly string[];
  readonly steps: readonly (readonly Phrase[])[];
  /** One at a time, on request. */
  readonly hints: readonly (readonly Block[])[];
  /** What the learner can say of a piece of the wire; null: the experiment asks for no guess. */
  readonly guess: Guess | null;
  /** Each has to be reached, as a sentence. `goal.missing` has those that are not reached yet. */
  readonly goals: readonly string[];
  /** What to look at when the goal is reached, and why it is so. Shown only then (or in the teacher's mode). */
  readonly see: readonly Block[];
  readonly explanation: readonly Block[];
}

/** `piece`: which piece is it? `text`: which of the texts that were said is in this piece? `both`: both questions. */
export type Guess = 'piece' | 'text' | 'both';

/** Text, never markup: a page makes one element of each. */
export type Phrase =
  | string
  | { readonly mark: 'code' | 'emphasis' | 'strong'; readonly text: string }
  /** The first use of a {@link Word} in a part of the experiment. `word` is its name. */
  | { readonly mark: 'word'; readonly text: string; readonly word: string }
  /** An `https:` address. */
  | { readonly mark: 'link'; readonly text: string; readonly to: string };

export type Block =
  | { readonly kind: 'paragraph'; readonly content: readonly Phrase[] }
  | { readonly kind: 'list'; readonly items: readonly (readonly Phrase[])[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[] };
